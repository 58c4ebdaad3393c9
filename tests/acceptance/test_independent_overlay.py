"""Areas of heritage conflicts on real layers are those of a plain geopandas.overlay."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from gisplan.pipeline import open_plan, review

PLAN = Path(__file__).resolve().parents[2] / "examples" / "plans" / "koeln_zones.toml"
EQUAL_AREA = "EPSG:6933"  # equal-area on the ellipsoid: planar area there is the true one

pytestmark = pytest.mark.real


def plain(home, name, label):
    # its own reader and repair: nothing of gisplan's is used
    layer = gpd.read_file(home / name, encoding="latin-1", engine="fiona")
    layer = layer[[label, "geometry"]].rename(columns={label: name})
    return layer.set_geometry(layer.geometry.make_valid())


@pytest.fixture(scope="module")
def expected(shared_data):
    """Return the area in m2 that each quarter shares with each area that stands in for a zone."""
    home = shared_data / "koeln"
    quarters = plain(home, "Stadtteil.shp", "STT_NR")
    areas = {}
    for name, label in (("naturschutz.shp", "LP_NR"), ("sanierungsgebiete.shp", "Arbeitstit")):
        shared = gpd.overlay(quarters, plain(home, name, label), keep_geom_type=True)
        shared["area"] = shared.geometry.segmentize(10).to_crs(EQUAL_AREA).area
        summed = shared.groupby(["Stadtteil.shp", name])["area"].sum()
        areas |= {(str(quarter), str(zone)): area for (quarter, zone), area in summed.items()}
    return areas


@pytest.fixture(scope="module")
def found(shared_data):
    findings = review(open_plan(shared_data / "koeln", config=PLAN)).findings
    contacts = findings[findings["code"].isin(["HER101", "HER102"])]
    return {(row.feature, row.related): row.measures["area_m2"] for row in contacts.itertuples()}


def test_areas_equal_those_of_a_plain_overlay(found, expected):
    assert len(found) > 30
    assert found == pytest.approx({pair: expected[pair] for pair in found}, rel=1e-6)


def test_what_a_plain_overlay_finds_beyond_is_dust(found, expected):
    assert sum(area for pair, area in expected.items() if pair not in found) < 1e-3
