from __future__ import annotations

import json

import pytest

from gisplan.errors import ReadError
from gisplan.read.formats import read_source
from gisplan.read.found import FAULT_EN
from gisplan.read.plan import read_plan
from gisplan.read.site import Site, data_files
from gisplan.read.workspace import Workspace

pytestmark = pytest.mark.real


def read(path, root=None):
    with Workspace() as space:
        return read_source(path, root or path.parent, space)


@pytest.fixture
def dirty(shared_data):
    return shared_data / "dirty_shp"


def test_every_dirty_file_is_read_or_refused_in_words(dirty):
    read_or_refused = {}
    with Workspace() as space:
        for path in (entry.path for entry in data_files(Site(dirty), space.limits)):
            if path.suffix.lower() not in {".shp", ".dbf"}:
                continue
            try:
                found = read_source(path, dirty, space)
            except ReadError as error:
                read_or_refused[path.name] = error.text
            else:
                read_or_refused[path.name] = len(found.frame)
    assert len(read_or_refused) >= 38
    refused = {name for name, what in read_or_refused.items() if not isinstance(what, int)}
    assert refused == set()


def test_dirty_counts_agree_with_the_truth(dirty):
    truth = json.loads((dirty / "truth.json").read_text(encoding="utf-8"))
    checked = 0
    for name, facts in truth.items():
        path = dirty / f"{name}.shp"
        if not path.is_file():
            continue
        found = read(path, dirty)
        rows = facts.get("pyogrio_default", {}).get("rows")
        mended = facts.get("with_SHAPE_RESTORE_SHX(rows,invalid,null)")
        if mended:
            assert len(found.frame) == int(mended.split()[0]), name
        elif rows is not None:
            assert len(found.frame) == rows, name
            assert int(found.frame.geometry.isna().sum()) == facts["pyogrio_default"]["null"], name
        else:
            assert found.frame[FAULT_EN].notna().any(), name
        checked += 1
    assert checked >= 34


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("ms/gbk.dbf", "NAME", None),
        ("ms/gb2312.dbf", "NAME", None),
        ("ms/big5.shp", "NAME", None),
        ("ms/chinese.shp", "NAME", None),
        ("nts/chinese_encoding.shp", "PRO_NAME", "安徽"),
    ],
)
def test_chinese_text_is_chinese(dirty, name, column, value):
    text = read(dirty / name, dirty).frame[column].iloc[0]
    assert value is None or text == value
    assert any("\u4e00" <= char <= "\u9fff" for char in text)


def test_a_chinese_field_name_is_read(dirty):
    assert read(dirty / "gdal" / "chinese.dbf", dirty).fields == ("中国",)


def test_a_page_of_html_is_no_cpg_and_no_prj(dirty):
    assert read(dirty / "sjs" / "htmlcpg.shp", dirty).encoding == "UTF-8"
    found = read(dirty / "sjs" / "htmlprj.shp", dirty)
    assert found.crs is None
    assert ".prj" in [note.detail.get("missing") for note in found.notes]


def test_koelns_prj_is_not_taken_by_its_name(shared_data):
    found = read(shared_data / "koeln" / "Stadtteil.shp")
    assert "2500000" in found.crs
    degrees = found.frame.geometry.to_crs(4326).total_bounds
    assert 6.7 < degrees[0] < degrees[2] < 7.2
    assert "Müngersdorf" in set(found.frame["STT_NAME"])
    assert found.notes == ()


def test_barcelonas_names_are_utf8(shared_data):
    found = read(shared_data / "barcelona_chain" / "Barris.shp")
    assert "el Barri Gòtic" in {text for c in found.fields for text in found.frame[c]}
    assert (found.encoding, found.crs) == ("UTF-8", "EPSG:25831")


def test_liaoning_is_recognised(shared_data):
    _, raws, _ = read_plan(shared_data / "liaoning_admin")
    counts = {(raw.source.layer, raw.record.count) for raw in raws}
    assert {("province", 1), ("city", 14), ("district", 100)} <= counts
    assert {raw.record.crs for raw in raws} == {"EPSG:4326"}


def test_the_heritage_list_is_recognised(shared_data):
    _, (raw,), _ = read_plan(shared_data / "liaoning_heritage_list")
    assert (raw.source.layer, raw.record.count) == ("heritage_list", 145)


def test_the_monument_list_gives_points(shared_data):
    _, raws, _ = read_plan(shared_data / "koeln")
    raw = next(r for r in raws if r.record.path == "Denkmalliste_geo.csv")
    assert (raw.source.layer, raw.record.count) == ("heritage_body", 7926)
    assert set(raw.frame.geometry.geom_type.dropna()) == {"Point"}


def test_prague_is_a_geopackage_in_web_mercator(shared_data):
    _, (raw,), _ = read_plan(shared_data / "prague_buildings" / "bubenec.gpkg")
    assert (raw.record.path, raw.source.layer, raw.record.count, raw.record.crs) == (
        "bubenec.gpkg|buildings",
        "building",
        144,
        "EPSG:3857",
    )
