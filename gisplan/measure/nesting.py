"""Tables `nesting` and `outside`: where children lie, and what of them lies beyond."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gisplan.measure.along import depth_off
from gisplan.measure.overlay import difference
from gisplan.measure.pieces import split_pieces
from gisplan.measure.scene import Scene
from gisplan.measure.shares import measure_shares, share_of
from gisplan.measure.tables import join_tables, make_table


def measure_nesting(scene: Scene, parents: pd.DataFrame) -> pd.DataFrame:
    """Return where each areal child lies most, beside the parent it has."""
    tables = []
    for (child, parent), rows in _families(scene, parents):
        fid, named = rows["fid"].to_numpy(), rows["parent_fid"].to_numpy()
        shares = measure_shares(scene, parents, child, parent)
        # where parents overlap, a child that lies wholly in its own lies nowhere else
        own = (named >= 0) & shares.covers(fid, np.maximum(named, 0))
        tables.append(
            make_table(
                "nesting",
                {
                    "child_layer": child,
                    "fid": fid,
                    "parent_layer": parent,
                    "parent_fid": named,
                    "actual_fid": np.where(own, named, shares.best[fid]),
                    "actual_share": shares.share[fid],
                    "named_share": share_of(scene, shares, child, parent, fid, named),
                },
            )
        )
    return join_tables("nesting", tables)


def measure_outside(scene: Scene, parents: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces of children that lie outside their parent, for chained tiers."""
    chained = {tier.name for tier in scene.tiers() if tier.chained}
    tables = []
    for (child, parent), rows in _families(scene, parents):
        if child not in chained:
            continue
        rows = rows[rows["parent_fid"] >= 0]
        fid, named = rows["fid"].to_numpy(), rows["parent_fid"].to_numpy()
        out = ~measure_shares(scene, parents, child, parent).covers(fid, named)
        fid, named = fid[out], named[out]
        beyond = scene.workers.blocks(
            difference, scene.shapes(child)[fid], scene.shapes(parent)[named]
        )
        pieces = split_pieces(beyond, scene.crs)
        tables.append(
            make_table(
                "outside",
                {
                    "child_layer": child,
                    "fid": fid[pieces.row],
                    "parent_layer": parent,
                    "parent_fid": named[pieces.row],
                    "piece": pieces.piece,
                    "area_m2": pieces.area_m2,
                    "width_m": pieces.width_m,
                    "depth_m": depth_off(pieces, scene.shapes(parent)[named[pieces.row]]),
                    "geometry": pieces.geometry,
                },
            )
        )
    return join_tables("outside", tables)


def _families(scene: Scene, parents: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Return the areal children of each pair of layers."""
    families = []
    for (child, parent), rows in parents.groupby(["child_layer", "parent_layer"], sort=True):
        if parent and scene.asked([str(child)]):
            areal = np.isin(rows["fid"], scene.areal(child))
            families.append(((str(child), str(parent)), rows[areal]))
    return families
