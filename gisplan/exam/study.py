"""What an exam looks at: the places, the land, the facilities and the people of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.catalogue.exam import facility_classes, facility_classes_of
from gisplan.exam.answer import totals
from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.housing import Housing, find_housing, points_in
from gisplan.measure.overlay import Shapes, Workers, intersection
from gisplan.measure.scene import Scene
from gisplan.measure.zonal import zonal
from gisplan.model import ExamSettings, Plan, Raster, Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# People of a place are the sum of its communities where these cover it but for this share.
UNCOUNTED_SHARE = 0.01
# A raster says how many people live in a place where it has data for all but this share.
UNKNOWN_SHARE = 0.01


class NotComputedError(Exception):
    """An indicator cannot be computed anywhere: 未检查, with the reason."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def cells_within(raster: Raster, shapes: Shapes, crs: str, operation: str) -> pd.DataFrame:
    """Return a statistic of a raster in each shape, as `zonal` does.

    Raises
    ------
    NotComputedError
        Some of its cells cannot be read: the file was cut short.
    """
    from rasterio.errors import RasterioError

    try:
        return zonal(raster, shapes, crs, [operation])
    except (RasterioError, OSError):
        raise not_whole(raster) from None


def not_whole(raster: Raster) -> NotComputedError:
    """Return what is said of a raster with cells that cannot be read."""
    return NotComputedError(
        f"栅格 {raster.path} 无法完整读取，文件可能不完整",
        f"{raster.path} cannot be read to its end, as if it was cut short",
    )


@dataclass(frozen=True, slots=True)
class Places:
    """The areas of one level that an indicator is computed for."""

    level: str
    labels: NDArray[np.object_]
    names: NDArray[np.object_]
    shapes: Shapes  # within the boundary of the exam, where there is one
    area_m2: Floats


@dataclass(frozen=True, slots=True)
class Land:
    """Pieces of land that somebody lives on."""

    shapes: Shapes
    area_m2: Floats
    people: Floats  # NaN where nobody says it
    basis: Text


@dataclass(frozen=True, slots=True)
class Facilities:
    """What stands in the layer of facilities, one row a facility."""

    shapes: Shapes
    area_m2: Floats  # NaN: a point without a stated area
    classes: NDArray[np.object_]  # of frozensets
    state: NDArray[np.object_]  # existing | planned | removed


