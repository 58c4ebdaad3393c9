"""The nearest less intense mode that the conflict matrix, and the plan above, allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.findings.approvals import approvals_due
from gisplan.findings.cited import cited
from gisplan.findings.offers import BARRED, HEIGHT, Actor

_DEMOLISHING = {"M4", "M5"}


def lighter_modes(
    actors: Mapping[tuple[str, int], Actor],
    again: Callable[[Mapping[tuple[str, int, str], Any]], pd.DataFrame | None],
) -> dict[tuple[str, int], dict[str, Any]]:
    """Return for each actor with a mode the one that clears it: `to` (None for none), `needs`.

    The rules themselves are asked, once for each step down the scale of intensity. A cap of height
    holds in every mode and is left to the planned height.
    """
    waiting = {
        key: _lighter(one.mode)
        for key, one in actors.items()
        if one.mode is not None and not one.only_height and one.layer != "building"
    }
    found: dict[tuple[str, int], dict[str, Any]] = {
        key: {"to": None, "needs": []} for key in waiting
    }
    while waiting := {key: modes for key, modes in waiting.items() if modes}:
        # One layer at a time: what a parcel does may decide what its unit is charged with.
        for layer in sorted({layer for layer, _ in waiting}):
            own = {key: modes for key, modes in waiting.items() if key[0] == layer}
            after = again({(*key, "mode"): modes[0] for key, modes in own.items()})
            if after is None:
                return {}
            said: dict[tuple[str, int], list[dict[str, Any]]] = {}
            for row in after.to_dict("records"):
                said.setdefault((row["layer"], row["fid"]), []).append(row)
            for key, (mode, *rest) in own.items():
                rows = said.get(key, [])
                waiting[key] = rest
                if not _barred(rows):
                    found[key] = {"to": mode, "needs": _needs(rows)}
                    waiting[key] = []
    return found


def _lighter(mode: str) -> list[str]:
    """Return the modes that are less intense than one, the nearest first.

    Necessary infrastructure (M7) has no intensity, and is nothing that another mode turns into.
    Who demolishes nothing is not told to demolish.
    """
    scale = {
        code: int(entry.extra["intensity"])
        for code, entry in codelist("mode").items()
        if entry.extra["intensity"]
    }
    limit = scale.get(mode, max(scale.values()) + 1)
    lighter = {code for code, intensity in scale.items() if intensity < limit}
    if mode not in _DEMOLISHING:
        lighter -= _DEMOLISHING
    if mode not in scale:
        lighter.discard("M6")
    return sorted(lighter, key=lambda code: -scale[code])


def _barred(rows: list[dict[str, Any]]) -> bool:
    """Return whether something still stands against an actor, heritage or the plan above."""
    own = [row for row in rows if row["code"] != HEIGHT]
    return any(row["ruling"] in BARRED or row["code"] == "POL101" for row in own)


def _needs(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    offenders = [
        {**row, "fingerprint": "", "sources": [cited(key) for key in row["sources"] or ()]}
        for row in rows
    ]
    return [{**due, "serves": []} for due in approvals_due(offenders)]
