"""Table `service`: coverage by each class of facilities as it is, and when all is done."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.catalogue.exam import exam_indicators, facility_classes, facility_classes_of
from gisplan.measure.housing import Housing, find_housing, points_in
from gisplan.measure.scene import Scene
from gisplan.measure.service import served_share, unserved
from gisplan.measure.tables import join_tables, make_table

PLANNED, REMOVED = "planned", "removed"


def measure_service(scene: Scene) -> pd.DataFrame:
    """Return the housing land served in each place before and after, for classes that change.

    A class changes where one of its facilities is planned or will be removed. The reach is that of
    the first indicator of the class, in a straight line; a walking distance is divided by the
    detour factor. Places are the features of the tier above the judged one, else of the judged.
    """
    if not scene.has("facility"):
        return make_table("service")
    housing = find_housing(scene, scene.plan.config.exam.residential)
    level = scene.parent_layer(scene.judged) or scene.judged
    if not isinstance(housing, Housing) or not scene.has(level):
        return make_table("service")
    frame = scene.layer("facility").frame
    state = frame["state"].fillna("existing").to_numpy(dtype=object)
    classes = [facility_classes_of(word) for word in frame["facility_type"]]
    changing = {
        name for of, s in zip(classes, state, strict=True) if s != "existing" for name in of
    }
    point, place = shapely.STRtree(scene.shapes(level)).query(
        points_in(scene, housing), predicate="intersects"
    )
    first = np.unique(point, return_index=True)[1]
    point, place = point[first], place[first]
    parts = []
    for name in (name for name in facility_classes() if name in changing):
        radius = _reach(name, scene.plan.config.exam.detour)
        if radius is None:
            continue
        member = np.fromiter((name in of for of in classes), bool, len(classes))
        shares = [
            _served(scene, housing, np.flatnonzero(member & (state != gone)), radius)
            for gone in (PLANNED, REMOVED)
        ]
        area = scene.areas(housing.layer)[housing.fids]
        n = len(scene.shapes(level))
        land = np.bincount(place, area[point], n)
        before, after = (np.bincount(place, (share * area)[point], n) for share in shares)
        with_land = np.flatnonzero(land > 0)
        parts.append(
            make_table(
                "service",
                {
                    "layer": level,
                    "fid": with_land,
                    "facility": name,
                    "radius_m": radius,
                    "land_m2": land[with_land],
                    "before": before[with_land] / land[with_land],
                    "after": after[with_land] / land[with_land],
                },
            )
        )
    return join_tables("service", parts)


def _reach(facility: str, detour: float) -> float | None:
    for indicator in exam_indicators().values():
        for service in indicator.services:
            if service.facility == facility:
                walk = service.walk_m
                return service.radius_m if walk is None else walk / detour
    return None


def _served(scene: Scene, housing: Housing, fids: np.ndarray, radius: float) -> np.ndarray:
    land = scene.shapes(housing.layer)[housing.fids]
    facilities = scene.shapes("facility")[fids]
    rest = unserved(land, facilities, np.full(len(fids), radius), scene.workers)
    return served_share(rest, land, scene.areas(housing.layer)[housing.fids], scene.crs)
