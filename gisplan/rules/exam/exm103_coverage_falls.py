"""Coverage by a service falls through the renewal (服务覆盖率下降).

What it checks: housing land within reach of each class of facilities, with those that exist, and
with those that will stand when all is done; by the tier above the units.
Why it matters: renewal that takes a school or a park away from people is none.
Left to others: public-service land below what the parent plan asks USE103; coverage against its
target, which `gisplan exam` grades. Classes without a planned or removed facility do not change.
"""

from __future__ import annotations

from gisplan.catalogue.exam import facility_classes
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text

RULE = Rule(
    code="EXM103",
    name="coverage-falls",
    title=Text("服务覆盖率下降", "coverage falls"),
    severity=Severity.WARNING,
    measures=("service",),
    needs=("facility.state",),
    sources=("exam-tdt-1063", "gisplan-proposal"),
    message=Text(
        "{feature} 的{facility_title}覆盖率由 {before:.1f}% 降至 {after:.1f}%（半径 {radius:g} m）",
        "coverage of {feature} by {facility_title} falls from {before:.1f}% to {after:.1f}% "
        "(within {radius:g} m)",
    ),
    remedy=Text(
        "就近补建同类设施，或者保留现有设施",
        "build a facility of the kind nearby, or keep the one that there is",
    ),
    params={"drop": Param(0.1, unit="%", why="percentage points; below is the drawing of circles")},
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the places whose coverage falls by more than the tolerance, for each class."""
    table = tables["service"]
    if table.empty:
        return skipped(
            "没有规划新增或拟取消的设施，或没有居住用地",
            "no facility is planned or removed, or there is no housing land",
        )
    fall = 100 * (table["before"] - table["after"])
    rows = table[fall > params.drop].to_dict("records")
    return judged(
        [
            {
                "layer": row["layer"],
                "fid": int(row["fid"]),
                "kind": row["facility"],
                "measure": 100 * (row["before"] - row["after"]),
                "limit": float(params.drop),
                "unit": "%",
                "params": {
                    "facility_title": facility_classes()[row["facility"]],
                    "before": 100 * row["before"],
                    "after": 100 * row["after"],
                    "radius": row["radius_m"],
                },
            }
            for row in rows
        ]
    )
