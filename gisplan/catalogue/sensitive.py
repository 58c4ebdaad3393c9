"""What a public map may not show (domain: map publishing and secrecy): by class, level and use."""

from __future__ import annotations

import pandas as pd

from gisplan.model import Layer, Text

# Relics whose place is told only once they are announced; the other classes are public by nature.
_RELICS = {"WW"}
_ANNOUNCED = {"national", "province", "city", "county"}
_UNDISCLOSED_CLASSES = {"WD", "DX", ""}
_UNDERGROUND_ZONES = {"Z11"}
_RELIC_ITSELF = {"Z1"}
_AROUND_RELICS = {"Z2", "Z3"}
_MILITARY_AND_DETENTION = ("1501", "1505", "2201")
_OPEN = {"", "公开", "open", "public"}
_LAND_USES = ("land_use", "existing_land_use")

RELICS = Text("未公布、地下或敏感的文物", "undisclosed, underground or sensitive relics")
ZONES = Text("其保护区划及地下文物区域", "their zones, and underground archaeology areas")
LAND = Text("军事、监教用地", "military and detention land")
ON_LAND = Text("军事、监教用地上的要素", "features on military and detention land")


def _texts(frame: pd.DataFrame, column: str) -> pd.Series:
    if column not in frame.columns:
        return pd.Series("", index=frame.index, dtype=object)
    return frame[column].map(lambda value: value.strip() if isinstance(value, str) else "")


def undisclosed_bodies(frame: pd.DataFrame) -> pd.Series:
    """Return which heritage bodies are not public: what does not say that it is announced is not.

    Parameters
    ----------
    frame : DataFrame
        Rows of the layer heritage_body.

    Returns
    -------
    Series of bool
        Indexed as the rows.
    """
    classes, levels = _texts(frame, "asset_class"), _texts(frame, "level")
    relic = classes.isin(_RELICS) & ~levels.isin(_ANNOUNCED)
    return relic | classes.isin(_UNDISCLOSED_CLASSES) | ~_texts(frame, "sensitivity").isin(_OPEN)


def undisclosed_zones(frame: pd.DataFrame, bodies: Layer | None) -> tuple[pd.Series, pd.Series]:
    """Return which heritage zones are not public, and which are not if a hidden relic is in them.

    A zone of relics themselves needs an announced body of the plan to be shown. Whose the other
    zones of relics are that name no such body, only the map tells.
    """
    zones, of = _texts(frame, "zone"), _texts(frame, "body")
    hidden: set[str] = set()
    shown: set[str] = set()
    if bodies is not None:
        codes, closed = _texts(bodies.frame, "code"), undisclosed_bodies(bodies.frame)
        hidden, shown = set(codes[closed]), set(codes[~closed])
    private = (
        zones.isin(_UNDERGROUND_ZONES)
        | (of.isin(hidden) & (of != ""))
        | (zones.isin(_RELIC_ITSELF) & ~of.isin(shown))
    )
    return private, zones.isin(_AROUND_RELICS) & ~of.isin(shown) & ~private


def military_land(frame: pd.DataFrame) -> pd.Series:
    """Return which rows are military or detention land, planned or existing."""
    found = pd.Series(False, index=frame.index)
    for column in _LAND_USES:
        found |= _texts(frame, column).str.startswith(_MILITARY_AND_DETENTION)
    return found
