"""The published heritage list and the map layer do not close.

What it checks: each row of the published list (保护名录) against the heritage bodies, and each
body of a class that the list has against the list: by code, else by name and class; class and level
of both; and rows that the list has twice under one name, class and district.
Why it matters: a monument that is on the list and not on the map conflicts with nothing. It may lie
anywhere, so no unit of the district that its row names is judged; of none where it names none, or
where units have no administrative codes.
Left to others: a body that was set aside SRC108; one code twice SCH105; a body outside its zone or
registered twice HER110. A name that is nearly another's (90 %) is a likely match, and a warning.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.codes import admin_prefix
from gisplan.rules.list.items import SIMILAR, label_of, plain

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
_DIFFERS = Text(
    "保护对象 {feature} {name} 的{what}为{own}，名录为{listed}",
    "the heritage body {feature} {name} has the {what} {own}, the list says {listed}",
)
_RESEMBLES = Text(
    "名录中的 {feature} {name} 在图层中没有，疑似为保护对象 {other}",
    "{feature} {name} is on the list and not in the layer; it is probably the body {other}",
)
_TWICE = Text(
    "名录中 {name} 出现 {measure:.0f} 次（同名、同类、同一区县），编号不同",
    "the list has {name} {measure:.0f} times, with one class and district and several codes",
)
_OPEN = Text(
    "名录中的 {names} 等 {n} 处没有上图，位置未知",
    "{n} items of the list are not on the map, their place is unknown: {names}",
)
BODY, LIST = "heritage_body", "heritage_list"
_ADMIN = re.compile(r"\d{6}")
_SHOWN = 3


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what is missing on the map, what is extra, what differs and what is listed twice."""
    # in an order of their own: which of two namesakes is the match is not for the file to say
    listed, bodies = (
        tables.attributes[name].sort_values(["_label", "name"], kind="stable")
        for name in (LIST, BODY)
    )
    if listed.empty:
        return skipped("名录是空的", "the published list is empty")
    drawn, rows = _Index(bodies), _Index(listed)
    at = {fid: _match(drawn, row) for fid, row in listed.to_dict("index").items()}
    extra = {
        fid: row
        for fid, row in bodies.to_dict("index").items()
        if _covered(listed, row) and _match(rows, row) is None
    }
    aside = tables.quarantined.get(BODY, frozenset())
    offenders: list[dict[str, object]] = []
    missing: list[dict[str, object]] = []
    for fid, row in listed.to_dict("index").items():
        if at[fid] is not None:
            offenders += _differences(int(at[fid]), row, bodies.loc[at[fid]])
        elif label_of(row) not in aside:
            like = _resembling(row, extra)
            offenders.append(_missing(int(fid), row, extra.pop(like, None)))
            if like is None:
                missing.append(row)
    for fid, row in extra.items():
        told = {"severity": Severity.WARNING, "message": _EXTRA}
        offenders.append({**_told(BODY, int(fid), row, "extra"), **told})
    offenders += _twice(listed)
    return judged(offenders, _open(tables, missing))


class _Index:
    """Rows by code, and by name with their class: what has the same code, else name and class."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.codes: dict[str, Any] = {}
        self.names: dict[str, list[tuple[Any, str | None]]] = {}
        for at, row in rows.to_dict("index").items():
            if isinstance(row.get("code"), str):
                self.codes.setdefault(row["code"], at)
            self.names.setdefault(plain(row.get("name")), []).append((at, _class(row)))
        self.names.pop("", None)


def _match(index: _Index, row: dict[Any, Any]) -> Any:
    """Return the row of the same code, else of the same name: lists number by their own scheme.

    Of namesakes only those whose class is the same, or not known. A namesake goes before what has
    the same code and another name.
    """
    code = row.get("code")
    by_code = index.codes.get(code) if isinstance(code, str) else None
    own = _class(row)
    named = index.names.get(plain(row.get("name")), [])
    if by_code is not None and (not named or by_code in [at for at, _ in named]):
        return by_code
    same = [at for at, theirs in named if theirs == own]
    open_ = [at for at, theirs in named if theirs is None or own is None]
    return (same or open_ or [by_code])[0]


def _class(row: dict[Any, Any]) -> str | None:
    code = row.get("asset_class")
    return code if code in codelist("asset_class") else None


def _covered(listed: pd.DataFrame, row: dict[Any, Any]) -> bool:
    """Return whether a body is of a class that the list has; a list without classes has all."""
    classes = set(listed["asset_class"].dropna()) if "asset_class" in listed else set()
    return not classes or row.get("asset_class") in classes


def _resembling(row: dict[Any, Any], extra: dict[Any, dict[Any, Any]]) -> Any:
    """Return the body that the list does not have whose name is most like a row's, else None."""
    own = _class(row)
    names = {plain(body.get("name")): at for at, body in sorted(extra.items(), reverse=True)
             if own is None or _class(body) in (own, None)}  # fmt: skip
    names.pop("", None)
    found = get_close_matches(plain(row.get("name")), sorted(names), n=1, cutoff=SIMILAR)
    return names[found[0]] if found else None


