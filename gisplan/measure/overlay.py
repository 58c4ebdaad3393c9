"""Set operations on arrays of shapes: in blocks, on several threads, and never silently lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Task = TypeVar("Task")
Answer = TypeVar("Answer")

# Pairs in one go. Fixed, so that the blocks (and the last bits) do not depend on the threads.
BLOCK = 2_000
# GEOS' general overlay fails on near-coincident lines; on a grid it cannot.
GRID_M = 1e-4


class Workers:
    """Runs blocks of work on threads, and hands the answers back in order.

    The array functions of shapely let go of the interpreter's lock, so threads do help.
    """

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = max(1, jobs)

    def map(self, function: Callable[[Task], Answer], tasks: Iterable[Task]) -> list[Answer]:
        """Return `function` of every task, in their order."""
        tasks = list(tasks)
        if self.jobs == 1 or len(tasks) < 2:
            return [function(task) for task in tasks]
        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(function, tasks))

    def blocks(self, function: Callable[..., NDArray[Any]], *arrays: NDArray[Any]) -> NDArray[Any]:
        """Return `function` of whole arrays, worked out in blocks."""
        n = len(arrays[0])
        if n <= BLOCK:
            return function(*arrays)
        slices = [slice(i, i + BLOCK) for i in range(0, n, BLOCK)]
        return np.concatenate(self.map(lambda s: function(*(a[s] for a in arrays)), slices))


@contextmanager
def prepared(shapes: Any) -> Iterator[None]:
    """Let shapes keep an index of their edges for a while, on one thread.

    Never longer: GEOS fills the index while it is asked, and two threads that ask one prepared
    shape crash the process.
    """
    shapely.prepare(shapes)
    try:
        yield
    finally:
        shapely.destroy_prepared(shapes)


def interiors_meet(a: Shapes, b: Shapes) -> NDArray[np.bool_]:
    """Tell for each pair whether the interiors meet. Shapes that touch do not."""
    # Of shapes that meet, those that touch are the ones whose interiors do not. Asked by name it
    # takes half the time of relate_pattern(a, b, "T********").
    meet = np.asarray(~shapely.touches(a, b), dtype=bool)
    meet[meet] = shapely.intersects(a[meet], b[meet])
    return meet


def intersection(a: Shapes, b: Shapes) -> Shapes:
    """Return what each shape of `a` shares with the one of `b` beside it.

    None and empty shapes share nothing (None or an empty shape). No clipping beforehand: GEOS
    itself looks only at the part of a large shape that lies in the box of the small one.
    """
    return _robust(shapely.intersection, a, b)


def difference(a: Shapes, b: Shapes) -> Shapes:
    """Return what of each shape of `a` lies outside the one of `b` beside it."""
    return _robust(shapely.difference, a, b)


def union(shapes: Sequence[Any] | Shapes) -> Any:
    """Return the union of shapes; an empty collection of none.

    Not `coverage_union`: that raises or lies as soon as neighbours overlap.
    """
    shapes = np.asarray(shapes, dtype=object)
    try:
        return shapely.union_all(shapes)
    except shapely.GEOSException:
        try:
            return shapely.union_all(shapes, grid_size=GRID_M)
        except shapely.GEOSException:
            return shapely.union_all(_mended(shapes), grid_size=GRID_M)


def _robust(operation: Callable[..., Any], a: Shapes, b: Shapes) -> Shapes:
    try:
        return np.asarray(operation(a, b), dtype=object)
    except shapely.GEOSException:
        # one bad pair spoils the whole array: only that pair goes to the grid
        out = np.empty(len(a), dtype=object)
        for i, (one, other) in enumerate(zip(a, b, strict=True)):
            out[i] = _robust_pair(operation, one, other)
        return out


def _robust_pair(operation: Callable[..., Any], one: Any, other: Any) -> Any:
    try:
        return operation(one, other)
    except shapely.GEOSException:
        try:
            return operation(one, other, grid_size=GRID_M)
        except shapely.GEOSException:
            # Only what is still invalid comes here, which normalising should have caught. If
            # even this fails, the run must fail: a lost overlap is a false pass.
            mended = _mended(np.asarray([one, other], dtype=object))
            return operation(mended[0], mended[1], grid_size=GRID_M)


def _mended(shapes: Shapes) -> Shapes:
    return np.asarray(shapely.make_valid(shapes), dtype=object)
