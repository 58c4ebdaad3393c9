"""Protected views over a unit, with a terrain model below: HER114."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.testing.plant.draft import Key, Row
from gisplan.testing.plant.heritage.ground import ACTING, BARE, Ground
from gisplan.testing.plant.heritage.kinds import plants
from gisplan.testing.plant.heritage.law import IN_A_VIEW, MODES, SLACK
from gisplan.testing.plant.heritage.sites import Site, a_site, touched
from gisplan.testing.plant.heritage.straight import Sight
from gisplan.testing.plant.shapes import across, sides, square
from gisplan.testing.rasters import made_raster

_OUT, _IN, _WIDE = 8.0, 72.0, 10.0  # m from a side to the eye and to the target; half a far edge
_LEVEL, _RISING, _FALLING = (20.0, 20.0), (6.0, 30.0), (36.0, 12.0)  # m: eye, target
_CELL, _MARGIN = 5.0, 25.0  # m: of a terrain model, and how far it reaches beyond a view

Place = NDArray[np.float64]


@dataclass
class View:
    """A view square to the side of a unit, from the street to a target within the unit."""

    site: Site
    sight: Sight
    outward: Place

    @property
    def ground(self) -> Ground:
        """What it is planted in."""
        return self.site.ground

    def place(self, away: float) -> Place:
        """Return the place so many metres from the eye."""
        return np.round(self.sight.eye - self.outward * away, 3)

    @property
    def line(self) -> Any:
        """The view as a line."""
        return shapely.LineString([self.sight.eye, self.sight.target])

    @property
    def room(self) -> float:
        """What may be built in the unit: a straight sight leaves least at an end of its way."""
        return min(self.sight.room(_OUT), self.sight.room(_OUT + _IN))

    def draw(self, shape: Any, **values: Any) -> Row:
        """Add the view to the plan."""
        code = self.ground.next_code("SL")
        return Row("view", self.ground.add("view", shape, code=code, **values))

    def seen(self) -> dict[str, float]:
        """Return what the view says of its ends."""
        sight = self.sight
        return {"eye_height": sight.eye_height, "target_height": sight.target_height}

    def draw_line(self) -> Row:
        """Add the view as a line from its eye to what is seen."""
        return self.draw(self.line, **self.seen())

    def plan(self, height: float, house: Any = None) -> None:
        """Plan a height in the unit and lay it out."""
        self.ground.draft.set("unit", self.site.unit, height=round(height, 3))
        self.site.lay_out(self.line, house)

    def cut(self, other: Row, kind: str = "") -> None:
        """Expect that unit and parcel are too high: a unit is whatever is done under the view."""
        self.ground.expect("HER114", "unit", self.site.unit, other, kind, IN_A_VIEW)
        if self.site.stage == ACTING:
            assert self.site.parcel is not None
            self.ground.expect("HER114", "parcel", self.site.parcel, other, kind, IN_A_VIEW)

    def terrain(self, *holes: Place) -> None:
        """Lay a terrain model under the view, without data 10 m around some places."""
        ground, plane = self.ground, self.sight.plane
        west, south, east, north = np.round(shapely.buffer(self.line, _MARGIN).bounds)
        base = np.array([west, south])
        described = {
            "plane": [plane.at(base), plane.east, plane.north],
            "box": [0.0, 0.0, _CELL * np.ceil((east - west) / _CELL),
                    _CELL * np.ceil((north - south) / _CELL)],
            "cell": _CELL,
            "holes": [[*(hole - base - 10), *(hole - base + 10)] for hole in holes],
        }  # fmt: skip
        raster = made_raster("terrain", described, (float(west), float(south)), ground.draft.crs)
        path = f"terrain{len(ground.terrain) + 1:02d}.tif"
        ground.terrain.append(replace(raster, path=path))


def _way_in(ground: Ground, unit: Key) -> tuple[Place, Place, Place] | None:
    """Return eye, target and outward direction of a view into a unit that meets no other."""
    shape = ground.shape(unit)
    for middle, outward in sides(shape):
        eye, target = middle + outward * _OUT, middle - outward * _IN
        half = across(outward) * _WIDE
        way = shapely.Polygon([eye + half, eye - half, target - half, target + half])
        inside = shapely.intersection(way, shape)
        # the side is straight for as long as the view is broad, and the unit deep enough
        if touched(ground.draft, way) == [unit] and abs(inside.area - 2 * _WIDE * _IN) < 0.1:
            return np.round(eye, 3), np.round(target, 3), outward
    return None


def _a_view(
    ground: Ground, heights: tuple[float, float] | None = None, modes: tuple[str, ...] = MODES
) -> View:
    """Take a unit and a view into it, which rises or falls by chance where nothing is said."""
    site = a_site(ground, lambda key: _way_in(ground, key) is not None, modes)
    found = _way_in(ground, site.unit)
    assert found is not None
    eye, target, outward = found
    at = heights or (_RISING, _FALLING)[int(ground.rng.integers(2))]
    return View(site, Sight(ground.plane, eye, target, *at), outward)


def _chosen(ground: Ground, *metres: float) -> float:
    return float(ground.rng.choice(metres))


@plants("HER114")
def view_line_cut(ground: Ground) -> None:
    """Plan a unit higher than a view line over it leaves, by 15 cm, 2 m or 12 m."""
    view = _a_view(ground)
    view.terrain()
    view.plan(view.room + _chosen(ground, 0.15, 2.0, 12.0))
    view.cut(view.draw_line())


@plants("HER114")
def view_cone_cut(ground: Ground) -> None:
    """Plan a unit higher than a view cone over it leaves, by 15 cm, 2 m or 12 m."""
    view = _a_view(ground)
    view.terrain()
    view.plan(view.room + _chosen(ground, 0.15, 2.0, 12.0))
    half = across(view.outward) * _WIDE
    eye, target = view.sight.eye, view.sight.target
    cone = shapely.Polygon(np.round([eye, target - half, target + half], 3))
    view.cut(view.draw(cone, **view.seen()))


@plants("HER114")
def lower_than_the_sight(ground: Ground) -> None:
    """Plan a unit 3 m lower than a view line leaves, as high, or 5 cm higher: nothing is due."""
    view = _a_view(ground)
    view.terrain()
    view.plan(view.room + _chosen(ground, -3.0, 0.0, 0.05))
    view.draw_line()


@plants("HER114")
def as_high_as_the_sight_allows(ground: Ground) -> None:
    """Plan a unit higher than a view line leaves by the tolerance: nothing is due.

    A millimetre less on tilted ground: there a contact that is off by half a millimetre counts.
    """
    view = _a_view(ground, _LEVEL)
    view.terrain()
    view.plan(_LEVEL[0] + SLACK - (0.001 if ground.plane.is_tilted else 0.0))
    view.draw_line()


@plants("HER114")
def new_building_cuts_a_view(ground: Ground) -> None:
    """Build a house into a view line, in a unit that keeps below it."""
    view = _a_view(ground, modes=("M6",))
    view.terrain()
    side, middle = 10.0, _OUT + _IN / 2
    view.plan(view.room - 2.0, square(view.place(middle), view.outward, side))
    other = view.draw_line()
    if view.site.stage == BARE:
        return
    house = view.site.house
    assert house is not None
    room = min(view.sight.room(middle - side / 2), view.sight.room(middle + side / 2))
    ground.draft.set("building", house, height=round(room + 0.3, 2))
    if view.site.stage == ACTING:
        ground.expect("HER114", "building", house, other, "", IN_A_VIEW)


@plants("HER114")
def higher_than_the_cap_of_a_view(ground: Ground) -> None:
    """Plan a unit higher than a cap that a view states, which bends: no sight is drawn of it."""
    view = _a_view(ground)
    view.plan(21.0 + _chosen(ground, 0.15, 6.0))
    bend = view.place(_OUT + _IN / 2) + across(view.outward) * 4
    eye, target = view.sight.eye, view.sight.target
    view.cut(view.draw(shapely.LineString([eye, bend, target]), height_cap=21.0), "cap")


@plants("HER114")
def higher_than_the_cap_of_elevation(ground: Ground) -> None:
    """Plan a unit higher than a cap of elevation leaves on the highest ground under its view."""
    view = _a_view(ground)
    view.terrain()
    view.plan(18.0)
    high = max(view.sight.plane.at(view.place(away)) for away in (_OUT, _OUT + _IN))
    cap = high + 18.0 - _chosen(ground, 0.15, 5.0)
    view.cut(view.draw(view.line, elevation_cap=cap), "elevation")


@plants("HER114")
def terrain_unknown_under_a_view(ground: Ground) -> None:
    """Leave a hole in the terrain model under a view of a low unit: it is not judged."""
    view = _a_view(ground)
    view.terrain(view.place(_OUT + _IN / 2))
    view.plan(view.room - 3.0)
    view.draw_line()
    ground.open.add(view.site.unit)


@plants("HER114")
def view_cut_beside_unknown_terrain(ground: Ground) -> None:
    """Leave a hole in the terrain model under a view that a unit cuts on the ground around it."""
    view = _a_view(ground)
    view.terrain(view.place(_OUT + _IN / 2))
    view.plan(view.room + 2.0)
    view.cut(view.draw_line())
