"""Every resolution that is offered clears what it says: applied, and the plan reviewed again."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import Point, box

from gisplan.pipeline import review
from gisplan.testing.plans import make_plan

CRS = "EPSG:4529"
EAST, NORTH = 41_533_000.0, 4_629_000.0
MODES = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", None]
ZONES = ["Z1", "Z2", "Z3", "Z4", "Z6", "Z6", "Z7", "Z9", "Z10", "Z11", "Z13"]
LEVELS = ["national", "province", "city", "county", "unlisted", None]
CLASSES = ["WW", "WD", "LJ", "GY", None]
SIDE = 200.0
SEEDS = range(5)


def frame(rows):
    geometry = [row.pop("geometry") for row in rows]
    names = rows[0].keys()
    return gpd.GeoDataFrame({n: [r[n] for r in rows] for n in names}, geometry=geometry, crs=CRS)


def at(x, y, width, height):
    return box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def blob(dice, size):
    x, y = dice.uniform(-50, 400, 2)
    kind = dice.integers(3)
    if kind == 0:
        return at(x, y, *dice.uniform(0.2, size, 2))
    if kind == 1:
        return Point(EAST + x, NORTH + y).buffer(dice.uniform(0.5, size / 2))
    return at(x, y, size, size).difference(at(x + size / 4, y + size / 4, size / 2, size / 2))


def random_plan(seed):
    dice = np.random.default_rng(seed)
    units, parcels, buildings = [], [], []
    for n in range(4):
        x, y = n % 2 * SIDE, n // 2 * SIDE
        code = f"210102-GX{n:03d}"
        units.append(
            {
                "code": code,
                "mode": dice.choice(MODES),
                "height": float(dice.choice([6, 12, 24])),
                "demolish_share": float(dice.choice([0.1, 0.5])),
                "geometry": at(x, y, SIDE, SIDE),
            }
        )
        for k in range(2):
            size = float(dice.uniform(30, 90))
            parcels.append(
                {
                    "code": f"{code}-{k}",
                    "parent": code,
                    "mode": dice.choice(MODES),
                    "geometry": at(x + 5 + 95 * k, y + 5, size, size),
                }
            )
            buildings.append(
                {
                    "code": f"{code}-J{k}",
                    "parent": code,
                    "action": dice.choice(["keep", "alter", "demolish", "build"]),
                    "geometry": at(x + 10 + 95 * k, y + 10, 12, 12),
                }
            )
    zones = [
        {
            "code": f"Q{n:02d}",
            "zone": dice.choice(ZONES),
            "level": dice.choice(LEVELS),
            "height_cap": float(dice.choice([9, 15, np.nan])),
            "geometry": blob(dice, 250),
        }
        for n in range(6)
    ]
    bodies = [
        {
            "code": f"W{n:02d}",
            "asset_class": dice.choice(CLASSES),
            "level": dice.choice(LEVELS),
            "geometry": Point(EAST + dice.uniform(0, 400), NORTH + dice.uniform(0, 400))
            if n % 2
            else blob(dice, 20),
        }
        for n in range(8)
    ]
    layers = {"unit": units, "heritage_zone": zones, "heritage_body": bodies}
    if seed % 3:
        layers["parcel"] = parcels
    if seed % 2:
        layers["building"] = buildings
    return make_plan({name: frame(rows) for name, rows in layers.items()})


def with_cell(plan, layer, label, **cells):
    own = plan.layers[layer]
    changed = own.frame.copy()
    for name, value in cells.items():
        at_rows = changed["_label"] == label
        column = changed[name].astype(object) if name != "geometry" else changed[name]
        column[at_rows] = value
        changed[name] = column
    return replace(plan, layers={**plan.layers, layer: replace(own, frame=changed)})


def applied(plan, row):
    if row.kind == "boundary":
        shape = gpd.GeoSeries([row.geometry], crs="EPSG:4490").to_crs(CRS).iloc[0]
        return with_cell(plan, row.layer, row.feature, geometry=shape)
    if row.kind == "mode":
        return with_cell(plan, row.layer, row.feature, mode=row.values["to"])
    if row.kind == "height":
        return with_cell(plan, row.layer, row.feature, height=row.values["to"])
    for building in row.values["buildings"]:
        plan = with_cell(plan, "building", building, action="keep")
    return plan


def errors(result):
    found = result.findings
    return set(found.loc[found["severity"] == "error", "fingerprint"])


def judged(plan):
    return review(plan, select=["HER"])


def offered(result):
    """Return the offers by kind and layer: those of one group are applied together."""
    groups = {}
    for row in result.dossier.resolutions.itertuples(index=False, name="Row"):
        if row.offered:
            groups.setdefault((row.kind, row.layer), []).append(row)
    return groups


@pytest.mark.parametrize("seed", SEEDS)
def test_an_offered_resolution_clears_what_it_says(seed):
    plan = random_plan(seed)
    before = judged(plan)
    for key, rows in offered(before).items():
        changed = plan
        for row in rows:
            changed = applied(changed, row)
        clears = {fingerprint for row in rows for fingerprint in row.clears}
        assert clears <= errors(before)
        assert not errors(judged(changed)) & clears, key


def test_the_random_plans_offer_every_kind_and_refuse_some():
    rows = [r for seed in SEEDS for r in judged(random_plan(seed)).dossier.resolutions.itertuples()]
    assert {"boundary", "mode", "height", "keep"} == {row.kind for row in rows if row.offered}
    assert {row.kind for row in rows if not row.offered} == {"boundary"}
    assert all(row.clears for row in rows if row.offered)


@pytest.mark.parametrize("seed", [1, 2])
def test_neither_the_order_of_the_rows_nor_the_threads_change_the_offers(seed):
    plan = random_plan(seed)
    turned = {
        name: replace(layer, frame=layer.frame.iloc[::-1].reset_index(drop=True))
        for name, layer in plan.layers.items()
    }
    one = judged(plan).dossier.resolutions
    other = review(replace(plan, layers=turned), select=["HER"], jobs=3).dossier.resolutions
    columns = ["kind", "layer", "feature", "clears", "offered", "text_zh", "values"]
    assert one[columns].to_dict("records") == other[columns].to_dict("records")
    assert (
        shapely.equals(list(one.geometry), list(other.geometry)).sum() == one.geometry.notna().sum()
    )


def test_the_plan_is_left_as_it_was():
    plan = random_plan(1)
    shapes, modes = (
        plan.layers["unit"].frame.geometry.copy(),
        list(plan.layers["unit"].frame["mode"]),
    )
    judged(plan)
    assert plan.layers["unit"].frame.geometry.equals(shapes)
    assert list(plan.layers["unit"].frame["mode"]) == modes
