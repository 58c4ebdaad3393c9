"""The name is another place's than the code's.

What it checks: province, city and district names against the list of administrative codes
(行政区划代码), with and without 省, 市, 区, 县, 自治县.
Why it matters: two swapped names send every figure of a district to its neighbour.
Left to others: a code that the list does not have SCH107. A name that no other place has is no
contradiction (new districts, functional zones), nor one that several places share, 铁西区.
"""

from __future__ import annotations

import re
from functools import cache

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text

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
    sources=("gbt-2260",),
)
_PEOPLES = "(?:满族|蒙古族|朝鲜族|回族|锡伯族)*"
_ENDING = re.compile(rf"(?<=.){_PEOPLES}(?:自治县|自治区|新区|省|市|区|县)$")


@cache
def _places() -> dict[str, tuple[str, ...]]:
    """Return every name, whole and without its ending -> the codes of the places called so."""
    found: dict[str, tuple[str, ...]] = {}
    for code, entry in codelist("admin").items():
        for name in dict.fromkeys([entry.title.zh, trim_name(entry.title.zh), *entry.aliases]):
            found[name] = (*found.get(name, ()), code)
    return found


def trim_name(name: str) -> str:
    """Return the name of a place without what sort of place it is: 沈河区 -> 沈河."""
    return _ENDING.sub("", name.strip())


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features that bear the name of another place."""
    layers = [
        tier.name
        for tier in tables.tiers_present()
        if tier.spec.fields["code"].codelist == "admin"
        and {"code", "name"} <= tables.found[tier.name]
    ]
    if not layers:
        return skipped("没有带名称的行政区图层", "no administrative tier with names")
    return judged([row for layer in layers for row in _contradictions(tables, layer)])


def _contradictions(tables: Tables, layer: str) -> list[dict[str, object]]:
    frame = tables.attributes[layer]
    known = codelist("admin")
    named = frame[frame["code"].isin(known) & frame["name"].notna()]
    rows = []
    for fid, code, name in zip(named.index, named["code"], named["name"], strict=True):
        other = _other_place(code, str(name).strip())
        if other is not None:
            told = {"name": str(name).strip(), "own": known[code].title.zh, "other": other}
            rows.append({"layer": layer, "fid": int(fid), "params": told})
    return rows


def _other_place(code: str, name: str) -> str | None:
    """Return the code of the place that a name belongs to, None where it may be this one's."""
    places = _places()
    if code in places.get(name, ()) or code in places.get(trim_name(name), ()):
        return None
    codes = places.get(name) or places.get(trim_name(name)) or ()
    near = sorted(codes, key=lambda other: (other[:4] != code[:4], other))
    return near[0] if near else None
