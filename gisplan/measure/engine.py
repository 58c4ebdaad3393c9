"""Runs measures: each table once, after the tables that it is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from gisplan.measure import beside, between, coverage, near, outline
from gisplan.measure.area import measure_area
from gisplan.measure.assets import measure_asset
from gisplan.measure.beside import measure_beside
from gisplan.measure.between import measure_between
from gisplan.measure.bodies import measure_body_out, measure_body_pair, measure_body_zone
from gisplan.measure.coverage import measure_duplicate, measure_overlap
from gisplan.measure.declared_gap import measure_declared_gap
from gisplan.measure.doubt import measure_doubt
from gisplan.measure.evidence import measure_contact, measure_inside
from gisplan.measure.grid import measure_grid
from gisplan.measure.handed import measure_handed
from gisplan.measure.lines import measure_beyond, measure_built, measure_copy
from gisplan.measure.located import measure_located, measure_plot
from gisplan.measure.near import measure_near, measure_struck
from gisplan.measure.nesting import measure_nesting, measure_outside
from gisplan.measure.outline import measure_corner, measure_part, measure_short_edge
from gisplan.measure.overlay import Workers
from gisplan.measure.parents import measure_parents
from gisplan.measure.raster_cover import measure_raster_cover
from gisplan.measure.relate import measure_relate
from gisplan.measure.rollup import measure_rollup
from gisplan.measure.scene import Scene
from gisplan.measure.service_change import measure_service
from gisplan.measure.sight import measure_sight
from gisplan.measure.split import measure_split
from gisplan.measure.stand_in import measure_shadow, measure_stand_in
from gisplan.measure.uncovered import measure_uncovered
from gisplan.measure.unspoken import measure_unspoken
from gisplan.measure.works import measure_works
from gisplan.model import Plan


class Reach(NamedTuple):
    """How far around a feature its rows depend on others: of one layer, or of any."""

    metres: float
    layer: str = ""


class Measure(NamedTuple):
    """How a table is made: a function of the scene and of the tables that it needs, in order.

    `reach`: the rows of a feature depend on nothing farther away, but for its parent; such a table
    can be made of sections of a plan (`gisplan.measure.sections`). None: it looks at all of it.
    """

    make: Callable[..., pd.DataFrame]
    needs: tuple[str, ...] = ()
    reach: Reach | None = None


HERE = Reach(0.0)  # features that meet

MEASURES: dict[str, Measure] = {
    "area": Measure(measure_area, reach=HERE),
    "parents": Measure(measure_parents),
    "nesting": Measure(measure_nesting, ("parents",), reach=HERE),
    "outside": Measure(measure_outside, ("parents",), reach=HERE),
    "overlap": Measure(measure_overlap, ("parents", "duplicate"), reach=HERE),
    "duplicate": Measure(measure_duplicate, reach=Reach(coverage.SAME_M)),
    "part": Measure(measure_part, reach=HERE),
    "corner": Measure(measure_corner, reach=Reach(outline.SAME_M)),
    "short_edge": Measure(measure_short_edge, reach=Reach(outline.SAME_M)),
    "uncovered": Measure(measure_uncovered, ("parents",), reach=HERE),
    "between": Measure(measure_between, ("uncovered",), reach=Reach(between.ON_LINE_M)),
    "declared_gap": Measure(measure_declared_gap, ("uncovered",)),
    "beside": Measure(measure_beside, ("parents",), reach=Reach(beside.REACH_M)),
    "relate": Measure(measure_relate, reach=HERE),
    "built": Measure(measure_built, reach=HERE),
    "beyond": Measure(measure_beyond),
    "copy": Measure(measure_copy),
    "near": Measure(measure_near, reach=Reach(near.REACH_M, near.BODY)),
    "grid": Measure(measure_grid),
    "raster_cover": Measure(measure_raster_cover),
    "service": Measure(measure_service),
    "sight": Measure(measure_sight, ("grid",)),
    "asset": Measure(measure_asset),
    "body_zone": Measure(measure_body_zone, ("asset",)),
    "body_out": Measure(measure_body_out, ("asset",)),
    "body_pair": Measure(measure_body_pair),
    "split": Measure(measure_split, ("asset",)),
    "stand_in": Measure(measure_stand_in),
    "shadow": Measure(measure_shadow, ("stand_in", "split")),
    "unspoken": Measure(measure_unspoken),
    "works": Measure(measure_works, reach=HERE),
    "struck": Measure(measure_struck, reach=Reach(near.SNAP_M, near.BODY)),
    "contact": Measure(measure_contact, ("relate", "near")),
    "inside": Measure(measure_inside, ("relate", "near")),
    "doubt": Measure(measure_doubt, ("relate", "near", "works", "struck")),
    "located": Measure(measure_located),
    "plot": Measure(measure_plot, reach=HERE),
    "handed": Measure(measure_handed, ("parents",)),
    "rollup": Measure(measure_rollup, ("parents", "handed")),
}


def measure_plan(
    plan: Plan, names: Iterable[str], judged: str, jobs: int = 1, plain: bool = False
) -> dict[str, pd.DataFrame]:
    """Measure a plan: return the tables asked for.

    Parameters
    ----------
    plan : Plan
        Normalised; left unchanged.
    names : iterable of str
        Tables of `gisplan.measure`.
    judged : str
        The tier that verdicts are about; the tiers from it down act on heritage.
    jobs : int
        Threads. The tables do not depend on it: the work is cut into the same blocks.
    plain : bool
        Measure every feature, also where the edges prove that there is nothing to find: slower,
        and the same tables. Only places that are computed in `uncovered` may differ, by 1e-6 m.

    Returns
    -------
    dict of str to DataFrame
        In the order of `names`. What was only needed on the way is left out.

    Raises
    ------
    KeyError
        No table has this name.
    """
    return make_tables(Scene(plan, judged, Workers(jobs), plain), names)


def make_tables(
    scene: Scene, names: Iterable[str], made: Mapping[str, pd.DataFrame] | None = None
) -> dict[str, pd.DataFrame]:
    """Return tables of a scene, each made once; `made` are taken as they are."""
    names = list(dict.fromkeys(names))
    for name in names:
        if name not in MEASURES:
            raise KeyError(f"{name}: no such measure; there are {', '.join(MEASURES)}")
    done = dict(made or {})

    def make(name: str) -> pd.DataFrame:
        if name not in done:
            measure = MEASURES[name]
            done[name] = measure.make(scene, *(make(need) for need in measure.needs))
        return done[name]

    return {name: make(name) for name in names}
