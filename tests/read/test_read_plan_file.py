from __future__ import annotations

import datetime as dt
import re

import pytest

from gisplan.errors import PlanError
from gisplan.read.plan_file import read_plan_file, source_keys
from gisplan.read.toml_lines import key_lines
from gisplan.read.write_plan_file import plan_file_text

WHOLE = """\
[plan]
name = "示例"
working_crs = "EPSG:4529"
lang = "zh"

[chain]
tiers = ["region", "planning_area"]

[layers.planning_area]   # a tier of this plan
path = "pa.shp"
encoding = "GB18030"
partitions_parent = true
[layers.planning_area.fields]
code = "PA_CODE"
parent = ["REGION_C", "PA_C"]

[[layers.heritage_zone]]
path = "a.zip!in/紫线.shp"
values = { zone = "Z9" }
[[layers.heritage_zone]]
path = "x.gpkg|zones"
crs = "EPSG:4490"

[rules.GEO103]
min_area = 1.0
severity = "warning"

[[waivers]]
fingerprint = "0123456789abcdef"
reason = "批准"
by = "张三"
until = 2027-12-31
[[waivers]]
code = "BND101"
feature = "210102-GX001"
reason = "r"
by = "b"
"""


def write(tmp_path, text):
    file = tmp_path / "gisplan.toml"
    file.write_text(text, encoding="utf-8")
    return file


def fails(tmp_path, text):
    with pytest.raises(PlanError) as caught:
        read_plan_file(write(tmp_path, text))
    return caught.value.text


def test_everything_that_the_file_says_is_kept(tmp_path):
    config = read_plan_file(write(tmp_path, WHOLE))
    assert (config.name, config.working_crs, config.lang) == ("示例", "EPSG:4529", "zh")
    assert config.tiers == ("region", "planning_area")
    assert [s.layer for s in config.layers] == ["planning_area", "heritage_zone", "heritage_zone"]
    first, zone, other = config.layers
    assert (first.encoding, first.partitions_parent) == ("GB18030", True)
    assert first.fields == {"code": "PA_CODE", "parent": ("REGION_C", "PA_C")}
    assert (zone.path, zone.values) == ("a.zip!in/紫线.shp", {"zone": "Z9"})
    assert (other.path, other.crs, other.declared) == ("x.gpkg|zones", "EPSG:4490", True)
    assert config.rules == {"GEO103": {"min_area": 1.0, "severity": "warning"}}
    assert config.waivers[0].until == dt.date(2027, 12, 31)
    assert (config.waivers[1].code, config.waivers[1].feature) == ("BND101", "210102-GX001")
    assert config.root == tmp_path


def test_each_key_has_its_line(tmp_path):
    lines = read_plan_file(write(tmp_path, WHOLE)).lines
    for key, line in {
        "plan.lang": 4,
        "chain.tiers": 7,
        "layers.planning_area.fields.parent": 15,
        "layers.heritage_zone.0.values.zone": 19,
        "layers.heritage_zone.1.crs": 22,
        "rules.GEO103": 24,
        "rules.GEO103.min_area": 25,
        "waivers.1.by": 37,
    }.items():
        assert lines[key] == line, key


def test_lines_are_not_misled_by_strings_comments_and_long_values():
    text = (
        '# [layers.unit]\na = """\n[plan]\nname = 1\n"""\nb = [\n  "x = 1", # [c]\n  "]",\n]\n'
        "[\"we.ird\"]\n'q=' = 2\nd.e = 3\n"
    )
    assert key_lines(text) == {
        "a": 2,
        "b": 6,
        "we.ird": 10,
        "we.ird.q=": 11,
        "we.ird.d": 12,
        "we.ird.d.e": 12,
    }


def test_arrays_inside_entries_of_an_array_count_anew():
    text = "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]\n[[a.b]]\nx = 3\n"
    lines = key_lines(text)
    assert (lines["a.0.b.1.x"], lines["a.1.b.0.x"]) == (5, 8)


