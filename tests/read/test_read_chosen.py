"""Of a large GeoPackage only the shapes are read that a part of the plan needs."""

from __future__ import annotations

import sqlite3

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from gisplan.pipeline import open_plan
from gisplan.read import vector

EAST, NORTH, SIDE = 41_500_000.0, 4_630_000.0, 10_000.0
TOML = "".join(f'[layers.{name}]\npath = "{name}.gpkg"\n' for name in ("district", "unit"))


def square(x: float, side: float = 100.0):
    return box(EAST + x, NORTH, EAST + x + side, NORTH + side)


@pytest.fixture
def home(tmp_path):
    """Return a plan of six districts in a row with 60 units, some of which are odd."""
    names = [f"21010{n}" for n in range(2, 8)]
    shapes = [square(SIDE * n, SIDE) for n in range(6)]
    write(tmp_path / "district.gpkg", {"code": names}, shapes)
    code = [f"{name}-GX{n:03d}" for name in names for n in range(10)]
    parent = [text[:6] for text in code]
    at = [square(SIDE * (n // 10) + 500 * (n % 10) + 2500) for n in range(60)]
    at[3], at[14], at[25] = square(2.5 * SIDE), None, None  # one elsewhere, two nowhere
    code[25], parent[25] = None, None
    write(tmp_path / "unit.gpkg", {"code": code, "parent": parent, "height": [20] * 60}, at)
    with sqlite3.connect(tmp_path / "unit.gpkg") as file:
        file.execute("drop trigger if exists rtree_unit_geom_update1")  # asks functions of GDAL
        for name in [row[0] for row in file.execute("select name from sqlite_master where"
                                                    " type = 'trigger'")]:  # fmt: skip
            file.execute(f'drop trigger "{name}"')
        file.execute("update unit set height = '约20米' where fid in (2, 12)")
    (tmp_path / "gisplan.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


def write(path, columns, shapes):
    frame = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs="EPSG:4529")
    frame.to_file(path, layer=path.stem)


@pytest.fixture
def shapes_read(monkeypatch):
    """Return how many shapes of units each call of the bulk reader gave."""
    counts: list[int] = []
    plain = vector.bulk_read

    def watched(target, **options):
        read = plain(target, **options)
        if "unit" in str(target):
            counts.append(0 if read[2] is None else len(read[2]))
        return read

    monkeypatch.setattr(vector, "bulk_read", watched)
    return counts


def test_the_plan_is_the_same_as_when_all_shapes_are_read(home, monkeypatch, shapes_read):
    whole = open_plan(home, within="210102")
    assert shapes_read == [60, 60]  # read again for what is around the unit that lies elsewhere
    monkeypatch.setattr(vector, "_WHOLE", 5)
    shapes_read.clear()
    own = open_plan(home, within="210102")
    assert max(shapes_read) < 30
    assert own.notes == whole.notes
    assert own.inputs == whole.inputs
    for name, layer in whole.layers.items():
        other = own.layers[name]
        pd.testing.assert_frame_equal(pd.DataFrame(other.frame), pd.DataFrame(layer.frame))
        assert (other.read, other.outside) == (layer.read, layer.outside)
    unit = own.layers["unit"]
    assert unit.read + unit.outside == 60
    assert set(unit.frame["_label"]) >= {f"210102-GX{n:03d}" for n in range(10)}
    # what is around the unit that lies elsewhere is there too, and what may lie anywhere
    assert "210104-GX004" in set(unit.frame["_label"])
    assert unit.quarantine is not None
    assert unit.quarantine["_record"].tolist() == [25]


def test_an_index_that_is_out_of_date_leaves_nothing_out(home, monkeypatch):
    monkeypatch.setattr(vector, "_WHOLE", 5)
    with sqlite3.connect(home / "unit.gpkg") as file:  # without triggers: the index stays as it was
        file.execute("update unit set geom = (select geom from unit where fid = 1) where fid = 60")
    plan = open_plan(home, within="210102")
    assert "210107-GX009" in set(plan.layers["unit"].frame["_label"])


def test_a_file_whose_bounds_cannot_be_told_is_read_as_a_whole(home, monkeypatch, shapes_read):
    def broken(*_args):
        raise RuntimeError("broken")

    monkeypatch.setattr(vector, "_WHOLE", 5)
    monkeypatch.setattr(vector, "bounds_of", broken)
    plan = open_plan(home, within="210102")
    assert max(shapes_read) == 60
    assert plan.layers["unit"].outside > 30


def test_texts_in_a_column_of_numbers_are_told_of_the_records_of_the_file(home, monkeypatch):
    monkeypatch.setattr(vector, "_WHOLE", 5)
    plan = open_plan(home, within="210103")
    told = [note for note in plan.notes if note.kind == "value_unreadable"]
    assert [(note.record, note.feature) for note in told] == [(11, "210103-GX001")]


def test_a_layer_that_is_wanted_for_the_most_part_is_read_at_once(home, monkeypatch, shapes_read):
    monkeypatch.setattr(vector, "_WHOLE", 5)
    frame = gpd.read_file(home / "unit.gpkg")
    frame["parent"] = "210102"
    frame.to_file(home / "unit.gpkg", layer="unit")
    plan = open_plan(home, within="210102")
    assert shapes_read[-1] == 60
    assert plan.layers["unit"].outside == 0
