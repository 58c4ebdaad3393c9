from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely
from made_files import WGS84, boxes, dbf_bytes, names_dbf, write_shp

from gisplan.errors import ReadError
from gisplan.read.found import FAULT_EN, FAULT_ZH
from gisplan.read.shapefile import read_shapefile
from gisplan.read.workspace import Workspace


def read(path, encoding=None):
    before = sorted((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in path.parent.iterdir())
    with Workspace() as space:
        found = read_shapefile(path, path.parent, space, encoding)
    after = sorted((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in path.parent.iterdir())
    assert before == after, "reading wrote beside the data"
    return found


def read_or_none(path):
    try:
        return read(path)
    except ReadError:
        return None


def missing(found):
    return [n.detail["missing"] for n in found.notes if n.kind == "companion_missing"]


def counted(found):
    """Return the counts that differ, as the one note of them says."""
    notes = [n for n in found.notes if n.kind == "count_mismatch"]
    assert len(notes) <= 1
    return dict(notes[0].detail["counts"]) if notes else None


def kinds(found):
    return [note.kind for note in found.notes]


def test_gbk_without_cpg_is_read_right_and_said_so(tmp_path):
    found = read(write_shp(tmp_path / "更新单元.shp", dbf=names_dbf(["铁西区", "䶮湖"])))
    assert found.frame["DYMC"].tolist() == ["铁西区", "䶮湖"]
    assert (found.encoding, found.encoding_from) == ("GB18030", "detected")
    (note,) = found.notes
    said = {"declared": "ISO-8859-1", "found": "GB18030", "from": "default"}
    shown = {"bytes": "fe 9f ba fe", "text": "䶮湖", "instead": "þ◇ºþ"}
    assert (note.kind, dict(note.detail)) == ("encoding_recovered", said | shown)


@pytest.mark.parametrize(("cpg", "ldid"), [("GBK", 0), (None, 0x4D)])
def test_gbk_that_says_so_leaves_no_note(tmp_path, cpg, ldid):
    dbf = names_dbf(["铁西区", "𬒈"], ldid=ldid)
    found = read(write_shp(tmp_path / "a.shp", dbf=dbf, cpg=cpg))
    assert found.frame["DYMC"].tolist() == ["铁西区", "𬒈"]
    assert found.notes == ()


def test_field_names_are_decoded_too(tmp_path):
    dbf = dbf_bytes([("更新单元名", "C", 20, 0)], [["甲"], ["乙"]])
    assert read(write_shp(tmp_path / "a.shp", dbf=dbf)).fields == ("更新单元名",)


def test_a_field_name_cut_inside_a_character_keeps_the_rest(tmp_path):
    raw = "用地性质".encode()[:10]
    dbf = dbf_bytes([(raw, "C", 20, 0)], [["甲"], ["乙"]], encoding="utf-8")
    assert read(write_shp(tmp_path / "a.shp", dbf=dbf, cpg="UTF-8")).fields == ("用地性",)


def test_a_cell_that_nothing_decodes_is_null_and_named(tmp_path):
    found = read(write_shp(tmp_path / "a.shp", dbf=names_dbf(["铁西区", b"ab\xff\xffcd"])))
    assert found.frame["DYMC"].tolist() == ["铁西区", None]
    note = next(n for n in found.notes if n.kind == "text_undecodable")
    assert (note.record, note.column, note.detail["bytes"]) == (1, "DYMC", "61 62 ff ff 63 64")


def test_codes_keep_their_zeros_and_whole_numbers_stay_whole(tmp_path):
    fields = [("BH", "C", 8, 0), ("NF", "N", 6, 0), ("MJ", "N", 12, 2)]
    dbf = dbf_bytes(fields, [["0102", "2021", "1.50"], ["0001", "", ""]])
    frame = read(write_shp(tmp_path / "a.shp", dbf=dbf)).frame
    assert frame["BH"].tolist() == ["0102", "0001"]
    assert frame["NF"].tolist() == [2021, None]
    assert frame["MJ"][0] == 1.5
    assert np.isnan(frame["MJ"][1])


@pytest.mark.parametrize("text", ["12a", "****", "1-2", "1.2.3", "1 2", "--3"])
def test_a_number_field_without_a_number_keeps_its_text(tmp_path, text):
    dbf = dbf_bytes([("MJ", "N", 10, 2)], [[text], ["3.25"]])
    assert read(write_shp(tmp_path / "a.shp", dbf=dbf)).frame["MJ"].tolist() == [text, 3.25]


def test_asterisks_over_the_whole_width_are_a_null_number(tmp_path):
    dbf = dbf_bytes([("MJ", "N", 6, 2)], [["*" * 6], ["3.25"], ["*" * 5]])
    frame = read(write_shp(tmp_path / "a.shp", shapes=boxes(3), dbf=dbf)).frame
    assert frame["MJ"].isna().tolist() == [True, False, False]
    assert frame["MJ"].tolist()[1:] == [3.25, "*****"]


@pytest.mark.parametrize("text", ["12", "-1.5", "+2", ".5", "1e3", "1E-3", "  7"])
def test_numbers_of_every_spelling_are_numbers(tmp_path, text):
    dbf = dbf_bytes([("MJ", "N", 10, 2)], [[text], ["3"]])
    assert read(write_shp(tmp_path / "a.shp", dbf=dbf)).frame["MJ"].tolist() == [float(text), 3.0]


def test_identifiers_longer_than_a_float_keep_all_digits(tmp_path):
    dbf = dbf_bytes([("BSM", "N", 19, 0)], [["2101020000000000019"], [""]])
    assert read(write_shp(tmp_path / "a.shp", dbf=dbf)).frame["BSM"].tolist() == [
        "2101020000000000019",
        None,
    ]


def test_a_missing_shx_is_made_outside_the_folder(tmp_path):
    path = write_shp(tmp_path / "a.shp", shapes=boxes(3), dbf=names_dbf(["a", "b", "c"]))
    (tmp_path / "a.shx").unlink()
    found = read(path)
    assert missing(found) == [".shx"]
    assert found.frame.geometry.bounds["minx"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("damage", ["cut", "garbage", "other", "empty"])
def test_a_wrong_shx_is_not_believed(tmp_path, damage):
    path = write_shp(tmp_path / "a.shp", shapes=boxes(3), dbf=names_dbf(["a", "b", "c"]))
    shx = tmp_path / "a.shx"
    raw = shx.read_bytes()
    other = raw[:100] + struct.pack(">6i", 50, 4, 60, 4, 70, 4)
    shx.write_bytes({"cut": raw[:-8], "garbage": b"x" * 124, "other": other, "empty": b""}[damage])
    found = read(path)
    assert missing(found) == [".shx"]
    assert found.frame.geometry.bounds["minx"].tolist() == [0, 1, 2]


def test_a_missing_dbf_leaves_the_shapes(tmp_path):
    found = read(write_shp(tmp_path / "a.shp"))
    assert missing(found) == [".dbf"]
    assert (len(found.frame), found.fields, found.encoding) == (2, (), None)


def test_a_broken_dbf_leaves_the_shapes(tmp_path):
    found = read(write_shp(tmp_path / "a.shp", dbf=b"\x03nonsense" * 20))
    assert missing(found) == [".dbf"]
    assert len(found.frame) == 2


@pytest.mark.parametrize("count", [1, 4])
def test_records_that_one_file_lacks_are_kept_and_said(tmp_path, count):
    names = ["甲", "乙", "丙", "丁"][:count]
    found = read(write_shp(tmp_path / "a.shp", dbf=names_dbf(names, ldid=0x4D)))
    assert len(found.frame) == max(2, count)
    assert counted(found) == {".shp": 2, ".shx": 2, ".dbf": count, ".dbf header": count}
    assert missing(found) == []
    if count == 4:
        assert found.frame["DYMC"].tolist() == names
        assert found.frame.geometry.isna().tolist() == [False, False, True, True]
        assert found.frame[FAULT_EN].notna().tolist() == [False, False, True, True]
    else:
        assert found.frame["DYMC"].tolist() == ["甲", None]


def test_deleted_records_do_not_shift_the_attributes(tmp_path):
    rows = [["甲"], ["乙"], ["丙"]]
    dbf = dbf_bytes([("MC", "C", 10, 0)], rows, ldid=0x4D, deleted=(1,))
    found = read(write_shp(tmp_path / "a.shp", shapes=boxes(3), dbf=dbf))
    assert found.frame["MC"].tolist() == ["甲", "丙"]
    assert found.frame.geometry.bounds["minx"].tolist() == [0, 2]


def test_a_shp_cut_in_its_last_record_keeps_the_others(tmp_path):
    path = write_shp(tmp_path / "a.shp", shapes=boxes(3), dbf=names_dbf(["a", "b", "c"]))
    raw = path.read_bytes()
    path.write_bytes(raw[:-20])
    found = read(path)
    assert len(found.frame) == 3
    assert found.frame.geometry.isna().tolist() == [False, False, True]
    assert found.frame[FAULT_ZH].notna().tolist() == [False, False, True]
    assert counted(found) == {".shp": 2, ".shx": 2, ".dbf": 3, ".dbf header": 3}


def test_no_length_of_a_cut_file_breaks_or_hangs(tmp_path):
    path = write_shp(tmp_path / "a.shp", shapes=boxes(2), dbf=names_dbf(["甲", "乙"]))
    whole = {e: (tmp_path / f"a{e}").read_bytes() for e in (".shp", ".shx", ".dbf", ".prj")}
    for extension, raw in whole.items():
        for length in range(0, len(raw), 11):
            (tmp_path / f"a{extension}").write_bytes(raw[:length])
            found = read_or_none(path)
            if found is not None:
                # Two records went in: each is there, or the loss is said.
                told = missing(found) or counted(found)
                assert len(found.frame) == 2 or told, (extension, length)
        (tmp_path / f"a{extension}").write_bytes(raw)


def test_bytes_turned_at_random_break_nothing(tmp_path):
    path = write_shp(tmp_path / "a.shp", shapes=boxes(3), dbf=names_dbf(["甲", "乙", "丙"]))
    chance = np.random.default_rng(7)
    for extension in (".shp", ".shx", ".dbf"):
        raw = (tmp_path / f"a{extension}").read_bytes()
        for _ in range(25):
            damaged = bytearray(raw)
            for at in chance.integers(0, len(raw), 3):
                damaged[at] = int(chance.integers(0, 256))
            (tmp_path / f"a{extension}").write_bytes(bytes(damaged))
            found = read_or_none(path)
            assert found is None or len(found.frame) < 1000
        (tmp_path / f"a{extension}").write_bytes(raw)


def _with_ring(tmp_path, points):
    """Write a shapefile whose second polygon has one ring of these points."""
    path = write_shp(tmp_path / "a.shp", shapes=boxes(1), dbf=names_dbf(["甲", "乙"], ldid=0x4D))
    body = struct.pack("<i4d2ii", 5, 0, 0, 9, 9, 1, len(points), 0)
    body += b"".join(struct.pack("<2d", *point) for point in points)
    raw = path.read_bytes() + struct.pack(">ii", 2, len(body) // 2) + body
    path.write_bytes(raw[:24] + struct.pack(">i", len(raw) // 2) + raw[28:])
    (tmp_path / "a.shx").unlink()
    return path


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([(0, 0), (0, 5), (5, 5), (5, 0)], "a ring is not closed"),
        ([(0, 0), (0, 0)], "a ring has too few points"),
    ],
)
def test_a_ring_that_makes_no_polygon_costs_only_its_feature(tmp_path, points, reason):
    found = read(_with_ring(tmp_path, points))
    assert found.frame["DYMC"].tolist() == ["甲", "乙"]
    assert found.frame.geometry.isna().tolist() == [False, True]
    assert found.frame[FAULT_EN].tolist() == [None, reason]


def test_an_invalid_polygon_is_left_as_it_is(tmp_path):
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    found = read(write_shp(tmp_path / "a.shp", shapes=[bow_tie], dbf=names_dbf(["甲"])))
    assert not found.frame.geometry.is_valid[0]
    assert FAULT_ZH not in found.frame.columns


def test_extensions_may_be_in_any_case(tmp_path):
    write_shp(tmp_path / "a.shp", dbf=names_dbf(["甲", "乙"]))
    for path in list(tmp_path.iterdir()):
        path.rename(path.with_suffix(path.suffix.upper()))
    found = read(tmp_path / "a.SHP")
    assert found.frame["DYMC"].tolist() == ["甲", "乙"]
    assert found.crs == "EPSG:4326"


@pytest.mark.parametrize(
    ("prj", "told"),
    [(None, []), ("<!DOCTYPE html>", [".prj"]), ("", [".prj"]), (WGS84[:60], [".prj"])],
)
def test_without_a_good_prj_the_crs_is_unknown(tmp_path, prj, told):
    found = read(write_shp(tmp_path / "a.shp", dbf=names_dbf(["甲", "乙"], ldid=0x4D), prj=prj))
    assert (found.crs, found.frame.crs) == (None, None)
    assert missing(found) == told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>" * 3,
        b"\0" * 200,
        struct.pack(">i", 9994) + b"\0" * 20,
    ],
)
def test_what_is_only_called_shp_is_refused(tmp_path, content):
    path = tmp_path / "a.shp"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=r"a\.shp"):
        read(path)


def test_a_companion_that_is_a_link_out_of_the_plan_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.dbf").write_bytes(names_dbf(["密", "密"]))
    plan = tmp_path / "plan"
    plan.mkdir()
    path = write_shp(plan / "a.shp")
    (plan / "a.dbf").symlink_to(outside / "secret.dbf")
    found = read(path)
    assert missing(found) == [".dbf"]
    assert found.fields == ()


def test_an_empty_shapefile_has_no_features_and_no_notes(tmp_path):
    path = write_shp(tmp_path / "a.shp", shapes=boxes(1), dbf=dbf_bytes([("BH", "C", 5, 0)], []))
    raw = path.read_bytes()[:100]
    path.write_bytes(raw[:24] + struct.pack(">i", 50) + raw[28:])
    shx = tmp_path / "a.shx"
    raw = shx.read_bytes()[:100]
    shx.write_bytes(raw[:24] + struct.pack(">i", 50) + raw[28:])
    found = read(path)
    assert (len(found.frame), kinds(found), found.fields) == (0, [], ("BH",))


def test_a_table_cut_short_is_told_even_where_its_header_agrees_with_the_shapes(tmp_path):
    path = write_shp(tmp_path / "a.shp", boxes(3), names_dbf(["甲", "乙", "丙"], ldid=0x4D))
    dbf = tmp_path / "a.dbf"
    dbf.write_bytes(dbf.read_bytes()[:-60])
    found = read(path)
    assert counted(found) == {".shp": 3, ".shx": 3, ".dbf": 1, ".dbf header": 3}
    assert found.frame["DYMC"].tolist() == ["甲", None, None]


def test_a_shp_that_ends_between_two_records_is_told_by_its_header(tmp_path):
    path = write_shp(tmp_path / "a.shp", shapes=boxes(3))
    raw = path.read_bytes()
    record = (len(raw) - 100) // 3
    path.write_bytes(raw[:-record])
    (tmp_path / "a.shx").unlink()
    note = next(n for n in read(path).notes if n.kind == "count_mismatch")
    assert note.detail["counts"] == {".shp": 2, ".shx": 2}
    assert note.detail["cut"]


def test_an_index_that_leaves_a_record_out_is_told(tmp_path):
    path = write_shp(tmp_path / "a.shp", boxes(3), names_dbf(["甲", "乙"], ldid=0x4D))
    shx = tmp_path / "a.shx"
    raw = shx.read_bytes()[:-8]
    shx.write_bytes(raw[:24] + struct.pack(">i", len(raw) // 2) + raw[28:])
    found = read(path)
    assert counted(found) == {".shp": 3, ".shx": 2, ".dbf": 2, ".dbf header": 2}


def test_a_hole_that_a_rewritten_shape_left_is_no_record(tmp_path):
    path = write_shp(tmp_path / "a.shp", boxes(2), names_dbf(["甲", "乙"], ldid=0x4D))
    raw = path.read_bytes()
    record = (len(raw) - 100) // 2
    # The first shape was edited: it now stands at the end, and its old place is unused.
    raw = raw[:100] + b"\xff" * record + raw[100 + record :] + raw[100 : 100 + record]
    path.write_bytes(raw[:24] + struct.pack(">i", len(raw) // 2) + raw[28:])
    shx = tmp_path / "a.shx"
    index = shx.read_bytes()
    shx.write_bytes(index[:100] + struct.pack(">i", (100 + 2 * record) // 2) + index[104:])
    found = read(path)
    assert (found.notes, found.frame["DYMC"].tolist()) == ((), ["甲", "乙"])
    assert found.frame.geometry.bounds["minx"].tolist() == [0, 1]
