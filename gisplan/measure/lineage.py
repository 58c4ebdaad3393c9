"""What became of areas from one version of a layer to the next: kept, split, merged, renumbered."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes, Workers, intersection

SAME_M2 = 1.0  # a change of area below this is drawing
# Two areas are of one line where one of them lies in the other with this share of its land.
LINKED_SHARE = 0.5
KINDS = ("kept", "changed", "renumbered", "split", "merged", "rearranged", "removed", "new")


class Version(NamedTuple):
    """One version of a layer: areas in one CRS, and their codes."""

    codes: NDArray[np.object_]
    shapes: Shapes


def lineage(old: Version, new: Version, crs: str, jobs: int = 1) -> pd.DataFrame:
    """Return what became of each area.

    Parameters
    ----------
    old, new : Version
        Areas of one layer, in the same CRS with metres. What is no area, None or empty has no
        land: it is kept where its code is there again, else removed or new.
    crs : str
        Of both.
    jobs : int
        Threads; the table does not depend on them.

    Returns
    -------
    DataFrame
        A row for each group of areas that belong together: `kind` (KINDS), `old` and `new` (lists
        of codes, sorted), `out_m2` (land of the old ones that the new ones do not have), `in_m2`
        (land of the new ones that the old ones do not have). kept: same code, less than 1 m2 moved;
        changed: same code, other land. Areas within a version are taken not to overlap.
    """
    area_old, area_new = ellipsoidal_area(old.shapes, crs), ellipsoidal_area(new.shapes, crs)
    shared = _shared(old, new, crs, Workers(jobs))
    large = shared["m2"] > SAME_M2
    whole_old = np.where(area_old > 0, area_old, np.inf)[shared["old"]]
    whole_new = np.where(area_new > 0, area_new, np.inf)[shared["new"]]
    part = np.maximum(shared["m2"] / whole_old, shared["m2"] / whole_new)
    linked = shared[large & (part >= LINKED_SHARE)]
    linked = _with_codes(linked, old, new, area_old, area_new)
    group_old, group_new = _groups(len(old.codes), len(new.codes), linked)
    met_old = np.bincount(shared["old"], shared["m2"], len(old.codes))
    met_new = np.bincount(shared["new"], shared["m2"], len(new.codes))
    rows = []
    for group in np.unique(np.concatenate([group_old, group_new])):
        ours, theirs = np.flatnonzero(group_old == group), np.flatnonzero(group_new == group)
        left = float(np.maximum(area_old - met_old, 0.0)[ours].sum())
        gained = float(np.maximum(area_new - met_new, 0.0)[theirs].sum())
        was, now = sorted(map(str, old.codes[ours])), sorted(map(str, new.codes[theirs]))
        rows.append(
            {"kind": _kind(was, now, left, gained), "old": was, "new": now, "out_m2": left,
             "in_m2": gained}
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=["kind", "old", "new", "out_m2", "in_m2"])
    order = sorted(
        range(len(table)), key=lambda n: (table["old"][n] or table["new"][n], table["kind"][n])
    )
    return table.iloc[order].reset_index(drop=True)


def _shared(old: Version, new: Version, crs: str, workers: Workers) -> pd.DataFrame:
    of_new, of_old = shapely.STRtree(old.shapes).query(new.shapes, predicate="intersects")
    same = shapely.equals_exact(old.shapes[of_old], new.shapes[of_new])
    parts = np.array(old.shapes[of_old], dtype=object)
    other = np.flatnonzero(~same)
    parts[other] = workers.blocks(
        intersection, old.shapes[of_old[other]], new.shapes[of_new[other]]
    )
    return pd.DataFrame({"old": of_old, "new": of_new, "m2": ellipsoidal_area(parts, crs)})


def _with_codes(
    linked: pd.DataFrame,
    old: Version,
    new: Version,
    area_old: NDArray[np.float64],
    area_new: NDArray[np.float64],
) -> pd.DataFrame:
    """Link features without land by their code as well."""
    was = {str(code): n for n, code in enumerate(old.codes) if area_old[n] == 0}
    more = [
        (was[str(code)], n, 0.0)
        for n, code in enumerate(new.codes)
        if area_new[n] == 0 and str(code) in was
    ]
    return pd.concat([linked, pd.DataFrame(more, columns=["old", "new", "m2"])], ignore_index=True)


def _groups(
    count_old: int, count_new: int, linked: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    size = count_old + count_new
    at = (linked["old"].to_numpy(dtype=int), linked["new"].to_numpy(dtype=int) + count_old)
    graph = coo_matrix((np.ones(len(linked)), at), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    return group[:count_old], group[count_old:]


def _kind(was: list[str], now: list[str], left: float, gained: float) -> str:
    if not now:
        return "removed"
    if not was:
        return "new"
    if was == now:
        return "kept" if max(left, gained) <= SAME_M2 else "changed"
    if len(was) == len(now) == 1:
        return "renumbered"
    if len(was) == 1:
        return "split"
    return "merged" if len(now) == 1 else "rearranged"
