"""Ellipsoidal area against the survey rule's series, against Geod, and on tiny pieces."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from gisplan.measure import ellipsoid
from gisplan.measure.ellipsoid import authalic_q, ellipsoidal_area

CRS = "EPSG:4529"
TO_DEGREES = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
GEOD = Geod(a=6378137.0, rf=298.257222101)
A = 6378137.0
B = A * (1 - 1 / 298.257222101)
E2 = (A * A - B * B) / (A * A)


def blob(x: float, size: float, seed: int, corners: int = 9) -> shapely.Polygon:
    """Return a star-shaped polygon about `size` metres across, with a hole."""
    rng = np.random.default_rng(seed)
    turn = (np.arange(corners) + rng.uniform(0, 0.8, corners)) * 2 * np.pi / corners
    reach = size / 2 * rng.uniform(0.6, 1.0, corners)
    ring = np.c_[np.cos(turn), np.sin(turn)] * reach[:, None] + [x, 4_620_000.0]
    hole = (ring - [x, 4_620_000.0]) / 4 + [x, 4_620_000.0]
    return shapely.Polygon(ring, [hole])


def geod_area(shape: shapely.Geometry) -> float:
    """Return the area between geodesics, ring by ring."""
    total = 0.0
    for polygon in shapely.get_parts(shape):
        for i, ring in enumerate([polygon.exterior, *polygon.interiors]):
            lon, lat = TO_DEGREES.transform(*np.asarray(ring.coords).T)
            area = abs(GEOD.polygon_area_perimeter(lon, lat)[0])
            total += area if i == 0 else -area
    return total


def series_area(lon: np.ndarray, lat: np.ndarray) -> float:
    """Return the area of a ring by the trapezoids of 国土调查办发〔2008〕32号."""
    e2, e4, e6, e8 = E2, E2**2, E2**3, E2**4
    factors = [
        1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
        1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8,
        3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
        1 / 112 * e6 + 45 / 2304 * e8,
        5 / 2304 * e8,
    ]
    b, mean = np.radians(lat), np.radians((lon[1:] + lon[:-1]) / 2 - lon[0])
    half, middle = (b[1:] - b[:-1]) / 2, (b[1:] + b[:-1]) / 2
    terms = sum(
        (-1) ** k * f * np.sin((2 * k + 1) * half) * np.cos((2 * k + 1) * middle)
        for k, f in enumerate(factors)
    )
    return abs(float((2 * B * B * mean * terms).sum()))


@pytest.mark.parametrize("x", [41_400_000.0, 41_500_000.0, 41_650_000.0])
@pytest.mark.parametrize("size", [20.0, 200.0, 2_000.0, 20_000.0])
def test_area_agrees_with_geod_along_the_drawn_edges(x: float, size: float) -> None:
    shapes = np.array([blob(x, size, seed) for seed in range(4)])
    # Geod's own rounding is 2e-6 of a shape of 20 m with 1 m edges, so it gets 60 edges at most
    drawn = shapely.segmentize(shapes, max(size / 40, 10.0))
    wanted = [geod_area(shape) for shape in drawn]
    assert ellipsoidal_area(shapes, CRS) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("size", [20.0, 200.0, 2_000.0, 20_000.0])
def test_three_points_an_edge_follow_the_drawn_line(size: float) -> None:
    shapes = np.array([blob(41_620_000.0, size, seed) for seed in range(4)])
    dense = ellipsoidal_area(shapely.segmentize(shapes, size / 1000), CRS)
    assert ellipsoidal_area(shapes, CRS) == pytest.approx(dense, rel=2e-8)


def test_edges_of_a_hundred_kilometres_follow_the_drawn_line() -> None:
    shape = np.array([blob(41_500_000.0, 200_000.0, 3)])
    dense = ellipsoidal_area(shapely.segmentize(shape, 500.0), CRS)
    assert ellipsoidal_area(shape, CRS) == pytest.approx(dense, rel=1e-10)


def test_chords_alone_would_miss_the_drawn_line(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = np.array([blob(41_500_000.0, 2_000.0, 1, corners=3)])
    right = ellipsoidal_area(shape, CRS)
    monkeypatch.setattr(ellipsoid, "MIN_BOW_M", np.inf)
    assert ellipsoidal_area(shape, CRS) != pytest.approx(right, rel=1e-6)


@pytest.mark.parametrize("size", [20.0, 500.0, 5_000.0])
def test_area_by_chords_is_the_series_of_the_survey_rule(
    size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ellipsoid, "MIN_BOW_M", np.inf)
    monkeypatch.setattr(ellipsoid, "SMALL_M", 0.0)
    shape = shapely.Polygon(blob(41_580_000.0, size, 5).exterior)
    lon, lat = TO_DEGREES.transform(*np.asarray(shape.exterior.coords).T)
    # the rule's series ends at e^8: 2e-12; the rest is the rounding of its large terms
    assert ellipsoidal_area(np.array([shape]), CRS)[0] == pytest.approx(
        series_area(lon, lat), rel=1e-8 if size > 20 else 1e-6
    )


@pytest.mark.parametrize("crs", [CRS, "EPSG:3857", "EPSG:4549"])
@pytest.mark.parametrize("size", [0.5, 20.0, 200.0, 0.7 * ellipsoid.SMALL_M])
def test_small_shapes_by_scale_are_what_their_edges_say(
    size: float, crs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = Transformer.from_crs(CRS, crs, always_xy=True)
    shapes = [blob(41_650_000.0, size, seed) for seed in range(8)]
    moved = np.array([shapely.transform(s, lambda xy: np.c_[to.transform(*xy.T)]) for s in shapes])
    by_scale = ellipsoidal_area(moved, crs)
    monkeypatch.setattr(ellipsoid, "SMALL_M", 0.0)
    monkeypatch.setattr(ellipsoid, "MIN_BOW_M", 0.0)
    by_edges = ellipsoidal_area(moved, crs)
    # degrees have digits down to 1e-9 m, which the edges of small shapes feel
    assert np.abs(by_scale - by_edges).max() < 1e-9 * size**2 + 2e-8 * size
    assert (by_scale != by_edges).any()


def test_a_shape_that_crosses_itself_has_the_area_of_its_edges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, y = 41_500_000, 4_620_000
    # its halves cancel but for 0.05 m2, and its centroid is nowhere near
    bow = shapely.Polygon([(x, y), (x + 10, y + 10.01), (x + 10, y), (x, y + 10)])
    assert not bow.is_valid
    by_scale = ellipsoidal_area(np.array([bow]), CRS)
    monkeypatch.setattr(ellipsoid, "SMALL_M", 0.0)
    assert by_scale == ellipsoidal_area(np.array([bow]), CRS)


def test_a_grid_that_a_shape_carries_changes_no_bit() -> None:
    x, y = 41_500_000.0, 4_620_000.0
    free = shapely.Polygon([(x, y), (x + 0.7, y + 0.1), (x + 0.3, y + 0.9)])
    carrying = shapely.set_precision(free, 0.001, mode="pointwise")
    assert shapely.get_coordinates(free).tolist() == shapely.get_coordinates(carrying).tolist()
    one, other = ellipsoidal_area(np.array([free, carrying]), CRS)
    assert one == other


def test_constants_are_those_of_cgcs2000() -> None:
    a, e, _ = ellipsoid._geographic(CRS)
    assert a == A
    assert e * e == pytest.approx(E2, rel=1e-14)
    # a quarter of the ellipsoid's surface per pi, from the closed formula for a spheroid
    surface = 2 * np.pi * A * A * (1 + (1 - E2) / np.sqrt(E2) * np.arctanh(np.sqrt(E2)))
    assert 2 * np.pi * A * A * authalic_q(np.array([np.pi / 2]), e)[0] == pytest.approx(surface)


@pytest.mark.parametrize(("width", "error"), [(1.0, 1e-8), (0.1, 1e-7), (0.01, 1e-6)])
def test_a_square_metre_is_right_also_as_a_strip(width: float, error: float) -> None:
    x, y = 41_620_000.0, 4_620_000.0
    length = 1 / width
    strip = shapely.affinity.rotate(shapely.box(x, y, x + length, y + width), 33)
    around = shapely.affinity.rotate(
        shapely.box(x, y - 500, x + length, y + 500), 33, origin=strip.centroid
    )
    scale = ellipsoidal_area(np.array([around]), CRS)[0] / around.area
    assert ellipsoidal_area(np.array([strip]), CRS)[0] == pytest.approx(
        strip.area * scale, rel=error
    )


def test_holes_and_parts_add_up() -> None:
    shell = shapely.box(41_500_000, 4_620_000, 41_500_300, 4_620_300)
    hole = shapely.box(41_500_100, 4_620_100, 41_500_200, 4_620_200)
    far = shapely.box(41_600_000, 4_700_000, 41_600_050, 4_700_080)
    one, two, three = ellipsoidal_area(np.array([shell, hole, far]), CRS)
    together = shapely.union(shapely.difference(shell, hole), far)
    mixed = shapely.GeometryCollection([together, shapely.Point(0, 0)])
    got = ellipsoidal_area(np.array([together, mixed]), CRS)
    assert got == pytest.approx([one - two + three] * 2, rel=1e-12)


def test_what_is_no_area_has_none() -> None:
    shapes = np.array(
        [
            None,
            shapely.Point(41_500_000, 4_620_000),
            shapely.LineString([(41_500_000, 4_620_000), (41_500_100, 4_620_000)]),
            shapely.Polygon(),
            shapely.box(41_500_000, 4_620_000, 41_500_010, 4_620_010),
        ],
        dtype=object,
    )
    got = ellipsoidal_area(shapes, CRS)
    assert got[:4].tolist() == [0, 0, 0, 0]
    assert got[4] == pytest.approx(100, rel=1e-3)
    assert len(ellipsoidal_area(np.array([], dtype=object), CRS)) == 0


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = np.array([blob(41_500_000.0 + 50 * i, 40.0, i) for i in range(50)])
    whole = ellipsoidal_area(shapes, CRS)
    monkeypatch.setattr(ellipsoid, "BLOCK", 64)
    assert (ellipsoidal_area(shapes, CRS) == whole).all()


def test_area_in_web_mercator_is_the_area_on_the_ground() -> None:
    x, y = TO_DEGREES.transform(41_500_000.0, 4_620_000.0)
    to_web = Transformer.from_crs("EPSG:4490", "EPSG:3857", always_xy=True)
    east, north = to_web.transform(x, y)
    box = shapely.box(east, north, east + 1000, north + 1000)
    dense = shapely.transform(
        shapely.segmentize(box, 5),
        lambda xy: np.c_[Transformer.from_crs("EPSG:3857", CRS, always_xy=True).transform(*xy.T)],
    )
    ground = ellipsoidal_area(np.array([dense]), CRS)[0]
    assert ellipsoidal_area(np.array([box]), "EPSG:3857")[0] == pytest.approx(ground, rel=1e-6)
    assert box.area / ground > 1.7


def test_a_crs_without_an_ellipsoid_is_refused() -> None:
    local = 'LOCAL_CS["nowhere",UNIT["metre",1]]'
    with pytest.raises(ValueError, match="without an ellipsoid"):
        ellipsoidal_area(np.array([shapely.box(0, 0, 1, 1)]), local)
