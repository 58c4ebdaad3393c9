"""What the rules on outlines have in common."""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, skipped
from gisplan.rules.notes import noted

_OTHERS = ("parcel", "heritage_zone", "control_line")


def no_outlines(tables: Tables) -> Judgement | None:
    """Return why there is nothing to judge, None where the plan has layers with outlines."""
    if tables.tiers_present() or any(name in tables.attributes for name in _OTHERS):
        return None
    return skipped("没有层级、地块、保护区划或控制线图层", "no tier, parcel, zone or line layer")


def as_drawn(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of features that were not repaired: GEO101 says what is odd about those."""
    mended = noted(tables, "invalid_geometry")
    keys = zip(rows["layer"], rows["fid"], strict=True)
    return rows[pd.Series([key not in mended for key in keys], index=rows.index, dtype=bool)]
