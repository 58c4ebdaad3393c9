"""How the page is told the working CRS."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gisplan.render.webmap.layers import spatial_layers
from gisplan.render.webmap.working import fitted, working_record
from gisplan.testing.dossier import small_dossier


def record_of(crs: str | None) -> dict | None:
    dossier = small_dossier()
    dossier = replace(dossier, run=replace(dossier.run, working_crs=crs))
    return working_record(dossier, spatial_layers(dossier))


def test_a_zone_is_told_by_its_parameters() -> None:
    record = record_of("EPSG:4529")
    assert record is not None
    assert record["kind"] == "tm"
    assert (record["lon0"], record["east"], record["scale"]) == (123.0, 41_500_000.0, 1.0)
    assert record["name"] == ["EPSG:4529", "EPSG:4529"]


def test_another_projection_is_fitted_over_the_plan() -> None:
    record = record_of("ESRI:102012")
    assert record is not None
    assert record["kind"] == "fit"
    assert record["error"] <= 0.005
    west, south, east, north = record["box"]
    assert west < 123.4 < east
    assert south < 41.8 < north


@pytest.mark.parametrize("crs", ["EPSG:4490", None, "no such CRS"])
def test_where_there_is_no_plane_nothing_is_told(crs: str | None) -> None:
    assert record_of(crs) is None


def test_a_fit_that_cannot_be_good_tells_how_bad_it_is() -> None:
    record = fitted("ESRI:54052", (60.0, 10.0, 140.0, 50.0))  # interrupted (Goode): it jumps
    assert record is None or record["error"] > 1
