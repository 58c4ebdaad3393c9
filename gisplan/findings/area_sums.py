"""Areas that tables state beside those of the map (图数一致性): sums by layer and by land use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.model import AreaSum, Outcome, RuleRun

_RULE = "IND111"  # holds each feature's area against the map
_RAN = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_JUDGED)


def draw_area_sums(
    tables: Tables, findings: Sequence[Mapping[str, Any]], runs: Sequence[RuleRun]
) -> tuple[AreaSum, ...]:
    """Return the sums of every layer whose features state an area, and by its land uses.

    Parameters
    ----------
    tables : Tables
        With the measure `area`; without it there are no sums.
    findings, runs
        Final; what IND111 found makes a row differ, and where it was not run a row is unchecked.
    """
    measured = tables.measures.get("area")
    if measured is None:
        return ()
    ran = any(run.code == _RULE and run.outcome in _RAN for run in runs)
    off = {(row["layer"], row["feature"]) for row in findings if row["code"] == _RULE}
    sums: list[AreaSum] = []
    for layer, rows in measured[measured["area_m2"] > 0].groupby("layer", sort=True):
        frame = tables.attributes.get(str(layer))
        if frame is None or "area" not in tables.found.get(str(layer), ()):
            continue
        own = frame.reindex(rows["fid"])
        held = pd.DataFrame(
            {
                "label": own["_label"].tolist(),
                "use": own["land_use"].tolist() if "land_use" in own else "",
                "stated": pd.to_numeric(own["area"], errors="coerce").to_numpy(dtype=float),
                "map": rows["area_m2"].to_numpy(dtype=float),
            }
        )
        sums.append(_sum(str(layer), "", held, off, ran))
        used = held[held["use"].map(lambda use: isinstance(use, str) and use != "")]
        sums += [_sum(str(layer), str(use), part, off, ran) for use, part in used.groupby("use")]
    return tuple(one for one in sums if one.stating)


def _sum(layer: str, use: str, rows: pd.DataFrame, off: set[tuple[str, str]], ran: bool) -> AreaSum:
    stating = rows[rows["stated"].fillna(0) != 0]
    differs = any((layer, label) in off for label in stating["label"])
    return AreaSum(
        layer=layer,
        use=use,
        features=len(rows),
        stating=len(stating),
        stated_m2=float(stating["stated"].sum()),
        map_m2=float(stating["map"].sum()),
        judgement="unchecked" if not ran else "differs" if differs else "agrees",
    )
