"""Coverage (服务半径覆盖率): housing land within reach of a facility, of all housing land."""

from __future__ import annotations

import numpy as np
import shapely

from gisplan.catalogue.exam import ExamIndicator, Service, facility_classes
from gisplan.exam.answer import Answer, Floats, quotient, totals
from gisplan.exam.study import Land, NotComputedError, Study
from gisplan.measure.network import build_network, walking_distance
from gisplan.measure.overlay import Shapes
from gisplan.measure.service import served_share, unserved
from gisplan.model import Text


def served(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return the share of housing land that is served, by land and by people.

    A facility outside the boundary serves too. Land is cut at the radius; by walking time along
    roads a piece of land is served whole or not at all, by the way from a point inside it.
    """
    land = study.housing
    share = land_served(study, land, indicator.services)
    then = (
        land_served(study, land, indicator.services, True) if _changes(study, indicator) else None
    )
    points = shapely.point_on_surface(land.shapes)
    basis = _basis(study, land, indicator.services)
    answers = []
    for level, places in study.places.items():
        home = study.locate(level, points)
        at = home >= 0
        n = len(places.labels)
        total = totals(home[at], land.area_m2[at], n)
        reached = totals(home[at], (share * land.area_m2)[at], n)
        people = totals(home[at], land.people[at], n)  # NaN where one piece does not know
        with_people = totals(home[at], (share * land.people)[at], n)
        none = Text("没有居住用地", "no housing land")
        answers.append(
            Answer(
                level,
                100 * quotient(reached, total),
                basis,
                reached,
                total,
                [None if area > 0 else none for area in total],
                100 * quotient(with_people, people),
                np.empty(0)
                if then is None
                else 100 * quotient(totals(home[at], (then * land.area_m2)[at], n), total),
            )
        )
    return answers


def land_served(
    study: Study, land: Land, services: tuple[Service, ...], planned: bool = False
) -> Floats:
    """Return the share of each piece of land that any of the services reaches, 0 to 1."""
    rest = land.shapes
    for service in services:
        facilities = _facilities(study, service, planned)
        if service.walk_m is not None and _along_roads(study):
            network = study.scene.once("network", lambda: build_network(study.scene.shapes("road")))
            starts = shapely.point_on_surface(land.shapes)
            way = walking_distance(network, starts, facilities, service.walk_m)
            rest = np.where(np.isfinite(way), shapely.Polygon(), rest)
        else:
            radius = np.full(len(facilities), _straight(study, service))
            rest = unserved(rest, facilities, radius, study.scene.workers)
    return served_share(rest, land.shapes, land.area_m2, study.scene.crs)


def _changes(study: Study, indicator: ExamIndicator) -> bool:
    """Tell whether a facility of the indicator is planned or will be removed."""
    facilities = study.facilities
    moving = facilities.state != "existing"
    names = {service.facility for service in indicator.services}
    return any(names & of for of in facilities.classes[moving])


def _along_roads(study: Study) -> bool:
    return study.settings.along_roads and study.has("road")


def _straight(study: Study, service: Service) -> float:
    if service.radius_m is not None:
        return service.radius_m
    assert service.walk_m is not None
    return service.walk_m / study.settings.detour


def _facilities(study: Study, service: Service, planned: bool) -> Shapes:
    found = study.of_class(service.facility, planned)
    facilities = study.facilities
    if service.min_area_m2 > 0 or np.isfinite(service.max_area_m2):
        area = facilities.area_m2[found]
        if np.isnan(area).all():
            title = facility_classes()[service.facility]
            raise NotComputedError(f"{title.zh}没有面积", f"no {title.en} says its area")
        found = found[(area >= service.min_area_m2) & (area < service.max_area_m2)]
    return facilities.shapes[found]


def _basis(study: Study, land: Land, services: tuple[Service, ...]) -> Text:
    zh, en = [], []
    for service in services:
        title = facility_classes()[service.facility]
        found = study.of_class(service.facility)
        size_zh = size_en = ""
        if service.min_area_m2 > 0 or np.isfinite(service.max_area_m2):
            low, high = service.min_area_m2, service.max_area_m2
            ends = f"{low:g}–{high:g} m²" if np.isfinite(high) else f"≥ {low:g} m²"
            missing = int(np.isnan(study.facilities.area_m2[found]).sum())
            size_zh = f" {ends}" + (f"（{missing} 个没有面积未计入）" if missing else "")
            size_en = f" {ends}" + (f" ({missing} without area left out)" if missing else "")
        if service.radius_m is not None:
            zh.append(f"{title.zh}{size_zh} 直线 {service.radius_m:g} m")
            en.append(f"{title.en}{size_en} within {service.radius_m:g} m")
        elif _along_roads(study):
            zh.append(f"{title.zh}{size_zh} 沿道路 {service.walk_m:g} m")
            en.append(f"{title.en}{size_en} within {service.walk_m:g} m along roads")
        else:
            factor = study.settings.detour
            zh.append(f"{title.zh}{size_zh} 步行 {service.walk_m:g} m（直线乘绕行系数 {factor:g}）")
            en.append(
                f"{title.en}{size_en} within {service.walk_m:g} m on foot (straight line times "
                f"{factor:g})"
            )
    return Text(f"{land.basis.zh}；{'；'.join(zh)}", f"{land.basis.en}; {'; '.join(en)}")
