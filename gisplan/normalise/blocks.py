"""Work on many shapes at once: GEOS lets other threads run while it works."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

_BLOCK = 20_000  # shapes; a block takes some 50 ms
_MOST_THREADS = 8


def in_blocks(function: Callable[[Any], Any], shapes: np.ndarray) -> np.ndarray:
    """Return what a function makes of an array of shapes, computed in blocks by several threads.

    The function must look at each shape alone: the result is the same whatever the blocks are.
    """
    if len(shapes) <= _BLOCK:
        return np.asarray(function(shapes))
    blocks = [shapes[at : at + _BLOCK] for at in range(0, len(shapes), _BLOCK)]
    with ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1)) as pool:
        return np.concatenate(list(pool.map(function, blocks)))
