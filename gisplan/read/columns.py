"""Makes columns of what the bulk reader returns, without changing what the file says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gisplan.read.found import object_column


def whole_numbers(values: Any, kind: str) -> pd.Series:
    """Return a column; whole numbers with gaps stay whole (int and None, not 210102.0)."""
    if kind in {"OFTInteger", "OFTInteger64"} and values.dtype.kind == "f":
        missing = np.isnan(values)
        out = np.full(len(values), None, dtype=object)
        out[~missing] = [int(value) for value in values[~missing]]
        return pd.Series(out, dtype=object)
    if values.dtype == object:
        return object_column(values)
    return pd.Series(values)
