"""What is done where: the mode or action of units, projects, parcels and buildings."""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.actions import KEEP, modes_of
from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables

# Of a feature: something is done, nothing is (its action is keep), or nobody says.
ACTS, KEPT, UNKNOWN = "acts", "kept", "unknown"
ACTION_LAYERS = ("parcel", "building")


def column(tables: Tables, layer: str, name: str) -> pd.Series:
    """Return a column of a layer by fid, all None where the layer lacks it."""
    frame = tables.attributes[layer]
    if name in frame:
        return frame[name].astype(object)
    return pd.Series(None, index=frame.index, dtype=object)


def known(values: pd.Series, codes: str) -> pd.Series:
    """Return the values that a code list knows, None for the others."""
    codes_known = codelist(codes)
    found = [value if isinstance(value, str) and value in codes_known else None for value in values]
    return pd.Series(found, index=values.index, dtype=object)


def doings(tables: Tables, layer: str) -> pd.DataFrame:
    """Return what is done to each feature of a layer, by fid: state, action, modes.

    Needs the measures `parents` and `plot`. modes: those that it is judged by, a tuple; several
    where the action of a building, or of a parcel without a mode, may be one of them.
    """
    return tables.once(("doings", layer), lambda: _doings(tables, layer))


def _doings(tables: Tables, layer: str) -> pd.DataFrame:
    mode = known(column(tables, layer, "mode"), "mode")
    action = pd.Series([None] * len(mode), index=mode.index, dtype=object)
    if layer in ACTION_LAYERS:
        action = known(column(tables, layer, "action").where(mode.isna()), "action")
    own = _own_modes(tables, layer) if action.notna().any() else mode
    modes = [
        (m,) if m is not None else () if a is None else modes_of(a, o)
        for m, a, o in zip(mode, action, own, strict=True)
    ]
    state = [
        ACTS if found else KEPT if a == KEEP else UNKNOWN
        for found, a in zip(modes, action, strict=True)
    ]
    columns = {"state": state, "action": list(action), "modes": modes}
    return pd.DataFrame(
        {
            name: pd.Series(values, index=mode.index, dtype=object)
            for name, values in columns.items()
        }
    )


def _own_modes(tables: Tables, layer: str) -> pd.Series:
    """Return the mode of the parcel that a building stands in, else that of its unit."""
    own = _looked_up(tables, unit_of(tables, layer), tables.judged)
    if layer != "building" or "parcel" not in tables.attributes:
        return own
    plot = tables["plot"].set_index("fid")["home_fid"]
    parcel = _looked_up(tables, plot.reindex(own.index), "parcel")
    pairs = zip(parcel, own, strict=True)
    return pd.Series([one or other for one, other in pairs], index=own.index, dtype=object)


def _looked_up(tables: Tables, fids: pd.Series, layer: str) -> pd.Series:
    if layer not in tables.attributes:
        return pd.Series([None] * len(fids), index=fids.index, dtype=object)
    mode = column(tables, layer, "mode").reindex(fids)
    return known(pd.Series(list(mode), index=fids.index, dtype=object), "mode")


def unit_of(tables: Tables, layer: str) -> pd.Series:
    """Return the row of the judged tier that each feature belongs to, by fid; -1 for none."""
    rows = tables["parents"]
    rows = rows[(rows["child_layer"] == layer) & (rows["parent_layer"] == tables.judged)]
    found = rows.set_index("fid")["parent_fid"]
    return found.reindex(tables.attributes[layer].index).fillna(-1).astype(int)
