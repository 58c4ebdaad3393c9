"""How each kind of thing is drawn. Colour never stands alone: line, dash or hatch tells it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplan.model import Severity, Verdict
from gisplan.render.palette import SEVERITY_COLOUR, VERDICT_COLOUR

Style = Mapping[str, Any]

# Strictest first, as the legend shows them. The hatch tells verdicts apart in grey print.
VERDICT: Mapping[str, Style] = {
    Verdict.BLOCKED: {"hatch": "cross", "alpha": 0.3, "width": 1.6},
    Verdict.UNDETERMINED: {"hatch": "dots", "alpha": 0.26, "width": 1.6, "dash": [5, 3]},
    Verdict.CONDITIONAL: {"hatch": "slash", "alpha": 0.32, "width": 1.4},
    Verdict.CLEAR: {"hatch": "", "alpha": 0.3, "width": 1.2},
}
NO_VERDICT: Style = {"stroke": "#5b6673", "fill": "#9aa5b1", "alpha": 0.15, "width": 1.2}

SEVERITY: Mapping[str, Style] = {
    # outlines above all: what lies below the evidence is what it is about
    Severity.ERROR: {"width": 2.4, "alpha": 0.2},
    Severity.WARNING: {"width": 2.2, "alpha": 0.16},
    Severity.INFO: {"width": 1.8, "alpha": 0.12},
}

# Upper tiers are outlines only, heavier the higher: the verdicts below stay readable.
UPPER: tuple[Style, ...] = (
    {"stroke": "#3d4550", "width": 2.8, "dash": [14, 4, 3, 4], "alpha": 0},
    {"stroke": "#4a5563", "width": 2.2, "dash": [9, 3, 2, 3], "alpha": 0},
    {"stroke": "#66717f", "width": 1.5, "dash": [6, 3], "alpha": 0},
    {"stroke": "#7d8794", "width": 1.1, "dash": [3, 2], "alpha": 0},
)
LOWER: Style = {
    "stroke": "#1d4e89",
    "fill": "#3f7fc1",
    "alpha": 0.16,
    "width": 1.6,
    "symbol": "square",
}

_CORE: Style = {
    "stroke": "#5b1a73",
    "fill": "#6f2a88",
    "alpha": 0.34,
    "width": 2.2,
    "hatch": "back",
}
_CONTROL: Style = {
    "stroke": "#8d5aa6",
    "fill": "#a97bc0",
    "alpha": 0.16,
    "width": 1.5,
    "dash": [6, 3],
}
_AROUND: Style = {
    "stroke": "#9a86b3",
    "fill": "#b9aacb",
    "alpha": 0.1,
    "width": 1.2,
    "dash": [2, 3],
}
ZONE_OTHER: Style = {
    "stroke": "#7b1fa2",
    "fill": "#7b1fa2",
    "alpha": 0.05,
    "width": 1.6,
    "dash": [10, 3, 2, 3],
}
ZONE: Mapping[str, Style] = {
    **dict.fromkeys(("Z1", "Z2", "Z4", "Z5", "Z6"), _CORE),
    **dict.fromkeys(("Z3", "Z7"), _CONTROL),
    **dict.fromkeys(("Z8", "Z14"), _AROUND),
    **dict.fromkeys(("Z9", "Z10", "Z11", "Z12", "Z13"), ZONE_OTHER),
}

_BODY: Style = {"stroke": "#ffffff", "alpha": 0.95, "width": 1.4, "radius": 5.5}
BODY: Mapping[str, Style] = {
    "WW": {**_BODY, "fill": "#7a1730", "symbol": "square"},
    "WD": {**_BODY, "fill": "#a8586b", "symbol": "square"},
    "LJ": {**_BODY, "fill": "#8a5a00", "symbol": "triangle"},
    "GY": {**_BODY, "fill": "#4c5d70", "symbol": "triangle"},
    "FM": {**_BODY, "fill": "#b98a3a", "symbol": "triangle"},
    "GS": {**_BODY, "fill": "#2f6b3a", "symbol": "circle"},
}
BODY_OTHER: Style = {**_BODY, "fill": "#6b4c7d", "symbol": "diamond"}

LINE: Mapping[str, Style] = {
    "ecological_redline": {"stroke": "#00695c", "width": 2.4, "dash": [12, 4]},
    "permanent_farmland": {"stroke": "#a88700", "width": 2, "dash": [8, 3, 2, 3]},
    "development_boundary": {"stroke": "#c4461a", "width": 2.2, "dash": [16, 4, 3, 4]},
    "purple": {"stroke": "#7b1fa2", "width": 2.2, "dash": [10, 3]},
    "green": {"stroke": "#2f8a3b", "width": 2.2, "dash": [10, 3]},
    "blue": {"stroke": "#1b75bc", "width": 2.2, "dash": [10, 3]},
    "yellow": {"stroke": "#c99700", "width": 2.2, "dash": [10, 3]},
    "hazard": {"stroke": "#6d4c41", "width": 2, "dash": [4, 3]},
}
LINE_OTHER: Style = {"stroke": "#59636e", "width": 1.8, "dash": [10, 3]}

OTHER: Mapping[str, Style] = {
    "parcel": {"stroke": "#737b85", "fill": "#ffffff", "alpha": 0.18, "width": 0.8},
    "building": {"stroke": "#59616b", "fill": "#8b95a1", "alpha": 0.45, "width": 0.6},
    "road": {"stroke": "#8b8478", "fill": "#b3aca0", "alpha": 0.2, "width": 1.2},
    "view": {"stroke": "#b06a00", "fill": "#e0a030", "alpha": 0.1, "width": 2, "dash": [8, 4]},
}
PLAIN: Style = {"stroke": "#4f6b7a", "fill": "#6f8fa0", "alpha": 0.18, "width": 1.2}

_DEFAULTS: Style = {
    "stroke": "#59636e",
    "width": 1.2,
    "dash": [],
    "fill": "",
    "alpha": 0.06,
    "hatch": "",
    "symbol": "circle",
    "radius": 5,
}


def whole(style: Style) -> dict[str, Any]:
    """Return a style with every property, so that the page needs no defaults of its own."""
    out = {**_DEFAULTS, **style}
    out["fill"] = out["fill"] or out["stroke"]
    return out


def verdict_style(verdict: str) -> dict[str, Any]:
    """Return how a unit of some verdict is drawn."""
    colour = VERDICT_COLOUR.get(verdict)
    if colour is None:
        return whole(NO_VERDICT)
    return whole({**VERDICT[verdict], "fill": colour, "stroke": _darker(colour), "radius": 7})


def severity_style(severity: str) -> dict[str, Any]:
    """Return how the evidence of a finding is drawn."""
    colour = SEVERITY_COLOUR[severity]
    return whole({**SEVERITY[severity], "fill": colour, "stroke": _darker(colour), "radius": 4})


def _darker(colour: str) -> str:
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part * 0.72):02x}" for part in parts)
