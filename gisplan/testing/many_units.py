"""The hand-made dossier with units of one's own in any number: for maps of large layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.findings.frame import findings_frame
from gisplan.model import Dossier
from gisplan.testing.dossier import small_dossier

VERDICTS = ("blocked", "undetermined", "conditional", "clear")


def many_units(
    shapes: Any,
    verdicts: Sequence[str] = VERDICTS,
    names: Sequence[str | None] | None = None,
    area: Any = None,
    crs: Any = None,
) -> Dossier:
    """Return a dossier whose only layer is units of these shapes.

    Parameters
    ----------
    shapes : sequence of geometries or None, n
        In `crs`, or in that of the hand-made plan.
    verdicts : sequence of str
        Given to the units in turn.
    names : sequence of str or None, n, optional
        Else 更新单元 and a number.
    area : array, n, optional
        The field of this name, in m².
    crs : CRS, optional
        Of the shapes.
    """
    dossier = small_dossier()
    unit = dossier.plan.layers["unit"]
    count = len(shapes)
    number = pd.Series(np.arange(count)).astype(str)
    label = "210102-GX" + number.str.zfill(7)
    table = {column: pd.Series(None, index=number.index, dtype=object) for column in unit.frame}
    table |= {"_label": label, "code": label, "name": names or "更新单元" + number}
    if area is not None:
        table["area"] = area
    table["geometry"] = gpd.GeoSeries(shapes, crs=crs or unit.frame.crs)
    frame = gpd.GeoDataFrame(table, crs=crs or unit.frame.crs)
    found = frozenset({"code", "name", "area"})
    layers = {"unit": replace(unit, frame=frame, found=found, read=count, quarantine=None)}
    nothing = np.full(count, None, dtype=object)
    nothing[:] = [[]] * count
    given = pd.DataFrame(
        {
            "unit": label,
            "name": frame["name"],
            "verdict": np.resize(np.array(verdicts, dtype=object), count),
            "errors": 0,
            "approvals": 0,
            "reasons": nothing,
            "why_zh": nothing,
            "why_en": nothing,
            "parent": None,
            "approvals_due": nothing,
            "unknown_zh": nothing,
            "unknown_en": nothing,
            "others": nothing,
        }
    )
    return replace(
        dossier,
        plan=replace(dossier.plan, layers=layers),
        layers=(),
        findings=findings_frame([]),
        verdicts=given,
    )
