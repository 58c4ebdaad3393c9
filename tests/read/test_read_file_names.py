from __future__ import annotations

import os
import sys

import pytest
from made_files import names_dbf, write_shp

from gisplan.errors import PlanError, ReadError
from gisplan.pipeline import open_plan
from gisplan.read.file_names import shown_name, with_shown_names
from gisplan.read.inspect import inspect_path
from gisplan.read.plan import read_plan
from gisplan.read.workspace import Workspace

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or sys.getfilesystemencoding() != "utf-8",
    reason="only Linux takes any bytes for a name",
)


def in_gbk(path):
    """Give a file the bytes of its name in GBK, as an archive from Windows leaves it."""
    return path.rename(path.parent / os.fsdecode(path.name.encode("gbk")))


@pytest.fixture
def plan(tmp_path):
    home = tmp_path / "plan" / "成果"
    home.mkdir(parents=True)
    write_shp(home / "更新单元.shp", dbf=names_dbf(["甲", "乙"], ldid=0x4D))
    (home / "指标表.csv").write_text("层级,编号,指标编号\n单元,1,ZB01\n", encoding="utf-8")
    for path in list(home.iterdir()):
        in_gbk(path)
    in_gbk(home)
    return tmp_path / "plan"


def test_names_are_shown_as_they_were_meant():
    assert shown_name("更新单元.shp") == "更新单元.shp"
    assert shown_name(os.fsdecode("更新单元.shp".encode("gbk"))) == "更新单元.shp"
    assert shown_name(os.fsdecode(b"a\xff\xfe.shp")) == "a%FF%FE.shp"
    assert shown_name(os.fsdecode("更新".encode() + "单元.shp".encode("gbk"))).endswith(".shp")


def test_a_plan_with_gbk_names_is_read_and_named(plan):
    _config, raws, _notes = read_plan(plan)
    assert sorted(raw.record.path for raw in raws) == ["成果/指标表.csv", "成果/更新单元.shp"]
    (unit,) = (raw for raw in raws if raw.source.layer == "unit")
    assert unit.frame["DYMC"].tolist() == ["甲", "乙"]
    assert [fact.path for fact in inspect_path(plan)] == ["成果/指标表.csv", "成果/更新单元.shp"]
    assert open_plan(plan).layers["unit"].read == 2


def test_the_folder_itself_may_have_such_a_name(tmp_path):
    home = tmp_path / "沈阳更新"
    home.mkdir()
    write_shp(home / "GXDY.shp", dbf=names_dbf(["甲", "乙"], ldid=0x4D))
    config, _raws, _notes = read_plan(in_gbk(home))
    assert config.name == "沈阳更新"


def test_errors_can_be_printed(tmp_path):
    for kind in (PlanError, ReadError):
        error = kind(os.fsdecode("单元".encode("gbk")), os.fsdecode(b"\xff"))
        for text in error.text:
            text.encode("utf-8")


def test_plain_names_are_read_where_they_lie(tmp_path):
    (tmp_path / "更新单元").mkdir()
    with Workspace() as space:
        assert with_shown_names(tmp_path, space) == tmp_path


def test_a_link_that_leads_out_still_leads_out(plan, tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_text("层级,编号\n", encoding="utf-8")
    (plan / "指标表2.csv").symlink_to(outside)
    _config, raws, notes = read_plan(plan)
    assert "指标表2.csv" not in [raw.record.path for raw in raws]
    assert "指标表2.csv" in [note.path for note in notes if note.kind != "recognised"]


def test_nothing_is_written_into_the_plan_and_two_names_that_are_one_text_are_both_there(plan):
    (home,) = plan.iterdir()
    (home / "指标表.csv").write_text("层级,编号,指标编号\n单元,2,ZB02\n", encoding="utf-8")
    before = sorted(home.iterdir())
    _config, raws, _notes = read_plan(plan)
    assert sorted(home.iterdir()) == before
    assert [raw.source.layer for raw in raws].count("indicator") == 2
