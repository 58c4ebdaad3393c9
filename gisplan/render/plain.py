"""Values as JSON can hold them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_DECIMALS = 6  # of measures; places keep the seven that the findings stage gave them


def clean(value: Any, decimals: int = _DECIMALS) -> Any:
    """Return a value that JSON can hold: floats rounded, NaN and infinity null, the rest text."""
    kind = type(value)  # asked first: most values are plain ones, and there are millions
    if kind is float:
        return round(value, decimals) + 0.0 if math.isfinite(value) else None
    if kind is str or value is None or isinstance(value, (str, int)):
        return value
    if kind is dict or isinstance(value, Mapping):
        return {str(name): clean(item, decimals) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item, decimals) for item in value]
    if isinstance(value, (set, frozenset)):
        return [clean(item, decimals) for item in sorted(value, key=str)]
    if hasattr(value, "item"):
        return clean(value.item(), decimals)
    return str(value)
