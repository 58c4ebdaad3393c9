"""The statement of coverage: what heritage sources say that they cover, and whom they leave out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from gisplan.catalogue.tables import build_tables
from gisplan.findings.coverage import draw_coverage
from gisplan.pipeline import review
from gisplan.testing.plans import make_plan

EAST, NORTH = 41_533_000.0, 4_629_000.0
WEST_UNIT, EAST_UNIT, ACROSS = "210102-GX001", "210103-GX001", "210102-GX002"


def square(x, y, width=100, height=100):
    return box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def plan(**declared):
    """Two districts, a unit in each and one across the border; heritage far away from them."""
    layers = {
        "district": gpd.GeoDataFrame(
            {"code": ["210102", "210103"]},
            geometry=[square(0, 0, 500, 500), square(500, 0, 500, 500)],
        ),
        "unit": gpd.GeoDataFrame(
            {"code": [WEST_UNIT, EAST_UNIT, ACROSS], "mode": ["M1", "M1", "M1"]},
            geometry=[square(0, 0), square(600, 0), square(480, 200)],
        ),
        "heritage_zone": gpd.GeoDataFrame(
            {
                "code": ["Q1", "Q2"],
                "zone": ["Z6", "Z7"],
                "level": ["city", "city"],
                "approved_on": [pd.Timestamp(2019, 5, 1), pd.NaT],
                "designated_on": [pd.NaT, pd.Timestamp(2021, 3, 2)],
            },
            geometry=[square(5000, 5000), square(6000, 5000)],
        ),
        "heritage_body": gpd.GeoDataFrame(
            {"code": ["W1"], "asset_class": ["WW"], "level": ["city"]},
            geometry=[Point(EAST + 5050, NORTH + 5050)],
        ),
    }
    made = make_plan(layers)
    sources = tuple(
        replace(source, **declared.get(source.layer, {})) for source in made.config.layers
    )
    return replace(made, config=replace(made.config, layers=sources))


def verdicts(the_plan):
    found = review(the_plan, select=["HER"]).dossier.verdicts.set_index("unit")
    return found


def why(row):
    return [text for text in row["why_zh"] if "覆盖范围" in text]


def test_without_a_declaration_no_verdict_changes():
    rows = verdicts(plan())
    assert not any(why(row) for _, row in rows.iterrows())
    assert review(plan(), select=["HER"]).dossier.coverage.declared == ()


def test_a_unit_outside_the_declared_area_is_undetermined_with_its_share():
    rows = verdicts(plan(heritage_zone={"covers": ("210102",)}))
    assert why(rows.loc[WEST_UNIT]) == []
    assert why(rows.loc[EAST_UNIT]) == ["图层“历史文化保护区划”声明的覆盖范围不含其 100.0%"]
    assert why(rows.loc[ACROSS]) == ["图层“历史文化保护区划”声明的覆盖范围不含其 80.0%"]
    assert rows.loc[EAST_UNIT, "verdict"] == "undetermined"


def test_a_declaration_for_one_layer_says_nothing_of_the_other():
    found = review(plan(heritage_body={"covers": ("210102",)}), select=["HER"]).dossier.coverage
    assert found.declared == ("heritage_body",)
    assert {row.source_layer for row in found.unspoken} == {"heritage_body"}


def test_codes_of_both_districts_cover_all():
    rows = verdicts(plan(heritage_zone={"covers": ("210102", "210103")}))
    assert not any(why(row) for _, row in rows.iterrows())


def test_the_code_of_a_unit_covers_that_unit():
    rows = verdicts(plan(heritage_zone={"covers": (EAST_UNIT, "210102")}))
    assert why(rows.loc[EAST_UNIT]) == []


def test_a_code_that_the_plan_does_not_have_covers_nothing_and_is_named():
    made = plan(heritage_zone={"covers": ("210199",)})
    (zone,) = [s for s in draw_coverage(made, build_tables(made, {}, "unit")).sources if s.covers]
    assert zone.missing == ("210199",)
    assert all(why(row) for _, row in verdicts(made).iterrows())


@pytest.mark.parametrize(("overhang", "left_out"), [(0.4, False), (0.6, True)])
def test_a_strip_that_two_offices_drew_is_noise(overhang, left_out):
    made = plan(heritage_zone={"covers": ("210102",)})
    units = made.layers["unit"].frame.copy()
    # a strip of this width along 100 m: its mean width is a little less
    units.loc[0, "geometry"] = square(500 - 99, 0, 99 + overhang)
    made = replace(made, layers={**made.layers, "unit": replace(made.layers["unit"], frame=units)})
    assert bool(why(verdicts(made).loc[WEST_UNIT])) is left_out


def test_the_statement_counts_kinds_and_spans_the_dates():
    found = review(plan(heritage_zone={"valid_on": dt.date(2024, 1, 1)})).dossier.coverage
    body, zone = sorted(found.sources, key=lambda source: source.layer)
    assert zone.kinds == (("Z6", 1), ("Z7", 1))
    assert (zone.first, zone.last) == (dt.date(2019, 5, 1), dt.date(2021, 3, 2))
    assert zone.valid_on == dt.date(2024, 1, 1)
    assert (body.kinds, body.first, body.covers) == ((("WW", 1),), None, None)
    west, south, east, north = zone.extent
    assert west < east
    assert south < north


def test_projects_are_held_against_the_coverage_too():
    made = plan(heritage_zone={"covers": ("210102",)})
    projects = make_plan(
        {"project": gpd.GeoDataFrame({"code": ["P1"]}, geometry=[square(700, 0, 20, 20)])}
    ).layers["project"]
    made = replace(made, layers={**made.layers, "project": projects})
    (row,) = review(made, select=["HER"]).dossier.project_verdicts.to_dict("records")
    assert why(row) == ["图层“历史文化保护区划”声明的覆盖范围不含其 100.0%"]
