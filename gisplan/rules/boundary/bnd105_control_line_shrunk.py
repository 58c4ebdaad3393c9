"""The copy of a control line in a lower tier lost ground against the upper tier's.

What it checks: areas of control_line that state the tier of their plan, by kind: each tier against
the next one that has such lines, where that tier has plans. Retained share, parts lost, parts
added. A copy that grew is told as well: information where the law lets a line grow, a warning
where it should be the same, an error for the development boundary.
Why it matters: a red line that loses a field at every tier is none in the end.
Where the plan states a scale, a strip along the upper line no deeper than that scale is exact is
noise; along a purple line it is not.
Left to others: who builds inside a line BND106 to BND112. Lines without area are not compared.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Filtered, Severity, Text
from gisplan.rules.boundary.entered import LINES, values
from gisplan.rules.by_scale import scale_measures, sum_by_scale, tolerance
from gisplan.rules.noise import TIER_NOISE_PARAMS, sliver_measures

RULE = Rule(
    code="BND105",
    name="control-line-shrunk",
    title=Text("控制线传导缩水", "control line shrunk"),
    severity=Severity.ERROR,
    message=Text(
        "{kind} {feature} 在{lower}规划中缺失 {measure:,.1f} ㎡，保留 {retained:.2%}",
        "{kind} {feature} lost {measure:,.1f} m2 in the plans of tier {lower}, which retain "
        "{retained:.2%}",
    ),
    remedy=Text(
        "下级规划按上级控制线落图；确需调整的先报上级修改",
        "draw the line as the upper tier has it; where it must change, have that changed first",
    ),
    measures=("copy",),
    needs=("control_line.tier", "control_line.kind"),
    params=TIER_NOISE_PARAMS,
    sources=("transmission-chain", "qc-practice"),
)
_GROWN = Text(
    "{lower}规划的{kind} {feature} 比上级多出 {measure:,.1f} ㎡",
    "{kind} {feature} of tier {lower} has {measure:,.1f} m2 more than the upper tier's",
)
_GROWTH = {"allowed": Severity.INFO, "told": Severity.WARNING, "refused": Severity.ERROR}
HERITAGE = "purple"  # 城市紫线: what a scale tolerates elsewhere is ground lost here
_KEYS = ["change", "lower", "kind", "fid"]


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the lines that lost or gained ground on their way down."""
    copies = tables["copy"]
    if copies.empty and not _compared(tables):
        return skipped(
            "没有两个层级都有的同类控制线（字段“所属层级”）",
            "no kind of control line is there of two tiers (field `tier`)",
        )
    due = copies[copies["change"] == "due"].groupby(["lower", "fid"])["area_m2"].sum()
    changes = copies[copies["change"] != "due"]
    metres = tolerance(params, changes["upper"], changes["lower"])
    changed, filtered, _ = sum_by_scale(
        changes, _KEYS, params, metres.where(changes["kind"] != HERITAGE, 0.0)
    )
    rows = [_offender(tables, params, row, due) for row in changed.to_dict("records")]
    return judged(rows, _no_tier(tables), filtered if len(copies) else Filtered(0, 0.0))


def _compared(tables: Tables) -> bool:
    """Return whether some kind of line is there of two tiers of the chain."""
    chain = {tier.name for tier in tables.chain}
    tiers, kinds = values(tables, LINES, "tier"), values(tables, LINES, "kind")
    known = pd.DataFrame({"kind": kinds, "tier": tiers})[tiers.isin(chain)]
    return bool((known.groupby("kind")["tier"].nunique() > 1).any())


def _offender(
    tables: Tables, params: Params, row: dict[str, Any], due: pd.Series
) -> dict[str, object]:
    entry = codelist("control_line").get(row["kind"])
    title = entry.title if entry else Text(row["kind"], row["kind"])
    tier = tables.tier(row["lower"])
    told: dict[str, object] = {"kind": title, "lower": tier.title if tier else row["lower"]}
    more: dict[str, object] = {}
    figures: dict[str, float | int] = {**sliver_measures(row), **scale_measures(row)}
    if row["change"] == "lost":
        retained = 1 - row["area_m2"] / float(due[row["lower"], row["fid"]])
        told["retained"] = max(retained, 0.0)
        figures["retained_share"] = round(max(retained, 0.0), 6)
    else:
        severity = _GROWTH[entry.extra["growth"]] if entry else Severity.WARNING
        more = {"severity": severity, "message": _GROWN}
    return {
        "layer": LINES,
        "fid": row["fid"],
        "kind": f"{row['change']}-{row['lower']}",
        "measure": row["area_m2"],
        "unit": "m2",
        "limit": params.min_area,
        "measures": figures,
        "params": told,
        "geometry": row["pieces"],
        **more,
    }


def _no_tier(tables: Tables) -> list[dict[str, object]]:
    """Return the lines that do not say of which tier they are, beside others that do."""
    tiers = values(tables, LINES, "tier")
    return [
        {
            "layer": LINES,
            "fid": fid,
            "why_zh": "未注明所属层级，无法与上下级的控制线比对",
            "why_en": "it does not say of which tier it is, so it has no copy to compare with",
        }
        for fid in tiers.index[tiers.isna()]
    ]
