"""Every limit refuses what is over it, says how to raise it, and lets it pass when raised."""

from __future__ import annotations

import os
import re
import shutil
import zipfile

import pytest
import shapely
from made_files import boxes, dbf_bytes, write_shp

from gisplan.errors import PlanError, ReadError
from gisplan.read.limits import DEFAULT, NAMES, Limits, how_to_raise, parse_limits
from gisplan.read.plan import read_plan


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "plan"
    home.mkdir()
    return home


def units(path, shapes=None):
    shapes = shapes or boxes(2)
    rows = [[f"210102-GX00{i}", "铁西"] for i in range(len(shapes))]
    fields = [("DYBH", "C", 20, 0), ("DYMC", "C", 20, 0)]
    return write_shp(path, shapes=shapes, dbf=dbf_bytes(fields, rows, ldid=0x4D))


def reasons(folder, **limits):
    """Return layers read, and the reasons of all that was not."""
    try:
        _config, raws, notes = read_plan(folder, limits=limits)
    except (PlanError, ReadError) as error:
        return 0, error.text.en
    return len(raws), " | ".join(note.detail.get("reason_en", "") for note in notes)


def nested(folder):
    deep = folder / "a" / "b" / "c"
    deep.mkdir(parents=True)
    units(deep / "更新单元.shp")
    return {"depth": 2}, {"depth": 3}


def many_files(folder):
    units(folder / "更新单元.shp")  # four files
    return {"files": 3}, {"files": 4}


def many_members(folder):
    units(folder / "更新单元.shp")
    with zipfile.ZipFile(folder / "a.zip", "w") as file:
        for path in list(folder.glob("更新单元.*")):
            file.write(path, path.name)
            path.unlink()
    return {"members": 3}, {"members": 5}


def a_big_table(folder):
    lines = "".join(f"210102-GX{i:06},铁西,更新单元\n" for i in range(40_000))
    (folder / "指标表.csv").write_text("单元编号,指标,数值\n" + lines, encoding="utf-8")
    units(folder / "更新单元.shp")
    return {"table_mib": 1}, {"table_mib": 2}


def a_long_cell(folder):
    (folder / "规划登记.csv").write_text("级别,版本\n城市," + "长" * 500 + "\n", encoding="utf-8")
    units(folder / "更新单元.shp")
    return {"cell": 400}, {"cell": 600}


@pytest.mark.parametrize("make", [nested, many_files, many_members, a_big_table, a_long_cell])
def test_the_remedy_in_the_message_lets_the_file_pass(folder, make):
    low, high = make(folder)
    (name,) = low
    few, why = reasons(folder, **low)
    enough, _ = reasons(folder, **high)
    assert few < enough or name in why
    assert f"--limit {name}=" in why
    remedy = parse_limits(re.findall(rf"--limit ({name}=\d+)", why)[:1])
    assert reasons(folder, **remedy)[0] == enough
    assert f"--limit {name}=" not in reasons(folder, **high)[1]


def test_a_feature_of_too_many_points_is_kept_with_the_reason(folder):
    round_one = shapely.Point(0, 0).buffer(1, quad_segs=100)  # 401 points
    units(folder / "更新单元.shp", [shapely.box(0, 0, 1, 1), round_one])
    (raw,) = read_plan(folder, limits={"vertices": 400})[1]
    assert raw.frame["geometry"].isna().tolist() == [False, True]
    assert raw.frame["_read_fault_en"].tolist()[0] is None
    assert "401 points, more than the limit of 400" in raw.frame["_read_fault_en"].tolist()[1]
    (raw,) = read_plan(folder, limits={"vertices": 401})[1]
    assert "_read_fault_en" not in raw.frame


