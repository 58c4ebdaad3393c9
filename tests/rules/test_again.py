"""The heritage rules asked once more: what changes, what stays, and that the plan is left alone."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
from shapely.geometry import box

from gisplan.catalogue.registry import registry
from gisplan.catalogue.settings import resolve_settings
from gisplan.catalogue.tables import build_tables
from gisplan.measure.engine import MEASURES, measure_plan
from gisplan.rules.again import judge_again
from gisplan.testing.plans import make_plan

EAST, NORTH = 41_533_000.0, 4_629_000.0
BOTH = {"unit": {0, 1}}


def square(x, y, width=100, height=100):
    return box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


@pytest.fixture(scope="module")
def tables():
    plan = make_plan(
        {
            "unit": gpd.GeoDataFrame(
                {"code": ["A", "B"], "mode": ["M6", "M6"], "height": [20.0, 20.0]},
                geometry=[square(0, 0), square(100, 0)],
            ),
            "heritage_zone": gpd.GeoDataFrame(
                {"code": ["Q"], "zone": ["Z6"], "level": ["city"], "height_cap": [9.0]},
                geometry=[square(50, 0)],
            ),
        }
    )
    return build_tables(plan, measure_plan(plan, MEASURES, "unit"), "unit")


def asked(tables, changes, of=BOTH, chosen=("HER101", "HER105", "BND101")):
    values = resolve_settings(registry(), {}, {})
    rows = judge_again(registry(), values, chosen, tables, changes, of)
    return {(row["code"], row["fid"]): str(row["ruling"]) for row in rows.to_dict("records")}


def test_a_changed_mode_changes_the_ruling_of_that_feature_alone(tables):
    assert asked(tables, {("unit", 0, "mode"): "M3"}) == {
        ("HER101", 0): "approval",
        ("HER101", 1): "prohibited",
    }


def test_only_the_rows_that_are_asked_about_are_judged(tables):
    assert asked(tables, {("unit", 0, "mode"): "M3"}, {"unit": {0}}) == {("HER101", 0): "approval"}
    assert asked(tables, {}, {}) == {}


def test_what_no_mode_can_change_and_what_was_not_chosen_is_not_asked(tables):
    assert asked(tables, {}, chosen=("HER105",)) == {}
    assert asked(tables, {}, chosen=("BND101",)) == {}


def test_where_a_rule_crashes_nobody_knows(tables):
    def crash(*_):
        raise ValueError("broken")

    entries = {"HER101": replace(registry()["HER101"], judge=crash)}
    values = resolve_settings(registry(), {}, {})
    assert judge_again(entries, values, ["HER101"], tables, {}, BOTH) is None


def test_the_tables_are_left_as_they_were(tables):
    asked(tables, {("unit", 0, "mode"): "M1"})
    assert list(tables.attributes["unit"]["mode"]) == ["M6", "M6"]
    assert len(tables["relate"]) == 2
