"""The books of a run: what was set aside, mended, read otherwise than written, left out."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from findings_case import EAST, NORTH, Case, square
from shapely.geometry import Point

from gisplan.findings.accounts import EXAMPLES, draw_accounts
from gisplan.model import InputRecord, Note, Text


def books(*notes, **options):
    case = Case()
    case.options = {"notes": notes, **options}
    return case.build().accounts


def note(kind, record=0, layer="unit", path="unit.gpkg", **more):
    detail = {k: v for k, v in more.items() if k not in ("column", "geometry", "feature")}
    rest = {k: v for k, v in more.items() if k in ("column", "geometry", "feature")}
    return Note(kind, layer, path, record, detail=detail, **rest)


def test_feature_set_aside_has_reason_and_place():
    aside = pd.DataFrame(
        {"code": ["X1", "X2"], "reason_zh": ["坏", "空"], "reason_en": ["bad", "none"]}
    ).assign(geometry=pd.Series([square(0, 0), None], dtype=object))
    first, second = books(quarantine={"unit": aside}).aside
    assert (first.feature, first.features, first.record) == ("X1", 1, 0)
    assert first.reason == Text("坏", "bad")
    lon, lat = first.place
    assert first.shape.contains(Point(lon, lat))
    assert (round(lon), round(lat)) == (123, 42)
    assert (second.place, second.shape, second.reason.zh) == (None, None, "空")


def test_file_without_crs_is_one_row_with_all_its_features():
    case = Case()
    missing = note("crs_missing", None, "parcel", "p.dxf", why_zh="", why_en="")
    case.options = {"notes": [missing]}
    plan = replace(case.plan(), inputs=(InputRecord("p.dxf", "", "parcel", "DXF", 12),))
    (row,) = draw_accounts(plan).aside
    assert (row.layer, row.path, row.record, row.features, row.place) == (
        "parcel",
        "p.dxf",
        None,
        12,
        None,
    )


def test_mended_shape_has_its_area_before_and_after_and_its_place():
    crossing = note(
        "invalid_geometry",
        feature="U",
        geometry=Point(EAST, NORTH),
        reason="Self-intersection",
        reason_zh="自相交",
        repaired=True,
        area_before_m2=0.0,
        area_after_m2=50.0,
    )
    (row,) = books(crossing).mended
    assert (row.before_m2, row.after_m2, row.what.zh, row.feature) == (0.0, 50.0, "自相交", "U")
    assert round(row.place[0]) == 123


def test_parts_dropped_lie_where_the_feature_is():
    parts = {"found": "line", "wanted": "polygon", "found_zh": "线", "wanted_zh": "面"}
    (row,) = books(note("parts_dropped", **parts)).mended
    assert row.what.zh == "混合图形只保留面，舍去线"
    assert row.place is not None
    assert (row.before_m2, row.after_m2) == (None, None)


def test_shape_beyond_repair_is_not_mended():
    refused = note("invalid_geometry", reason="x", repaired=False, area_before_m2=0.0)
    assert books(refused).mended == ()


def test_cells_are_counted_by_column_and_a_few_are_shown():
    notes = [
        note("code_repaired", n, column="code", before=f"0{n}", after=f"{n}") for n in range(8)
    ]
    notes.append(note("code_repaired", None, column="code", before="x", after="y", count=40))
    notes.append(note("value_unreadable", 2, column="far", value="约2", wanted="number"))
    repaired, unread = books(*notes).cells
    assert (repaired.field, repaired.kind, repaired.count) == ("code", "code_repaired", 48)
    assert len(repaired.examples) == EXAMPLES
    assert (unread.kind, unread.count, unread.examples) == ("unreadable", 1, ((2, "约2", None),))


def test_files_that_no_layer_was_read_from_are_listed():
    stray = Note("unrecognised", path="x.csv", detail={"reason_zh": "认不出", "reason_en": "?"})
    broken = Note(
        "file_unreadable", "parcel", "p.shp", detail={"reason_zh": "断", "reason_en": "!"}
    )
    rows = books(stray, broken).left_out
    assert [(r.layer, r.path, r.unreadable) for r in rows] == [
        ("", "x.csv", False),
        ("parcel", "p.shp", True),
    ]


def test_columns_under_other_names_and_unused_ones_are_listed():
    (row,) = books(note("fields_read", None, fields={"code": ("DYBH",)}, unused=("X",))).fields
    assert (row.layer, row.fields, row.unused) == ("unit", {"code": ("DYBH",)}, ("X",))
