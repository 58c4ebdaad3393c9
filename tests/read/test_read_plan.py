from __future__ import annotations

import shutil
import zipfile

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
from made_files import WGS84, boxes, dbf_bytes, names_dbf, write_shp, zip_with_gbk_names

from gisplan.catalogue.notes import KINDS
from gisplan.errors import PlanError, ReadError
from gisplan.model import InputRecord
from gisplan.read.plan import read_plan


def toml(folder, text):
    (folder / "gisplan.toml").write_text(text, encoding="utf-8")
    return folder


def units(path, codes=("210102-GX001", "210102-GX002"), **options):
    rows = [[code, "铁西", "M1"] for code in codes]
    fields = [("DYBH", "C", 20, 0), ("DYMC", "C", 20, 0), ("GXFS", "C", 4, 0)]
    dbf = dbf_bytes(fields, rows, ldid=0x4D)
    return write_shp(path, shapes=boxes(len(rows)), dbf=dbf, **options)


def kinds(notes):
    return sorted(note.kind for note in notes)


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "plan"
    home.mkdir()
    return home


def test_a_declared_layer_is_read_with_its_record(folder):
    units(folder / "dy.shp")
    config, raws, notes = read_plan(toml(folder, '[layers.unit]\npath = "dy.shp"\n'))
    (raw,) = raws
    assert isinstance(raw.record, InputRecord)
    assert raw.record.sha256 == "".join(c for c in raw.record.sha256 if c in "0123456789abcdef")
    assert (raw.record.path, raw.record.layer, raw.record.count) == ("dy.shp", "unit", 2)
    assert (raw.record.encoding, raw.record.encoding_from) == ("GB18030", "ldid")
    assert (raw.record.crs, raw.record.crs_from) == ("EPSG:4326", "file")
    assert raw.record.fields == ("DYBH", "DYMC", "GXFS")
    assert (config.root, config.file) == (folder, folder / "gisplan.toml")
    assert notes == []


def test_the_same_plan_by_file_and_by_folder(folder):
    units(folder / "dy.shp")
    toml(folder, '[layers.unit]\npath = "dy.shp"\n')
    by_file = read_plan(folder / "gisplan.toml")
    by_folder = read_plan(folder)
    assert by_file[0] == by_folder[0]
    assert by_file[1][0].record == by_folder[1][0].record


def test_a_config_elsewhere_speaks_of_the_plans_folder(folder, tmp_path):
    units(folder / "dy.shp")
    other = tmp_path / "other"
    other.mkdir()
    toml(other, '[layers.unit]\npath = "dy.shp"\n')
    config, raws, _ = read_plan(folder, other / "gisplan.toml")
    assert (len(raws), config.root) == (1, folder)


def test_a_missing_file_is_said_with_line_and_nearest_name(folder):
    units(folder / "danyuan.shp")
    toml(folder, '[plan]\nname = "x"\n[layers.unit]\npath = "danyuna.shp"\n')
    with pytest.raises(PlanError) as caught:
        read_plan(folder)
    assert caught.value.text.en == (
        "gisplan.toml line 4: [layers.unit] no file danyuna.shp; did you mean danyuan.shp?"
    )
    assert "第 4 行" in caught.value.text.zh


def test_a_mapped_field_that_is_not_there_is_said_with_its_line(folder):
    units(folder / "dy.shp")
    toml(folder, '[layers.unit]\npath = "dy.shp"\n[layers.unit.fields]\ncode = "DYB"\n')
    with pytest.raises(PlanError, match=r"line 4: dy\.shp has no field DYB; did you mean DYBH\?"):
        read_plan(folder)
    toml(folder, '[layers.unit]\npath = "dy.shp"\n[layers.unit.fields]\ncode = "dybh"\n')
    assert len(read_plan(folder)[1]) == 1


def test_a_layer_that_cannot_be_read_leaves_the_others(folder):
    units(folder / "dy.shp")
    (folder / "zx.shp").write_bytes(b"no shapefile")
    toml(folder, '[layers.heritage_zone]\npath = "zx.shp"\n[layers.unit]\npath = "dy.shp"\n')
    _, raws, notes = read_plan(folder)
    assert [raw.source.layer for raw in raws] == ["unit"]
    (note,) = notes
    assert (note.kind, note.layer, note.path) == ("file_unreadable", "heritage_zone", "zx.shp")
    assert set(note.detail) == {"reason_zh", "reason_en"}


