"""Layers that lie off the others as GCJ-02 or BD-09 coordinates do: noted, never converted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd
import shapely

from gisplan.model import Layer, Note
from gisplan.normalise.agreement import Drawn
from gisplan.normalise.crs import CHINA, Extent, crs_of
from gisplan.normalise.sample import few_rows, few_shapes
from gisplan.normalise.shift_moves import Plane
from gisplan.normalise.shift_proof import Proof, agree, prove_pairs, prove_shift

_BESIDE = frozenset({"road", "facility", "exam_problem"})  # no verdict rests on them
_TIERS = 3  # the lowest of a plan: what lies further apart in the chain shares little
_MARGIN_M = 1500.0  # BD-09 lies 1.4 km off
_MANY = 20_000  # features; of more only those in some windows are looked at
_WINDOWS, _WINDOW_M = 6, 1000.0  # for each layer; half a window's side


@dataclass(frozen=True, slots=True)
class Part:
    """What one file gives to a layer, in the working CRS."""

    layer: Layer
    path: str
    rows: pd.DataFrame
    shapes: np.ndarray
    bounds: np.ndarray  # west, south, east, north of every shape

    @property
    def box(self) -> Extent:
        """All of it."""
        return Extent(*self.bounds[:, :2].min(axis=0), *self.bounds[:, 2:].max(axis=0))


def shifted(layers: Mapping[str, Layer], working_crs: str) -> list[Note]:
    """Return a note for each file whose shapes lie off another's by the GCJ-02 or BD-09 vector.

    Parameters
    ----------
    layers : mapping of str to Layer
        Normalised; tables and empty layers are passed over.
    working_crs : str
        Metric.

    Returns
    -------
    list of Note
        Kind shifted, in the order of the layers. Which of two layers is the shifted one follows
        from the direction of the offset. A file that shares vertices with a shifted one is
        shifted as well. Outside China nothing is looked for.
    """
    plane = Plane(crs_of(working_crs))
    parts = [part for part in _parts(layers) if _is_in_china(part, plane)]
    pairs = list(_telling_pairs(parts))
    if not pairs:
        return []
    windows = _windows(parts)
    scene = _Scene(parts, [Drawn(_in_windows(part, windows)) for part in parts])
    groups = _sharing_vertices(pairs, scene)
    found = _Found(parts, groups, plane)
    for one, two in pairs:
        if groups[one] == groups[two]:
            continue
        probe, target = one, two
        proof = _by_code(parts[one], parts[two], plane)
        if proof is None:
            probe, target = scene.probe_first(one, two)
            proof = prove_shift(scene.facing(probe, target), scene.facing(target, probe), plane)
        if proof is not None:
            off, on = (target, probe) if proof.hypothesis.of_target else (probe, target)
            found.add(off, on, proof)
    return found.notes()


@dataclass(frozen=True, slots=True)
class _Scene:
    """The files as they are compared."""

    parts: Sequence[Part]
    drawn: Sequence[Drawn]

    def facing(self, one: int, other: int) -> Drawn:
        """Return of one file what could lie at the other, were either shifted."""
        west, south, east, north = self.parts[other].box
        return self.drawn[one].about(
            west - _MARGIN_M, south - _MARGIN_M, east + _MARGIN_M, north + _MARGIN_M
        )

    def probe_first(self, one: int, two: int) -> tuple[int, int]:
        """Return two files, the one with the fewer vertices first."""
        counts = [len(self.facing(a, b).vertices) for a, b in ((one, two), (two, one))]
        return (one, two) if counts[0] <= counts[1] else (two, one)


@dataclass
class _Found:
    """The shifted files: the best proof of each, and those that follow from another's."""

    parts: Sequence[Part]
    groups: Sequence[int]
    plane: Plane
    proofs: dict[int, tuple[Proof, int]] = field(default_factory=dict)

    def add(self, off: int, on: int, proof: Proof) -> None:
        if off not in self.proofs or self.proofs[off][0].fit < proof.fit:
            self.proofs[off] = (proof, on)

    def notes(self) -> list[Note]:
        notes = {off: self._note(off, proof, on) for off, (proof, on) in self.proofs.items()}
        for off, (proof, on) in sorted(self.proofs.items()):
            for number, group in enumerate(self.groups):
                if group == self.groups[off] and number not in notes:
                    notes[number] = self._note(number, proof, on, by=off)
        return [notes[number] for number in sorted(notes)]

    def _note(self, off: int, proof: Proof, on: int, by: int | None = None) -> Note:
        part, against = self.parts[off], self.parts[on]
        box = part.box
        east, north = self.plane.vector(proof.hypothesis.system, np.array(box.centre))
        detail = {
            "like": proof.hypothesis.system,
            "east": round(float(east)),
            "north": round(float(north)),
            "against": against.layer.name,
            "against_path": against.path,
            "evidence": proof.kind if by is None else "follows",
            "fit": proof.fit,
            "before": proof.before,
            "of": proof.of,
            "residual": round(proof.residual_m, 1),
        }
        if by is not None:
            detail |= {"by": self.parts[by].layer.name, "by_path": self.parts[by].path}
        return Note("shifted", part.layer.name, part.path, detail=detail)


