"""The parcels of a unit hold more floor area than the unit may (地块建筑面积合计超过单元上限).

What it checks: the floor area of all parcels of a unit together: what they state, else floor area
ratio times area on the ellipsoid. It is held against the unit's cap on floor area (建筑总量上限),
and where it has none against its floor area ratio times its area.
Why it matters: every parcel can keep its own control and all of them together overload the unit.
Left to others: a single parcel USE104; a stated floor area that its ratio does not give IND112. The
rule speaks as soon as the parcels that are known exceed the cap; else a unit with a parcel of
unknown floor area or one that was set aside, or without a cap, is not judged. Open land without a
figure holds none, and of a unit without parcels nothing is demanded.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.aside import set_aside
from gisplan.rules.use import parcels as shared

RULE = Rule(
    code="USE105",
    name="floor-area-over-cap",
    title=Text("地块建筑面积合计超过单元上限", "floor area over the cap"),
    severity=Severity.ERROR,
    measures=("parents", "area"),
    needs=("judged", "parcel"),
    params={
        "far_tol": Param(0.005, why="floor area ratios are stated to two decimals"),
        "abs_tol": Param(1.0, unit="m2", why="areas are stated to 0.01 m2, edges to centimetres"),
        "open_land": shared.OPEN_LAND,
    },
    sources=("urban-rural-planning-law-2019#43", "detailed-planning-notice-2023-43"),
    message=Text(
        "{title} {who} 内 {n} 个地块建筑面积合计 {measure:,.0f} 平方米，超过{origin}"
        " {limit:,.0f} 平方米，超出 {difference:,.0f} 平方米{missing}",
        "{title} {who}: its {n} parcels hold {measure:,.0f} m2 of floor area, {difference:,.0f} m2"
        " above {origin} of {limit:,.0f} m2{missing}",
    ),
    remedy=Text(
        "核减地块容积率或者建筑面积，或者先按程序调整单元建筑总量",
        "lower floor area ratios or floor areas, or have the unit's total changed first",
    ),
)
_STATED = Text("单元建筑总量上限", "the unit's cap")
_DERIVED = Text("单元容积率上限折算的", "what the unit's floor area ratio allows")
_NO_CAP = Text("单元没有建筑总量或者容积率上限", "the unit has no cap on floor area or its ratio")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units whose parcels together hold more floor area than the unit may."""
    unit = tables.judged
    given = [name for name in ("floor_area", "far") if shared.states(tables, shared.PARCEL, name)]
    if not given:
        return skipped("地块没有容积率或者建筑面积", "no parcel states its floor area or its ratio")
    if not any(shared.states(tables, unit, name) for name in ("floor_area_cap", "far")):
        return skipped("单元没有建筑总量或者容积率上限", "no unit has a cap on its floor area")
    sums = _sums(tables, params)
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for fid, row in sums.iterrows():
        if pd.isna(row["cap"]):
            aside.append(shared.aside(unit, int(fid), _NO_CAP))
        elif row["total"] - row["cap"] > row["slack"]:
            offenders.append(_offender(tables, int(fid), row))
        elif row["missing"]:
            aside.append(shared.aside(unit, int(fid), _unknown(row["missing"])))
    return judged(offenders, aside)


def _sums(tables: Tables, params: Params) -> pd.DataFrame:
    """Return for each unit with parcels: total, slack, n, missing (labels), cap, stated."""
    rows = shared.with_units(tables)
    rows = rows[rows["unit_fid"] >= 0]
    stated = shared.numbers(tables, shared.PARCEL, "floor_area").reindex(rows.index)
    ratio = shared.numbers(tables, shared.PARCEL, "far").reindex(rows.index)
    rows["floor"] = stated.fillna(ratio * rows["area_m2"])
    rows["slack"] = (params.far_tol * rows["area_m2"]).where(stated.isna() & ratio.notna(), 0.005)
    open_land = rows["land_use"].str.startswith(shared.classes(params.open_land) or ("-",))
    rows["unknown"] = rows["floor"].isna() & ~open_land
    by_unit = rows.groupby("unit_fid", sort=True)
    unit = tables.judged
    area = tables["area"]
    areas = area[area["layer"] == unit].set_index("fid")["area_m2"]
    cap = shared.numbers(tables, unit, "floor_area_cap")
    derived = shared.numbers(tables, unit, "far") * areas
    sums = pd.DataFrame(
        {
            "total": by_unit["floor"].sum(),
            "slack": by_unit["slack"].sum() + params.abs_tol,
            "n": by_unit["floor"].count(),
            "missing": by_unit[["label", "unknown"]].apply(
                lambda group: sorted(group.loc[group["unknown"], "label"])
            ),
        }
    )
    aside = set_aside(tables, shared.PARCEL)
    sums["missing"] = [sorted({*labels, *aside.get(int(fid), ())})
                       for fid, labels in sums["missing"].items()]  # fmt: skip
    sums["cap"] = cap.fillna(derived).reindex(sums.index)
    sums["stated"] = cap.notna().reindex(sums.index)
    return sums


def _offender(tables: Tables, fid: int, row: pd.Series) -> dict[str, Any]:
    frame = tables.attributes[tables.judged]
    missing = _unknown(row["missing"])
    return {
        "layer": tables.judged,
        "fid": fid,
        "measure": float(row["total"]),
        "limit": float(row["cap"]),
        "unit": "m2",
        "measures": {"difference": float(row["total"] - row["cap"]), "n_parcels": int(row["n"])},
        "params": {
            "title": tables.specs[tables.judged].title,
            "who": shared.who(frame["_label"][fid], frame["name"][fid]),
            "n": int(row["n"]),
            "origin": _STATED if row["stated"] else _DERIVED,
            "difference": float(row["total"] - row["cap"]),
            "missing": Text(f"（{missing.zh}）", f" ({missing.en})")
            if row["missing"]
            else Text("", ""),
        },
    }


def _unknown(labels: list[str]) -> Text:
    shown = labels[:10]
    more = len(labels) > len(shown)
    return Text(
        "缺少地块的建筑面积：" + "、".join(shown) + (f"等 {len(labels)} 个" if more else ""),
        "floor area unknown of " + ", ".join(shown) + (f" and more, {len(labels)}" if more else ""),
    )
