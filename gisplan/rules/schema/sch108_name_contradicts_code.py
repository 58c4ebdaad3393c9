"""The name is another place's than the code's.

What it checks: province, city and district names against the list of administrative codes
(行政区划代码), with and without 省, 市, 区, 县, 自治县; and the district's name that a unit states
against the district that it belongs to.
Why it matters: two swapped names send every figure of a district to its neighbour.
Left to others: a code that the list does not have SCH107; a feature that also lies elsewhere
BND104, which then says what code, place and name each mean. A name that no other place has is no
contradiction (new districts, functional zones), nor one that several places share, 铁西区.
"""

from __future__ import annotations

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.lines_up import told_elsewhere
from gisplan.rules.place_names import names_itself, other_place, parent_named

RULE = Rule(
    code="SCH108",
    name="name-contradicts-code",
    title=Text("名称与代码不符", "name contradicts code"),
    severity=Severity.WARNING,
    message=Text(
        "{feature} 的名称为“{name}”，该代码应为“{own}”；“{name}”的代码是 {other}",
        "{feature} is called {name}, but its code is that of {own}; {name} has the code {other}",
    ),
    remedy=Text("核对名称与代码，改正其中之一", "check name and code; mend one"),
    measures=("nesting", "parents"),
    sources=("gbt-2260",),
)
_DISTRICT = Text(
    "{feature} 的行政区名称为“{name}”，而其编号属于“{own}”；“{name}”的代码是 {other}",
    "{feature} names the district {name}, but by its code it belongs to {own}; {name} has the code "
    "{other}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features that bear the name of another place."""
    layers = [tier.name for tier in tables.tiers_present() if names_itself(tables, tier.name)]
    named = [layer for layer in _below(tables) if "district_name" in tables.found[layer]]
    if not layers and not named:
        return skipped("没有带名称的行政区图层", "no administrative tier with names")
    elsewhere = _elsewhere(tables)
    rows = [row for layer in layers for row in _contradictions(tables, layer)]
    rows += [row for layer in named for row in _other_parents(tables, layer)]
    return judged([row for row in rows if (row["layer"], row["fid"]) not in elsewhere])


def _below(tables: Tables) -> list[str]:
    """Return the layers below the administrative tiers, which name their district in a field."""
    return [
        name
        for name, spec in tables.specs.items()
        if "district_name" in spec.fields and name in tables.attributes
    ]


def _elsewhere(tables: Tables) -> set[tuple[str, int]]:
    """Return the features that BND104 reports; it says what their names mean."""
    rows = told_elsewhere(tables)
    return set(zip(rows["child_layer"], rows["fid"].astype(int), strict=True))


def _other_parents(tables: Tables, layer: str) -> list[dict[str, object]]:
    """Return the features whose field for the district's name means another than their parent."""
    parents = tables["parents"]
    own = parents[(parents["child_layer"] == layer) & (parents["parent_fid"] >= 0)]
    rows: list[dict[str, object]] = []
    for fid, above, parent in zip(
        own["fid"].astype(int), own["parent_layer"], own["parent_fid"].astype(int), strict=True
    ):
        named = parent_named(tables, layer, fid, above)
        frame = tables.attributes[above]
        if named is None or "code" not in frame or named.code == frame["code"][parent]:
            continue
        title = frame["name"][parent] or frame["_label"][parent]
        told = {"name": named.name, "own": title, "other": named.code}
        rows.append(
            {
                "layer": layer,
                "fid": fid,
                "kind": "district-name",
                "params": told,
                "message": _DISTRICT,
            }
        )
    return rows


def _contradictions(tables: Tables, layer: str) -> list[dict[str, object]]:
    frame = tables.attributes[layer]
    known = codelist("admin")
    named = frame[frame["code"].isin(known) & frame["name"].notna()]
    rows = []
    for fid, code, name in zip(named.index, named["code"], named["name"], strict=True):
        other = other_place(code, str(name).strip())
        if other is not None:
            told = {"name": str(name).strip(), "own": known[code].title.zh, "other": other}
            rows.append({"layer": layer, "fid": int(fid), "params": told})
    return rows