def test_source_keys_tell_tables_from_arrays(tmp_path):
    config = read_plan_file(write(tmp_path, WHOLE))
    assert source_keys(config) == [
        "layers.planning_area",
        "layers.heritage_zone.0",
        "layers.heritage_zone.1",
    ]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("[plan]\nname = 'x'\nlnag = 'zh'\n", 3, "did you mean lang?"),
        ("[plan]\nname = 3\n", 2, "text in quotes"),
        ("[plan]\nlang = 'fr'\n", 2, '"zh" or "en"'),
        ("[plan]\nworking_crs = 'EPSG:99999999'\n", 2, "unknown CRS"),
        ("[plans]\nname = 'x'\n", 1, "did you mean plan?"),
        ("[layers.unit]\npath = 'a.shp'\nencodng = 'x'\n", 3, "did you mean encoding?"),
        ("[layers.unti]\npath = 'a.shp'\n", 1, "did you mean unit?"),
        ("[layers.unit]\nencoding = 'UTF-8'\n", 1, "needs path"),
        ("[layers.unit]\npath = 'a.shp'\nencoding = 'latin-99'\n", 3, "no encoding"),
        ("[layers.unit]\npath = 'a.shp'\ncrs = 'Shenyang'\n", 3, "unknown CRS"),
        ("[layers.unit]\npath = 'a.shp'\npartitions_parent = 'yes'\n", 3, "true or false"),
        ("[layers.unit]\npath = 'a.shp'\ncode_pattern = '('\n", 3, "regular expression"),
        ("[layers.unit]\npath = 'a.shp'\n[layers.unit.fields]\nmod = 'X'\n", 4, "mean mode?"),
        ("[layers.unit]\npath = 'a.shp'\nfields = { code = 3 }\n", 3, "wrong type"),
        ("[layers.unit]\npath = 'a.shp'\nvalues = { zone = 'Z9' }\n", 3, "no standard field zone"),
        ("[[layers.unit]]\npath='a.shp'\n[[layers.unit]]\npath='b.shp'\nx=1\n", 5, "unknown key x"),
        ("[chain]\ntiers = ['a']\n", 2, "two names"),
        ("[chain]\ntiers = ['a', 'a']\n", 2, "none twice"),
        ("[chain]\ntiers = ['unit', 'road']\n", 2, "name of a layer"),
        ("[rules]\nGEO103 = 1\n", 2, "[rules.CODE]"),
        ("[[waivers]]\nreason = 'r'\nby = 'b'\n", 1, "fingerprint"),
        ("[[waivers]]\ncode='A'\nfeature='f'\nreason=' '\nby='b'\n", 1, "blank"),
        ("[[waivers]]\nfingerprint='f'\nreason='r'\nby='b'\nuntil='2027'\n", 5, "date"),
        ("[plan]\nscale = '1:1OOOO'\n", 2, '"1:10000"'),
        ("[layers.city]\npath = 'a.shp'\nscale = false\n", 3, "no scale: False"),
        ("[layers.road]\npath = 'a.shp'\nscale = 2000\n", 3, "tiers of the chain only"),
        ("[layers.road]\npath = 'a.shp'\ncovers = ['2101']\n", 3, "heritage_body only"),
        ("[layers.heritage_zone]\npath = 'a.shp'\ncovers = '2101'\n", 3, "covers"),
        ("[layers.heritage_zone]\npath = 'a.shp'\nvalid_on = '2024'\n", 3, "valid_on"),
        ("[plan]\nname = \n", 2, "TOML syntax"),
        ("[plan]\nname = 'a'\nname = 'b'\n", 3, "TOML syntax"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_remedy(tmp_path, text, line, word):
    said = fails(tmp_path, text)
    assert said.en.startswith(f"gisplan.toml line {line}: "), said.en
    assert word in said.en
    assert said.zh.startswith(f"gisplan.toml 第 {line} 行：")
    assert "\n" not in said.en


def test_a_tier_of_the_chain_is_a_layer_with_the_fields_of_all_tiers(tmp_path):
    text = "[chain]\ntiers=['a','b']\n[layers.b]\npath='b.shp'\nfields={code='C',mode='M'}\n"
    assert read_plan_file(write(tmp_path, text)).layers[0].layer == "b"


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../x.shp",
        "a/../../x.shp",
        "a\\\\..\\\\..\\\\x.shp",
        "/vsicurl/x.shp",
        "vsizip/a.zip/x.shp",
        "CSV:x.csv",
        "PG:dbname=x",
        "C:/x.shp",
        "http://a/x.shp",
        "a.zip!../x.shp",
        "a.zip!/x.shp",
        "~/x.shp",
        "",
        ".",
        "x" * 300 + ".shp",
    ],
)
def test_paths_that_lead_elsewhere_are_refused(tmp_path, path):
    said = fails(tmp_path, f'[layers.unit]\npath = "{path}"\n')
    assert said.en.startswith("gisplan.toml line 2: ")


@pytest.mark.parametrize(
    "path", ["a.shp", "子 目录/单元.shp", "a.zip!in/b.shp", "x.gpkg|层", "v.csv"]
)
def test_paths_inside_the_folder_are_taken(tmp_path, path):
    config = read_plan_file(write(tmp_path, f'[layers.unit]\npath = "{path}"\n'))
    assert config.layers[0].path == path


def test_a_file_in_another_encoding_is_refused_plainly(tmp_path):
    file = tmp_path / "gisplan.toml"
    file.write_bytes("[plan]\nname = '沈阳'\n".encode("gb18030"))
    with pytest.raises(PlanError, match="not UTF-8"):
        read_plan_file(file)