def test_a_plan_of_which_nothing_can_be_read_is_an_error_in_one_line(folder):
    (folder / "zx.shp").write_bytes(b"no shapefile")
    with pytest.raises(ReadError) as caught:
        read_plan(toml(folder, '[layers.unit]\npath = "zx.shp"\n'))
    assert "zx.shp" in caught.value.text.en
    assert "\n" not in caught.value.text.en


@pytest.mark.parametrize("name", ["nowhere", "plan/gisplan.toml"])
def test_a_path_that_is_not_there_is_refused(tmp_path, folder, name):
    with pytest.raises(PlanError, match="there is no"):
        read_plan(tmp_path / name)


def test_an_empty_folder_is_refused_in_one_line(folder):
    (folder / "readme.md").write_text("nothing")
    with pytest.raises(PlanError, match="no data files"):
        read_plan(folder)


def test_other_files_are_no_plans(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(b"x")
    with pytest.raises(PlanError, match="a plan is a folder"):
        read_plan(path)


def test_the_declared_crs_serves_only_where_the_file_has_none(folder):
    units(folder / "a.shp", prj=None)
    units(folder / "b.shp", codes=("x",))
    toml(
        folder,
        '[[layers.unit]]\npath = "a.shp"\ncrs = "EPSG:4490"\n'
        '[[layers.unit]]\npath = "b.shp"\ncrs = "EPSG:4490"\n',
    )
    _, (a, b), notes = read_plan(folder)
    assert (a.record.crs, a.record.crs_from) == ("EPSG:4490", "declared")
    assert a.frame.crs.to_epsg() == 4490
    assert (b.record.crs, b.record.crs_from) == ("EPSG:4326", "file")
    (note,) = notes
    assert (note.kind, note.path) == ("crs_contradicted", "b.shp")
    assert dict(note.detail) == {"declared": "EPSG:4490", "found": "EPSG:4326"}


def test_the_declared_crs_replaces_what_geojson_only_implies(folder):
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},'
    text += '"geometry":{"type":"Point","coordinates":[123,41]}}]}'
    (folder / "ww.geojson").write_text(text)
    toml(folder, '[layers.heritage_body]\npath = "ww.geojson"\ncrs = "EPSG:4490"\n')
    _, (raw,), notes = read_plan(folder)
    assert (raw.record.crs, raw.record.crs_from, notes) == ("EPSG:4490", "declared", [])


def test_no_crs_at_all_stays_unknown(folder):
    units(folder / "a.shp", prj=None)
    _, (raw,), _ = read_plan(toml(folder, '[layers.unit]\npath = "a.shp"\n'))
    assert (raw.record.crs, raw.record.crs_from, raw.frame.crs) == (None, None, None)


def test_a_csv_with_coordinates_is_a_layer_of_points(folder):
    (folder / "ww.csv").write_text("编号,lon,lat\n01,123.4,41.8\n", encoding="utf-8")
    toml(folder, '[layers.heritage_body]\npath = "ww.csv"\ncrs = "EPSG:4490"\n')
    _, (raw,), _ = read_plan(folder)
    assert raw.frame.geometry.iloc[0].coords[0] == (123.4, 41.8)
    assert raw.record.crs == "EPSG:4490"


def test_a_table_for_a_layer_with_shapes_is_unreadable(folder):
    units(folder / "a.shp")
    (folder / "ww.csv").write_text("编号\n01\n", encoding="utf-8")
    toml(folder, '[layers.heritage_body]\npath = "ww.csv"\n[layers.unit]\npath = "a.shp"\n')
    assert kinds(read_plan(folder)[2]) == ["file_unreadable"]


def test_files_in_archives_are_named_through_them(folder):
    units(folder / "dy.shp")
    with zipfile.ZipFile(folder / "a.zip", "w") as file:
        for path in folder.glob("dy.*"):
            file.write(path, f"in/{path.name}")
            path.unlink()
    toml(folder, '[layers.unit]\npath = "a.zip!in/dy.shp"\n')
    _, (raw,), _ = read_plan(folder)
    assert (raw.record.path, raw.record.count) == ("a.zip!in/dy.shp", 2)
    (folder / "gisplan.toml").unlink()
    _, (raw,), notes = read_plan(folder)
    assert (raw.record.path, raw.record.layer) == ("a.zip!in/dy.shp", "unit")
    assert kinds(notes) == ["recognised"]


