"""Sections through the views that findings are about."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gisplan.catalogue.judgement import Tables
from gisplan.model import SightProfile


def draw_profiles(tables: Tables, rows: Sequence[Mapping[str, Any]]) -> dict[str, SightProfile]:
    """Return the section of each finding that holds an actor against a view.

    Parameters
    ----------
    tables : Tables
        With the measure `sight`; without it there are no sections.
    rows : sequence of mapping
        Findings: fingerprint, layer, fids, related_layer, related, measure (the planned height).
    """
    sight = tables.measures.get("sight")
    if sight is None or "view" not in tables.attributes:
        return {}
    labels = tables.label("view", sight["view_fid"])
    found = {
        (row["actor_layer"], row["fid"], label): row
        for row, label in zip(sight.to_dict("records"), labels, strict=True)
        if row["profile"] is not None and not math.isnan(row["at_m"])
    }
    profiles = {}
    for row in rows:
        if row["related_layer"] != "view":
            continue
        for fid in row["fids"]:
            over = found.get((row["layer"], fid, row["related"]))
            if over is not None:
                profiles[row["fingerprint"]] = _profile(over, float(row["measure"]))
    return profiles


def _profile(row: Mapping[str, Any], planned: float) -> SightProfile:
    distance, ground, surface, sight = row["profile"].T.tolist()
    return SightProfile(
        distance=tuple(round(value, 1) for value in distance),
        ground=_heights(ground),
        surface=_heights(surface),
        sight=_heights(sight),
        start=round(row["from_m"], 1),
        stop=round(row["to_m"], 1),
        at=round(row["at_m"], 1),
        planned=planned,
        excess=round(planned - row["allowed_m"], 2),
        existing=_known(row["existing_m"]),
        existing_at=_known(row["existing_at_m"]),
    )


def _heights(values: Sequence[float]) -> tuple[float | None, ...]:
    return tuple(map(_known, values))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 2)