def _missing(fid: int, row: dict[Any, Any], like: dict[Any, Any] | None) -> dict[str, object]:
    told = _told(LIST, fid, row, "missing" if like is None else "resembles")
    if like is None:
        return told
    name = like.get("name")
    return {
        **told,
        "related_layer": BODY,
        "related": label_of(like),
        "severity": Severity.WARNING,
        "message": _RESEMBLES,
        "params": {**told["params"], "other": f"{label_of(like)} {name}"},  # type: ignore[dict-item]
    }


def _told(layer: str, fid: int, row: Any, kind: str) -> dict[str, object]:
    feature = {"feature": label_of(row)} if layer == LIST else {}
    name = row.get("name")
    shown = name if isinstance(name, str) and name != label_of(row) else ""
    return {"layer": layer, "fid": fid, "kind": kind, "params": {"name": shown}, **feature}


def _differences(fid: int, row: dict[Any, Any], body: pd.Series) -> list[dict[str, object]]:
    """Return how class and level of a body differ from the list's, where both are known."""
    found: list[dict[str, object]] = []
    for field, what in (
        ("asset_class", Text("类别", "class")),
        ("level", Text("级别", "level")),
    ):
        known = codelist(field)
        own, listed = body.get(field), row.get(field)
        if own not in known or listed not in known or own == listed:
            continue
        name = body.get("name")
        params = {
            "name": name if isinstance(name, str) else "",
            "what": what,
            "own": known[str(own)].title,
            "listed": known[str(listed)].title,
        }
        told = _told(BODY, fid, body, "level" if field == "level" else "class")
        found.append({**told, "message": _DIFFERS, "params": params})
    return found


def _twice(listed: pd.DataFrame) -> list[dict[str, object]]:
    """Return the things that the list has several times, but under one code (that is SCH105)."""
    keys = pd.DataFrame(
        {
            "name": [plain(name) for name in listed["name"]],
            "class": listed.get("asset_class", None),
            "district": listed.get("district", None),
        },
        index=listed.index,
    )
    found: list[dict[str, object]] = []
    named = keys[keys["name"] != ""]
    for _, group in named.groupby(["name", "class", "district"], sort=True, dropna=False):
        rows = listed.loc[group.index]
        codes = rows["code"] if "code" in rows else pd.Series(None, index=rows.index)
        if len(group) > 1 and not (codes.notna().all() and codes.nunique() == 1):
            told = _told(LIST, int(group.index[0]), rows.iloc[0], "listed-twice")
            name = {"name": str(rows["name"].iloc[0])}
            twice = {"severity": Severity.WARNING, "message": _TWICE, "params": name}
            found.append({**told, **twice, "measure": len(group), "limit": 1})
    return found


def _open(tables: Tables, missing: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the units that what is missing on the map could concern as not judged.

    fid -1 is every unit: the list names no district, or units have no administrative codes.
    """
    units = tables.attributes.get(tables.judged)
    if units is None or not missing:
        return []
    codes = units["code"].map(lambda code: code if isinstance(code, str) else "")
    administrative = bool(codes.map(lambda code: bool(_ADMIN.match(code))).all())
    places: dict[str, list[str]] = {}
    for row in missing:
        place = _place(row.get("district")) if administrative else ""
        places.setdefault(place, []).append(str(row.get("name") or label_of(row)))
    rows: list[dict[str, object]] = []
    for place, names in sorted(places.items()):
        shown = sorted(names)[:_SHOWN]
        why = {
            "why_zh": _OPEN.zh.format(names="、".join(shown), n=len(names)),
            "why_en": _OPEN.en.format(names=", ".join(shown), n=len(names)),
        }
        fids = codes.index[codes.str.startswith(place)] if place else [-1]
        rows += [{"layer": tables.judged, "fid": int(fid), **why} for fid in fids]
    return rows


def _place(district: object) -> str:
    """Return the prefix of the codes in a district, by its code or its name; "" where unknown.

    A name that two districts have (铁西区) says nothing.
    """
    if not isinstance(district, str):
        return ""
    listed = codelist("admin").values()
    named = [entry.code for entry in listed if entry.title.zh == district.strip()]
    code = named[0] if len(named) == 1 else district.strip()
    return admin_prefix(code) if _ADMIN.fullmatch(code) else ""
