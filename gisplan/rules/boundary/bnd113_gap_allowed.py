"""Land is left uncovered that the plan declares as an allowed gap.

What it checks: every `[[allowed_gaps]]` of `gisplan.toml` that holds: its tier, its place, and a
gap there that is no larger than declared.
Why it matters: a sea, a foreign base or an airfield may stay without a district; it is no defect,
but whoever adds up the land must see it, with its area, its reason and who says so.
Left to others: gaps that nobody declared GEO104 and BND102; declarations that do not hold SCH110.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.declared_gaps import Declared, declared_gaps
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="BND113",
    name="gap-allowed",
    title=Text("声明允许的空隙", "gap allowed"),
    severity=Severity.INFO,
    message=Text(
        "{feature} 有 {measure:,.1f} ㎡ 声明可不由{title}覆盖（上限 {limit:,.1f} ㎡）："
        "{reason}（{by}）",
        "{measure:,.1f} m2 of {feature} are declared to need no {title} (up to {limit:,.1f} m2): "
        "{reason} ({by})",
    ),
    remedy=Text(
        "无须整改；范围变化时更新 gisplan.toml 中的 [[allowed_gaps]]",
        "nothing to mend; bring [[allowed_gaps]] of gisplan.toml up to date when the land changes",
    ),
    measures=("uncovered", "declared_gap", "area"),
    sources=("gisplan-proposal",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the declared gaps that hold."""
    if not tables.allowed_gaps:
        return skipped("没有声明允许的空隙", "the plan declares no allowed gap")
    return judged([_row(tables, gap) for gap in declared_gaps(tables) if not gap.void])


def _row(tables: Tables, declared: Declared) -> dict[str, object]:
    gap = declared.gap
    # of what the parent's own children leave, and what all leave, the larger
    piece = declared.pieces.sort_values(["area_m2", "scope"], ascending=[False, True]).iloc[0]
    fid, area = int(piece["parent_fid"]), float(piece["area_m2"])
    measures = {}
    if fid >= 0:
        areas = tables["area"].set_index(["layer", "fid"])["area_m2"]
        measures["share"] = round(area / float(areas[piece["parent_layer"], fid]), 6)
    return {
        "layer": piece["parent_layer"] if fid >= 0 else gap.layer,
        "fid": fid,
        "feature": "" if fid >= 0 else declared.name,
        "related_layer": gap.layer if fid >= 0 else None,
        "kind": f"{gap.at[0]:.5f},{gap.at[1]:.5f}",
        "measure": area,
        "unit": "m2",
        "limit": gap.max_area,
        "measures": measures,
        "params": {
            "title": layer_title(tables, gap.layer),
            "reason": gap.reason,
            "by": gap.by if gap.until is None else f"{gap.by}, {gap.until.isoformat()}",
        },
        "geometry": piece["geometry"],
    }
