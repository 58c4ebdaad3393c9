"""The frames of a dossier: their columns, types and order, whoever fills them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.model import Severity

CRS = "EPSG:4490"
NUMBERS = ("measure", "limit", "lon", "lat")
FINDING_COLUMNS = (
    "fingerprint",
    "code",
    "severity",
    "ruling",
    "state",
    "layer",
    "feature",
    "related_layer",
    "related",
    "measure",
    "unit",
    "limit",
    "measures",
    "message_zh",
    "message_en",
    "remedy_zh",
    "remedy_en",
    "sources",
    "lon",
    "lat",
    "bbox",
    "waiver",
    "kind",
    "route",
)
VERDICT_COLUMNS = (
    "unit",
    "name",
    "verdict",
    "errors",
    "approvals",
    "reasons",
    "why_zh",
    "why_en",
    "parent",
    "approvals_due",
    "unknown_zh",
    "unknown_en",
    "others",
)
_KEY = ("code", "layer", "feature", "related", "fingerprint")  # findings of a severity go by it
# What a row may leave out, and what makes the value that it then has.
_OPTIONAL: Mapping[str, Callable[[], Any]] = {
    "kind": str,
    "route": lambda: None,
    **dict.fromkeys(("approvals_due", "unknown_zh", "unknown_en", "others"), list),
}
_WEIGHT = {severity.value: weight for weight, severity in enumerate(Severity)}


def findings_frame(rows: Iterable[Mapping[str, Any]]) -> gpd.GeoDataFrame:
    """Return findings sorted by severity, code, layer, feature, related and fingerprint.

    Parameters
    ----------
    rows : iterable of mapping
        FINDING_COLUMNS and `geometry`, in EPSG:4490 or None. `kind` and `route` may be left out.

    Returns
    -------
    GeoDataFrame
        Texts are Python str or None, numbers float or NaN, in every frame, also an empty one.
    """
    columns = _columns(rows, (*FINDING_COLUMNS, "geometry"))
    weights = [_WEIGHT[str(severity)] for severity in columns["severity"]]
    texts = ([value or "" for value in columns[name]] for name in _KEY)
    order = _order(weights, *texts)
    shapes = _objects(columns.pop("geometry"), order)
    frame = {
        name: pd.Series([_number(values[place]) for place in order], dtype=float)
        if name in NUMBERS
        else pd.Series(_objects([_text(value) for value in values], order), dtype=object)
        for name, values in columns.items()
    }
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS)


def verdicts_frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return verdicts sorted by unit, columns VERDICT_COLUMNS; the last four may be left out."""
    columns = _columns(rows, VERDICT_COLUMNS)
    names = [name or "" for name in columns["name"]]
    order = _order(columns["unit"], columns["verdict"], names)
    frame = {
        name: pd.Series(_objects(values, order), dtype=object) for name, values in columns.items()
    }
    for name in ("errors", "approvals"):
        frame[name] = frame[name].astype("int64")
    return pd.DataFrame(frame)


def _columns(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> dict[str, list[Any]]:
    """Return rows as columns: of rows that are made one by one, one is held at a time.

    Equal texts are held once, and so is an empty list: most units have nothing to say.
    """
    columns: dict[str, list[Any]] = {name: [] for name in names}
    texts: dict[str, str] = {}
    nothing: list[Any] = []
    for row in rows:
        for name, values in columns.items():
            left_out = name in _OPTIONAL and name not in row
            value = _OPTIONAL[name]() if left_out else row[name]
            if type(value) is str:
                value = texts.setdefault(value, value)
            elif type(value) is list and not value:
                value = nothing
            values.append(value)
    return columns


def _order(*keys: list[Any]) -> list[int]:
    """Return the places of rows in the order of some keys; equal ones stay as they are."""
    whole = list(zip(*keys, strict=True))
    return sorted(range(len(whole)), key=whole.__getitem__)


def _objects(values: list[Any], order: list[int]) -> np.ndarray:
    # Through numpy: pandas would make lists into rows and None into NaN.
    held = np.empty(len(values), dtype=object)
    for place, found in enumerate(order):
        held[place] = values[found]
    return held


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _text(value: Any) -> Any:
    # Enumerations become plain texts: a StrEnum prints otherwise in some formats.
    return str(value) if isinstance(value, str) else value
