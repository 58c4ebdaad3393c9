from __future__ import annotations

import pytest
from pyproj import CRS

from gisplan.read.crs import identify, read_prj, same_crs

KOELN = (
    'PROJCS["WGS_1984_UTM_Zone_32N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",'
    '6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",{}],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],'
    'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


@pytest.mark.parametrize("code", [4490, 4529, 4550, 2359, 2436, 4610, 4214, 32651, 3857, 25831])
def test_a_prj_as_arcgis_writes_it_is_its_epsg_code(code):
    label, crs = identify(CRS.from_epsg(code).to_wkt("WKT1_ESRI"))
    assert label == f"EPSG:{code}"
    assert crs == CRS.from_epsg(code)


def test_the_name_never_decides():
    assert identify(KOELN.format("500000.0"))[0] == "EPSG:32632"
    label, crs = identify(KOELN.format("2500000.0"))
    assert not label.startswith("EPSG:")
    assert "2500000" in label
    assert 2500000 in [param.value for param in crs.coordinate_operation.params]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("298.257222101", "298.257223563"),
        ("41500000.0", "500000.0001"),
        ('"Scale_Factor",1.0', '"Scale_Factor",0.9996'),
        ('"Central_Meridian",123.0', '"Central_Meridian",123.001'),
        ("China_2000", "Another_Datum"),
    ],
)
def test_one_figure_off_is_another_crs(old, new):
    wkt = CRS.from_epsg(4529).to_wkt("WKT1_ESRI")
    assert old in wkt
    assert identify(wkt.replace(old, new))[0] != "EPSG:4529"


def test_a_prj_under_another_name_is_found_by_its_figures():
    wkt = CRS.from_epsg(4529).to_wkt("WKT1_ESRI")
    assert identify(wkt.replace("CGCS2000_3_Degree_GK_Zone_41", "shenyang"))[0] == "EPSG:4529"


def test_heights_are_left_out():
    wkt = CRS.from_user_input("EPSG:4326+5773").to_wkt()
    assert identify(wkt)[0] == "EPSG:4326"


@pytest.mark.parametrize(
    "text", ["", "nonsense", "EPSG:1234567", 'LOCAL_CS["x",UNIT["m",1]]', None, 3.5, "<html>"]
)
def test_what_is_no_crs_on_earth_is_none(text):
    assert identify(text) is None


@pytest.mark.parametrize(
    ("content", "good"),
    [
        (b"\xef\xbb\xbf" + KOELN.format(0).encode(), True),
        (KOELN.format(0).encode() + b"\0\n", True),
        (b"EPSG:4326", False),
        (b"Amersfoort", False),
        (b"<!DOCTYPE html>", False),
        (b" \n", False),
    ],
)
def test_only_wkt_makes_a_prj(tmp_path, content, good):
    path = tmp_path / "a.prj"
    path.write_bytes(content)
    found, reason = read_prj(path)
    assert (found is not None, reason is None) == (good, good)


def test_same_crs_looks_through_labels():
    assert same_crs("EPSG:4490", CRS.from_epsg(4490).to_wkt())
    assert not same_crs("EPSG:4490", "EPSG:4326")
    assert not same_crs("EPSG:4529", "EPSG:4528")
