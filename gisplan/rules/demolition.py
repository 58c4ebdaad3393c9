"""The share of the existing floor area that is demolished (拆除比例), as 建科〔2021〕63号 says."""

from __future__ import annotations

import pandas as pd


def demolition_share(attributes: pd.DataFrame) -> pd.Series:
    """Return demolished less illegal and beyond-repair floor area, over the existing one, by fid.

    NaN where the existing or the demolished floor area is missing, or the existing one is 0 (a
    shapefile cannot tell 0 from missing). No illegal area stated counts as none; a share is never
    below 0.
    """
    existing = _numbers(attributes, "existing_area")
    demolished = _numbers(attributes, "demolish_area")
    illegal = _numbers(attributes, "illegal_area").fillna(0.0)
    share = (demolished - illegal).clip(lower=0.0) / existing.where(existing > 0)
    return share.rename("share")


def _numbers(attributes: pd.DataFrame, name: str) -> pd.Series:
    if name not in attributes:
        return pd.Series(float("nan"), index=attributes.index)
    return pd.to_numeric(attributes[name], errors="coerce").astype(float)
