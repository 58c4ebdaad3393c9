from __future__ import annotations

import json
import tomllib

import pytest
import shapely
from made_files import boxes, dbf_bytes, write_shp

from gisplan.errors import PlanError
from gisplan.read.inspect import inspect_path
from gisplan.read.plan import read_plan
from gisplan.read.plan_file import read_plan_file
from gisplan.read.write_plan_file import plan_file_text

BOW_TIE = shapely.Polygon([(3, 0), (5, 2), (5, 0), (3, 2)])


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "plan"
    home.mkdir()
    fields = [("DYBH", "C", 20, 0), ("单元名称", "C", 20, 0), ("MJ", "N", 12, 2)]
    rows = [[f"210102-GX00{i}", "铁西", "1"] for i in range(3)]
    shapes = [*boxes(1), BOW_TIE, shapely.Polygon()]
    write_shp(home / "更新单元.shp", shapes=shapes, dbf=dbf_bytes(fields, rows), prj=None)
    (home / "x.rar").write_bytes(b"Rar!")
    (home / "坏.shp").write_bytes(b"bad" * 50)
    return home


def test_facts_of_a_file(folder):
    facts = {fact.path: fact for fact in inspect_path(folder)}
    unit = facts["更新单元.shp"]
    assert (unit.driver, unit.count, unit.layer) == ("ESRI Shapefile", 3, "unit")
    assert (unit.encoding, unit.encoding_from) == ("GB18030", "detected")
    assert (unit.crs, unit.crs_from, unit.extent) == (None, None, (0, 0, 5, 2))
    assert unit.fields == {"DYBH": "str:20", "单元名称": "str:20", "MJ": "float:12.2"}
    assert unit.mapping == {"code": "DYBH", "name": "单元名称", "area": "MJ"}
    assert unit.repairs == {"invalid": 1, "empty": 1}
    assert "no CRS is declared" in [note.en for note in unit.notes]
    assert "单元" in unit.why.zh
    assert "no shapefile" in facts["坏.shp"].fault.en
    assert "unpack" in facts["x.rar"].fault.en


def test_facts_are_json_in_either_case(folder):
    text = json.dumps([fact.as_dict() for fact in inspect_path(folder)], ensure_ascii=False)
    assert json.loads(text)[0].keys() == json.loads(text)[1].keys()


def test_one_file_may_be_looked_at(folder):
    (fact,) = inspect_path(folder / "更新单元.shp")
    assert fact.count == 3
    (fact,) = inspect_path(folder / "x.rar")
    assert fact.fault is not None


def test_nothing_to_look_at_is_an_error(tmp_path):
    with pytest.raises(PlanError, match="no data files"):
        inspect_path(tmp_path)
    with pytest.raises(PlanError, match="there is no"):
        inspect_path(tmp_path / "nowhere")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_written_plan_file_reads_back(folder, lang):
    text = plan_file_text(inspect_path(folder), lang, name='沈阳 "规划"')
    (folder / "gisplan.toml").write_text(text, encoding="utf-8")
    config = read_plan_file(folder / "gisplan.toml")
    assert config.name == '沈阳 "规划"'
    (source,) = config.layers
    assert (source.layer, source.path, source.encoding) == ("unit", "更新单元.shp", "GB18030")
    assert source.fields == {"code": "DYBH", "name": "单元名称", "area": "MJ"}
    assert '# path = "x.rar"' in text
    _, (raw,), _ = read_plan(folder)
    assert raw.record.encoding_from == "declared"


def test_layers_that_occur_twice_become_entries_of_an_array(folder):
    for path in list(folder.glob("更新单元.*")):
        (folder / f"b{path.name}").write_bytes(path.read_bytes())
    text = plan_file_text(inspect_path(folder))
    assert [s["path"] for s in tomllib.loads(text)["layers"]["unit"]] == [
        "b更新单元.shp",
        "更新单元.shp",
    ]


def test_a_configuration_is_written_and_read_back_alike(tmp_path):
    text = """
[plan]
name = "x"
working_crs = "EPSG:4529"
lang = "en"
[chain]
tiers = ["a", "b"]
[layers.b]
path = "b\\\\c.shp"
encoding = "GB18030"
crs = "EPSG:4490"
partitions_parent = true
code_pattern = '^\\d+"$'
fields = { code = "x y", parent = ["p", "q"] }
[[layers.heritage_zone]]
path = "z.shp"
values = { zone = "Z9" }
[[layers.heritage_zone]]
path = "y.shp"
[rules.GEO103]
min_area = 1.5
severity = "warning"
[[waivers]]
code = "BND101"
feature = "f"
reason = "多\\n行"
by = "b"
until = 2027-12-31
"""
    file = tmp_path / "gisplan.toml"
    file.write_text(text, encoding="utf-8")
    first = read_plan_file(file)
    file.write_text(plan_file_text(first), encoding="utf-8")
    second = read_plan_file(file)
    for name in ("layers", "name", "working_crs", "lang", "tiers", "rules", "waivers"):
        assert getattr(second, name) == getattr(first, name), name
