"""Records of a shapefile: each shape goes to its own attributes, and a broken one costs itself."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely
from made_files import boxes, dbf_bytes, names_dbf, write_shp

from gisplan.read import shp_shapes
from gisplan.read.found import FAULT_EN
from gisplan.read.shapefile import read_shapefile
from gisplan.read.shp_index import scan
from gisplan.read.workspace import Workspace

RECORD = 8 + 44 + 4 + 16 * 5  # of a box


def read(path):
    with Workspace() as space:
        return read_shapefile(path, path.parent, space)


def layer(tmp_path, count=4, **options):
    dbf = names_dbf([f"n{n}" for n in range(count)])
    return write_shp(tmp_path / "a.shp", boxes(count), dbf, **options)


def damage(path, record, at, raw):
    content = bytearray(path.read_bytes())
    begin = 100 + record * RECORD + 8 + at
    content[begin : begin + len(raw)] = raw
    path.write_bytes(content)


def entries(path):
    raw = path.with_suffix(".shx").read_bytes()
    return raw[:100], np.frombuffer(raw[100:], dtype=">i4").reshape(-1, 2).copy()


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (0, 0, 0, 0), (0, 1, 2, 2), (3, 2, 1, 0)])
def test_an_index_that_mixes_the_records_up_is_not_believed(tmp_path, order):
    path = layer(tmp_path)
    head, table = entries(path)
    path.with_suffix(".shx").write_bytes(head + table[list(order)].tobytes())
    found = read(path)
    assert found.frame.geometry.bounds["minx"].tolist() == [0, 1, 2, 3]
    assert [n.detail["missing"] for n in found.notes if n.kind == "companion_missing"] == [".shx"]


def rewritten(path):
    """Put the first record last, as software does that rewrites a shape; it keeps its number."""
    content = path.read_bytes()
    first, rest = content[100 : 100 + RECORD], content[100 + RECORD :]
    path.write_bytes(content[:100] + rest + first)


def test_records_that_lie_in_another_order_keep_their_numbers(tmp_path):
    path = layer(tmp_path)
    head, table = entries(path)
    rewritten(path)
    table[:, 0] = np.roll(table[:, 0], 1)
    path.with_suffix(".shx").write_bytes(head + table.tobytes())
    found = read(path)
    assert found.frame.geometry.bounds["minx"].tolist() == [0, 1, 2, 3]
    assert found.notes == ()
    path.with_suffix(".shx").unlink()
    assert read(path).frame.geometry.bounds["minx"].tolist() == [0, 1, 2, 3]


def test_records_numbered_by_nobody_are_taken_as_the_index_says(tmp_path):
    path = layer(tmp_path)
    for record in range(4):
        damage(path, record, -8, struct.pack(">i", 0))
    found = read(path)
    assert found.notes == ()
    assert found.frame.geometry.bounds["minx"].tolist() == [0, 1, 2, 3]
    assert scan(path).offsets.tolist() == [100 + RECORD * n for n in range(4)]


@pytest.mark.parametrize(
    ("at", "raw"),
    [(36, struct.pack("<i", 2**30)), (40, struct.pack("<i", -3)), (0, struct.pack("<i", 77))],
)
def test_a_record_that_cannot_be_drawn_is_broken_and_not_empty(tmp_path, at, raw):
    path = layer(tmp_path)
    damage(path, 2, at, raw)
    frame = read(path).frame
    assert frame.geometry.isna().tolist() == [False, False, True, False]
    assert frame[FAULT_EN].notna().tolist() == [False, False, True, False]
    assert frame["DYMC"].tolist() == ["n0", "n1", "n2", "n3"]


@pytest.mark.parametrize("raw", [struct.pack("<i", 0), None])
def test_a_null_shape_and_one_of_no_points_are_empty_without_a_fault(tmp_path, raw):
    path = layer(tmp_path)
    if raw is None:
        damage(path, 2, 36, bytes(8))  # no parts, no points
    else:
        damage(path, 2, 0, raw)
    frame = read(path).frame
    assert (frame.geometry.isna() | frame.geometry.is_empty).tolist() == [False, False, True, False]
    assert FAULT_EN not in frame


@pytest.mark.parametrize("attributes", [0, 1, 3])
def test_shapes_without_attributes_are_kept_with_nulls(tmp_path, attributes):
    fields = [("MC", "C", 8, 0), ("NF", "N", 4, 0), ("MJ", "N", 8, 2), ("RQ", "D", 8, 0)]
    rows = [[f"n{n}", "2020", "1.5", "20240101"] for n in range(attributes)]
    path = write_shp(tmp_path / "a.shp", boxes(4), dbf_bytes(fields, rows))
    frame = read(path).frame
    known = [n < attributes for n in range(4)]
    assert frame["MC"].tolist() == [f"n{n}" if k else None for n, k in enumerate(known)]
    assert frame["NF"].tolist() == [2020 if k else None for k in known]
    assert frame["MJ"].notna().tolist() == frame["RQ"].notna().tolist() == known
    assert frame.geometry.notna().all()


def test_a_header_that_promises_billions_of_records_costs_nothing(tmp_path):
    raw = bytearray(names_dbf(["a", "b"]))
    raw[4:8] = (2**31 - 1).to_bytes(4, "little")
    path = write_shp(tmp_path / "a.shp", boxes(2), bytes(raw))
    found = read(path)
    assert found.frame["DYMC"].tolist() == ["a", "b"]
    assert "count_mismatch" in [note.kind for note in found.notes]


def shape_of_rings(*rings):
    points = np.concatenate(rings)
    first = np.cumsum([0, *map(len, rings)])[:-1]
    content = struct.pack("<i", 5) + struct.pack("<4d", *points.min(0), *points.max(0))
    content += struct.pack("<2i", len(rings), len(points)) + first.astype("<i4").tobytes()
    return content + points.astype("<f8").tobytes()


def ring(x, y, size, clockwise):
    corners = np.array([(x, y), (x, y + size), (x + size, y + size), (x + size, y), (x, y)], float)
    return corners if clockwise else corners[::-1]


def layer_of_rings(tmp_path, *shapes):
    content, index, at = b"", b"", 50
    for number, shape in enumerate(shapes, 1):
        words = len(shape) // 2
        content += struct.pack(">2i", number, words) + shape
        index += struct.pack(">2i", at, words)
        at += 4 + words
    path = layer(tmp_path, len(shapes))
    for suffix, body in ((".shp", content), (".shx", index)):
        head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50 + len(body) // 2)
        head += struct.pack("<2i", 1000, 5) + struct.pack("<8d", 0, 0, 99, 99, 0, 0, 0, 0)
        path.with_suffix(suffix).write_bytes(head + body)
    return path


@pytest.mark.parametrize("at", [(20, 20), (8, 8)])  # beside the shell, and across it
def test_a_hole_that_is_not_in_its_shell_is_no_second_part(tmp_path, at):
    bad = shape_of_rings(ring(0, 0, 10, True), ring(*at, 4, False))
    good = shape_of_rings(ring(0, 0, 10, True), ring(2, 2, 4, False), ring(30, 0, 5, True))
    shapes = read(layer_of_rings(tmp_path, bad, good)).frame.geometry
    assert not shapes[0].is_valid
    assert len(shapely.get_rings(shapes[0])) == 2
    assert shapes[1].is_valid
    assert shapes[1].area == 100 - 16 + 25


def test_shapes_that_all_run_the_wrong_way_are_shapes(tmp_path):
    path = layer_of_rings(
        tmp_path,
        shape_of_rings(ring(0, 0, 10, False), ring(20, 0, 10, False)),
        shape_of_rings(ring(0, 0, 10, False)),
    )
    shapes = read(path).frame.geometry
    assert shapes.is_valid.all()
    assert shapely.area(shapes.to_numpy()).tolist() == [200, 100]


def test_one_record_that_stops_the_bulk_reader_costs_itself(tmp_path, monkeypatch):
    path = layer(tmp_path, 30)
    real = shp_shapes.bulk_read

    def stops_at_17(target, skip_features=0, max_features=None, **options):
        end = 30 if max_features is None else skip_features + max_features
        if skip_features <= 17 < end:
            raise ValueError("broken")
        return real(target, skip_features=skip_features, max_features=max_features, **options)

    monkeypatch.setattr(shp_shapes, "bulk_read", stops_at_17)
    frame = read(path).frame
    assert frame.geometry.isna().to_numpy().nonzero()[0].tolist() == [17]
    assert frame[FAULT_EN].notna().to_numpy().nonzero()[0].tolist() == [17]
    assert frame.geometry.drop(17).bounds["minx"].tolist() == [n for n in range(30) if n != 17]
