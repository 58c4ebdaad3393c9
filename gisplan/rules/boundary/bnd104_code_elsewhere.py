"""A feature lies in another parent than its code says.

What it checks: the parent with the largest share of a feature's area against the one that its field
or its code names, for tiers, parcels and buildings; and, where its name means a place, what that
says.
Why it matters: its figures go to one district and its land to another.
Left to others: a feature that only reaches outside BND101; a parent that does not exist LST102; a
code that is no child of its parent's LST104. Lines and points have no largest share of area.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.lines_up import told_elsewhere
from gisplan.rules.notes import layer_title
from gisplan.rules.place_names import parent_named

RULE = Rule(
    code="BND104",
    name="code-elsewhere",
    title=Text("位置与上级编号不符", "code elsewhere"),
    severity=Severity.ERROR,
    message=Text(
        "{feature} 所属{title}为 {named}，而图形有 {measure:.1%} 位于 {related}{name}",
        "{feature} belongs to {title} {named}, but {measure:.1%} of it lies in {related}{name}",
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
    parents = tables["parents"]
    named = parents.loc[parents["how"].isin(["declared", "code"]), ["child_layer", "fid"]]
    if not len(tables["nesting"].merge(named, on=["child_layer", "fid"])):
        return skipped("没有写明上级的面要素", "no area names its parent by field or code")
    found = told_elsewhere(tables).to_dict("records")
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
            "name": _name_says(tables, row),
        },
    }


def _name_says(tables: Tables, row: dict[str, Any]) -> Text:
    """Return what the name adds: it sides with the code, with the place, or with neither."""
    above = row["parent_layer"]
    named = parent_named(tables, row["child_layer"], row["fid"], above)
    if named is None:
        return Text("", "")
    codes = tables.attributes[above]["code"]
    if named.code == codes[row["parent_fid"]]:
        return Text(
            f"；名称“{named.name}”与编号一致", f"; the name {named.name} agrees with the code"
        )
    if named.code == codes[row["actual_fid"]]:
        return Text(
            f"；名称“{named.name}”与位置一致", f"; the name {named.name} agrees with the place"
        )
    return Text(
        f"；名称“{named.name}”又指 {named.code}", f"; and the name {named.name} means {named.code}"
    )
