"""Ratios of two quantities of a place: densities, areas per head."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import shapely

from gisplan.catalogue.exam import ExamIndicator, facility_classes
from gisplan.exam.answer import Answer, Floats, quotient, totals
from gisplan.exam.study import NotComputedError, Study
from gisplan.measure.housing import LandUse, find_land_use
from gisplan.measure.overlay import intersection
from gisplan.model import Text

Quantity = tuple[Floats, list[Text | None], Text]  # values, why they are not known, in words


def ratio(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return the numerator over the denominator, each scaled to the unit of the indicator."""
    above, below = indicator.options["numerator"], indicator.options["denominator"]
    answers = []
    for level in study.places:
        up, why_up, words_up = _QUANTITIES[above["of"]](study, level, above)
        down, why_down, words_down = _QUANTITIES[below["of"]](study, level, below)
        value = quotient(up * above.get("scale", 1.0), down * below.get("scale", 1.0))
        nothing = Text(f"{words_down.zh}为零", f"{words_down.en} is zero")
        why = [
            a or b or (nothing if np.isnan(number) else None)
            for a, b, number in zip(why_up, why_down, value, strict=True)
        ]
        basis = Text(f"{words_up.zh} ÷ {words_down.zh}", f"{words_up.en} / {words_down.en}")
        answers.append(Answer(level, value, basis, up, down, why))
    return answers


def _known(values: Floats, words: Text) -> Quantity:
    return values, [None] * len(values), words


def _place_area(study: Study, level: str, options: Mapping[str, Any]) -> Quantity:
    return _known(
        study.places[level].area_m2,
        Text(f"面积（{study.boundary_text.zh}）", f"area ({study.boundary_text.en})"),
    )


def _population(study: Study, level: str, options: Mapping[str, Any]) -> Quantity:
    people, why = study.people(level)
    return people, why, Text("常住人口", "residents")


def _road_length(study: Study, level: str, options: Mapping[str, Any]) -> Quantity:
    if not study.has("road"):
        raise NotComputedError("没有道路图层", "no layer of roads")
    roads = study.scene.shapes("road")
    roads = roads[shapely.get_dimensions(roads) == 1]
    places = study.places[level]
    road, place = shapely.STRtree(places.shapes).query(roads, predicate="intersects")
    parts = study.scene.workers.blocks(intersection, roads[road], places.shapes[place])
    length = totals(place, shapely.length(parts), len(places.labels))
    return _known(length, Text("道路中心线长度", "length of the roads"))


def _building(column: str, words: Text) -> Callable[[Study, str, Mapping[str, Any]], Quantity]:
    def quantity(study: Study, level: str, options: Mapping[str, Any]) -> Quantity:
        if not study.has("building"):
            raise NotComputedError("没有建筑图层", "no layer of buildings")
        frame = study.plan.layers["building"].frame
        amount = frame[column].to_numpy(dtype=float, na_value=np.nan)
        if column == "footprint_area":
            amount = study.scene.areas("building")
        places = study.places[level]
        home = study.locate(level, shapely.point_on_surface(study.scene.shapes("building")))
        at = (home >= 0) & study.inside(shapely.point_on_surface(study.scene.shapes("building")))
        missing = np.bincount(home[at & np.isnan(amount)], minlength=len(places.labels))
        known = at & ~np.isnan(amount)
        total = totals(home[known], amount[known], len(places.labels))
        why: list[Text | None] = [
            Text(f"{n} 栋建筑没有{words.zh}", f"{n} buildings without {words.en}") if n else None
            for n in missing
        ]
        return np.where(missing > 0, np.nan, total), why, words

    return quantity


def _land_use_area(study: Study, level: str, options: Mapping[str, Any]) -> Quantity:
    land = find_land_use(study.scene)
    if not isinstance(land, LandUse):
        raise NotComputedError(*land)
    layer, codes = land.layer, land.codes
    points = shapely.point_on_surface(study.scene.shapes(layer))
    chosen = (codes != "").to_numpy() & study.inside(points)
    chosen &= codes.str.startswith(tuple(options["codes"])).to_numpy()
    home = study.locate(level, points)
    at = chosen & (home >= 0)
    area = totals(home[at], study.scene.areas(layer)[at], len(study.places[level].labels))
    listed = "、".join(code for code in options["codes"] if code)
    words = Text(
        f"用地 {listed} 的面积" if listed else "有代码的用地面积",
        f"land of {listed}" if listed else "land with a code",
    )
    return _known(area, words)


def _facility_area(study: Study, level: str, options: Mapping[str, Any]) -> Quantity:
    found = study.of_class(options["facility"])
    facilities = study.facilities
    area = facilities.area_m2[found]
    home = study.locate(level, shapely.point_on_surface(facilities.shapes[found]))
    at = home >= 0
    n = len(study.places[level].labels)
    missing = np.bincount(home[at & np.isnan(area)], minlength=n)
    total = totals(home[at], np.nan_to_num(area[at]), n)
    title = facility_classes()[options["facility"]]
    why: list[Text | None] = [
        Text(f"{m} 个{title.zh}没有面积", f"{m} {title.en} without an area") if m else None
        for m in missing
    ]
    return np.where(missing > 0, np.nan, total), why, Text(f"{title.zh}面积", f"area of {title.en}")


_QUANTITIES: dict[str, Callable[[Study, str, Mapping[str, Any]], Quantity]] = {
    "place_area": _place_area,
    "population": _population,
    "road_length": _road_length,
    "building_footprint": _building("footprint_area", Text("基底面积", "footprint")),
    "building_floor_area": _building("floor_area", Text("建筑面积", "floor area")),
    "land_use_area": _land_use_area,
    "facility_area": _facility_area,
}
