"""Is one layer off another by the GCJ-02 or BD-09 vector? Counted, and held against other vectors.

A shift is believed only where taking it off fits the layers together far better than leaving it,
and far better than some thirty other translations do: street grids repeat, and long parallel edges
fit in many places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gisplan.normalise.agreement import (
    Drawn,
    Move,
    displacement,
    inside,
    on_outline,
    shared_vertices,
)
from gisplan.normalise.shift_moves import Hypothesis, Plane, around, elsewhere, grid, moves_by, stay

NEAR_M = 60.0  # an offset is like the vector where it differs by no more (domain.md C.1)
TIMES = 3  # so many times as many must fit
VERTICES = 8  # that must meet at the least
_EXACT_M, _CELL_M = 1.0, 2.0  # vertices that two layers share; one and the same offset
_NEARLY = 0.05  # of the vertices must have one offset, where it is not exactly the vector
_OUTLINE_M, _OUTLINE_POINTS = 20.0, 20  # one outline drawn by two offices
_RINGS_M, _OUTER_M = (20.0, 40.0, 60.0), (80.0, 100.0, 120.0)
_INSIDE, _INSIDE_SHARE = 5, 0.3  # features that must come inside, and of all that there are
_PLACES, _PLACE_M = 3, 300.0  # they must do so in several places
_REACH_M, _STEP_M = 480.0, 60.0  # how far about the place is looked for where most fits
_PAIRS, _PAIR_M = 3, 150.0  # pairs, and how far a monument lies from the middle of its zones


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows a shift: of so many points or features so many fit without it, and before.

    kind : vertices, outline, inside or pairs
    residual_m : what is left of the offset
    """

    hypothesis: Hypothesis
    kind: str
    fit: int
    before: int
    of: int
    residual_m: float


def agree(probe: Drawn, target: Drawn) -> bool:
    """Return whether two layers share vertices as they are: then neither is off the other."""
    if not (len(probe.vertices) and len(target.vertices)):
        return False
    fit = int(shared_vertices(probe, target, [stay])[0])
    if fit < VERTICES:
        return False
    return fit >= TIMES * int(shared_vertices(probe, target, around(stay, _OUTER_M[-1:])).max())


def prove_shift(probe: Drawn, target: Drawn, plane: Plane) -> Proof | None:
    """Return the shift of probe or target against the other that fits best, None where none does.

    Parameters
    ----------
    probe, target : Drawn
        In the working CRS; of an empty one nothing is shown. The probe has the fewer vertices.
    plane : Plane
        The working CRS.
    """
    if not (len(probe.vertices) and len(target.vertices)):
        return None
    hypotheses = plane.hypotheses
    proof = _by_vertices(hypotheses, probe, target) or _by_offset(hypotheses, probe, target)
    if proof is None and target.has_edges:
        proof = _by_outline(hypotheses, probe, target)
    if proof is None and target.has_areas:
        proof = _by_areas(hypotheses, probe, target)
    if proof is None and probe.has_areas:
        proof = _by_areas(hypotheses, target, probe)
        if proof is not None:  # there the target was moved about
            turned = replace(proof.hypothesis, of_target=not proof.hypothesis.of_target)
            proof = replace(proof, hypothesis=turned)
    return proof


def _by_vertices(hypotheses: Sequence[Hypothesis], probe: Drawn, target: Drawn) -> Proof | None:
    """Return the shift without which vertices meet vertices exactly."""
    moves = [stay, *(h.move for h in hypotheses)]
    before, *found = shared_vertices(probe, target, moves, keep=True).tolist()
    fit, best = max(found), hypotheses[int(np.argmax(found))]
    if fit < max(VERTICES, TIMES * before):
        return None
    rivals = [*elsewhere(best.move, probe.probes), *around(best.move, _OUTER_M[-1:])]
    if fit < TIMES * shared_vertices(probe, target, rivals).max():
        return None
    left, _ = displacement(best.move(probe.probes), target, _EXACT_M, _CELL_M)
    return Proof(best, "vertices", fit, before, len(probe.probes), float(np.hypot(*left)))


def _by_offset(hypotheses: Sequence[Hypothesis], probe: Drawn, target: Drawn) -> Proof | None:
    """Return the shift that leaves one and the same rest of at most 60 m between vertices."""

    def rest(move: Move, keep: bool = False) -> tuple[np.ndarray, int]:
        return displacement(probe.brought(move, keep), target, NEAR_M, _CELL_M)

    before = rest(stay, keep=True)[1]
    found = [rest(h.move, keep=True) for h in hypotheses]
    number = int(np.argmax([count for _, count in found]))
    best, (left, fit) = hypotheses[number], found[number]
    if fit < max(VERTICES, TIMES * before, _NEARLY * len(probe.probes)):
        return None
    if any(TIMES * rest(move)[1] > fit for move in elsewhere(best.move, probe.probes)):
        return None
    return Proof(best, "vertices", fit, before, len(probe.probes), float(np.hypot(*left)))


