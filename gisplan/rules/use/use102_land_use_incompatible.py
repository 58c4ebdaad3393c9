"""A parcel's use is forbidden in the zone that it lies in (用地与规划分区不兼容).

What it checks: the land use of each parcel against the planning zones (规划分区) that it overlaps;
without that layer, against the zone that the parcel or its unit names, else against the zone whose
main use is that of the unit (上级为 07 的, 按居住生活区). Which use goes with which zone is a
proposal, `layers/land_use_matrix.toml`; a plan's own table (用地兼容性表) comes before it.
Why it matters: the zone is what the plan above decided; a use that it forbids changes that plan.
Left to others: a code that no edition has USE101; red lines and control lines BND106 to BND111. A
restricted use is no finding. A zone that nobody knows, a parcel in no zone, and one whose use is
not known are not judged; overlaps below the bounds of noise are left out and summed.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.compatibility import Compatibility, Zone
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Filtered, Severity, Text
from gisplan.rules.noise import NOISE_PARAMS, counts
from gisplan.rules.use import parcels as shared

RULE = Rule(
    code="USE102",
    name="land-use-incompatible",
    title=Text("用地与规划分区不兼容", "land use incompatible"),
    severity=Severity.ERROR,
    measures=("parents", "area", "relate"),
    needs=("judged", "parcel.land_use"),
    params=NOISE_PARAMS,
    sources=("gisplan-proposal", "land-use-2023", "master-plan-guide-2020"),
    message=Text(
        "{title} {who} 的用地“{use}”在“{zone}”内属禁止用途（{origin}），涉及 {measure:,.1f} 平方米",
        "{title} {who}: {use} is forbidden in the {zone} ({origin}), {measure:,.1f} m2 of it",
    ),
    remedy=Text(
        "改变用地性质或者调整地块范围；当地另有规定的，在用地兼容性表中写明",
        "change the use or the extent of the parcel; where the place has rules of its own, give"
        " them as a compatibility table",
    ),
)
_NO_USE = Text("用地代码缺失或者无法识别", "its land use is missing or not known")
_NO_ZONE = Text("不在任何规划分区内", "it lies in no planning zone")
_UNNAMED = Text("其单元没有规划分区或者主导用地", "its unit names no planning zone or dominant use")
_LAYER = "planning_zone"


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the parcels whose use is forbidden in a zone that they lie in."""
    rows = shared.with_units(tables)
    matrix = _matrix(tables)
    noise = Filtered(0, 0.0)
    if _LAYER in tables.attributes and "zone" in tables.found[_LAYER]:
        pairs, noise = _overlaps(tables, rows, params)
        none = _NO_ZONE
    else:
        pairs = _named(tables, rows, matrix)
        none = _UNNAMED
        if pairs.empty:
            return skipped(
                "没有规划分区图层，单元也没有填写规划分区或者主导用地",
                "there is no layer of planning zones, and no unit names its zone or dominant use",
            )
    offenders: list[dict[str, Any]] = []
    aside = [shared.aside(shared.PARCEL, fid, none) for fid in rows.index.difference(pairs["fid"])]
    for pair in pairs.to_dict("records"):
        row = rows.loc[pair["fid"]]
        zone = matrix.zone(pair["zone"])
        if zone is None:
            aside.append(shared.aside(shared.PARCEL, pair["fid"], _strange(pair["zone"])))
        elif row["land_use"] not in codelist("land_use"):
            aside.append(shared.aside(shared.PARCEL, pair["fid"], _NO_USE))
        elif zone.grade(row["land_use"]) == "forbidden":
            offenders.append(_offender(tables, row, pair, zone))
    return judged(offenders, aside, noise)


def _matrix(tables: Tables) -> Compatibility:
    table = tables.attributes.get("compatibility")
    if table is None:
        return Compatibility()
    rows = [[shared.text(value) for value in row] for row in
            table[["zone", "land_use", "grade"]].to_numpy()]  # fmt: skip
    return Compatibility((zone, code, grade) for zone, code, grade in rows if zone and code)


def _overlaps(tables: Tables, rows: pd.DataFrame, params: Params) -> tuple[pd.DataFrame, Filtered]:
    """Return the zones that the parcels overlap: fid, zone, area_m2, layer, related, geometry."""
    relate = tables["relate"]
    met = relate[(relate["actor_layer"] == shared.PARCEL) & (relate["zone_layer"] == _LAYER)]
    met = met[met["fid"].isin(rows.index)]
    thin = ~counts(met, params)
    noise = Filtered(int(thin.sum()), round(float(met.loc[thin, "area_m2"].sum()), 3))
    met = met[~thin]
    zones = tables.attributes[_LAYER]["zone"].reindex(met["zone_fid"])
    return pd.DataFrame(
        {
            "fid": list(met["fid"]),
            "zone": [shared.text(value) for value in zones],
            "area_m2": list(met["area_m2"]),
            "layer": _LAYER,
            "related": tables.label(_LAYER, met["zone_fid"]),
            "geometry": list(met["geometry"]),
        }
    ), noise


def _named(tables: Tables, rows: pd.DataFrame, matrix: Compatibility) -> pd.DataFrame:
    """Return the zones that parcels or their units name, in the columns of `_overlaps`."""
    unit = tables.judged
    own = tables.attributes[shared.PARCEL].get("planning_zone")
    theirs = tables.attributes[unit].get("planning_zone")
    uses = tables.attributes[unit].get("land_use")
    found = []
    for fid, row in rows.iterrows():
        at = row["unit_fid"]
        zone = "" if own is None else shared.text(own[fid])
        if not zone and theirs is not None and at >= 0:
            zone = shared.text(theirs[at])
        if not zone and uses is not None and at >= 0:
            main = matrix.zone_of(shared.text(uses[at]))
            zone = main.title.zh if main else ""
        if zone:
            found.append((fid, zone, row["area_m2"], unit if row["unit"] else None, row["unit"]))
    columns = ["fid", "zone", "area_m2", "layer", "related"]
    return pd.DataFrame(found, columns=columns).assign(geometry=None)


def _strange(zone: str) -> Text:
    if not zone:
        return Text("所在规划分区没有填写名称", "the planning zone that it lies in has no name")
    return Text(f"规划分区“{zone}”无法识别", f"nobody knows the planning zone {zone}")


def _offender(tables: Tables, row: pd.Series, pair: dict[str, Any], zone: Zone) -> dict[str, Any]:
    use = codelist("land_use")[row["land_use"]]
    title = tables.specs[pair["layer"]].title if pair["layer"] else Text("地块", "the parcel")
    return {
        "layer": shared.PARCEL,
        "fid": pair["fid"],
        "related_layer": pair["layer"],
        "related": pair["related"],
        "kind": zone.key,
        "measure": float(pair["area_m2"]),
        "unit": "m2",
        "geometry": pair["geometry"],
        "measures": {"land_use": row["land_use"]},
        "params": {
            "title": tables.specs[shared.PARCEL].title,
            "who": shared.who(row["label"], row["name"]),
            "use": Text(f"{use.code} {use.title.zh}", use.code),
            "zone": zone.title,
            "origin": Text(f"{title.zh} {pair['related']}", f"{title.en} {pair['related']}"),
        },
    }
