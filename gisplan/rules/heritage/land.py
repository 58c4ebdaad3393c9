"""Planned land use that heritage law speaks of: hazardous uses, and the land of relics."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.matrix import Cell
from gisplan.catalogue.rule import Params
from gisplan.model import Ruling, Text
from gisplan.rules.heritage.actors import Rows, records
from gisplan.rules.heritage.doings import column, known
from gisplan.rules.heritage.figures import figures_of
from gisplan.rules.heritage.offence import offence
from gisplan.rules.heritage.zone_contacts import zone_contacts
from gisplan.rules.noise import counts

RELIC_LAND = "1504"
_SOURCES = {
    "Z2": ("relics-law-2024#30", "gisplan-proposal"),
    "Z3": ("relics-law-2024#30", "gisplan-proposal"),
    "Z10": ("historic-cities-regulation-524#24", "gisplan-proposal"),
}
HAZARDOUS = Text(
    "{stage_word}{title} {who} 规划为{use}（{land_use}），"
    "位于{what} {other} 内 {measure:,.1f} 平方米，"
    "不得建设污染环境或者危及文物安全的设施：{ruling_word}",
    "{stage_word}{title} {who} is planned as {use} ({land_use}), {measure:,.1f} m2 of it in {what}"
    " {other}, where nothing that pollutes or endangers may be built: {ruling_word}",
)
_HAZARDOUS_ROUTE = Text(
    "调整规划用地性质，或者调整范围避开该区域",
    "change the land use, or the extent to keep out of the zone",
)
RECODED = Text(
    "{title} {who} 现状为文物古迹用地（1504），规划改为{use}（{land_use}）：{ruling_word}",
    "{title} {who} is land of relics (1504) and planned as {use} ({land_use}): {ruling_word}",
)
_RECODED_ROUTE = Text(
    "保留文物古迹用地；确需改变的，征求文物部门意见",
    "keep it as land of relics; to change it consult the relics authority",
)


def judge_hazardous(tables: Tables, params: Params, zones: Collection[str]) -> tuple[Rows, Rows]:
    """Return the units, projects and parcels that plan a hazardous use within some zones.

    Needs HERITAGE_MEASURES. The uses are those of `layers/codes/hazardous_use.csv`, and what their
    codes begin. Contacts below the bounds of noise are left out. Kind hazardous-use.
    """
    rows = zone_contacts(tables)
    rows = rows[rows["zone"].isin(zones) & (rows["actor_layer"] != "building")]
    rows = rows[(rows["shape"] != "area") | counts(rows, params)]
    rows = _with_use(tables, rows)
    rows = rows[[_hazardous(code) for code in rows["land_use"]]]
    figures = figures_of(tables)
    found = []
    for row in records(rows):
        cell = Cell(Ruling.PROHIBITED, _SOURCES[row["zone"]], _HAZARDOUS_ROUTE)
        measures = {
            "area_m2": row["area_m2"],
            "share_of_unit": row["share_actor"],
            "share_of_zone": row["share_zone"],
            **figures.of(row),
        }
        offender = offence(tables, row, cell, HAZARDOUS, "hazardous-use", measures)
        offender["params"].update(_use(row["land_use"]))
        found.append(offender)
    return found, []


def judge_recoded(tables: Tables) -> tuple[Rows, Rows]:
    """Return the parcels of relics that are planned as another use, and those planned as nothing.

    Kind relic-land-recoded.
    """
    if "parcel" not in tables.attributes:
        return [], []
    existing = column(tables, "parcel", "existing_land_use")
    fids = pd.Series(existing.index[existing == RELIC_LAND])
    rows = _with_use(tables, pd.DataFrame({"actor_layer": "parcel", "fid": fids}))
    found, aside = [], []
    for row in records(rows):
        if row["land_use"] is None:
            aside.append(_no_use(row))
        elif row["land_use"] != RELIC_LAND:
            found.append(_recoded(tables, row))
    return found, aside


def _hazardous(code: object) -> bool:
    return isinstance(code, str) and code.startswith(tuple(codelist("hazardous_use")))


def _with_use(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with name, label and planned land use (None: missing or unknown) of the actor."""
    parts = []
    for layer, group in rows.groupby("actor_layer", sort=True):
        use = known(column(tables, layer, "land_use"), "land_use")
        parts.append(
            group.assign(
                land_use=list(use.reindex(group["fid"])),
                name=list(column(tables, layer, "name").reindex(group["fid"])),
                label=tables.label(layer, group["fid"]),
                mode=None,
                action=None,
            )
        )
    columns = dict.fromkeys(("land_use", "name", "label", "mode", "action"))
    return pd.concat(parts).sort_index() if parts else rows.assign(**columns)


def _use(code: str) -> dict[str, Any]:
    return {"land_use": code, "use": codelist("land_use")[code].title}


def _recoded(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    other = {"other_layer": None, "other": None, "other_name": None, "other_fid": None}
    nothing = {"what": Text("", ""), "measure": None, "unit": "", "geometry": None}
    cell = Cell(Ruling.CONSULTATION, ("gisplan-proposal",), _RECODED_ROUTE)
    found = offence(tables, {**row, **other, **nothing}, cell, RECODED, "relic-land-recoded")
    found["params"].update(_use(row["land_use"]))
    return found


def _no_use(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": "现状为文物古迹用地，规划用地未填写或者无法识别，是否改变用途无法判定",
        "why_en": "it is land of relics, and its planned land use is missing or unknown",
    }
