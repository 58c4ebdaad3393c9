"""Findings and units as shapefiles, as `gisplan review --shp` writes them."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from gisplan.pipeline import Result
from gisplan.read.limits import DEFAULT
from gisplan.read.site import Site, data_files
from gisplan.render.shp_result import NAMES, shapefile_writers
from gisplan.testing.dossier import small_dossier

EXTENSIONS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".fields.csv")


@pytest.fixture(scope="module")
def dossier():
    return small_dossier()


@pytest.fixture(scope="module", params=["zh", "en"])
def home(request, dossier, tmp_path_factory):
    home = tmp_path_factory.mktemp("shp")
    for name, write in shapefile_writers(dossier, request.param).items():
        write(home / name)
    return home


def test_every_finding_is_in_a_file(home, dossier):
    frames = [gpd.read_file(home / name) for name in NAMES[:3]]
    first = frames[0].columns[0]
    found = pd.concat(frame[first] for frame in frames)
    assert set(found) == set(dossier.findings["fingerprint"])


def test_every_unit_is_there_with_its_verdict(home, dossier):
    units = gpd.read_file(home / "units.shp")
    assert units.iloc[:, 0].tolist() == dossier.verdicts["unit"].tolist()
    assert units.iloc[:, 2].notna().all()
    assert units.crs.to_epsg() == 4490


def test_days_are_days(dossier, tmp_path):
    layer = dossier.plan.layers[dossier.judged]
    frame = layer.frame.assign(approved_on=pd.Timestamp("2024-02-29"))
    layer = replace(layer, frame=frame, found=layer.found | {"approved_on"})
    layers = {**dossier.plan.layers, dossier.judged: layer}
    dated = replace(dossier, plan=replace(dossier.plan, layers=layers))
    shapefile_writers(dated, "zh")["units.shp"](tmp_path / "units.shp")
    info = pyogrio.read_info(tmp_path / "units.shp")
    assert dict(zip(info["fields"], info["ogr_types"], strict=True))["批准日期"] == "OFTDate"


def test_they_are_written_together_with_the_rest_and_only_when_asked_for(dossier, tmp_path):
    result = Result(dossier)
    assert not set(NAMES) & set(result.save(tmp_path / "plain"))
    files = result.save(tmp_path / "out", shapefiles=True)
    assert set(NAMES) <= set(files)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {name[:-4] + end for name in NAMES for end in EXTENSIONS} <= names
    assert not [name for name in names if name.startswith(".")]


def test_those_of_a_former_run_are_renewed_and_their_indexes_go(dossier, tmp_path):
    result = Result(dossier)
    result.save(tmp_path, shapefiles=True)
    before = (tmp_path / "units.dbf").read_bytes()
    (tmp_path / "units.dbf").write_bytes(b"former")
    (tmp_path / "units.qix").write_bytes(b"former")
    result.save(tmp_path)
    assert (tmp_path / "units.dbf").read_bytes() == before
    assert not (tmp_path / "units.qix").exists()


def test_a_result_inside_the_plans_folder_is_no_input(dossier, tmp_path):
    Result(dossier).save(tmp_path, shapefiles=True)
    assert [entry.path.name for entry in data_files(Site(tmp_path), DEFAULT)] == []
    # But a plan's own units.shp is one.
    other = tmp_path / "plan"
    other.mkdir()
    (other / "units.shp").write_bytes(b"")
    found = [entry.path.parent.name for entry in data_files(Site(tmp_path), DEFAULT)]
    assert found == ["plan"]
