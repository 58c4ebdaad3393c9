"""A plan on its way to one with defects: the rows of its layers, and what was planted on them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from gisplan.catalogue.layers import default_chain
from gisplan.model import AllowedGap, InputRecord, LayerSource, Plan, PlanConfig, RawLayer
from gisplan.normalise.plan import normalise
from gisplan.testing.sample_units import ellipsoid_area

Key = int  # of a row, within its layer
FILE = "_file"
_INSIDE = ("parcel", "building", "project")  # what lies in a unit, by its field `parent`


class NoPlaceError(Exception):
    """A kind of defect finds no feature in the plan that it could be planted on."""


@dataclass(frozen=True, order=True)
class Planted:
    """A finding that a review must bring: the columns of a finding, and the kind that planted it.

    `ruling` is compared where it is said (heritage).
    """

    code: str
    layer: str
    feature: str
    related: str = ""
    kind: str = ""
    ruling: str = ""
    by: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the draft: what it is called is known once the plan is made."""

    layer: str
    key: Key


End = Row | str


@dataclass
class _Expected:
    code: str
    layer: str
    feature: End
    related: End
    kind: str
    ruling: str
    by: str
    either: bool  # the rule names the two in the order of their labels


@dataclass
class Draft:
    """Frames of raw rows by layer, columns as standard fields, `_file` the file of each row.

    Rows have a key (the index) that stays. What a kind changes it claims: `touched` holds
    (layer, key, aspect), and no other kind is given the same.
    """

    crs: str
    config: PlanConfig
    rng: np.random.Generator
    frames: dict[str, pd.DataFrame]
    touched: set[tuple[str, Hashable, str]] = field(default_factory=set)
    expected: list[_Expected] = field(default_factory=list)
    by: str = ""  # the kind that is at work

    @classmethod
    def of(cls, plan: Plan, rng: np.random.Generator) -> Draft:
        """Take a plan apart into rows as a clean source would hold them."""
        frames = {}
        for name, layer in plan.layers.items():
            if layer.quarantine is not None and len(layer.quarantine):
                raise ValueError(f"{name}: features were set aside; the plan is not clean")
            columns = [column for column in layer.spec.fields if column in layer.found]
            frame = pd.DataFrame(layer.frame[columns].astype(object))
            if layer.spec.kind != "table":
                frame["geometry"] = np.asarray(layer.frame.geometry.array, dtype=object)
            frame[FILE] = layer.frame["_path"].astype(object)
            frames[name] = frame
        return cls(plan.working_crs, plan.config, rng, frames)

    @property
    def chain(self) -> tuple[str, ...]:
        """The names of the tiers, top first."""
        return self.config.tiers or default_chain()

    # --- looking ------------------------------------------------------------------------------

    def has(self, layer: str, *columns: str) -> bool:
        """Tell whether the plan has a layer, and whether that has fields."""
        return layer in self.frames and set(columns) <= set(self.frames[layer].columns)

    def get(self, layer: str, key: Key, column: str) -> Any:
        """Return a cell."""
        return self.frames[layer].at[key, column]

    def shape(self, layer: str, key: Key) -> Any:
        """Return the shape of a row."""
        return self.frames[layer].at[key, "geometry"]

    def find(self, layer: str, **values: Any) -> list[Key]:
        """Return the keys of the rows with these values, in order."""
        frame = self.frames.get(layer)
        if frame is None or not set(values) <= set(frame.columns):
            return []
        chosen = pd.Series(True, index=frame.index)
        for column, value in values.items():
            chosen &= frame[column].map(lambda cell, wanted=value: _same(cell, wanted))
        return [int(key) for key in frame.index[chosen]]

    def children(self, unit: Key) -> dict[str, list[Key]]:
        """Return the parcels, buildings and projects of a unit."""
        code = self.get("unit", unit, "code")
        return {layer: self.find(layer, parent=code) for layer in _INSIDE}

    def parent(self, layer: str, above: str, key: Key) -> Key:
        """Return the row of the tier above that a row names."""
        return self.find(above, code=self.get(layer, key, "parent"))[0]

    # --- claiming -----------------------------------------------------------------------------

    def is_free(self, layer: str, key: Hashable, aspect: str = "") -> bool:
        """Tell whether nothing was planted on an aspect of a row; "" is the row as a whole."""
        mine = {(layer, key, aspect), (layer, key, "")}
        if aspect:
            return not mine & self.touched
        return not any(t[:2] == (layer, key) for t in self.touched)

    def claim(self, layer: str, key: Hashable, aspect: str = "") -> None:
        """Keep other kinds off an aspect of a row."""
        self.touched.add((layer, key, aspect))

    def pick(
        self,
        layer: str,
        fits: Callable[[Key], bool] = lambda key: True,
        aspect: str = "",
        columns: Iterable[str] = (),
    ) -> Key:
        """Claim a row of a layer at random, among those that are free and fit.

        Raises
        ------
        NoPlaceError
            The plan has none.
        """
        if not self.has(layer, *columns):
            raise NoPlaceError(f"{self.by}: the plan has no {layer} with {', '.join(columns)}")
        keys: list[Key] = [int(key) for key in self.frames[layer].index]
        for at in self.rng.permutation(len(keys)):
            key = keys[int(at)]
            if self.is_free(layer, key, aspect) and fits(key):
                self.claim(layer, key, aspect)
                return key
        raise NoPlaceError(f"{self.by}: no {layer} of {len(keys)} is free and fits")

    # --- changing -----------------------------------------------------------------------------

    def set(self, layer: str, key: Key, **values: Any) -> None:
        """Write cells of a row."""
        for column, value in values.items():
            self.frames[layer].at[key, column] = value

    def add(self, layer: str, like: Key, **values: Any) -> Key:
        """Append a copy of a row with other values, claimed; return its key."""
        frame = self.frames[layer]
        key = int(frame.index.max()) + 1
        frame.loc[key] = frame.loc[like]
        self.set(layer, key, **values)
        self.claim(layer, key)
        return key

    def drop(self, layer: str, keys: Iterable[Key]) -> None:
        """Delete rows."""
        self.frames[layer] = self.frames[layer].drop(index=list(keys))

    def move_to_file(self, layer: str, keys: Iterable[Key], without: Iterable[str] = ()) -> str:
        """Put rows into a file of their own, which lacks some columns; return its name."""
        frame = self.frames[layer]
        file = f"{layer}-{len(set(frame[FILE])) + 1}.gpkg"
        frame.loc[list(keys), FILE] = file
        self.config = replace(
            self.config, layers=(*self.config.layers, LayerSource(layer=layer, path=file))
        )
        self._lacking[file] = frozenset(without)
        return file

    _lacking: dict[str, frozenset[str]] = field(default_factory=dict)

    def reshape(self, layer: str, key: Key, shape: Any) -> None:
        """Give a row another shape, and state its area anew where it states one."""
        self.set(layer, key, geometry=shape)
        if self.has(layer, "area") and pd.notna(self.get(layer, key, "area")):
            self.set(layer, key, area=self.area(shape))

    def area(self, shape: Any) -> float:
        """Return an area on the ellipsoid, to two decimals."""
        return float(ellipsoid_area(np.array([shape], dtype=object), self.crs)[0])

    def degrees(self, point: Any) -> tuple[float, float]:
        """Return longitude and latitude of a point."""
        lon, lat = Transformer.from_crs(self.crs, "EPSG:4490", always_xy=True).transform(
            point.x, point.y
        )
        return round(float(lon), 6), round(float(lat), 6)

    def declare(self, gap: AllowedGap) -> None:
        """Add an allowed gap to what the plan declares."""
        gaps = (*self.config.allowed_gaps, gap)
        self.config = replace(self.config, allowed_gaps=gaps)

    # --- the end ------------------------------------------------------------------------------

    def expect(
        self,
        code: str,
        layer: str,
        feature: Key | str,
        related: End = "",
        kind: str = "",
        ruling: str = "",
        either: bool = False,
    ) -> None:
        """Write down one finding that what was planted must bring.

        Parameters
        ----------
        feature : int or str
            A key of `layer`, named by its label in the end; else the name itself.
        related : Row or str
            Likewise.
        either : bool
            The rule names feature and related in the order of their labels.
        """
        end: End = feature if isinstance(feature, str) else Row(layer, int(feature))
        self.expected.append(_Expected(code, layer, end, related, kind, ruling, self.by, either))

    def finish(self) -> tuple[Plan, tuple[Planted, ...]]:
        """Return the plan as normalising makes it of the rows, and what was planted."""
        raws, places = self._raws()
        plan = normalise(replace(self.config, working_crs=self.crs), raws, [])
        labels = _labels(plan)

        def named(end: End) -> str:
            return end if isinstance(end, str) else labels[(end.layer, *places[end])]

        planted = []
        for one in self.expected:
            ends = [named(one.feature), named(one.related)]
            if one.either:
                ends.sort()
            first, second = ends
            planted.append(
                Planted(one.code, one.layer, first, second, one.kind, one.ruling, one.by)
            )
        return plan, tuple(sorted(planted))

    def _raws(self) -> tuple[list[RawLayer], dict[Row, tuple[str, int]]]:
        raws: list[RawLayer] = []
        places: dict[Row, tuple[str, int]] = {}
        for layer, frame in self.frames.items():
            for file, rows in frame.groupby(FILE, sort=True):
                keep = [c for c in rows if c != FILE and c not in self._lacking.get(file, ())]
                for at, key in enumerate(rows.index):
                    places[Row(layer, int(key))] = (str(file), at)
                source = next(s for s in self.config.layers if s.path == file)
                raws.append(_raw(source, rows[keep].reset_index(drop=True), self.crs))
        return raws, places