def test_a_zip_is_a_plan_with_and_without_a_file(folder, tmp_path):
    units(folder / "更新单元.shp")
    members = {f"规划/{p.name}": p.read_bytes() for p in folder.iterdir()}
    path = zip_with_gbk_names(tmp_path / "plan.zip", members)
    config, (raw,), notes = read_plan(path)
    assert (raw.record.path, raw.source.layer) == ("plan.zip!规划/更新单元.shp", "unit")
    assert config.root == tmp_path
    assert kinds(notes) == ["recognised"]
    text = '[layers.project]\npath = "更新单元.shp"\n'
    members["规划/gisplan.toml"] = text.encode()
    config, (raw,), _ = read_plan(zip_with_gbk_names(path, members))
    assert (raw.record.path, raw.source.layer) == ("plan.zip!规划/更新单元.shp", "project")
    assert config.layers[0].path == raw.record.path


def test_a_broken_zip_as_a_plan_is_an_error(tmp_path):
    path = tmp_path / "plan.zip"
    path.write_bytes(b"PK no zip")
    with pytest.raises(ReadError, match=r"plan\.zip"):
        read_plan(path)


def test_a_geopackage_is_a_plan(folder):
    frame = gpd.GeoDataFrame({"DYBH": ["210102-GX001"]}, geometry=boxes(1), crs=4490)
    for layer in ("更新单元", "背景"):
        pyogrio.write_dataframe(frame, folder / "x.gpkg", layer=layer, driver="GPKG")
    _, raws, _ = read_plan(folder / "x.gpkg")
    assert raws[0].record.path == "x.gpkg|更新单元"
    toml(folder, '[layers.unit]\npath = "x.gpkg|背景"\n')
    assert read_plan(folder)[1][0].record.path == "x.gpkg|背景"
    toml(folder, '[layers.unit]\npath = "x.gpkg"\n')
    assert len(read_plan(folder)[1][0].frame) == 1  # by the alias in the layer's name
    toml(folder, '[layers.road]\npath = "x.gpkg"\n')
    with pytest.raises(PlanError, match=r'line 2: .*write "x\.gpkg\|layer": 更新单元, 背景'):
        read_plan(folder)
    toml(folder, '[layers.unit]\npath = "x.gpkg|更新单位"\n')
    with pytest.raises(PlanError, match=r"did you mean 更新单元\?"):
        read_plan(folder)


def test_a_folder_is_recognised_and_says_why(folder):
    units(folder / "A1.shp")  # by fields and content alone
    rows = [["210100", "沈阳市"], ["210200", "大连市"]]
    fields = [("XZQDM", "C", 6, 0), ("XZQMC", "C", 20, 0)]
    write_shp(folder / "沈阳市市界.shp", dbf=dbf_bytes(fields, rows, ldid=0x4D))
    zones = dbf_bytes([("QHLX", "C", 30, 0), ("BH", "C", 5, 0)], [["保护范围", "1"], ["紫线", "2"]])
    write_shp(folder / "紫线_2023.shp", dbf=zones)
    write_shp(folder / "xyz.shp", dbf=dbf_bytes([("Q", "C", 3, 0)], [["a"], ["b"]]))
    book = openpyxl.Workbook()
    book.active.append(["层级", "区域编号", "规划名称", "版本", "批准日期"])
    book.active.append(["市级", "210100", "x", "1", "2024-01-01"])
    book.save(folder / "台账.xlsx")
    (folder / "p.dwg").write_bytes(b"AC10")
    _, raws, notes = read_plan(folder)
    assert {raw.record.path: raw.source.layer for raw in raws} == {
        "A1.shp": "unit",
        "台账.xlsx": "register",
        "沈阳市市界.shp": "city",
        "紫线_2023.shp": "heritage_zone",
    }
    assert all(not raw.source.declared and raw.source.why for raw in raws)
    left_out = {note.path for note in notes if note.kind == "unrecognised"}
    assert left_out == {"xyz.shp", "p.dwg"}
    told = next(n for n in notes if n.kind == "recognised" and n.path == "紫线_2023.shp")
    assert "紫线" in told.detail["why_zh"]
    assert {note.kind for note in notes} <= set(KINDS)


