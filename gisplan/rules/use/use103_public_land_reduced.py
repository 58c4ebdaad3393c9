"""Less public land than the unit must have, or a required facility missing (公益性用地减少).

What it checks: the parcels of a unit hold at least the land for public service (08), utilities (13)
and green and open space (14) that the plan above gave it; and each facility that it must have (必配
设施, 定量的按面积) lies in it, as a facility or as a parcel of that use.
Why it matters: schools, clinics, parks and the like are what renewal may not build over.
Left to others: what is built on such land BND109 and BND111; the indicators of the plan IND103. A
unit whose land falls short while the use of a parcel is not known, or a parcel was set aside, is
not judged, nor is one without parcels; nor a facility whose size is not known, or that may be there
without a layer of facilities.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.aside import set_aside
from gisplan.rules.use import parcels as shared
from gisplan.rules.use.facilities import LAYER, Demand, Stock, demands

RULE = Rule(
    code="USE103",
    name="public-land-reduced",
    title=Text("公益性用地减少或者必配设施缺失", "public land reduced"),
    severity=Severity.ERROR,
    measures=("parents", "area", "located"),
    needs=("judged", "parcel.land_use|facility"),
    params={
        "abs_tol": Param(1.0, unit="m2", why="areas are stated to 0.01 m2, edges to centimetres"),
    },
    sources=("urban-rural-planning-law-2019#35", "transmission-chain"),
    message=Text(
        "{title} {who} 的{what}（{class_}）{measure:,.1f} 平方米，"
        "少于上级要求的 {limit:,.1f} 平方米，相差 {difference:,.1f} 平方米",
        "{title} {who}: {measure:,.1f} m2 of {what} ({class_}), {difference:,.1f} m2 less than the"
        " {limit:,.1f} m2 that are due",
    ),
    remedy=Text(
        "补足该类用地或者设施；确需减少的，先按程序修改上级规划",
        "make up for the land or the facility, or have the plan above changed first",
    ),
)
_FACILITY = Text(
    "{title} {who} 缺少必配设施“{what}”{size}", "{title} {who} lacks the facility {what}{size}"
)
_CLASSES = (
    ("service_land", "08", "public-service land"),
    ("utility_land", "13", "utility land"),
    ("green_land", "14", "green and open land"),
)
_EXACT = 1e-9  # of an area on the ellipsoid: what is nearer to the bound is on it
_NO_PARCELS = Text("没有地块，公益性用地无法核算", "it has no parcels to count public land in")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units that lack public land or a facility that they must have."""
    unit = tables.judged
    asked = [entry for entry in _CLASSES if shared.states(tables, unit, entry[0])]
    listed = "required_facilities" in tables.found[unit]
    if not asked and not listed:
        return skipped(
            "单元没有公益性用地下限，也没有必配设施",
            "no unit says how much public land or which facilities it must have",
        )
    parcels = _parcels(tables)
    aside_of = set_aside(tables, shared.PARCEL)
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for column, prefix, english in asked:
        what = Text(codelist("land_use")[prefix].title.zh, english)
        for fid, least in shared.numbers(tables, unit, column).dropna().items():
            mine = parcels[parcels["unit_fid"] == fid]
            there = float(mine.loc[mine["land_use"].str.startswith(prefix), "area_m2"].sum())
            if there * (1 + _EXACT) >= float(least) - params.abs_tol:
                continue
            unknown = sorted(mine.loc[~mine["known"], "label"])
            if aside_of.get(int(fid)) or mine.empty or unknown:
                why = _NO_PARCELS if mine.empty else _no_use(unknown)
                if int(fid) in aside_of:
                    why = _set_aside(aside_of[int(fid)])
                aside.append(shared.aside(unit, fid, why))
            else:
                offenders.append(_short(tables, fid, prefix, what, there, float(least)))
    if listed:
        _facilities(tables, parcels, aside_of, params, offenders, aside)
    return judged(offenders, aside)


def _parcels(tables: Tables) -> pd.DataFrame:
    """Return the parcels with their units, and whether their use is known."""
    if shared.PARCEL not in tables.attributes:
        columns = ["label", "name", "land_use", "area_m2", "unit_fid", "unit", "known"]
        return pd.DataFrame({name: [] for name in columns}).astype({"land_use": object})
    rows = shared.with_units(tables)
    return rows.assign(known=rows["land_use"].isin(list(codelist("land_use"))))


def _facilities(
    tables: Tables,
    parcels: pd.DataFrame,
    aside_of: dict[int, list[str]],
    params: Params,
    offenders: list[dict[str, Any]],
    aside: list[dict[str, Any]],
) -> None:
    unit = tables.judged
    stock = Stock(tables, parcels)
    for fid, cell in tables.attributes[unit]["required_facilities"].items():
        for demand in demands(cell):
            size = stock.largest(fid, demand)
            if demand.least != demand.least:
                why = Text(
                    f"设施“{demand.word}”的面积要求无法读取",
                    f"what size {demand.word} must have could not be read",
                )
                aside.append(shared.aside(unit, fid, why))
            elif size is None and LAYER not in tables.attributes:
                why = Text(
                    f"没有设施图层，“{demand.word}”是否配建无法判定",
                    f"there is no layer of facilities to find {demand.word} in",
                )
                aside.append(shared.aside(unit, fid, why))
            elif size == 0 and demand.least > 0:
                why = Text(
                    f"设施“{demand.word}”没有面积", f"the size of {demand.word} is not known"
                )
                aside.append(shared.aside(unit, fid, why))
            elif size is None or size * (1 + _EXACT) < demand.least - params.abs_tol:
                if demand.land_use and fid in aside_of:  # a parcel of that use may be among them
                    aside.append(shared.aside(unit, fid, _set_aside(aside_of[fid])))
                    continue
                offenders.append(_lacking(tables, fid, demand, size))


def _no_use(labels: list[str]) -> Text:
    shown = labels[:10]
    return Text(
        "地块用地代码缺失或者无法识别：" + "、".join(shown),
        "the land use of a parcel is not known: " + ", ".join(shown),
    )


def _set_aside(labels: list[str]) -> Text:
    shown = labels[:10]
    return Text("有地块被隔离：" + "、".join(shown), "parcels were set aside: " + ", ".join(shown))


def _base(tables: Tables, fid: int, what: Text) -> dict[str, Any]:
    frame = tables.attributes[tables.judged]
    return {
        "title": tables.specs[tables.judged].title,
        "who": shared.who(frame["_label"][fid], frame["name"][fid]),
        "what": what,
    }


def _short(
    tables: Tables, fid: int, prefix: str, what: Text, there: float, least: float
) -> dict[str, Any]:
    words = {**_base(tables, fid, what), "class_": prefix, "difference": least - there}
    return {
        "layer": tables.judged,
        "fid": fid,
        "kind": prefix,
        "measure": there,
        "limit": least,
        "unit": "m2",
        "measures": {"difference": least - there},
        "params": words,
    }


def _lacking(tables: Tables, fid: int, demand: Demand, size: float | None) -> dict[str, Any]:
    hint = Text("", "")
    if size is not None:
        hint = Text(
            f"：需要 {demand.least:,.0f} 平方米，现为 {size:,.0f} 平方米",
            f": {demand.least:,.0f} m2 are due, {size:,.0f} m2 are there",
        )
    what = Text(demand.word, demand.word)
    return {
        "layer": tables.judged,
        "fid": fid,
        "kind": f"facility:{demand.word}",
        "measure": size,
        "limit": demand.least or None,
        "unit": "m2",
        "message": _FACILITY,
        "params": {**_base(tables, fid, what), "size": hint},
    }