def _parts(layers: Mapping[str, Layer]) -> Iterator[Part]:
    for name, layer in sorted(layers.items(), key=_tiers_first):
        if layer.spec.kind == "table" or name in _BESIDE or not len(layer.frame):
            continue
        shapes = np.asarray(layer.frame["geometry"].array, dtype=object)
        bounds = shapely.bounds(shapes)
        if len(layer.paths) == 1:
            yield Part(layer, layer.paths[0], layer.frame, shapes, bounds)
            continue
        for path in sorted(layer.frame["_path"].unique()):
            mine = (layer.frame["_path"] == path).to_numpy()
            yield Part(layer, path, layer.frame[mine], shapes[mine], bounds[mine])


def _tiers_first(entry: tuple[str, Layer]) -> tuple[float, str]:
    name, layer = entry
    return layer.tier.rank if layer.tier else np.inf, name


def _is_in_china(part: Part, plane: Plane) -> bool:
    lon, lat = plane.degrees(np.array([part.box.centre]))
    return Extent(*lon, *lat, *lon, *lat).within(CHINA)


def _telling_pairs(parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of files, as numbers, that could tell that one of them is shifted."""
    ranks = sorted({part.layer.tier.rank for part in parts if part.layer.tier})
    lowest = set(ranks[-_TIERS:])
    for (one, a), (two, b) in combinations(enumerate(parts), 2):
        if a.layer.name == b.layer.name or not a.box.meets(b.box, within=_MARGIN_M):
            continue
        tiers = [part.layer.tier.rank for part in (a, b) if part.layer.tier]
        if len(tiers) == 2 and abs(ranks.index(tiers[0]) - ranks.index(tiers[1])) > 1:
            continue
        if len(tiers) == 1 and tiers[0] not in lowest:
            continue
        yield one, two


def _sharing_vertices(pairs: Sequence[tuple[int, int]], scene: _Scene) -> list[int]:
    """Return for each file the number of its group: files of a group share vertices as they are."""
    groups = list(range(len(scene.parts)))
    for one, two in pairs:
        if groups[one] != groups[two]:
            probe, target = scene.probe_first(one, two)
            if agree(scene.facing(probe, target), scene.facing(target, probe)):
                low, high = sorted((groups[one], groups[two]))
                groups = [low if group == high else group for group in groups]
    return groups


def _windows(parts: Sequence[Part]) -> np.ndarray | None:
    """Return boxes in which layers of very many features are looked at; None where none has."""
    if all(len(part.shapes) <= _MANY for part in parts):
        return None
    small = [part for part in parts if len(part.shapes) <= _MANY] or list(parts)
    centres = []
    for part in small:
        shapes = part.shapes[few_shapes(part.shapes, 4 * _WINDOWS)]
        vertices = np.unique(shapely.get_coordinates(shapes), axis=0)
        centres.append(vertices[few_rows(vertices, _WINDOWS)])
    middle = np.concatenate(centres)
    return np.concatenate([middle - _WINDOW_M, middle + _WINDOW_M], axis=1)


def _in_windows(part: Part, windows: np.ndarray | None) -> np.ndarray:
    if windows is None or len(part.shapes) <= _MANY:
        return part.shapes
    hit = np.zeros(len(part.shapes), dtype=bool)
    for west, south, east, north in windows.tolist():
        low, high = part.bounds[:, :2], part.bounds[:, 2:]
        hit |= (low <= (east, north)).all(axis=1) & (high >= (west, south)).all(axis=1)
    return part.shapes[hit]


def _by_code(one: Part, two: Part, plane: Plane) -> Proof | None:
    """Return the shift that heritage bodies and the zones drawn for them show.

    The body is the probe: the first of the two is to be one.
    """
    if (one.layer.name, two.layer.name) != ("heritage_body", "heritage_zone"):
        return None
    bodies, zones = _middles(one, "code"), _middles(two, "body")
    both = bodies.index.intersection(zones.index).sort_values()
    return prove_pairs(bodies.loc[both].to_numpy(), zones.loc[both].to_numpy(), plane)


def _middles(part: Part, column: str) -> pd.DataFrame:
    """Return the mean middle of the features by what a column says of them."""
    middles = shapely.get_coordinates(shapely.centroid(part.shapes))
    table = pd.DataFrame({"x": middles[:, 0], "y": middles[:, 1]})
    names = part.rows[column].to_numpy()
    return table.groupby(names, sort=True).mean()
