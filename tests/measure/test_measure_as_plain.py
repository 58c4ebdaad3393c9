"""Whole plans: what the edges prove changes no row of a table, and no finding."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from measure_plain import assert_as_plain
from measure_shapes import X, Y, layer

from gisplan.measure import residual
from gisplan.pipeline import open_plan
from gisplan.testing.plans import make_plan
from gisplan.testing.plant import clean_plan, plant

PLANS = Path(__file__).resolve().parents[2] / "examples" / "plans"
FOLDERS = {
    "koeln": "koeln",
    "liaoning_tianditu": ".",
    "liaoning_amap": ".",
    "singapore_wgs84": "singapore_mp2019/wgs84",
    "singapore_svy21": "singapore_mp2019/svy21",
    "barcelona": "barcelona_chain",
    "prague": "prague_buildings",
    "anhui": "dirty_shp/nts",
    "slope_polygons": "raster_small",
}  # the other plan files of examples/plans have the same layers in the chain


@pytest.fixture(params=[residual.MESSY, 2.0], ids=["as it is", "never plain"])
def messy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residual, "MESSY", request.param)


def test_the_sample(sample_home: Path, messy: None) -> None:
    assert_as_plain(open_plan(sample_home), "unit")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_plans_with_planted_defects(seed: int, messy: None) -> None:
    sown = plant(clean_plan(seed), seed, kinds=["GEO", "BND"])
    assert_as_plain(sown.plan, "unit")


@pytest.mark.real
@pytest.mark.parametrize("name", FOLDERS)
def test_real_layers(shared_data: Path, name: str, messy: None) -> None:
    plan = open_plan(shared_data / FOLDERS[name], config=PLANS / f"{name}.toml")
    chain = [tier.name for tier in plan.chain if tier.name in plan.layers]
    assert_as_plain(plan, chain[-1] if chain else "unit")


@pytest.mark.parametrize("flaw", [0.0, 1e-4, 2.0])
def test_a_coast_of_a_hundred_thousand_vertices(flaw: float) -> None:
    turn = np.linspace(0, 2 * np.pi, 100_001)[:-1]
    rough = np.random.default_rng(5).uniform(0, 3, len(turn))
    coast = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (20_000 + rough)[:, None] + [X, Y]
    middle = np.asarray([[X, Y]])
    cuts = [0, 20_000, 55_000, 100_000]
    pieces = [
        shapely.Polygon([*middle, *coast[a : b + 1], *(coast[:1] if b == len(coast) else [])])
        for a, b in pairwise(cuts)
    ]
    moved = shapely.get_coordinates(pieces[1])
    moved[30_000] += flaw
    pieces[1] = shapely.Polygon(moved)
    plan = make_plan(
        {
            "area": layer([shapely.Polygon(coast)], ["a"]),
            "cell": layer(pieces, ["u", "v", "w"], parent=["a"] * 3),
        },
        tiers=["area", "cell"],
        partitions=["cell"],
    )
    tables = assert_as_plain(plan, "cell")
    assert tables["overlap"].empty
    assert len(tables["outside"]) + len(tables["uncovered"]) > 0 if flaw else True
