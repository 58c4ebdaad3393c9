"""Real layers: what is known of them must still hold in the working CRS."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from raw_plans import notes_of, plan_of, raw_layer

from gisplan.model import Layer

pytestmark = pytest.mark.real


def source(layer, path, **more):
    frame = gpd.read_file(path)
    columns = {name: frame[name] for name in frame.columns if name != "geometry"}
    return raw_layer(layer, columns, frame.geometry, frame.crs, path.name, **more)


def outside(child: Layer, parent: Layer) -> float:
    """Return the land of children outside the parent that they name, if over 1 m² each."""
    parents = parent.frame.set_index("code").geometry
    named = np.asarray(parents.reindex(child.frame["parent"]).array)
    areas = shapely.area(shapely.difference(child.frame.geometry.array, named))
    return float(areas[areas > 1].sum())


def overlaps(layer: Layer) -> float:
    """Return the land that pairs of features share, if over 1 m² each."""
    shapes = np.asarray(layer.frame.geometry.array)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    a, b = a[a < b], b[a < b]
    areas = shapely.area(shapely.intersection(shapes[a], shapes[b]))
    return float(areas[areas > 1].sum())


def test_clean_chinese_chain_stays_clean_in_metres(shared_data):
    home = shared_data / "liaoning_admin"
    plan = plan_of(
        *(source(tier, home / f"amap_{tier}.geojson") for tier in ("province", "city", "district"))
    )
    assert plan.working_crs == "EPSG:4529"
    assert {name: layer.read for name, layer in plan.layers.items()} == {
        "province": 1,
        "city": 14,
        "district": 100,
    }
    for child, parent in (("city", "province"), ("district", "city")):
        assert outside(plan.layers[child], plan.layers[parent]) == 0
        assert overlaps(plan.layers[child]) == 0


def test_chain_in_degrees_keeps_its_real_defects_and_no_others(shared_data):
    home = shared_data / "singapore_mp2019" / "wgs84"
    parts = {"region": "region", "area": "planning-area", "subzone": "subzone"}
    fields = {
        "region": {"code": "REGION_C"},
        "area": {"code": "PLN_AREA_C", "parent": "REGION_C"},
        "subzone": {"code": "SUBZONE_C", "parent": "PLN_AREA_C"},
    }
    plan = plan_of(
        *(source(t, home / f"MP2019-{name}.shp", fields=fields[t]) for t, name in parts.items()),
        tiers=tuple(parts),
    )
    assert plan.working_crs == "EPSG:32648"
    assert [layer.repaired for layer in plan.layers.values()] == [4, 0, 6]
    assert all(layer.quarantine is None for layer in plan.layers.values())
    assert outside(plan.layers["subzone"], plan.layers["area"]) == 0
    assert outside(plan.layers["area"], plan.layers["region"]) == pytest.approx(1131, abs=2)
    assert overlaps(plan.layers["subzone"]) == pytest.approx(2.13, abs=0.05)


def test_projection_that_belies_its_name_is_taken_as_written(shared_data):
    home = shared_data / "koeln"
    plan = plan_of(
        source("bezirk", home / "Stadtbezirk.shp", fields={"code": "STB_NR"}),
        source("stadtteil", home / "Stadtteil.shp", fields={"code": "STT_NR"}),
        tiers=("bezirk", "stadtteil"),
    )
    assert "2500000" in plan.working_crs
    assert notes_of(plan, "reprojected") == []
    (note,) = notes_of(plan, "invalid_geometry")
    assert note.layer == "stadtteil"
    west, south, east, north = plan.layers["bezirk"].frame.to_crs("EPSG:4326").total_bounds
    assert west > 6.7
    assert south > 50.8
    assert east < 7.2
    assert north < 51.1


def test_clean_chain_gives_no_note(shared_data):
    home = shared_data / "barcelona_chain"
    plan = plan_of(
        source("districte", home / "Districtes.shp", fields={"code": "DISTRICTE"}),
        source("barri", home / "Barris.shp", fields={"code": "BARRI", "parent": "DISTRICTE"}),
        tiers=("districte", "barri"),
    )
    kinds = {note.kind for note in plan.notes}
    assert (plan.working_crs, kinds) == ("EPSG:25831", {"fields_read"})
    assert outside(plan.layers["barri"], plan.layers["districte"]) == 0
