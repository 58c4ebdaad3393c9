"""Pixels of the map, plain and packed: overlap, hole, sliver, seam, hatch, label, by region.

`goldens/` holds the regions as they were when a person last looked at them. They are written anew
with GISPLAN_WRITE_GOLDENS=1; look at them before they are committed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from PIL import Image
from pyproj import Transformer
from shapely.geometry import Polygon, box

from gisplan.render.webmap.map import write_map
from gisplan.testing.many_units import many_units

pytestmark = pytest.mark.browser
EAST, NORTH = 41_500_000.0, 4_625_000.0  # on the central meridian: north is up
HOME = Path(__file__).parent / "goldens"
NEAR, FAR = 24, 0.03  # levels that two pixels may differ, and the share of pixels that may by more

HOLED = Polygon(box(0, -150, 100, -50).exterior.coords, [box(30, -120, 70, -80).exterior.coords])
UNITS = [
    (box(0, 0, 100, 100), "clear"),
    (box(60, 0, 160, 100), "clear"),  # overlaps the first
    (HOLED, "clear"),
    (box(150, -90, 350, -89.95), "clear"),  # 5 cm
    (box(220, 0, 270, 100), "clear"),
    (box(270, 0, 320, 100), "clear"),  # shares a border with the one before
    (box(0, 150, 100, 250), "blocked"),
    (box(110, 150, 210, 250), "undetermined"),
    (box(220, 150, 320, 250), "conditional"),
]
REGIONS = {  # middle of each, in metres
    "overlap": (60, 100),
    "hole": (70, -80),
    "sliver": (150, -90),
    "seam": (270, 50),
    "blocked": (50, 200),
    "undetermined": (160, 200),
    "conditional": (270, 200),
}


@dataclass
class Seen:
    """What is seen on the map, and where a place is."""

    pixels: np.ndarray
    page: Any
    mode: str = "plain"

    def at(self, x: float, y: float) -> tuple[int, int]:
        lon, lat = Transformer.from_crs("EPSG:4529", "EPSG:4490", always_xy=True).transform(
            EAST + x, NORTH + y
        )
        found = self.page.evaluate(f"() => map_001.latLngToContainerPoint([{lat}, {lon}])")
        return round(found["x"]), round(found["y"])

    def colour(self, x: float, y: float, reach: int = 2) -> np.ndarray:
        column, row = self.at(x, y)
        rows, columns = (
            slice(row - reach, row + reach + 1),
            slice(column - reach, column + reach + 1),
        )
        return self.pixels[rows, columns].mean((0, 1))

    def region(self, x: float, y: float, half: int = 24) -> np.ndarray:
        column, row = self.at(x, y)
        return self.pixels[row - half : row + half, column - half : column + half]


def picture(page: Any, labels: bool = False) -> np.ndarray:
    hidden = "" if labels else "[data-sheet=labels],"
    page.evaluate(
        f"""() => {{
          document.getElementById("bare")?.remove();
          const style = document.createElement("style");
          style.id = "bare";
          style.textContent = `{hidden} .gp-legend, .gp-panel, .gp-fold, .gp-foot,
            .leaflet-control-container {{ visibility: hidden !important }}
            .folium-map {{ background: #fff !important }}`;
          document.head.append(style);
        }}"""
    )
    image = page.locator(".folium-map").screenshot()
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB")).astype(int)


@pytest.fixture(scope="module", params=["plain", "packed"])
def page(request: Any, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    shapes = [shapely.transform(it, lambda xy: xy + np.array([EAST, NORTH])) for it, _ in UNITS]
    path = tmp_path_factory.mktemp("pixels") / "map.html"
    write_map(many_units(shapes, [verdict for _, verdict in UNITS]), path, "zh", mode=request.param)
    shown = browser.new_page(viewport={"width": 1360, "height": 860})
    shown.goto(path.as_uri())
    shown.wait_for_selector("body[data-ready]")
    lon, lat = Transformer.from_crs("EPSG:4529", "EPSG:4490", always_xy=True).transform(
        EAST + 170, NORTH + 50
    )
    shown.evaluate(f"() => {{ map_001.setView([{lat}, {lon}], 17.5, {{ animate: false }}); }}")
    shown.wait_for_timeout(500)  # tiles of a packed layer come one after the other
    yield shown
    shown.close()


@pytest.fixture(scope="module")
def seen(page: Any) -> Seen:
    data = page.evaluate("() => JSON.parse(document.getElementById('gisplan-data').textContent)")
    return Seen(picture(page), page, data["mode"])


def test_overlap_of_two_of_one_class_is_darker_than_either(seen: Seen) -> None:
    one, both, other, ground = (seen.colour(x, 50).sum() for x in (30, 80, 130, 190))
    assert both < one - 20
    assert one == pytest.approx(other, abs=3)
    assert ground == 3 * 255


def test_hole_is_empty(seen: Seen) -> None:
    assert seen.colour(50, -100).tolist() == [255, 255, 255]
    assert seen.colour(15, -100).sum() < 3 * 250


def test_sliver_of_five_centimetres_is_drawn_where_it_is(seen: Seen) -> None:
    column, row = seen.at(250, -90)
    assert seen.pixels[row - 1 : row + 2, column].sum(1).min() < 3 * 200
    assert seen.colour(250, -85).tolist() == [255, 255, 255]
    assert seen.colour(250, -95).tolist() == [255, 255, 255]


def test_no_seam_is_seen_between_neighbours(seen: Seen) -> None:
    row = seen.at(270, 50)[1]
    (left, _), (right, _) = seen.at(230, 50), seen.at(310, 50)
    fill = seen.colour(245, 50, 1).sum()
    assert seen.pixels[row, left:right].sum(1).max() <= fill + 6


def test_hatches_differ_without_colour(seen: Seen) -> None:
    """By how often grey changes along a row and along the two diagonals."""
    prints = {}
    for verdict in ("blocked", "undetermined", "conditional"):
        grey = seen.region(*REGIONS[verdict]).mean(2)
        rising = np.abs(grey[1:, :-1] - grey[:-1, 1:]).mean()
        falling = np.abs(grey[1:, 1:] - grey[:-1, :-1]).mean()
        prints[verdict] = (rising, falling, grey.std())
    assert prints["conditional"][0] < prints["conditional"][1] / 2  # lines that rise
    assert prints["blocked"][0] == pytest.approx(prints["blocked"][1], rel=0.2)  # lines that cross
    assert prints["undetermined"][2] < prints["blocked"][2]  # dots


@pytest.mark.parametrize("name", REGIONS)
def test_region_is_as_it_was_looked_at(seen: Seen, name: str) -> None:
    region = seen.region(*REGIONS[name]).astype(np.uint8)
    path = HOME / f"{seen.mode}-{name}.png"
    if os.environ.get("GISPLAN_WRITE_GOLDENS"):
        HOME.mkdir(exist_ok=True)
        Image.fromarray(region).save(path, optimize=True)
    known = np.asarray(Image.open(path).convert("RGB")).astype(int)
    far = np.abs(region.astype(int) - known).max(2) > NEAR
    assert far.mean() <= FAR, f"{far.mean():.1%} of {name} differs"


def test_labels_stand_on_their_units_and_over_no_other(page: Any, seen: Seen) -> None:
    with_labels = Seen(picture(page, labels=True), page)
    ink = np.abs(with_labels.pixels - seen.pixels).max(2) > 60
    for x, y in ((50, 200), (160, 200), (270, 200)):
        column, row = seen.at(x, y)
        assert ink[row - 30 : row + 30, column - 40 : column + 40].mean() > 0.03
    column, row = seen.at(190, 50)  # between units
    assert not ink[row - 20 : row + 20, column - 4 : column + 4].any()