def test_limits_stand_in_the_plan_file_and_the_call_wins(folder):
    units(folder / "dy.shp", [shapely.Point(0, 0).buffer(1, quad_segs=100)])
    text = '[layers.unit]\npath = "dy.shp"\n[limits]\nvertices = 400\n'
    (folder / "gisplan.toml").write_text(text, encoding="utf-8")
    config, (raw,), _ = read_plan(folder)
    assert config.limits == {"vertices": 400}
    assert raw.frame["geometry"].isna().all()
    (raw,) = read_plan(folder, limits={"vertices": 1000})[1]
    assert raw.frame["geometry"].notna().all()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("memebrs = 3", "gisplan.toml line 4: no limit memebrs; did you mean members?"),
        ("members = 0", "line 4: limit members = 0: a positive whole number is due"),
        ("members = 1.5", "line 4: limit members = 1.5"),
        ('members = "9"', "line 4: limit members = '9'"),
        ("seconds = true", "line 4: limit seconds = True: a positive number is due"),
        ("seconds = nan", "line 4: limit seconds = nan"),
        ("seconds = inf", "line 4: limit seconds = inf"),
    ],
)
def test_what_is_wrong_under_limits_names_its_line(folder, line, message):
    units(folder / "dy.shp")
    text = f'[layers.unit]\npath = "dy.shp"\n[limits]\n{line}\n'
    (folder / "gisplan.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PlanError, match=re.escape(message)):
        read_plan(folder)


def test_options_are_names_and_numbers():
    assert parse_limits(["table_mib=2048", " seconds = 0.5 "]) == {
        "table_mib": 2048,
        "seconds": 0.5,
    }
    for wrong in ("table_mib", "table=1", "members=ten", "members=-1", "members="):
        with pytest.raises(PlanError):
            parse_limits([wrong])
    assert parse_limits([]) == {}


def test_every_limit_is_described():
    assert all(re.search(rf"\b{name}\b", Limits.__doc__ or "") for name in NAMES)


@pytest.mark.parametrize("needed", [0.2, 1, 3, 10, 11, 999, 1001, 123_456])
def test_the_value_that_is_proposed_is_enough(needed):
    (value,) = re.findall(r"seconds=(\d+)", how_to_raise("seconds", needed).en)
    assert needed <= int(value) <= max(1.1 * needed, needed + 1)


def test_time_grows_with_size():
    assert DEFAULT.time_for(0) == DEFAULT.seconds
    assert DEFAULT.time_for(10 * 1024**2) == DEFAULT.seconds + 10 * DEFAULT.seconds_per_mib


def test_pipes_are_never_opened(folder):
    os.mkfifo(folder / "更新单元.shp")
    os.mkfifo(folder / "a.zip")
    assert reasons(folder)[1].count("not a regular file") == 1
    units(folder / "地块.shp")
    _config, raws, notes = read_plan(folder)
    assert len(raws) == 1
    lost = {n.path: (n.kind, n.layer) for n in notes if "a pipe" in n.detail.get("reason_en", "")}
    assert lost == {
        "a.zip": ("file_unreadable", ""),
        "更新单元.shp": ("file_unreadable", "unit"),
    }
    (folder / "gisplan.toml").write_text('[layers.unit]\npath = "更新单元.shp"\n', "utf-8")
    with pytest.raises(ReadError, match="not a regular file"):
        read_plan(folder)


def test_a_link_to_a_folder_in_the_plan_is_not_walked_again(folder):
    (folder / "a").mkdir()
    units(folder / "a" / "更新单元.shp")
    (folder / "a" / "self").symlink_to(folder)
    _config, raws, notes = read_plan(folder)
    assert [raw.record.path for raw in raws] == ["a/更新单元.shp"]
    assert {note.kind for note in notes} == {"recognised"}


def test_a_link_out_of_the_plan_is_told(folder, tmp_path):
    units(folder / "地块.shp")
    outside = tmp_path / "outside"
    outside.mkdir()
    units(outside / "更新单元.shp")
    (folder / "更新单元.shp").symlink_to(outside / "更新单元.shp")
    (folder / "docs").symlink_to(outside)
    _config, _raws, notes = read_plan(folder)
    lost = {note.path for note in notes if "leads out" in note.detail.get("reason_en", "")}
    assert lost == {"更新单元.shp", "docs"}
    shutil.rmtree(outside)  # and when it leads nowhere
    assert "更新单元.shp" in {n.path for n in read_plan(folder)[2] if n.kind == "file_unreadable"}