def _by_outline(hypotheses: Sequence[Hypothesis], probe: Drawn, target: Drawn) -> Proof | None:
    """Return the shift without which vertices of one lie on the outline of the other."""
    moves = [stay, *(h.move for h in hypotheses)]
    before, *found = on_outline(probe, target, moves, _OUTLINE_M, keep=True).tolist()
    best = hypotheses[int(np.argmax(found))]
    if max(found) < max(_OUTLINE_POINTS / 2, 1.5 * before):
        return None
    far = elsewhere(best.move, probe.probes)
    if max(found) < 1.2 * on_outline(probe, target, far[:7], _OUTLINE_M).max():
        return None  # nothing special about the place; a closer look would cost more
    within = [best.move, *around(best.move, _RINGS_M)]
    counts = on_outline(probe, target, within, _OUTLINE_M)
    fit, ring = int(counts.max()), (int(counts.argmax()) + 7) // 8
    if fit < max(_OUTLINE_POINTS, TIMES * before):
        return None
    near = on_outline(probe, target, around(best.move, _OUTER_M[:2]), _OUTLINE_M)
    far += around(best.move, _OUTER_M[2:])  # where edges that run along still fit
    if near.max() >= fit or TIMES * on_outline(probe, target, far, _OUTLINE_M).max() > fit:
        return None
    left = (0.0, *_RINGS_M)[ring]
    return Proof(best, "outline", fit, before, len(probe.probes), left)


def _by_areas(hypotheses: Sequence[Hypothesis], inner: Drawn, outer: Drawn) -> Proof | None:
    """Return the shift that brings features inside areas which they miss as they are."""
    points, owner = inner.inner
    total = int(owner.max()) + 1
    moves = [stay, *(h.move for h in hypotheses)]
    before, *found = inside(inner, outer, moves, keep=True)
    number = int(np.argmax([len(features) for features in found]))
    best, fit = hypotheses[number], len(found[number])
    if fit < max(_INSIDE, _INSIDE_SHARE * total) or 0.6 * fit < len(before):
        return None
    rivals = np.array([len(f) for f in inside(inner, outer, elsewhere(best.move, inner.probes))])
    often = bool(np.mean(rivals > 0.8 * fit) > 0.1)
    clear = fit >= TIMES * max(len(before), float(rivals.mean())) and not often
    whole = (  # small areas hold some features of the other layer wherever these are put
        fit >= max(VERTICES, 0.9 * total)
        and 0.85 * fit >= rivals.max()
        and 0.6 * fit >= max(len(before), float(rivals.mean()))
    )
    if not (clear or whole):
        return None
    moved = best.move(points)[np.isin(owner, found[number])]
    if len(np.unique(np.floor(moved / _PLACE_M), axis=0)) < _PLACES:
        return None
    steps = grid(_REACH_M, _STEP_M)
    fits = np.array([len(f) for f in inside(inner, outer, moves_by(steps, best.move))])
    left = float(np.hypot(*steps[fits >= 0.9 * fits.max()].mean(axis=0)))
    if left > NEAR_M:  # they fit there as well, but best elsewhere
        return None
    return Proof(best, "inside", fit, len(before), total, left)


def prove_pairs(moved: np.ndarray, fixed: np.ndarray, plane: Plane) -> Proof | None:
    """Return the shift that pairs of points show, which lie near each other where all is well.

    Parameters
    ----------
    moved, fixed : ndarray (n, 2)
        Pairs, row by row, in the working CRS: a monument, the middle of its zones.
    plane : Plane
        The working CRS.
    """
    if len(moved) < _PAIRS:
        return None

    def rest(move: Move) -> tuple[int, float]:
        left = move(moved) - fixed
        return int((np.hypot(*left.T) <= _PAIR_M).sum()), float(np.hypot(*np.median(left, axis=0)))

    before, off = rest(stay)
    found = [rest(h.move) for h in plane.hypotheses]
    number = int(np.argmax([count for count, _ in found]))
    fit, left = found[number]
    if fit < max(_PAIRS, TIMES * before, len(moved) / 2) or left > min(NEAR_M, off / TIMES):
        return None
    return Proof(plane.hypotheses[number], "pairs", fit, before, len(moved), left)
