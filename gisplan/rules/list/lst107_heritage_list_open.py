"""The published heritage list and the map layer do not close.

What it checks: each row of the published list (保护名录) against the heritage bodies, and each
body of a class that the list has against the list: by code, else by name; and the level.
Why it matters: a monument that is on the list and not on the map conflicts with nothing.
Left to others: a body that was set aside SRC108; a body outside its zone HER110.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.list.items import Register, label_of

RULE = Rule(
    code="LST107",
    name="heritage-list-open",
    title=Text("保护名录与图层不闭合", "heritage list open"),
    severity=Severity.ERROR,
    message=Text(
        "名录中的 {feature} {name} 在保护对象图层中没有",
        "{feature} {name} is on the published list and not among the heritage bodies",
    ),
    remedy=Text(
        "按公布名录补齐、更正图层；多出的核对是否已公布",
        "complete and correct the layer by the list; see whether what is extra was published",
    ),
    needs=("heritage_list", "heritage_body"),
    sources=("historic-cities-regulation-524#47", "relics-law-2024#23", "relics-law-2024#26"),
)
_EXTRA = Text(
    "保护对象 {feature} {name} 不在公布名录中",
    "the heritage body {feature} {name} is not on the published list",
)
_LEVEL = Text(
    "保护对象 {feature} {name} 的级别为{own}，名录为{listed}",
    "the heritage body {feature} {name} has the level {own}, the list says {listed}",
)
BODY, LIST = "heritage_body", "heritage_list"


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what is missing on the map, what is extra, and what has another level."""
    listed, bodies = tables.attributes[LIST], tables.attributes[BODY]
    if listed.empty:
        return skipped("名录是空的", "the published list is empty")
    register, rows = Register(bodies), Register(listed)
    aside = tables.quarantined.get(BODY, frozenset())
    offenders: list[dict[str, object]] = []
    for fid, row in listed.to_dict("index").items():
        at = _either(register, row)
        if at is None and label_of(row) not in aside:
            offenders.append(_told(LIST, int(fid), row, "missing"))
        elif at is not None and (differs := _level(row, bodies.loc[at])):
            offenders.append({**_told(BODY, int(at), bodies.loc[at], "level"), **differs})
    classes = set(listed["asset_class"].dropna()) if "asset_class" in listed else set()
    for fid, row in bodies.to_dict("index").items():
        covered = not classes or row.get("asset_class") in classes
        if covered and _either(rows, row) is None:
            extra = {"severity": Severity.WARNING, "message": _EXTRA}
            offenders.append({**_told(BODY, int(fid), row, "extra"), **extra})
    return judged(offenders)


def _either(register: Register, row: Any) -> Any:
    """Return the row of the same code, else of the same name: lists number by their own scheme."""
    at = register.find(row)
    return at if at is not None else register.find({"name": row.get("name")})


def _told(layer: str, fid: int, row: Any, kind: str) -> dict[str, object]:
    feature = {"feature": label_of(row)} if layer == LIST else {}
    name = row.get("name")
    shown = name if isinstance(name, str) and name != label_of(row) else ""
    return {"layer": layer, "fid": fid, "kind": kind, "params": {"name": shown}, **feature}


def _level(row: Any, body: pd.Series) -> dict[str, object]:
    own, listed = body.get("level"), row.get("level")
    known = codelist("level")
    if own not in known or listed not in known or own == listed:
        return {}
    name = body.get("name")
    return {
        "message": _LEVEL,
        "params": {
            "name": name if isinstance(name, str) else "",
            "own": known[str(own)].title,
            "listed": known[str(listed)].title,
        },
    }