def test_waivers_by_place_and_exempt_classes_are_read_and_written_back(tmp_path):
    file = tmp_path / "gisplan.toml"
    file.write_text(
        '[layers.unit]\npath = "u.shp"\n\n[[waivers]]\ncode = "GEO104"\nat = [123.4, 41.8]\n'
        'measure = 812.4\nreason = "水面"\nby = "省厅"\n\n[[exemptions]]\nrule = "lst"\n'
        'where = { status = "drafting", height = 3 }\nreason = "在编"\nby = "市局"\n',
        encoding="utf-8",
    )
    config = read_plan_file(file)
    assert (config.waivers[0].at, config.waivers[0].measure) == ((123.4, 41.8), 812.4)
    assert config.exemptions[0].rule == "LST"
    assert config.exemptions[0].where == {"status": "drafting", "height": 3}
    again = tmp_path / "again.toml"
    again.write_text(plan_file_text(config), encoding="utf-8")
    written = read_plan_file(again)
    assert (written.waivers, written.exemptions) == (config.waivers, config.exemptions)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[waivers]]\ncode = "GEO104"\nreason = "a"\nby = "b"\n', "at"),
        ('[[exemptions]]\nrule = "HER101"\nwhere = { mode = "M1" }\nreason = "a"\nby = "b"\n',
         "heritage"),
        ('[[exemptions]]\nrule = "GEO"\nwhere = {}\nreason = "a"\nby = "b"\n', "where"),
        ('[[exemptions]]\nrule = "GEO"\nwhere = { mode = "M1" }\nreason = " "\nby = "b"\n',
         "reason"),
    ],
)  # fmt: skip
def test_a_waiver_or_exemption_that_says_too_little_names_its_line(tmp_path, text, says):
    file = tmp_path / "gisplan.toml"
    file.write_text('[layers.unit]\npath = "u.shp"\n\n' + text, encoding="utf-8")
    with pytest.raises(PlanError, match=says) as error:
        read_plan_file(file)
    assert re.search("line [45678]:", error.value.text.en)


GAP = """[[allowed_gaps]]
layer = "district"
parent = "210400"
at = [123.44, 41.839]
max_area = 61000
until = 2027-12-31
reason = "水库，无区县规划"
by = "市局"
"""


def test_allowed_gaps_are_read_and_written_back(tmp_path):
    config = read_plan_file(write(tmp_path, GAP))
    (gap,) = config.allowed_gaps
    assert (gap.layer, gap.parent, gap.at, gap.max_area, gap.within) == (
        "district", "210400", (123.44, 41.839), 61000.0, 20.0,
    )  # fmt: skip
    assert gap.until == dt.date(2027, 12, 31)
    again = read_plan_file(write(tmp_path, plan_file_text(config)))
    assert again.allowed_gaps == config.allowed_gaps


def test_an_allowed_gap_may_be_of_any_tier_of_the_plan(tmp_path):
    text = "[chain]\ntiers = ['a', 'b']\n" + GAP.replace('"district"', '"b"')
    assert read_plan_file(write(tmp_path, text)).allowed_gaps[0].layer == "b"


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ('layer = "district"', 'layer = "distrct"', 2, "did you mean district"),
        ('layer = "district"', 'layer = "parcel"', 2, "no tier parcel"),
        ('parent = "210400"', "parent = 210400", 3, "text in quotes"),
        ("at = [123.44, 41.839]", "at = [41533000.0, 4629000.0]", 4, "degrees"),
        ("at = [123.44, 41.839]", "at = [nan, 41.8]", 4, "degrees"),
        ("at = [123.44, 41.839]", "at = [123.44]", 4, "at "),
        ("max_area = 61000\n", "", 1, "needs max_area"),
        ("max_area = 61000", "max_area = 0", 5, "max_area"),
        ("max_area = 61000", "max_area = inf", 5, "max_area"),
        ("max_area = 61000", "max_are = 1", 5, "did you mean max_area"),
        ("until = 2027-12-31", 'until = "2027"', 6, "date"),
        ('reason = "水库，无区县规划"', 'reason = " "', 1, "blank"),
        ('by = "市局"\n', "", 1, "needs by"),
        ("[[allowed_gaps]]", "[allowed_gaps]", 1, "[[allowed_gaps]]"),
    ],
)
def test_what_is_wrong_in_an_allowed_gap_names_its_line(tmp_path, old, new, line, word):
    assert old in GAP
    said = fails(tmp_path, GAP.replace(old, new))
    assert said.en.startswith(f"gisplan.toml line {line}: "), said.en
    assert word in said.en
