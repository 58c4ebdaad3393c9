"""A feature lies in another parent than its code says.

What it checks: the parent with the largest share of a feature's area against the one that its field
or its code names, for tiers, parcels and buildings.
Why it matters: its figures go to one district and its land to another.
Left to others: a feature that only reaches outside BND101; a parent that does not exist LST102; a
code that is no child of its parent's LST104. Lines and points have no largest share of area.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.lines_up import lies_elsewhere
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="BND104",
    name="code-elsewhere",
    title=Text("位置与上级编号不符", "code elsewhere"),
    severity=Severity.ERROR,
    message=Text(
        "{feature} 所属{title}为 {named}，而图形有 {measure:.1%} 位于 {related}",
        "{feature} belongs to {title} {named}, but {measure:.1%} of it lies in {related}",
    ),
    remedy=Text(
        "核对上级编号与图形位置，改正其中之一；跨界的要素应拆分",
        "check the parent's code and the place; mend one, or split a feature that straddles",
    ),
    measures=("nesting", "parents"),
    sources=("transmission-chain", "gbt-2260"),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features that lie in another parent than the one they name."""
    nesting = tables["nesting"]
    parents = tables["parents"]
    named = parents.loc[parents["how"].isin(["declared", "code"]), ["child_layer", "fid", "how"]]
    rows = nesting.merge(named, on=["child_layer", "fid"])
    if not len(rows):
        return skipped("没有写明上级的面要素", "no area names its parent by field or code")
    found = rows[lies_elsewhere(rows)].to_dict("records")
    return judged([_offender(tables, row) for row in found])


def _offender(tables: Tables, row: dict[str, Any]) -> dict[str, object]:
    labels = tables.attributes[row["parent_layer"]]["_label"]
    named = float(row["named_share"])
    return {
        "layer": row["child_layer"],
        "fid": row["fid"],
        "related_layer": row["parent_layer"],
        "related": labels[row["actual_fid"]],
        "measure": round(float(row["actual_share"]), 6),
        "unit": "share",
        "measures": {"named_share": 0.0 if named != named else round(named, 6)},
        "params": {
            "named": labels[row["parent_fid"]],
            "title": layer_title(tables, row["parent_layer"]),
        },
    }
