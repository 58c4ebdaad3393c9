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
    keys = pd.DataFrame({"_label": frame["_label"].astype(object)}).reset_index(drop=True)
    alike = keys["_label"].duplicated(keep=False).to_numpy()
    rows = np.flatnonzero(alike)
    keys["_shape"] = ""
    if "geometry" in frame and len(rows):
        shapes = np.asarray(frame["geometry"].array, dtype=object)[rows]
        keys.loc[rows, "_shape"] = [_digest(wkb) for wkb in shapely.to_wkb(shapes)]
    others = [c for c in frame.columns if c not in {"_label", "geometry", "_record", "_path"}]
    keys["_rest"] = ""
    if len(rows):
        rest = frame[others].iloc[rows].astype(object)
        keys.loc[rows, "_rest"] = [repr(row) for row in rest.itertuples(index=False, name=None)]
    keys["_path"] = frame["_path"].to_numpy()
    keys["_record"] = frame["_record"].to_numpy()
    order = keys.sort_values(["_label", "_shape", "_rest", "_path", "_record"], kind="stable")
    return np.asarray(order.index)


def _digest(wkb: bytes | None) -> str:
    return "" if wkb is None else hashlib.sha256(wkb).hexdigest()
