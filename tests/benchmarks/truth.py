"""Holds answers against what was planted: what is missing, what is extra, how far areas are off.

All engines are scored by the same lines. Areas are in the plane of the CRS, or on the ellipsoid
where the answer says so; both are worked out here from the planted rings, by shapely and by PROJ,
never by gisplan. What is under NOISE_M2 is left out on both sides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Geod, Proj, Transformer

from tests.benchmarks import workload

NOISE_M2 = 0.05  # vertices on a grid of 1 mm make films; the least that is planted has over 1 m2
REACH_M = 50.0
EDGE_M = 1e-6  # pairs this near to the reach may be there or not


@dataclass
class Score:
    """What is wrong with an answer. `error`: the largest of an area, relative to it."""

    missing: int
    extra: int
    error: float = 0.0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.missing + other.missing,
            self.extra + other.extra,
            max(self.error, other.error),
        )


def planted(folder: Path) -> dict[str, pd.DataFrame]:
    """Return what was planted: a frame of each kind, the rings as `geometry`."""
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    names = {"gap": ("district",), "sliver": ("district",)}
    out = {}
    for kind, rows in told.items():
        columns = names.get(kind, ("a", "b"))
        frame = pd.DataFrame([row[:-1] for row in rows], columns=columns)
        rings = [shapely.polygons(row[-1]) for row in rows]
        out[kind] = frame.assign(geometry=np.array(rings, dtype=object))
    return out


@cache
def _to_degrees() -> Transformer:
    crs = CRS(workload.CRS)
    return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


def geodesic_area(shapes: Any, longest_edge: float | None = None) -> np.ndarray:
    """Return areas on the ellipsoid by a loop of `Geod`; edges are cut to stay straight."""
    if longest_edge:
        shapes = shapely.segmentize(shapes, longest_edge)
    degrees = shapely.transform(shapes, _to_degrees().transform, interleaved=False)
    geod = Geod(ellps="GRS80")
    return np.array([abs(geod.geometry_area_perimeter(shape)[0]) for shape in degrees])


def areas(shapes: Any, ellipsoid: bool) -> np.ndarray:
    """Return areas in the plane, or on the ellipsoid by the scale of the CRS in their middle.

    Over some hundred metres the scale is linear: what is neglected is under 1e-9 of the area.
    """
    shapes = np.asarray(shapes, dtype=object)
    area = shapely.area(shapes)
    if not ellipsoid or not len(shapes):
        return area
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    return area / Proj(workload.CRS).get_factors(*_to_degrees().transform(*middle.T)).areal_scale


def _compare(known: pd.Series, told: pd.Series) -> Score:
    """Compare areas by key; a key may be there several times and is added up."""
    known, told = (part.groupby(level=0, sort=True).sum() for part in (known, told))
    known, told = known[known > NOISE_M2], told[told > NOISE_M2]
    missing = known.index.difference(told.index)
    extra = told.index.difference(known.index)
    both = known.index.intersection(told.index)
    off = np.abs(told[both].to_numpy() / known[both].to_numpy() - 1)
    return Score(len(missing), len(extra), float(off.max(initial=0.0)))


def _pair_key(a: Any, b: Any) -> pd.Index:
    a, b = np.asarray(a, dtype=str), np.asarray(b, dtype=str)
    first = np.where(a < b, a, b)
    second = np.where(a < b, b, a)
    return pd.Index(np.char.add(np.char.add(first, "|"), second))


def score_overlaps(answer: pd.DataFrame, folder: Path, ellipsoid: bool) -> Score:
    """Score pairs of units that overlap: columns a, b, area, in any order."""
    told = planted(folder)
    known = pd.concat([told["overlap"], told["spill"], told["duplicate"]])
    return _compare(
        pd.Series(areas(known["geometry"], ellipsoid), _pair_key(known["a"], known["b"])),
        pd.Series(answer["area"].to_numpy(), _pair_key(answer["a"], answer["b"])),
    )


def score_gaps(answer: pd.DataFrame, folder: Path, ellipsoid: bool) -> Score:
    """Score pieces of districts that no unit of theirs covers: district, area, geometry.

    A piece is the gap whose ring it meets in the same district; one that meets none is extra.
    """
    told = planted(folder)
    known = pd.concat([told["gap"], told["sliver"]], ignore_index=True)
    answer = answer[answer["area"] > NOISE_M2].reset_index(drop=True)
    shapes = answer["geometry"].to_numpy(dtype=object)
    inside = shapely.point_on_surface(known["geometry"].to_numpy(dtype=object))
    # a sliver may be in pieces: those that meet its ring are its own
    ring, piece = shapely.STRtree(shapes).query(known["geometry"].to_numpy(dtype=object))
    same = known["district"].to_numpy()[ring] == answer["district"].to_numpy()[piece]
    near = shapely.dwithin(known["geometry"].to_numpy(dtype=object)[ring], shapes[piece], 1e-3)
    ring, piece = ring[same & near], piece[same & near]
    held = np.zeros(len(known), dtype=bool)
    held[ring[shapely.dwithin(inside[ring], shapes[piece], 1e-3)]] = True
    area = np.bincount(ring, answer["area"].to_numpy()[piece], len(known))
    off = np.abs(area / areas(known["geometry"], ellipsoid) - 1)[held]
    extra = len(answer) - len(np.unique(piece))
    return Score(int((~held).sum()), extra, float(off.max(initial=0.0)))


def score_outside(answer: pd.DataFrame, folder: Path, ellipsoid: bool) -> Score:
    """Score what lies outside the declared district: code, area."""
    known = planted(folder)["spill"]
    return _compare(
        pd.Series(areas(known["geometry"], ellipsoid), known["a"].to_numpy()),
        pd.Series(answer["area"].to_numpy(), answer["code"].to_numpy()),
    )


def score_partition(answer: dict[str, pd.DataFrame], folder: Path, ellipsoid: bool) -> Score:
    """Score the three together."""
    return (
        score_overlaps(answer["J1"], folder, ellipsoid)
        + score_gaps(answer["J2"], folder, ellipsoid)
        + score_outside(answer["J3"], folder, ellipsoid)
    )


def make_references(folder: Path, layers: dict[str, pd.DataFrame]) -> None:
    """Write what no planting says, by plain shapely over every pair whose boxes meet: J4, J5."""
    units, zones = layers["unit"], layers["heritage_zone"]
    zone, unit = shapely.STRtree(units.geometry.to_numpy()).query(zones.geometry.to_numpy())
    shared = shapely.intersection(units.geometry.to_numpy()[unit], zones.geometry.to_numpy()[zone])
    kept = shapely.area(shared) > 0
    pd.DataFrame(
        {
            "unit": units["code"].to_numpy()[unit[kept]],
            "zone": zones["code"].to_numpy()[zone[kept]],
            "plane": shapely.area(shared[kept]),
            "ellipsoid": areas(shared[kept], ellipsoid=True),
        }
    ).to_csv(folder / "reference_J4.csv", index=False, float_format="%.17g")
    points = layers["heritage_body"].geometry.to_numpy()
    houses = layers["building"].geometry.to_numpy()
    reach = shapely.bounds(points) + np.array([-REACH_M, -REACH_M, REACH_M, REACH_M])
    point, house = shapely.STRtree(houses).query(shapely.box(*reach.T))
    distance = shapely.distance(points[point], houses[house])
    kept = distance <= REACH_M + EDGE_M
    pd.DataFrame(
        {
            "point": layers["heritage_body"]["code"].to_numpy()[point[kept]],
            "building": layers["building"]["code"].to_numpy()[house[kept]],
            "distance": distance[kept],
        }
    ).to_csv(folder / "reference_J5.csv", index=False, float_format="%.17g")


def score_zones(answer: pd.DataFrame, folder: Path, ellipsoid: bool) -> Score | None:
    """Score units x zones: unit, zone, area. None where there is no reference."""
    path = folder / "reference_J4.csv"
    if not path.is_file():
        return None
    known = pd.read_csv(path)
    area = known["ellipsoid" if ellipsoid else "plane"]
    return _compare(
        pd.Series(area.to_numpy(), _pair_key(known["unit"], known["zone"])),
        pd.Series(answer["area"].to_numpy(), _pair_key(answer["unit"], answer["zone"])),
    )


def score_near(answer: pd.DataFrame, folder: Path, ellipsoid: bool) -> Score | None:
    """Score points within reach of buildings: point, building. None without a reference."""
    path = folder / "reference_J5.csv"
    if not path.is_file():
        return None
    known = pd.read_csv(path)
    key = _pair_key(known["point"], known["building"])
    told = _pair_key(answer["point"], answer["building"])
    surely = key[known["distance"].to_numpy() < REACH_M - EDGE_M]
    missing, extra = surely.difference(told), told.difference(key)
    return Score(len(missing), len(extra) + int(told.duplicated().sum()))


def score_text(answer: pd.DataFrame, written: list[str]) -> Score:
    """Score a column of Chinese text against what was written."""
    told = answer["name"].tolist()
    wrong = sum(a != b for a, b in zip(told, written, strict=False))
    return Score(wrong + max(len(written) - len(told), 0), max(len(told) - len(written), 0))


def score_areas(answer: np.ndarray, shapes: np.ndarray, sample: int = 1000) -> Score:
    """Score areas on the ellipsoid against `Geod` on edges cut to 1 m, on units here and there."""
    chosen = np.linspace(0, len(shapes) - 1, min(sample, len(shapes))).astype(int)
    known = geodesic_area(shapes[chosen], 1.0)
    off = np.abs(answer[chosen] / known - 1)
    return Score(int(np.isnan(off).sum()), 0, float(np.nanmax(off)))
