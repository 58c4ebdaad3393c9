"""A random plan in which heritage conflicts are planted: its draft, free places, what is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.catalogue.registry import registry
from gisplan.model import LayerSource, Plan, Raster
from gisplan.testing.plant.clean import clean_draft
from gisplan.testing.plant.draft import FILE, Draft, Key, NoPlaceError, Planted, Row
from gisplan.testing.plant.fabric import HELD
from gisplan.testing.plant.heritage.law import DUE, STRICT
from gisplan.testing.plant.heritage.straight import Plane, make_plane
from gisplan.testing.plant.places import make_places

# How far action data go: they show works, they show that there are none, or there are no such data.
ACTING, IDLE, BARE = "acting", "idle", "bare"
STAGES = (ACTING, IDLE, BARE)
ACTION_LAYERS = ("parcel", "building")
NEAR, ZONELESS, MISPLACED = 50.0, 100.0, 500.0  # m: HER113, HER112, HER110
_AWAY = 100.0  # m from the middle of a held block to the four spots around it
_NEEDED = ("province", "city", "district", "unit", "project", "control_line", *ACTION_LAYERS)
_VIEW = (
    "code", "name", "viewpoint", "eye_height", "target_height", "height_cap", "elevation_cap",
)  # fmt: skip


@dataclass
class Ground:
    """A draft with heritage, and the findings and verdicts that are due.

    spots : places in blocks without units, at which heritage meets nobody
    plane : the ground; terrain models of it lie where views need them
    """

    draft: Draft
    stage: str
    spots: list[NDArray[np.float64]]
    year: int
    plane: Plane
    blocked: set[Key] = field(default_factory=set)  # units
    conditional: set[Key] = field(default_factory=set)
    open: set[Key] = field(default_factory=set)
    zoneless: list[Any] = field(default_factory=list)  # bodies that lack their protection zone
    misplaced: list[Any] = field(default_factory=list)  # bodies whose zone lies elsewhere
    terrain: list[Raster] = field(default_factory=list)
    serial: int = 0

    @property
    def rng(self) -> np.random.Generator:
        """What chance is taken from."""
        return self.draft.rng

    def shape(self, unit: Key) -> Any:
        """Return the shape of a unit."""
        return self.draft.shape("unit", unit)

    def next_code(self, start: str) -> str:
        """Return a code that nothing has."""
        self.serial += 1
        return f"{start}{self.serial:03d}"

    def spot(self) -> NDArray[np.float64]:
        """Take a place at which heritage meets nobody."""
        if not self.spots:
            raise NoPlaceError(f"{self.draft.by}: no spot is left")
        return self.spots.pop(int(self.rng.integers(len(self.spots))))

    # --- adding -------------------------------------------------------------------------------

    def add(self, layer: str, shape: Any, **values: Any) -> Key:
        """Add a row to a layer; columns that are not said are empty."""
        frame = self.draft.frames[layer]
        key = int(frame.index.max()) + 1 if len(frame) else 0
        row = dict.fromkeys(frame.columns, None) | values
        frame.loc[key] = row | {"geometry": shape, FILE: f"{layer}.gpkg"}
        return key

    def body(self, name: str, shape: Any, level: str | None = None) -> tuple[Key, str]:
        """Add a heritage body of a class; return its key and its code."""
        code = self.next_code("BT")
        day = pd.Timestamp(f"{self.year - 12}-05-{1 + self.serial % 28:02d}")
        key = self.add(
            "heritage_body", shape, code=code, name=f"{name}{code}", asset_class=name,
            level=level, designated_on=day,
        )  # fmt: skip
        return key, code

    def zone(self, kind: str, shape: Any, name: str = "", **values: Any) -> Key:
        """Add a heritage zone of a kind (Z1 to Z14)."""
        code = self.next_code("QH")
        day = pd.Timestamp(f"{self.year - 11}-03-{1 + self.serial % 28:02d}")
        return self.add(
            "heritage_zone", shape, code=code, name=name or f"{code}号{kind}", zone=kind,
            approved_on=day, designated_on=day, **values,
        )  # fmt: skip

    # --- what is due --------------------------------------------------------------------------

    def expect(
        self, code: str, layer: str, key: Key, other: Row | str = "", kind: str = "",
        ruling: str = "", blocks: bool = False,
    ) -> None:  # fmt: skip
        """Write down a finding, and what it means for the verdict of the unit concerned.

        blocks : it is of error level whatever its ruling
        """
        self.draft.expect(code, layer, key, other, kind, ruling)
        if layer not in ("unit", "project", *ACTION_LAYERS):
            return
        unit = key if layer == "unit" else self.draft.parent(layer, "unit", key)
        if blocks or ruling in STRICT:
            self.blocked.add(unit)
        elif ruling in DUE:
            self.conditional.add(unit)

    def finish(self) -> Sown:
        """Return the plan, the findings due, and the verdict due of every unit."""
        self._leave_layers_out()
        self.draft.by = "HER113 near a body"
        self._neighbours()
        for distance, bodies in ((ZONELESS, self.zoneless), (MISPLACED, self.misplaced)):
            for body in bodies:
                self.open |= set(_within(self.draft, "unit", body, distance))
        due = {}
        units = self.draft.frames["unit"]
        for key, code in units["code"].items():
            due[str(code)] = self._verdict(int(str(key)))
        plan, planted = self.draft.finish()
        rasters = {"terrain": tuple(self.terrain)} if self.terrain else {}
        return Sown(replace(plan, rasters=rasters), planted, due)

    def _leave_layers_out(self) -> None:
        """Drop parcels and buildings where the plan is to have none, and sources without rows.

        Not before, so that the same units are taken at every stage.
        """
        if self.stage == BARE:
            for layer in ACTION_LAYERS:
                del self.draft.frames[layer]
        config = self.draft.config
        layers = tuple(one for one in config.layers if one.layer in self.draft.frames)
        self.draft.config = replace(config, layers=layers)

    def _verdict(self, unit: Key) -> str:
        if unit in self.blocked:
            return "blocked"
        if unit in self.open:
            return "undetermined"
        return "conditional" if unit in self.conditional else "clear"

    def _neighbours(self) -> None:
        """Expect a notice for who is not kept and lies within 50 m of a body without meeting it."""
        bodies = self.draft.frames["heritage_body"]
        for body, shape in bodies["geometry"].items():
            for layer in ("unit", "project", "parcel"):
                if layer not in self.draft.frames:
                    continue
                for key in _within(self.draft, layer, shape, NEAR):
                    apart = shapely.distance(self.draft.shape(layer, key), shape) > 0
                    kept = layer == "parcel" and self.draft.get(layer, key, "action") == "留"
                    if apart and not kept:
                        other = Row("heritage_body", int(str(body)))
                        self.expect("HER113", layer, key, other, ruling="notice")


@dataclass(frozen=True)
class Sown:
    """A plan with conflicts; what a review must find, and the verdict that each unit must get."""

    plan: Plan
    planted: tuple[Planted, ...]
    verdicts: dict[str, str]


def _within(draft: Draft, layer: str, shape: Any, distance: float) -> list[Key]:
    frame = draft.frames[layer]
    found = shapely.dwithin(frame["geometry"].to_numpy(dtype=object), shape, distance)
    return [int(key) for key in frame.index[np.asarray(found, dtype=bool)]]


def make_ground(
    seed: int, stage: str, register: Callable[[Ground], None], districts: int | None = None
) -> Ground:
    """Return a random plan with a sound heritage register, in which nobody meets heritage.

    Parameters
    ----------
    seed : int
        Of the plan; the same for all stages.
    stage : str
        ACTING, IDLE or BARE; the latter has neither parcels nor buildings.
    register : callable
        Draws the register.
    districts : int, optional
        How many to keep, with what lies in them; None is all.

    The rules of the chain weigh nothing in it: `clear` means that of heritage nothing is open.
    """
    draft = clean_draft(seed)
    draft.rng = np.random.default_rng([seed, 5])
    places = make_places(np.random.default_rng([seed, 1]))
    towns = dict(list(places.towns.items())[:districts])
    if districts is not None:
        _keep(draft, set(towns))
    year = int(draft.frames["unit"]["period_start"].iloc[0].year)
    spots = [
        town.centre(cell) + _AWAY * np.array(corner)
        for town in towns.values()
        for cell in HELD
        for corner in ((-1, -1), (1, -1), (0, 0), (-1, 1), (1, 1))
    ]
    ground = Ground(draft, stage, spots, year, make_plane(seed, spots[0]))
    _columns(ground)
    register(ground)
    light = {code: {"severity": "info"} for code in registry() if not code.startswith("HER")}
    layers = (*draft.config.layers, LayerSource(layer="view", path="view.gpkg"))
    draft.config = replace(draft.config, rules=light, layers=layers)
    return ground


def _keep(draft: Draft, districts: set[str]) -> None:
    """Drop the layers that no heritage rule reads, and what lies in other districts."""
    for layer in set(draft.frames) - {*_NEEDED, "heritage_body", "heritage_zone"}:
        del draft.frames[layer]
    for layer, column in (("district", "code"), ("unit", "parent")):
        frame = draft.frames[layer]
        draft.frames[layer] = frame[frame[column].isin(districts)]
    units = set(draft.frames["unit"]["code"])
    for layer in ("project", *ACTION_LAYERS):
        frame = draft.frames[layer]
        draft.frames[layer] = frame[frame["parent"].isin(units)]


def _columns(ground: Ground) -> None:
    """Empty the register, and add the columns that heritage rules read."""
    frames = ground.draft.frames
    survey = pd.Timestamp(f"{ground.year - 1}-04-01")
    nothing = {"archaeology_on": None, "transfer_on": None}
    frames["unit"] = frames["unit"].assign(surveyed_on=survey, **nothing)
    frames["parcel"] = frames["parcel"].assign(action=None, existing_land_use=None)
    frames["building"] = frames["building"].assign(illegal=None)
    for layer in ("heritage_body", "heritage_zone"):
        frames[layer] = frames[layer].iloc[:0].astype(object)
    frames["view"] = pd.DataFrame(columns=[*_VIEW, "geometry", FILE], dtype=object)
