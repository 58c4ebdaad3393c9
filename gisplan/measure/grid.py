"""Table `grid`: what the rasters of heights cover, and whether their unit is certain."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from gisplan.measure.heights import Flags, Numbers, sample
from gisplan.measure.overlay import Shapes, union
from gisplan.measure.scene import Scene
from gisplan.measure.tables import make_table
from gisplan.measure.views import VIEW
from gisplan.model import Raster

LAYERS = ("surface", "terrain")
FOOT = 0.3048
GROUND_M = 3.0  # the lowest tenth of the surface is ground: streets, yards
LIKE = (0.6, 1.0 / 0.6)  # a building's height by the rasters to the one that is stated
TALL_M = 5.0
MOST_POINTS, MOST_BUILDINGS, MOST_VIEWS = 2_000, 500, 200
FEWEST_POINTS, FEWEST_BUILDINGS = 30, 5
AROUND_M = 300.0
_EDGE = np.linspace(0.0, 1.0, 22)[:-1]


class _Compared(NamedTuple):
    """Heights of both layers at places along the views, and in buildings there."""

    surface: Numbers
    terrain: Numbers
    roof: Numbers
    floor: Numbers
    stated: Numbers  # height of each building

    def speaks(self) -> bool:
        return len(self.surface) >= FEWEST_POINTS or len(self.stated) >= FEWEST_BUILDINGS

    def allows(self, surface: float, terrain: float) -> bool:
        """Return whether the heights agree if they are multiplied so."""
        if len(self.surface) >= FEWEST_POINTS:
            low = float(np.percentile(self.surface * surface - self.terrain * terrain, 10))
            if abs(low) > GROUND_M:
                return False
        if len(self.stated) >= FEWEST_BUILDINGS:
            like = float(np.median((self.roof * surface - self.floor * terrain) / self.stated))
            return LIKE[0] <= like <= LIKE[1]
        return True


def measure_grid(scene: Scene) -> pd.DataFrame:
    """Return one row per raster of heights."""
    rasters = {name: scene.plan.rasters.get(name, ()) for name in LAYERS}
    listed = [(name, raster) for name in LAYERS for raster in rasters[name]]
    if not listed:
        return make_table("grid")
    compared = _compare(scene)
    units = _units({name: _is_stated(rasters[name]) for name in LAYERS}, compared)
    share = {name: _share(scene, rasters[name]) for name in LAYERS}
    return make_table(
        "grid",
        {
            "layer": [name for name, _ in listed],
            "path": [raster.path for _, raster in listed],
            "how": [units[name][0] for name, _ in listed],
            "factor": [_factor(units[name]) for name, _ in listed],
            "likely": [units[name][1] for name, _ in listed],
            "share": [share[name] for name, _ in listed],
            "n_points": [len(compared.surface)] * len(listed),
            "n_buildings": [len(compared.stated)] * len(listed),
        },
    )


def _is_stated(rasters: tuple[Raster, ...]) -> bool | None:
    """Return whether the unit of a layer is stated; None where only that of some rasters is."""
    stated = {raster.metres is not None for raster in rasters}
    return None if len(stated) > 1 else stated.pop() if stated else True


def _factor(unit: tuple[str, float]) -> float:
    how, likely = unit
    return {"stated": 1.0, "proved": likely}.get(how, np.nan)


def _units(stated: dict[str, bool | None], compared: _Compared) -> dict[str, tuple[str, float]]:
    """Return for each layer how its unit is known, and what its heights should be multiplied by.

    stated: it is said. proved: nobody says it, and only one agrees with the other raster and with
    the heights of buildings. contradicted: what is said of one or both does not agree, and
    another would.
    unknown: nobody says it, and nothing proves it.
    """
    answer = {
        name: ("stated", 1.0) if said is True else ("unknown", np.nan)
        for name, said in stated.items()
    }
    if not compared.speaks() or None in stated.values():
        return answer
    others = {True: (1.0, FOOT, 1 / FOOT), False: (1.0, FOOT)}
    choices = [others[bool(stated[name])] for name in LAYERS]
    agreeing = [pair for pair in product(*choices) if compared.allows(*pair)]
    as_said = [
        pair
        for pair in agreeing
        if all(factor == 1.0 or not stated[name] for name, factor in zip(LAYERS, pair, strict=True))
    ]
    for at, name in enumerate(LAYERS):
        possible = {pair[at] for pair in (as_said or agreeing)}
        if stated[name] and not as_said and possible - {1.0}:
            answer[name] = ("contradicted", min(possible - {1.0}))
        elif not stated[name] and len(possible) == 1 and as_said:
            answer[name] = ("proved", possible.pop())
    return answer


def _compare(scene: Scene) -> _Compared:
    none = np.zeros(0)
    if not scene.has(VIEW) or not all(scene.plan.rasters.get(name) for name in LAYERS):
        return _Compared(none, none, none, none, none)
    points = _along_views(scene)
    surface, terrain = _both(scene, points)
    both = np.isfinite(surface) & np.isfinite(terrain)
    places, stated = _buildings(scene)
    roof, floor = _both(scene, places)
    known = np.isfinite(roof) & np.isfinite(floor)
    return _Compared(surface[both], terrain[both], roof[known], floor[known], stated[known])


def _both(scene: Scene, points: Numbers) -> tuple[Numbers, Numbers]:
    x, y = points[:, 0], points[:, 1]
    return (
        sample(scene, "surface", x, y, between=False).height,
        sample(scene, "terrain", x, y, between=True).height,
    )


def _seen(scene: Scene) -> Shapes:
    """Return the lines and areas of the layer of views, at most so many, in a fixed order."""
    shapes = scene.shapes(VIEW)[np.argsort(scene.rank(VIEW))]
    return np.asarray(shapes[shapely.get_dimensions(shapes) > 0][:MOST_VIEWS])


def _along_views(scene: Scene) -> Numbers:
    lines = _seen(scene)
    if not len(lines):
        return np.zeros((0, 2))
    areas = shapely.get_dimensions(lines) == 2
    lines[areas] = shapely.boundary(lines[areas])
    each = np.linspace(0.0, 1.0, max(2, MOST_POINTS // len(lines)))
    points = shapely.line_interpolate_point(lines[:, None], each[None, :], normalized=True)
    return np.asarray(shapely.get_coordinates(points.ravel()))


def _buildings(scene: Scene) -> tuple[Numbers, Numbers]:
    """Return places in buildings near the views, and how high the buildings are said to be."""
    if not scene.has("building"):
        return np.zeros((0, 2)), np.zeros(0)
    frame = scene.layer("building").frame
    height = pd.to_numeric(frame["height"], errors="coerce").to_numpy(dtype=float)
    there = np.isfinite(height) & (height >= TALL_M) & (frame["action"] != "build").to_numpy()
    near: Flags = np.zeros(len(frame), dtype=bool)
    near[scene.tree("building").query(_seen(scene), predicate="dwithin", distance=AROUND_M)[1]] = 1
    fids = np.argsort(scene.rank("building"))
    fids = fids[(there & near)[fids]][:MOST_BUILDINGS]
    points = shapely.point_on_surface(scene.shapes("building")[fids])
    return np.asarray(shapely.get_coordinates(points)), height[fids]


def _share(scene: Scene, rasters: tuple[Raster, ...]) -> float:
    """Return the part of the judged tier's land that rasters cover, NaN where it has none."""
    if not scene.has(scene.judged) or not rasters:
        return np.nan
    land = union(scene.shapes(scene.judged)[scene.areal(scene.judged)])
    if land.area == 0:
        return np.nan
    covered = union([_footprint(raster, scene.crs) for raster in rasters])
    return float(shapely.intersection(land, covered).area / land.area)


def _footprint(raster: Raster, crs: str) -> shapely.Geometry:
    a, b, c, d, e, f = raster.transform
    wide, tall = raster.width, raster.height
    corners = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], dtype=float)
    ends = np.roll(corners, -1, axis=0)
    cells = (corners[:, None] + _EDGE[None, :, None] * (ends - corners)[:, None]).reshape(-1, 2)
    to_plan = Transformer.from_crs(CRS(raster.crs), CRS(crs), always_xy=True)
    x, y = to_plan.transform(cells @ (a, b) + c, cells @ (d, e) + f)
    points = np.column_stack([x, y])
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 3:
        return shapely.Polygon()
    return shapely.make_valid(shapely.Polygon(points))