def _raw(source: LayerSource, rows: pd.DataFrame, crs: str) -> RawLayer:
    lists = {column: _written for column in rows if rows[column].map(_is_list).any()}
    frame = rows.assign(**{column: rows[column].map(write) for column, write in lists.items()})
    attributes = frame.drop(columns="geometry", errors="ignore").infer_objects()
    if "geometry" in frame:
        shapes = np.array([s if s is not None else None for s in frame["geometry"]], dtype=object)
        attributes = gpd.GeoDataFrame(attributes, geometry=gpd.GeoSeries(shapes, crs=crs), crs=crs)
    record = InputRecord(
        path=source.path,
        sha256="",
        layer=source.layer,
        driver="memory",
        count=len(frame),
        crs=crs if "geometry" in frame else None,
        crs_from="file" if "geometry" in frame else None,
        fields=tuple(map(str, attributes.columns)),
    )
    return RawLayer(source, record, attributes)


def _labels(plan: Plan) -> dict[tuple[str, str, int], str]:
    """Return the label of each feature by layer, file and record, also of those set aside."""
    found = {}
    for name, layer in plan.layers.items():
        for frame in (layer.frame, layer.quarantine):
            if frame is not None:
                rows = zip(frame["_path"], frame["_record"], frame["_label"], strict=True)
                found.update({(name, path, int(record)): label for path, record, label in rows})
    return found


def _is_list(cell: Any) -> bool:
    return isinstance(cell, list | tuple)


def _written(cell: Any) -> Any:
    return ";".join(map(str, cell)) if _is_list(cell) else cell


def _same(cell: Any, wanted: Any) -> bool:
    if wanted is None or cell is None:
        return wanted is None and (cell is None or cell != cell)
    return bool(cell == wanted)


def union(*shapes: Any) -> Any:
    """Return the union of some shapes on the millimetre grid."""
    return on_millimetre(shapely.union_all(np.array(shapes, dtype=object)))


def on_millimetre(shape: Any) -> Any:
    """Return a shape with its coordinates on the millimetre grid."""
    return shapely.normalize(shapely.set_precision(shape, 0.001))
