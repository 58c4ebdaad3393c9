"""The further figures of a finding, in words: 占单元 3.1%，最近距离 12 m."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplan.model import Lang, Text
from gisplan.render.words import missing, quantity

# Name of the figure -> its unit and words, in the order of reading. What is not here is not shown.
_FIGURES: Mapping[str, tuple[str, Text]] = {
    "area_m2": ("m2", Text("重叠面积", "overlap")),
    "share_of_unit": ("share", Text("占自身", "of itself")),
    "share_of_zone": ("share", Text("占保护区划", "of the zone")),
    "share_of_body": ("share", Text("占本体", "of the body")),
    "share": ("share", Text("占比", "share")),
    "length_m": ("m", Text("长度", "length")),
    "n_bodies": ("count", Text("涉及保护对象", "bodies inside")),
    "n_buildings": ("count", Text("涉及建筑", "buildings")),
    "n_demolished": ("count", Text("其中拆除", "of them demolished")),
    "demolish_area_m2": ("m2", Text("拆除建筑面积", "floor area demolished")),
    "distance_m": ("m", Text("最近距离", "nearest body at")),
    "height_m": ("m", Text("规划高度", "planned height")),
    "height_cap_m": ("m", Text("控制高度", "height cap")),
    "excess_m": ("m", Text("超高", "over the cap")),
}


def figures(row: Mapping[str, Any], lang: Lang) -> list[str]:
    """Return the figures of a finding, measure and limit first."""
    found = []
    if not missing(row["measure"]) and row["measure"] != 0 and row["unit"]:
        says = {"zh": "实测 ", "en": "measured "}[lang]
        found.append(says + quantity(row["measure"], row["unit"], lang))
    if not missing(row["limit"]):
        says = {"zh": "限值 ", "en": "limit "}[lang]
        found.append(says + quantity(row["limit"], row["unit"], lang))
    held = row["measures"] or {}
    for name, (unit, title) in _FIGURES.items():
        value = held.get(name)
        told = name == "area_m2" and row["unit"] == "m2"
        if isinstance(value, int | float) and not missing(value) and value != 0 and not told:
            label = title.zh if lang == "zh" else title.en
            found.append(f"{label} {quantity(value, unit, lang)}")
    return found
