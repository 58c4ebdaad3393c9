"""What IND and USE say does not depend on how a plan is written down.

Every case of the two families is judged again after the rows of each layer were shuffled, the rings
turned round, started elsewhere and densified, or the whole plan moved north: the same offenders
must come out, and the same features must stay unjudged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.affinity import translate

from gisplan.model import Layer, Plan, RuleRun
from gisplan.testing.cases import Case, load_cases, run_on
from gisplan.testing.drawing import draw

HOME = Path(__file__).parents[1] / "rules"
# IND111 and IND113 hold areas against areas, and have their own tests
FILES = [
    path
    for family in ("indicator", "use")
    for path in sorted((HOME / family).glob("*.yaml"))
    if path.stem not in {"IND111", "IND113"}
]
CASES = [case for path in FILES for case in load_cases(path)]


def shuffled(layer: Layer) -> Layer:
    order = np.random.default_rng(3).permutation(len(layer.frame))
    frame = layer.frame.iloc[order].reset_index(drop=True)
    place = {int(old): new for new, old in enumerate(order)}
    pessimistic = {place[fid]: shape for fid, shape in layer.pessimistic.items()}
    return replace(layer, frame=frame, pessimistic=pessimistic)


def reshaped(change: Callable[[Any], Any]) -> Callable[[Layer], Layer]:
    def of(layer: Layer) -> Layer:
        if "geometry" not in layer.frame:
            return layer
        shapes = [change(shape) for shape in layer.frame.geometry]
        frame = gpd.GeoDataFrame(
            layer.frame.drop(columns="geometry"), geometry=shapes, crs=layer.frame.crs
        )
        return replace(layer, frame=frame)

    return of


def started_elsewhere(shape: Any) -> Any:
    if shape.geom_type != "Polygon":
        return shape
    ring = shapely.get_coordinates(shape.exterior)[:-1]
    return shapely.Polygon(np.roll(ring, 1, axis=0))


CHANGES: tuple[Callable[[Layer], Layer], ...] = (
    shuffled,
    reshaped(shapely.reverse),
    reshaped(started_elsewhere),
    reshaped(lambda shape: shapely.segmentize(shape, 13.0)),
    reshaped(lambda shape: translate(shape, 0, 2000)),  # along the meridian, where areas stay
)


def rewritten(plan: Plan) -> Plan:
    layers = dict(plan.layers)
    for change in CHANGES:
        layers = {name: change(layer) for name, layer in layers.items()}
    return replace(plan, layers=layers)


def said(run: RuleRun) -> tuple[object, list[str], list[str]]:
    """Return what a rule says in words that do not hang on rows: outcome, offenders, unjudged."""

    def word(value: Any) -> Any:
        if isinstance(value, float):
            return f"{value:.4g}"
        return None if value is None or value is pd.NaT else str(value)

    columns = ["layer", "feature", "related_layer", "related", "kind", "measure", "limit", "unit",
               "severity"]  # fmt: skip
    offenders = sorted(
        str([word(row[name]) for name in columns]) for row in run.offenders.to_dict("records")
    )
    aside = sorted(
        str([row["layer"], row["feature"] if row["layer"] != "indicator" else "", row["why_zh"]])
        for row in run.not_judged.to_dict("records")
    )
    return run.outcome, offenders, aside


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_is_said_however_the_plan_is_written(case: Case) -> None:
    plan = draw(case.drawing)
    before = said(run_on(plan, case.code, case.params, case.judged))
    after = said(run_on(rewritten(plan), case.code, case.params, case.judged))
    assert after == before
