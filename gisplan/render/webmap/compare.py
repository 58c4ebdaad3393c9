"""Existing and planned (现状与规划): what of a plan the page can show in both states.

Only what the plan itself says: buildings by what is to be done with them (留改拆建), parcels whose
existing and planned land use are both given. What gives none of it is drawn as unknown on both
sides; nothing is inferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.model import Layer, Text
from gisplan.render.webmap import style
from gisplan.render.webmap.layers import pair, shown_fields

UNKNOWN = Text("未填或不识别", "not given or not known")
_UNKNOWN: style.Style = {
    "stroke": "#6f7780",
    "fill": "#d7dbdf",
    "alpha": 0.75,
    "width": 0.8,
    "hatch": "dots",
}
# What is to be done with a building; the planned state has no longer what is demolished, the
# existing state not yet what is built.
ACTION: Mapping[str, style.Style] = {
    "keep": {"stroke": "#4b5560", "fill": "#9aa4ae", "alpha": 0.85, "width": 0.8},
    "alter": {
        "stroke": "#8a5a00",
        "fill": "#e8a33d",
        "alpha": 0.85,
        "width": 1,
        "hatch": "slash",
    },
    "demolish": {
        "stroke": "#8a1222",
        "fill": "#d64b57",
        "alpha": 0.85,
        "width": 1,
        "hatch": "cross",
        "dash": [4, 2],
    },
    "build": {"stroke": "#0f4c81", "fill": "#5b9bd5", "alpha": 0.85, "width": 1.2},
}
ONLY_EXISTING, ONLY_PLANNED = ("demolish",), ("build",)
# Main classes of land use: what the first two digits of a code say.
LAND: Mapping[str, tuple[str, str]] = {
    "01": ("#f3e3a1", "arable land"),
    "02": ("#d8e08a", "orchard"),
    "03": ("#7fae5f", "forest"),
    "04": ("#bcd98a", "grassland"),
    "05": ("#8fc7b5", "wetland"),
    "06": ("#cdb98b", "farm facilities"),
    "07": ("#f7d94c", "residential"),
    "08": ("#e58ab5", "public administration and services"),
    "09": ("#e0483e", "commercial"),
    "10": ("#b07d55", "industrial and mining"),
    "11": ("#a68bc7", "storage"),
    "12": ("#a9adb2", "transport"),
    "13": ("#4f8fc9", "utilities"),
    "14": ("#4caf50", "green and open space"),
    "15": ("#8a8f4a", "special"),
    "16": ("#ffffff", "reserved"),
    "17": ("#a6d5ee", "inland water"),
}
_OTHER_LAND = "#c9b7d6"


def compare_record(layers: list[Layer]) -> list[dict[str, Any]]:
    """Return, for each layer with two states, its fields, classes and what is on which side.

    Parameters
    ----------
    layers : list of Layer
        What is drawn.

    Returns
    -------
    list of dict
        id: of the layer; existing, planned: fields whose cells begin with the key of a class;
        digits: how much of a cell the key is, 0 for all of it; classes: key, title, style;
        notExisting, notPlanned: keys that are not drawn on that side. The last class is for
        cells that are empty or unlike any key. Empty where nothing has two states.
    """
    found = []
    for layer in layers:
        fields = {field.name for field in shown_fields(layer)}
        if layer.name == "building" and "action" in fields:
            found.append(_buildings(layer))
        if layer.name == "parcel" and {"existing_land_use", "land_use"} <= fields:
            found.append(_parcels(layer))
    return [record for record in found if len(record["classes"]) > 1]


def _buildings(layer: Layer) -> dict[str, Any]:
    titles = codelist("action")
    used = set(layer.frame["action"].dropna().astype(str))
    classes = [
        {"key": key, "title": pair(titles[key].title), "style": style.whole(look)}
        for key, look in ACTION.items()
        if key in used
    ]
    return {
        "id": layer.name,
        "existing": "action",
        "planned": "action",
        "digits": 0,
        "classes": [*classes, _unknown()],
        "notExisting": list(ONLY_PLANNED),
        "notPlanned": list(ONLY_EXISTING),
    }


def _parcels(layer: Layer) -> dict[str, Any]:
    titles = codelist("land_use")
    used: set[str] = set()
    for name in ("existing_land_use", "land_use"):
        used |= set(layer.frame[name].dropna().astype(str).str[:2].unique())
    classes = []
    for key in sorted(used & set(titles)):
        colour, english = LAND.get(key, (_OTHER_LAND, key))
        look = {"stroke": "#59616b", "fill": colour, "alpha": 0.85, "width": 0.8}
        title = Text(titles[key].title.zh, english)
        classes.append({"key": key, "title": pair(title), "style": style.whole(look)})
    both = layer.frame[["existing_land_use", "land_use"]].notna().all(axis=1).any()
    return {
        "id": layer.name,
        "existing": "existing_land_use",
        "planned": "land_use",
        "digits": 2,
        "classes": [*classes, _unknown()] if both else [],
        "notExisting": [],
        "notPlanned": [],
    }


def _unknown() -> dict[str, Any]:
    return {"key": "", "title": pair(UNKNOWN), "style": style.whole(_UNKNOWN)}