def test_an_unreadable_file_in_a_folder_names_the_layer_that_it_would_be(folder):
    units(folder / "更新单元.shp")
    (folder / "保护范围.shp").write_bytes(b"broken")
    note = next(n for n in read_plan(folder)[2] if n.kind == "file_unreadable")
    assert (note.layer, note.path) == ("heritage_zone", "保护范围.shp")


def test_a_sound_file_without_data_is_left_out_and_not_called_unreadable(folder):
    units(folder / "更新单元.shp")
    (folder / "settings.json").write_text('{"zoom": 3}')
    note = next(n for n in read_plan(folder)[2] if n.path == "settings.json")
    assert note.kind == "unrecognised"


def test_a_file_that_is_called_as_a_layer_and_holds_nothing_is_unreadable(folder):
    units(folder / "更新单元.shp")
    (folder / "保护范围.geojson").write_text("{}")
    note = next(n for n in read_plan(folder)[2] if n.path == "保护范围.geojson")
    assert (note.kind, note.layer) == ("file_unreadable", "heritage_zone")


def test_an_archive_without_data_is_said_and_names_itself(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "空.zip", "w") as file:
        file.writestr("说明.txt", "x")
    with pytest.raises(PlanError, match=r"^空\.zip: there are no data files"):
        read_plan(tmp_path / "空.zip")
    units(folder / "更新单元.shp")
    shutil.copy(tmp_path / "空.zip", folder / "保护范围.zip")
    note = next(n for n in read_plan(folder)[2] if n.path == "保护范围.zip")
    assert (note.kind, note.layer) == ("file_unreadable", "heritage_zone")


def test_results_and_hidden_files_in_the_folder_are_no_input(folder):
    units(folder / "更新单元.shp")
    (folder / "out").mkdir()
    (folder / "out" / "findings.json").write_text('{"schema": "gisplan-findings/1"}')
    shutil.copyfile(folder / "更新单元.dbf", folder / "out" / "units.dbf")
    units(folder / "out" / "units.shp")
    (folder / ".hidden").mkdir()
    units(folder / ".hidden" / "更新单元.shp")
    (folder / "~$指标表.xlsx").write_bytes(bytes(165))  # while Excel has it open
    _config, raws, notes = read_plan(folder)
    assert ([raw.record.path for raw in raws], kinds(notes)) == (["更新单元.shp"], ["recognised"])
    (folder / "out" / "findings.json").unlink()  # now nothing says that it is a result
    assert len(read_plan(folder)[1]) == 2


def test_links_out_of_the_folder_are_no_input(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    units(outside / "更新单元.shp")
    for path in outside.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "dir").symlink_to(outside)
    with pytest.raises(ReadError, match=r"dir: is a link that leads out.*\(1 more files\)"):
        read_plan(folder)
    toml(folder, '[layers.unit]\npath = "更新单元.shp"\n')
    with pytest.raises(PlanError, match="leads out of the plan's folder"):
        read_plan(folder)


def test_progress_hears_each_source(folder):
    units(folder / "a.shp")
    units(folder / "b.shp")
    toml(folder, '[[layers.unit]]\npath = "a.shp"\n[[layers.unit]]\npath = "b.shp"\n')
    heard: list[str] = []
    read_plan(folder, progress=heard.append)
    assert heard == ["a.shp", "b.shp"]


def test_the_record_does_not_depend_on_where_the_plan_lies(folder, tmp_path):
    units(folder / "dy.shp")
    toml(folder, '[layers.unit]\npath = "dy.shp"\n')
    first = read_plan(folder)[1][0].record
    folder.rename(tmp_path / "elsewhere")
    assert read_plan(tmp_path / "elsewhere")[1][0].record == first


def test_reading_writes_nothing_into_the_folder(folder):
    units(folder / "a.shp")
    (folder / "a.shx").unlink()
    write_shp(folder / "保护范围.shp", dbf=names_dbf(["甲", "乙"]), prj=WGS84)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    read_plan(folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
