"""Large layers packed: every vertex within half a centimetre, every cell as it was."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from packed_reader import Reader, from_text, read_layer, read_numbers, read_texts, to_degrees
from pyproj import Geod, Transformer
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from gisplan.render.webmap.answers import Answers
from gisplan.render.webmap.chunks import folder_files
from gisplan.render.webmap.layers import plain
from gisplan.render.webmap.map import map_html
from gisplan.render.webmap.packed.codec import ALPHABET, planes, to_text, zigzag
from gisplan.render.webmap.packed.columns import class_bytes, column
from gisplan.render.webmap.packed.mercator import to_units
from gisplan.render.webmap.packed.record import PLAIN_LIMIT, packed_layer, piece_bounds
from gisplan.render.webmap.payload import contents
from gisplan.testing.many_units import many_units

CRS = "EPSG:4529"
EAST, NORTH = 41_400_000.0, 4_625_000.0
ORIGIN = np.array([EAST, NORTH])
GEOD = Geod(ellps="GRS80")


def near(shape: Any) -> Any:
    return shapely.transform(shape, lambda xy: xy + ORIGIN)


def packed(shapes: list[Any], crs: Any = CRS, piece: int = 1_000_000, **more: Any) -> Any:
    dossier = many_units(shapes, crs=crs, **more)
    layer = packed_layer(dossier.plan.layers["unit"], dossier, {}, piece)
    return layer.record, read_layer(layer.record, layer.texts)


def mesh(side: int) -> np.ndarray:
    """Return squares with a ragged edge that share all vertices with their neighbours."""
    nodes = np.random.default_rng(1).uniform(-30, 30, (side + 1, side + 1, 2))
    nodes += np.stack(np.meshgrid(*[np.arange(side + 1) * 120.0] * 2), axis=-1) + ORIGIN
    corners = [nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]]
    return shapely.polygons(np.stack(corners, axis=2).reshape(-1, 4, 2))


@pytest.mark.parametrize("size", [*range(30), 1000, 4096])
def test_bytes_survive_as_text_that_ends_nothing(size: int) -> None:
    data = np.random.default_rng(size).integers(0, 256, size, dtype=np.uint8).tobytes()
    text = to_text(data)
    assert from_text(text)[:size] == data
    assert len(text) == -(-size // 13) * 16
    assert set(text) <= set(ALPHABET)


def test_no_sign_of_the_text_can_end_an_element_a_string_or_a_line() -> None:
    assert len(set(ALPHABET)) == 91
    assert not set(ALPHABET) & set('<"\\\n\r\t \0')


@pytest.mark.parametrize("top", [0, 127, 128, 16_383, 16_384, 2**31 - 1, 2**32, 2**52])
def test_integers_survive_at_each_side_of_a_plane(top: int) -> None:
    values = np.array([0, top, 1, top, max(top - 1, 0)], dtype=np.int64)
    assert Reader(planes(values)).take(5) == values.tolist()
    both = np.concatenate([values, -values])
    assert Reader(planes(zigzag(both))).signed(10) == both.tolist()


def test_no_integers_are_no_bytes() -> None:
    assert planes(np.array([], dtype=np.int64)) == b""


def test_small_numbers_of_either_sign_take_one_byte() -> None:
    assert len(planes(zigzag(np.array([-64, 63], dtype=np.int64)))) == 2
    assert len(planes(zigzag(np.array([64], dtype=np.int64)))) == 2


@pytest.mark.parametrize("latitude", [-84, -41, 0, 18, 41, 53.5])
def test_a_vertex_moves_at_most_half_a_centimetre_on_each_axis(latitude: float) -> None:
    rng = np.random.default_rng(7)
    lon = rng.uniform(-180, 180, 4000)
    lat = latitude + rng.uniform(-0.5, 0.5, 4000)
    units, finite = to_units(np.column_stack([lon, lat]), "EPSG:4490")
    assert finite.all()
    back = to_degrees(units)
    _, _, east = GEOD.inv(lon, lat, back[:, 0], lat)
    _, _, north = GEOD.inv(lon, lat, lon, back[:, 1])
    assert max(np.max(east), np.max(north)) <= 0.005 * 1.0001
    assert max(np.max(east), np.max(north)) > 0.004 * np.cos(np.radians(latitude))  # no finer


def test_a_layer_in_its_working_crs_comes_back_within_half_a_centimetre() -> None:
    shapes = mesh(30)
    _, found = packed(list(shapes))
    back = Transformer.from_crs("EPSG:4490", CRS, always_xy=True)
    for shape, parts in zip(shapely.orient_polygons(shapes), found["shapes"], strict=True):
        ((kind, (ring,)),) = parts
        assert kind == 2
        xy = np.column_stack(back.transform(*to_degrees(ring).T))
        assert np.abs(xy - shapely.get_coordinates(shape)).max() < 0.0051


def test_neighbours_that_share_vertices_still_do_and_the_border_is_written_once() -> None:
    side = 40
    shapes = mesh(side)
    record, found = packed(list(shapes))
    corners = {tuple(xy) for ((_, (ring,)),) in found["shapes"] for xy in ring.tolist()}
    assert len(corners) == (side + 1) ** 2
    apart = shapely.transform(
        shapes, lambda xy: xy + np.repeat(np.arange(len(shapes)) * 7000.0, 5)[:, None]
    )
    alone, _ = packed(list(apart))
    assert record["pieces"][0]["bytes"][0] < 0.75 * alone["pieces"][0]["bytes"][0]


def test_holes_multiparts_lines_points_and_collections_keep_parts_and_order() -> None:
    holed = Polygon(box(0, 0, 40, 40).exterior.coords, [box(10, 10, 20, 20).exterior.coords])
    shapes = [
        near(MultiPolygon([holed, box(50, 50, 60, 60)])),
        None,
        near(LineString([(0, 0), (10, 10), (20, 0)])),
        Polygon(),
        near(MultiPoint([(0, 0), (10, 10)])),
        near(GeometryCollection([Point(30, 30), MultiPolygon([box(0, 0, 10, 10)])])),
    ]
    _, found = packed(shapes)
    kinds = [[kind for kind, _ in parts] for parts in found["shapes"]]
    assert kinds == [[2, 2], [], [1], [], [0, 0], [0, 2]]
    outer, hole = found["shapes"][0][0][1]
    assert [len(outer), len(hole)] == [5, 5]
    assert signed_area(outer) * signed_area(hole) < 0
    assert signed_area(outer) * signed_area(found["shapes"][0][1][1][0]) > 0


def signed_area(ring: np.ndarray) -> float:
    x, y = (ring - ring[0]).astype(float).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def test_ring_of_a_hundred_thousand_vertices_is_kept_whole() -> None:
    angle = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * 20_000
    _, found = packed([near(Polygon(ring)), near(box(0, 0, 10, 10))])
    ((_, (back,)),) = found["shapes"][0]
    assert len(back) == 100_001


def test_sliver_of_five_centimetres_keeps_its_width() -> None:
    _, found = packed([near(box(0, 0, 300, 0.05))])
    ((_, (ring,)),) = found["shapes"][0]
    length = np.hypot(*np.diff(ring, axis=0).T).max()
    width = abs(signed_area(ring)) / 2 / length * np.cos(np.radians(41.7)) / 100
    assert width == pytest.approx(0.05, abs=0.011)
    assert len({tuple(xy) for xy in ring.tolist()}) == 4


def test_minus_zero_is_zero() -> None:
    one, _ = to_units(np.array([[-0.0, -0.0], [0.0, 0.0]]), "EPSG:4490")
    assert one.tolist() == [[0, 0], [0, 0]]
    minus, plus = (Polygon([(z, z), (1, z), (1, 1)]) for z in (-0.0, 0.0))
    texts = [
        packed_layer(d.plan.layers["unit"], d, {}).texts
        for d in (many_units([it], crs="EPSG:4490") for it in (minus, plus))
    ]
    assert texts[0] == texts[1]


def test_antimeridian_and_poles_stay_within_the_map() -> None:
    places = np.array([[180.0, 0], [-180.0, 0], [179.9999999, 85.0], [0, 90], [0, -90], [0, 89]])
    units, finite = to_units(places, "EPSG:4490")
    assert finite.all()
    half = round(np.pi * 6_378_137 * 100)
    assert units[0, 0] == half
    assert units[1, 0] == -half
    assert units[3, 1] == units[5, 1] == -half  # Leaflet ends there
    assert units[4, 1] == half
    across = Polygon([(179.9, 40), (-179.9, 40), (-179.9, 41), (179.9, 41)])
    _, found = packed([across], crs="EPSG:4490")
    ((_, (ring,)),) = found["shapes"][0]
    assert np.allclose(
        to_degrees(ring), shapely.get_coordinates(shapely.orient_polygons(across)), atol=1e-7
    )


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_a_feature_without_a_finite_place_is_kept_without_shape(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.linestrings([[EAST, NORTH], [bad, NORTH]])
    record, found = packed([near(box(0, 0, 9, 9)), broken, near(box(20, 0, 29, 9))])
    assert [len(parts) for parts in found["shapes"]] == [1, 0, 1]
    assert record["count"] == 3
    assert len(found["columns"][0]) == 3


def test_no_features_are_a_layer_without_pieces() -> None:
    record, found = packed([])
    assert record["count"] == 0
    assert record["pieces"] == []
    assert found["shapes"] == []


def test_features_without_any_shape_are_all_there() -> None:
    record, found = packed([None] * 3)
    assert [piece["box"] for piece in record["pieces"]] == [None]
    assert found["columns"][0] == [f"210102-GX000000{i}" for i in range(3)]


@pytest.mark.parametrize("piece", [1, 5, 7, 50, 10_000])
def test_pieces_of_any_size_hold_the_same(piece: int) -> None:
    shapes = [*mesh(6), None, near(box(0, 0, 5, 5))]
    _, whole = packed(shapes)
    record, cut = packed(shapes, piece=piece)
    assert sum(entry["count"] for entry in record["pieces"]) == len(shapes)
    assert len(record["pieces"]) == {1: 38, 5: 37, 7: 26, 50: 4, 10_000: 1}[piece]
    assert json.dumps(cut, default=np.ndarray.tolist) == json.dumps(
        whole, default=np.ndarray.tolist
    )


def test_a_piece_is_full_with_the_feature_that_reaches_its_size() -> None:
    assert piece_bounds(np.array([4, 4, 4, 4]), 10).tolist() == [0, 2, 4]
    assert piece_bounds(np.array([4, 4, 4, 4]), 11).tolist() == [0, 3, 4]
    assert piece_bounds(np.array([100, 0, 0]), 10).tolist() == [0, 1, 3]
    assert piece_bounds(np.array([], dtype=np.int64), 10).tolist() == [0]


@pytest.mark.parametrize("count", [2, 255, 256, 257, 70_000])
def test_any_number_of_classes(count: int) -> None:
    assert Reader(class_bytes(np.arange(count))).take(count) == list(range(count))


def test_classes_columns_and_verdicts_are_those_of_the_plain_page() -> None:
    dossier = many_units(
        mesh(4), names=["甲", None, "", "甲"] * 4, area=[1.5, np.nan, 3, 1e6] * 4, crs=CRS
    )
    dossier.verdicts.at[1, "reasons"] = ["b", "gone"]
    dossier.verdicts.at[1, "why_zh"], dossier.verdicts.at[1, "why_en"] = ["因"], ["why"]
    dossier.verdicts.at[1, "errors"] = 2
    (lists,) = contents(dossier, "zh", mode="plain").data["layers"]
    unit = dossier.verdicts["unit"][2]
    answers = Answers(due={unit: [0, 3]}, ways={unit: [["缩小", "smaller"]]})
    rows = {"a": 0, "b": 1}
    layer = packed_layer(
        dossier.plan.layers["unit"], dossier, rows, answers=answers, of_unit={unit: 7}
    )
    found = read_layer(layer.record, layer.texts)
    label, name, area, errors, approvals, reasons, why, due, ways, district = found["columns"]
    place = label.index(unit)
    assert (due[place], ways[place], district[place]) == ([0, 3], [["缩小", "smaller"]], 7)
    assert sum(cell is not None for cell in (*due, *ways, *district)) == 3
    assert label == lists["label"]
    assert [text or "" for text in name] == lists["name"]
    assert found["classes"] == lists["class"]
    assert [field["name"] for field in layer.record["fields"]] == ["area"]
    assert area == lists["fields"][0]["values"]
    fields = ["errors", "approvals", "reasons", "why", "due", "ways", "district"]
    assert layer.record["verdictFields"] == fields
    assert errors == [0, 2, *[0] * 14]
    assert approvals == [0] * 16
    assert reasons == [None, [1], *[None] * 14]
    assert why == [None, [["因", "why"]], *[None] * 14]


def test_a_unit_without_verdict_has_none_in_its_columns() -> None:
    dossier = many_units(mesh(2), crs=CRS)
    dossier = replace(dossier, verdicts=dossier.verdicts.iloc[1:])
    layer = packed_layer(dossier.plan.layers["unit"], dossier, {})
    found = read_layer(layer.record, layer.texts)
    assert found["columns"][2] == [None, 0, 0, 0]
    assert layer.record["classes"][found["classes"][0]]["title"] == ["无结论", "no verdict"]


HOSTILE = ("</script><script>x()</script>", "<!--", "a\nb\0c", "\ufeff甲", "𠀀", "{{ x }}", '"\\')


def test_texts_survive_whatever_is_in_them() -> None:
    cells = [*HOSTILE, None, HOSTILE[0], "", HOSTILE[3], np.nan]
    found = column(pd.Series(cells, dtype=object), plain)
    back = read_texts(found.to_bytes(slice(None)), len(cells))
    assert back == [*HOSTILE, None, HOSTILE[0], "", HOSTILE[3], None]


def test_half_a_sign_becomes_a_question_mark() -> None:
    found = column(pd.Series(["\ud800 lone"], dtype=object), plain)
    assert read_texts(found.to_bytes(slice(None)), 1) == ["? lone"]


@pytest.mark.parametrize(
    ("values", "kind", "decimals"),
    [
        ([1, 2, -3], "number", 0),
        ([1.5, np.nan, -2.25], "number", 2),
        ([0.1, 0.2, 0.3], "number", 1),
        ([1 / 3, 2e9 + 0.123456], "number", 6),
        ([2.0**50, -(2.0**51)], "json", 0),
        ([np.inf, 1], "json", 0),
        ([-0.0, 0.0], "number", 0),
    ],
)
def test_numbers_are_those_of_the_plain_page(values: list, kind: str, decimals: int) -> None:
    series = pd.Series(values)
    found = column(series, plain)
    assert (found.kind, found.decimals) == (kind, decimals)
    data = found.to_bytes(slice(None))
    if kind == "json":
        back = [json.loads(text) for text in read_texts(data, len(values))]
    else:
        back = read_numbers(data, len(values), decimals)
    assert back == [plain(value) for value in series]


def test_dates_lists_and_mixtures_are_those_of_the_plain_page() -> None:
    for cells in (
        pd.Series(pd.to_datetime(["2025-01-02", None])),
        pd.Series([["a", "b"], None, []], dtype=object),
        pd.Series([True, 1, "x", None], dtype=object),
        pd.Series([True, False]),
    ):
        found = column(cells, plain)
        back = read_texts(found.to_bytes(slice(None)), len(cells))
        if found.kind == "json":
            back = [text if text is None else json.loads(text) for text in back]
        assert back == [plain(value) for value in cells]


def test_an_empty_column_is_left_out() -> None:
    assert column(pd.Series([None, np.nan], dtype=object), plain) is None


@pytest.mark.parametrize(("count", "mode"), [(PLAIN_LIMIT, "plain"), (PLAIN_LIMIT + 1, "packed")])
def test_a_layer_is_packed_beyond_five_thousand_features(count: int, mode: str) -> None:
    shown = contents(many_units([near(box(0, 0, 9, 9))] * count, crs=CRS), "zh")
    assert shown.data["mode"] == mode
    assert bool(shown.pieces) == (mode == "packed")
    assert ("shapes" in shown.data["layers"][0]) == (mode == "plain")


@pytest.mark.parametrize("mode", ["plain", "packed"])
def test_a_mode_that_is_asked_for_is_used(mode: str) -> None:
    few, many = many_units([near(box(0, 0, 9, 9))]), many_units([near(box(0, 0, 9, 9))] * 5001)
    assert contents(few, "zh", mode=mode).data["mode"] == mode
    assert contents(many, "zh", mode=mode).data["mode"] == mode


def test_same_dossier_gives_same_bytes_when_packed() -> None:
    names = [f"单元{i % 17}" for i in range(400)]
    one, other = (map_html(many_units(mesh(20), names=names), "zh", mode="packed") for _ in "ab")
    assert one == other


def test_hostile_texts_of_a_packed_layer_end_no_element() -> None:
    tame = map_html(many_units(mesh(3), names=["甲"] * 9), "zh", mode="packed")
    evil = map_html(many_units(mesh(3), names=(HOSTILE * 2)[:9]), "zh", mode="packed")
    for part in ("<script", "</script", "<img", "<!--"):
        assert evil.count(part) == tame.count(part)


def test_units_in_no_layer_keep_their_verdicts() -> None:
    dossier = many_units(mesh(2), crs=CRS)
    gone = dossier.verdicts.iloc[:1].assign(unit="210102-GX-AWAY")
    dossier = replace(dossier, verdicts=pd.concat([dossier.verdicts, gone], ignore_index=True))
    rows = contents(dossier, "zh", mode="packed").data["verdicts"]
    assert [row["unit"] for row in rows] == ["210102-GX-AWAY"]


def test_shapes_of_the_frame_are_left_as_they_are() -> None:
    series = gpd.GeoSeries([shapely.linestrings([[0, 0], [np.inf, 0]]), box(0, 0, 1, 1)], crs=CRS)
    many = many_units(list(series), crs=CRS)
    packed_layer(many.plan.layers["unit"], many, {})
    assert many.plan.layers["unit"].frame.geometry.iloc[0] is not None


def test_a_map_in_a_folder_is_a_page_and_scripts_that_hand_over_its_pieces() -> None:
    dossier = many_units(mesh(4), crs=CRS)
    files = folder_files(dossier, "zh")
    assert list(files) == ["map.json", "map.html", "chunk_0001.js"]
    assert files == folder_files(dossier, "zh")
    digest, number, text = re.fullmatch(
        r'gisplanChunk\("(\w{16})",(\d+),"(.*)"\);\n', files["chunk_0001.js"].decode("ascii")
    ).groups()
    shown = contents(dossier, "zh", mode="packed")
    assert (number, text) == ("0", shown.pieces[0])
    page = files["map.html"].decode()
    assert f'"chunks":"{digest}"' in page
    assert '"mode":"folder"' in page
    assert text not in page
    other = folder_files(many_units(mesh(5), crs=CRS), "zh")
    assert digest.encode() not in other["chunk_0001.js"]


def test_only_the_page_of_a_folder_may_call_in_scripts() -> None:
    dossier = many_units(mesh(2), crs=CRS)
    assert b"'strict-dynamic'" in folder_files(dossier)["map.html"]
    assert "'strict-dynamic'" not in map_html(dossier, "zh", mode="packed")
