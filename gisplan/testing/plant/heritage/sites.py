"""Units on which a conflict is planted: what lies in them, and what is due for each contact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity

from gisplan.testing.plant.draft import Draft, Key, Row, on_millimetre
from gisplan.testing.plant.heritage.ground import ACTING, BARE, IDLE, Ground
from gisplan.testing.plant.heritage.law import ACTIONS, MODES, rule_of, ruling
from gisplan.testing.plant.shapes import circle_in
from gisplan.testing.plant.targets import a_unit

_AROUND = 60.0  # m: a parcel reaches so far around what it is to cover
_ROOM = 100.0  # m: radius of the largest circle in a unit that is taken
_OLD, _SMALL, _LOW = 6000.0, 300.0, 6.0  # floor areas in m2 and a height in m


@dataclass
class Site:
    """A unit with a mode, and the parcel and the building in it that heritage concerns.

    parcel, house : None where the plan has none; they act only at the stage ACTING
    """

    ground: Ground
    unit: Key
    mode: str
    middle: NDArray[np.float64]
    angle: float  # of its buildings, degrees
    parcel: Key | None = None
    house: Key | None = None

    @property
    def stage(self) -> str:
        """How far action data go."""
        return self.ground.stage

    def lay_out(self, where: Any, house: Any = None) -> None:
        """Divide the unit: one parcel around a shape, the rest another, and a building.

        The first is of the unit's mode (ACTING) or to be kept (IDLE); the other is of its mode.
        """
        if self.stage == BARE:
            return
        whole = self.ground.shape(self.unit)
        near = on_millimetre(shapely.intersection(shapely.buffer(where, _AROUND), whole))
        acts = self.stage == ACTING
        own = {"mode": self.mode} if acts else {"action": "留"}
        self.parcel = self._parcel(near, "01", **own)
        self._parcel(on_millimetre(shapely.difference(whole, near)), "02", mode=self.mode)
        if house is not None:
            self.house = self.building(house, ACTIONS[self.mode][0] if acts else "留", _SMALL)

    def _parcel(self, shape: Any, number: str, **own: Any) -> Key:
        draft = self.ground.draft
        code = draft.get("unit", self.unit, "code")
        values = {"height": draft.get("unit", self.unit, "height"), "land_use": "0701"} | own
        return self.ground.add("parcel", shape, code=f"{code}-{number}", parent=code, **values)

    def building(self, shape: Any, action: str, floor_area: float) -> Key:
        """Add a building of the unit."""
        code = self.ground.next_code("J")
        unit = self.ground.draft.get("unit", self.unit, "code")
        return self.ground.add(
            "building", shape, code=code, parent=unit, action=action, height=_LOW, floors=2,
            floor_area=floor_area,
        )  # fmt: skip

    def plot(self, away: float, along: float, across: float) -> Any:
        """Return a rectangle whose middle lies so many metres from that of the unit."""
        shape = box(beside(self.middle, away), along, across)
        turned = affinity.rotate(shape, self.angle, origin=tuple(self.middle))
        return on_millimetre(turned)

    def old_houses(self, *shapes: Any) -> None:
        """Add buildings that are kept, so that little of what stands is demolished."""
        if self.stage != BARE:
            for shape in shapes:
                self.building(shape, "留", _OLD)

    def meets(
        self, zone: str, layer: str, key: Key, level: str | None = None, house: bool = False
    ) -> None:
        """Expect what is due where the unit, with parcel and building, meets a zone or body.

        Parameters
        ----------
        zone : str
            That the law is asked about; the body's own where it is a body.
        house : bool
            The building lies there too.
        """
        due = ruling(zone, self.mode, level)
        code, other = rule_of(zone, self.mode), Row(layer, key)
        if not due:
            return
        expect = self.ground.expect
        if self.stage == IDLE:
            expect(code, "unit", self.unit, other, "no-action", "notice")
            return
        expect(code, "unit", self.unit, other, "", due)
        if self.stage == ACTING:
            assert self.parcel is not None
            expect(code, "parcel", self.parcel, other, "", due)
            if house and self.house is not None:
                expect(code, "building", self.house, other, "", due)
            if self.mode == "M5" and zone in ("Z6", "Z7", "Z10"):
                expect("HER107", "unit", self.unit, other, "cleared", "prohibited")

    def notice(self, code: str, layer: str, key: Key, kind: str) -> None:
        """Expect a notice on the unit, and on the parcel where it acts."""
        other = Row(layer, key)
        self.ground.expect(code, "unit", self.unit, other, kind, "notice")
        if self.stage == ACTING and self.parcel is not None:
            self.ground.expect(code, "parcel", self.parcel, other, kind, "notice")


def a_site(
    ground: Ground, fits: Callable[[Key], bool] = lambda key: True, modes: tuple[str, ...] = MODES
) -> Site:
    """Take a unit in which nothing lies, large enough, and give it a mode by chance."""
    draft = ground.draft

    def roomy(key: Key) -> bool:
        return circle_in(draft.shape("unit", key))[1] >= _ROOM and fits(key)

    unit = a_unit(draft, roomy)
    mode = str(ground.rng.choice(modes))
    draft.set("unit", unit, mode=mode)
    angle = float(ground.rng.uniform(0, 360))
    return Site(ground, unit, mode, circle_in(draft.shape("unit", unit))[0], angle)


def box(middle: NDArray[np.float64], along: float, across: float) -> Any:
    """Return a rectangle of these sides around a point."""
    x, y = middle
    return on_millimetre(shapely.box(x - along / 2, y - across / 2, x + along / 2, y + across / 2))


def beside(middle: NDArray[np.float64], east: float, north: float = 0.0) -> NDArray[np.float64]:
    """Return the point so many metres from another."""
    return np.asarray(middle + np.array([east, north]))


def touched(draft: Draft, shape: Any) -> list[Key]:
    """Return the units that a shape meets."""
    frame = draft.frames["unit"]
    found = shapely.intersects(frame["geometry"].to_numpy(dtype=object), shape)
    return [int(key) for key in frame.index[np.asarray(found, dtype=bool)]]
