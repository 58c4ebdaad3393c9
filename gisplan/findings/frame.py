"""The frames of a dossier: their columns, types and order, whoever fills them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
_OPTIONAL: Mapping[str, Any] = {"kind": "", "route": None}
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
    ordered = [{**_OPTIONAL, **row} for row in sorted(rows, key=_order)]
    columns: dict[str, pd.Series] = {}
    for name in FINDING_COLUMNS:
        values = [row[name] for row in ordered]
        if name in NUMBERS:
            columns[name] = pd.Series([_number(value) for value in values], dtype=float)
        else:
            columns[name] = _objects([_text(value) for value in values])
    shapes = np.empty(len(ordered), dtype=object)
    shapes[:] = [row["geometry"] for row in ordered]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def verdicts_frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return verdicts sorted by unit, columns VERDICT_COLUMNS; the last four may be left out."""
    ordered = sorted(rows, key=lambda row: (row["unit"], row["verdict"], row["name"] or ""))
    nothing: dict[str, Any] = {
        name: [] for name in ("approvals_due", "unknown_zh", "unknown_en", "others")
    }
    whole = [{**nothing, **row} for row in ordered]
    columns = {name: _objects([row[name] for row in whole]) for name in VERDICT_COLUMNS}
    for name in ("errors", "approvals"):
        columns[name] = pd.Series([int(row[name]) for row in ordered], dtype="int64")
    return pd.DataFrame(columns)


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("code", "layer", "feature", "related", "fingerprint")
    return (_WEIGHT[str(row["severity"])], *(row[name] or "" for name in names))


def _objects(values: list[Any]) -> pd.Series:
    # Through numpy: pandas would make lists into rows and None into NaN.
    held = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        held[place] = value
    return pd.Series(held, dtype=object)


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _text(value: Any) -> Any:
    # Enumerations become plain texts: a StrEnum prints otherwise in some formats.
    return str(value) if isinstance(value, str) else value
