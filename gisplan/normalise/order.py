"""One order for the features of a layer, whatever the order in the file."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import shapely


def sort_features(frame: pd.DataFrame) -> np.ndarray:
    """Return the positions that put features in order: by label, shape, then every value.

    Parameters
    ----------
    frame : DataFrame
        With `_label` and maybe `geometry` (normalised). `_record` and `_path` only decide
        between features that are alike in all else.
    """
    labels = frame["_label"].to_numpy(dtype=object)
    if (labels[1:] > labels[:-1]).all():  # as most files are
        return np.arange(len(labels))
    order = np.array(sorted(range(len(labels)), key=labels.tolist().__getitem__), dtype=np.int64)
    tied = _tied(labels[order])
    rows = order[tied]
    keys = zip(labels[rows], *_tie_breakers(frame, rows, labels[rows]), rows.tolist(), strict=True)
    order[tied] = [key[-1] for key in sorted(keys)]
    return order


def _tied(keys: np.ndarray) -> np.ndarray:
    """Return the positions whose key is also a neighbour's; keys are in order."""
    same = np.asarray(keys[1:] == keys[:-1], dtype=bool)
    return np.flatnonzero(np.append(same, False) | np.append(False, same))


def _tie_breakers(
    frame: pd.DataFrame, rows: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return what decides between features of one label: shape, values, and at last the place."""
    shapes = np.full(len(rows), "", dtype=object)
    if "geometry" in frame:
        stored = np.asarray(frame["geometry"].array, dtype=object)[rows]
        shapes[:] = [_digest(wkb) for wkb in shapely.to_wkb(stored)]
    rest = np.full(len(rows), "", dtype=object)
    alike = _duplicated(labels, shapes)
    others = [c for c in frame.columns if c not in {"_label", "geometry", "_record", "_path"}]
    values = frame[others].iloc[rows[alike]].astype(object)
    rest[alike] = [repr(row) for row in values.itertuples(index=False, name=None)]
    paths = frame["_path"].to_numpy(dtype=object)[rows]
    return shapes, rest, paths, np.asarray(frame["_record"])[rows]


def _duplicated(labels: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    pairs = pd.DataFrame({"label": labels, "shape": shapes})
    return np.flatnonzero(pairs.duplicated(keep=False).to_numpy())


def _digest(wkb: bytes | None) -> str:
    return "" if wkb is None else hashlib.sha256(wkb).hexdigest()
