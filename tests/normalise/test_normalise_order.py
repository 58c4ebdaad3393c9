"""The order of features, and work in blocks: the same whatever the sizes are."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
import shapely

from gisplan.normalise import blocks
from gisplan.normalise.blocks import in_blocks
from gisplan.normalise.order import sort_features


def naive(frame):
    """Sort by label, digest of the shape, values, path and record, a row at a time."""
    others = [c for c in frame.columns if c not in {"_label", "geometry", "_record", "_path"}]

    def key(row):
        shape = frame["geometry"][row]
        wkb = "" if shape is None else hashlib.sha256(shapely.to_wkb(shape)).hexdigest()
        alike = frame[(frame["_label"] == frame["_label"][row])]
        same = sum(
            shapely.to_wkb(other) == shapely.to_wkb(shape) for other in alike["geometry"].to_numpy()
        )
        rest = repr(tuple(frame[others].astype(object).iloc[row])) if same > 1 else ""
        return frame["_label"][row], wkb, rest, frame["_path"][row], frame["_record"][row]

    return sorted(range(len(frame)), key=key)


@pytest.mark.parametrize("seed", range(8))
def test_ties_are_broken_by_shape_then_values_then_place(seed):
    rng = np.random.default_rng(seed)
    n = 60
    boxes = np.array([shapely.box(k, 0, k + 1, 1) for k in range(3)] + [None], dtype=object)
    shapes = boxes[rng.integers(0, 4, n)]
    frame = pd.DataFrame(
        {
            "_label": [f"GX{k}" for k in rng.integers(0, [4, 500][seed % 2], n)],
            "name": np.array(["甲", "乙", None], dtype=object)[rng.integers(0, 3, n)],
            "area": rng.integers(0, 2, n) / 2,
            "geometry": pd.Series(shapes, dtype=object),
            "_path": np.array(["a.shp", "b.shp"], dtype=object)[rng.integers(0, 2, n)],
            "_record": rng.permutation(n),
        }
    )
    assert sort_features(frame).tolist() == naive(frame)


@pytest.mark.parametrize("labels", [[], ["b"], ["a", "b", "c"], ["c", "b", "a"], ["b", "b"]])
def test_short_and_sorted_layers(labels):
    frame = pd.DataFrame({"_label": labels, "_path": "p", "_record": range(len(labels))})
    assert sort_features(frame).tolist() == sorted(range(len(labels)), key=lambda i: (labels[i], i))


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 35])
def test_blocks_change_nothing(monkeypatch, count):
    monkeypatch.setattr(blocks, "_BLOCK", 10)
    shapes = np.array([shapely.box(k, 0, k + 1, 1) for k in range(count)], dtype=object)
    shapes[::7] = None
    assert in_blocks(shapely.normalize, shapes).tolist() == shapely.normalize(shapes).tolist()
    assert in_blocks(shapely.is_valid, shapes).tolist() == shapely.is_valid(shapes).tolist()
