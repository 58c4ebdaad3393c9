"""Where the declarations live: `layers/` in a checkout, inside the package in a wheel."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parents[1]


@cache
def layers_home() -> Path:
    """Return the folder of the declarations."""
    inside = _PACKAGE / "_layers"
    return inside if inside.is_dir() else _PACKAGE.parent / "layers"


@cache
def load_toml(name: str) -> dict[str, Any]:
    """Return one declaration file, `name` relative to the folder of the declarations."""
    with (layers_home() / name).open("rb") as file:
        return tomllib.load(file)
