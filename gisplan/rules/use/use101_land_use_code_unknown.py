"""A land-use code is not in the edition used, or two editions are mixed (用地用海分类代码有误).

What it checks: every land-use code against the classification of the edition that the layer uses:
the one set here, else the one that its telling codes are of (2020 has 0603, 2023 has 060202).
Why it matters: the same digits mean different land in the two editions: 2302 were ridges of fields
(田坎) in 2020 and are reserve farmland in 2023.
Left to others: what a use may be next to USE102. Of the edition of 2020 only what differs is known,
and that is recalled, not read: in a layer of 2020 a code that neither list has is not judged, and
elsewhere the message says that it may be one of 2020. So is a parcel without a code.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.notes import blank_cells, field_title
from gisplan.rules.use import parcels as shared
from gisplan.rules.use.editions import (
    EDITIONS,
    Standing,
    edition_used,
    is_shaped,
    of_other_standard,
    standing,
)

RULE = Rule(
    code="USE101",
    name="land-use-code-unknown",
    title=Text("用地用海分类代码有误", "land-use code unknown"),
    severity=Severity.ERROR,
    params={
        "edition": Param("auto", why="2020 or 2023; auto takes what most telling codes are of"),
    },
    sources=("land-use-2023", "land-use-2020"),
    message=Text("{feature} 的“{field}”为“{value}”，{why}", "{feature}: {field} is {value}, {why}"),
    remedy=Text(
        "按所用版本改正代码；整层采用 2020 年试行版的，设置 USE101.edition = 2020",
        "use a code of the edition used; for a layer of the 2020 edition set USE101.edition = 2020",
    ),
)
_UNKNOWN = Text(
    "不在 2023 年用地用海分类中（2020 年试行版的代码未全部收录，可能属于该版）",
    "which the classification of 2023 does not have (it may be of the 2020 edition, not all of"
    " whose codes are at hand)",
)
_NO_CODE = Text("不是两位、四位或者六位数字的代码", "no code of two, four or six digits")
_OLDER = Text(
    "疑为 GB 50137 的城市建设用地分类代码，应换算为用地用海分类",
    "which looks like GB 50137, the classification before; it is to be translated",
)
_MIXED = Text(
    "属 {other} 年版，而该图层采用 {used} 年版", "of the {other} edition in a layer of {used}"
)
_NEITHER = Text(
    "该图层采用 2020 年试行版，其代码未全部收录，无法判定代码",
    "the layer uses the 2020 edition, not all of whose codes are at hand",
)
_EMPTY = Text("没有填写用地代码", "it has no land-use code")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features whose land-use code is not of the edition that their layer uses."""
    columns = [
        (layer, name)
        for layer in sorted(tables.attributes)
        for name, field in tables.specs[layer].fields.items()
        if field.codelist == "land_use" and name in tables.found[layer]
    ]
    if not columns:
        return skipped("没有用地代码字段", "no layer has land-use codes")
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for layer, column in columns:
        _judge_column(tables, layer, column, params, offenders, aside)
    return judged(offenders, aside)


def _judge_column(
    tables: Tables,
    layer: str,
    column: str,
    params: Params,
    offenders: list[dict[str, Any]],
    aside: list[dict[str, Any]],
) -> None:
    frame = tables.attributes[layer]
    codes = {fid: shared.text(value) for fid, value in frame[column].items()}
    names = frame.get(f"{column}_name", {})
    standings = {
        fid: standing(code, shared.text(names.get(fid))) for fid, code in codes.items() if code
    }
    used = str(params.edition) if params.edition in EDITIONS else edition_used(standings.values())
    unread = blank_cells(tables, layer, column)
    for fid, code in codes.items():
        if not code:
            if fid not in unread and layer == shared.PARCEL:
                aside.append(shared.aside(layer, fid, _EMPTY))
            continue
        why = _fault(code, standings[fid], used)
        if why is _NEITHER:
            aside.append(shared.aside(layer, fid, why))
        elif why is not None:
            offenders.append(_offender(tables, layer, column, fid, code, why))


def _fault(code: str, known: Standing, used: str) -> Text | None:
    """Return what is wrong with a code in a layer of an edition, None where nothing is."""
    if known.only and known.only != used:
        return Text(*(text.format(other=known.only, used=used) for text in _MIXED))
    if known.known:
        return None
    if of_other_standard(code):
        return _OLDER
    if not is_shaped(code):
        return _NO_CODE
    return _UNKNOWN if used == EDITIONS[0] else _NEITHER


def _offender(
    tables: Tables, layer: str, column: str, fid: int, code: str, why: Text
) -> dict[str, Any]:
    return {
        "layer": layer,
        "fid": fid,
        "kind": column,
        "params": {"field": field_title(tables, layer, column), "value": code, "why": why},
    }