@dataclass
class Study:
    """A plan under examination; what several indicators need is worked out once."""

    plan: Plan
    jobs: int = 1
    scene: Scene = field(init=False)

    def __post_init__(self) -> None:
        self.scene = Scene(self.plan, "", Workers(self.jobs))

    @property
    def settings(self) -> ExamSettings:
        """How the plan wants its exam to be computed."""
        return self.plan.config.exam

    def has(self, layer: str) -> bool:
        """Tell whether the plan has features in a layer with shapes."""
        return self.scene.has(layer) and len(self.plan.layers[layer].frame) > 0

    @cached_property
    def boundary(self) -> shapely.Geometry | None:
        """The land within which the exam counts (建成区、城区范围); None: all of each place."""
        if not self.has("exam_boundary"):
            return None
        whole = shapely.union_all(self.scene.shapes("exam_boundary"))
        shapely.prepare(whole)
        return whole

    @cached_property
    def boundary_text(self) -> Text:
        """What the land of a place is, for every table."""
        if self.boundary is None:
            return Text("各级行政区或单元的全部范围", "all of each area")
        return Text("各级范围内的体检范围（建成区）", "the boundary of the exam within each area")

    @cached_property
    def places(self) -> dict[str, Places]:
        """The levels that the plan has: tiers above the projects, and communities."""
        names = [tier.name for tier in self.scene.tiers() if tier.name != "project"]
        return {name: self._places(name) for name in [*names, "community"] if self.has(name)}

    def _places(self, name: str) -> Places:
        shapes = self.scene.shapes(name)
        area = self.scene.areas(name)
        if self.boundary is not None:
            shapes = intersection(shapes, np.full(len(shapes), self.boundary, dtype=object))
            area = ellipsoidal_area(shapes, self.scene.crs)
        frame = self.plan.layers[name].frame
        names = frame["name"].astype(object).where(frame["name"].notna(), "").to_numpy(dtype=object)
        order = np.argsort(self.scene.rank(name), kind="stable")
        labels = self.scene.labels(name)
        return Places(name, labels[order], names[order], shapes[order], area[order])

    def locate(self, level: str, points: Shapes) -> Ints:
        """Return the place of each point, -1 where it lies in none; of several the first."""
        places = self.places[level]
        found = np.full(len(points), -1, dtype=np.int64)
        point, place = shapely.STRtree(places.shapes).query(points, predicate="intersects")
        order = np.lexsort((-place, point))
        found[point[order]] = place[order]
        return found

    def inside(self, points: Shapes) -> NDArray[np.bool_]:
        """Tell which points lie within the boundary of the exam."""
        if self.boundary is None:
            return np.ones(len(points), dtype=bool)
        return np.asarray(shapely.intersects(self.boundary, points), dtype=bool)

    @cached_property
    def housing(self) -> Land:
        """The land that people live on: the denominator of coverage (居住用地).

        Raises
        ------
        NotComputedError
            No layer tells the use of land, or none of it is housing.
        """
        found = find_housing(self.scene, self.settings.residential)
        if not isinstance(found, Housing):
            raise NotComputedError(*found)
        layer, used, order, unknown = found
        shapes = self.scene.shapes(layer)
        order = order[self.inside(points_in(self.scene, found))]
        if not len(order):
            raise NotComputedError("体检范围内没有居住用地", "no housing land within the boundary")
        frame = self.plan.layers[layer].frame
        people = np.full(len(order), np.nan)
        if "population" in frame:
            people = frame["population"].to_numpy(dtype=float, na_value=np.nan)[order]
        if np.isnan(people).all() and self._has_population_raster():
            people = self._people_of_raster(shapes[order])
        title = self.plan.layers[layer].spec.title
        left = Text(f"，{unknown} 块没有代码未计入", f", {unknown} without a code left out")
        basis = Text(
            f"{title.zh}图层中用地代码为 {'、'.join(self.settings.residential)} 的 "
            f"{len(order)} 块地" + (left.zh if unknown else ""),
            f"{len(order)} pieces of land of {', '.join(self.settings.residential)} in "
            f"{layer}.{used}" + (left.en if unknown else ""),
        )
        return Land(shapes[order], self.scene.areas(layer)[order], people, basis)

    @cached_property
    def facilities(self) -> Facilities:
        """The facilities of the plan, wherever they lie.

        Raises
        ------
        NotComputedError
            The plan has no layer of facilities.
        """
        if not self.has("facility"):
            raise NotComputedError("没有公共服务设施图层", "no layer of facilities")
        frame = self.plan.layers["facility"].frame
        order = np.argsort(self.scene.rank("facility"), kind="stable")
        shapes = self.scene.shapes("facility")[order]
        stated = frame["area"].to_numpy(dtype=float, na_value=np.nan)[order]
        drawn = self.scene.areas("facility")[order]
        area = np.where(np.isnan(stated) & (shapely.get_dimensions(shapes) == 2), drawn, stated)
        classes = np.empty(len(order), dtype=object)
        classes[:] = [
            facility_classes_of(word) for word in frame["facility_type"].to_numpy()[order]
        ]
        state = frame["state"].astype(object).where(frame["state"].notna(), "existing")
        return Facilities(shapes, area, classes, state.to_numpy(dtype=object)[order])

    @cached_property
    def unknown_types(self) -> list[str]:
        """Types of facilities that no class knows: what they are is not guessed."""
        if not self.has("facility"):
            return []
        written = self.plan.layers["facility"].frame["facility_type"].dropna().astype(str)
        return sorted({word.strip() for word in written if not facility_classes_of(word)})

    def of_class(self, name: str, planned: bool = False) -> Ints:
        """Return the numbers of the facilities of a class that exist, or will when all is done.

        Raises
        ------
        NotComputedError
            The layer has none of this class: whether there are none or they are not in the layer
            cannot be told.
        """
        facilities = self.facilities
        gone = "removed" if planned else "planned"
        member = np.fromiter((name in found for found in facilities.classes), bool)
        if not member.any():
            title = facility_classes()[name]
            raise NotComputedError(
                f"设施图层中没有{title.zh}", f"the layer of facilities has no {title.en}"
            )
        return np.flatnonzero(member & (facilities.state != gone))

    # --- people -------------------------------------------------------------------------------

    def people(self, level: str) -> tuple[Floats, list[Text | None]]:
        """Return the people of each place of a level, and why they are not known where NaN."""
        places = self.places[level]
        unknown = Text(
            "没有人口（社区常住人口或人口栅格）", "nobody says how many people live there"
        )
        count = np.full(len(places.labels), np.nan)
        why: list[Text | None] = [unknown] * len(count)
        if self.has("community"):
            count, why = self._people_of_communities(level)
        if np.isnan(count).any() and self._has_population_raster():
            by_raster = self._people_of_raster(places.shapes)
            fill = np.isnan(count) & ~np.isnan(by_raster)
            count = np.where(fill, by_raster, count)
            why = [
                None if known else text for known, text in zip(~np.isnan(count), why, strict=True)
            ]
        return count, why

    def _people_of_communities(self, level: str) -> tuple[Floats, list[Text | None]]:
        own = self.places["community"]
        frame = self.plan.layers["community"].frame
        order = np.argsort(self.scene.rank("community"), kind="stable")
        stated = frame["population"].to_numpy(dtype=float, na_value=np.nan)[order]
        if level == "community":
            return stated, [
                Text("社区没有填写常住人口", "the community does not say it") if missing else None
                for missing in np.isnan(stated)
            ]
        places = self.places[level]
        home = self.locate(level, shapely.point_on_surface(own.shapes))
        n = len(places.labels)
        known = (home >= 0) & ~np.isnan(stated)
        total = totals(home[known], stated[known], n)
        missing = np.bincount(home[(home >= 0) & np.isnan(stated)], minlength=n)
        covered = totals(home[home >= 0], own.area_m2[home >= 0], n)
        share = covered / np.where(places.area_m2 > 0, places.area_m2, np.nan)
        why: list[Text | None] = []
        for lacking, part in zip(missing, share, strict=True):
            if lacking:
                why.append(
                    Text(
                        f"{lacking} 个社区没有填写常住人口", f"{lacking} communities do not say it"
                    )
                )
            elif not part >= 1 - UNCOUNTED_SHARE:
                why.append(
                    Text(
                        f"社区只覆盖其面积的 {0 if np.isnan(part) else part:.1%}",
                        f"communities cover only {0 if np.isnan(part) else part:.1%} of its area",
                    )
                )
            else:
                why.append(None)
        return np.where([text is None for text in why], total, np.nan), why

    def _has_population_raster(self) -> bool:
        return len(self.plan.rasters.get("population", ())) == 1  # of several none is chosen

    def _people_of_raster(self, shapes: Shapes) -> Floats:
        raster = self.plan.rasters["population"][0]
        try:
            found = cells_within(raster, shapes, self.scene.crs, "sum")
        except NotComputedError:  # SRC112 says it
            return np.full(len(shapes), np.nan)
        sums = found["sum"].to_numpy(dtype=float)
        return np.where(found["known"].to_numpy() >= 1 - UNKNOWN_SHARE, sums, np.nan)
