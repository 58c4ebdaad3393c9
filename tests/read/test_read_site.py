from __future__ import annotations

import pytest
from made_files import names_dbf, write_shp

from gisplan.errors import ReadError
from gisplan.read.limits import Limits
from gisplan.read.plan import read_plan
from gisplan.read.site import Site, data_files


def files(folder):
    return {
        entry.path.name: entry.trouble.en if entry.trouble else None
        for entry in data_files(Site(folder), Limits())
    }


def test_parts_of_a_layer_are_not_files_of_their_own(tmp_path):
    write_shp(tmp_path / "GXDY.shp", dbf=names_dbf(["a", "b"]))
    (tmp_path / "表.dbf").write_bytes(names_dbf(["a"]))
    for name in ("x.tab", "x.dat", "x.id", "y.mif", "y.mid"):
        (tmp_path / name).write_bytes(b"x")
    assert files(tmp_path) == dict.fromkeys(["GXDY.shp", "x.tab", "y.mif", "表.dbf"])


@pytest.mark.parametrize(
    ("names", "said", "missing"),
    [
        (["BHQH.dbf", "BHQH.shx", "BHQH.prj"], "BHQH.dbf", "BHQH.shp"),
        (["BHQH.dbf", "BHQH.PRJ"], "BHQH.dbf", "BHQH.shp"),
        (["BHQH.shx", "BHQH.prj"], "BHQH.shx", "BHQH.shp"),
        (["BHQH.dat", "BHQH.map", "BHQH.id"], "BHQH.id", "BHQH.tab"),
        (["BHQH.mid"], "BHQH.mid", "BHQH.mif"),
    ],
)
def test_half_a_layer_is_said(tmp_path, names, said, missing):
    for name in names:
        (tmp_path / name).write_bytes(names_dbf(["a"]))
    assert files(tmp_path).keys() == {said}
    assert missing in files(tmp_path)[said]
    write_shp(tmp_path / "GXDY.shp", dbf=names_dbf(["a", "b"]))
    _config, _raws, notes = read_plan(tmp_path)
    assert ("file_unreadable", "heritage_zone", said) in {(n.kind, n.layer, n.path) for n in notes}


def test_a_folder_with_the_name_of_a_file_is_said_and_looked_into(tmp_path):
    home = tmp_path / "GXDY.shp"
    home.mkdir()
    write_shp(home / "GXDY.shp", dbf=names_dbf(["a", "b"]))
    entries = [
        (e.path.relative_to(tmp_path).as_posix(), e.trouble)
        for e in data_files(Site(tmp_path), Limits())
    ]
    assert [name for name, _ in entries] == ["GXDY.shp", "GXDY.shp/GXDY.shp"]
    assert entries[0][1].en == "a folder, not a file"
    assert entries[1][1] is None


def test_a_plan_that_is_half_a_layer_says_so(tmp_path):
    (tmp_path / "GXDY.dbf").write_bytes(names_dbf(["a"]))
    (tmp_path / "GXDY.prj").write_text("x")
    with pytest.raises(ReadError, match=r"GXDY\.shp is missing"):
        read_plan(tmp_path)
