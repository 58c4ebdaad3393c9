"""Existing and planned: what is to be demolished stands on one side, what is to be built on the
other, and what the plan does not say is drawn as unknown on both."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from PIL import Image
from shapely.geometry import box

from gisplan.catalogue.layers import layer_specs
from gisplan.model import Dossier
from gisplan.render.webmap.compare import compare_record
from gisplan.render.webmap.map import map_html
from gisplan.testing.dossier import small_dossier

pytestmark = pytest.mark.browser
OpenMap = Any  # conftest.open_map
EAST, NORTH = 41_533_000.0, 4_629_000.0


def with_layer(dossier: Dossier, name: str, **columns: list[Any]) -> Dossier:
    """Return a dossier that has one layer more: squares of 40 m side by side, 50 m apart."""
    unit = dossier.plan.layers["unit"]
    count = len(next(iter(columns.values())))
    labels = [f"{name}-{k}" for k in range(count)]
    shapes = [box(EAST + 50 * k, NORTH, EAST + 50 * k + 40, NORTH + 40) for k in range(count)]
    frame = gpd.GeoDataFrame(
        {"_label": labels, "code": labels, **columns}, geometry=shapes, crs=unit.frame.crs
    )
    layer = replace(
        unit,
        name=name,
        tier=None,
        spec=layer_specs()[name],
        frame=frame,
        found=frozenset({"code", *columns}),
        read=count,
        quarantine=None,
    )
    plan = replace(dossier.plan, layers={**dossier.plan.layers, name: layer})
    return replace(dossier, plan=plan)


def records(dossier: Dossier) -> list[dict[str, Any]]:
    return compare_record(list(dossier.plan.layers.values()))


ACTIONS = ["demolish", "build", "keep", None]


class TestRecord:
    def test_a_plan_that_says_neither_has_no_states(self) -> None:
        assert records(small_dossier()) == []

    def test_parcels_need_both_land_uses(self) -> None:
        one = with_layer(small_dossier(), "parcel", land_use=["0701", "0901"])
        assert records(one) == []
        both = with_layer(
            small_dossier(), "parcel", land_use=["0701", "0901"], existing_land_use=["1001", None]
        )
        keys = [entry["key"] for entry in records(both)[0]["classes"]]
        assert keys == ["07", "09", "10", ""]

    def test_parcels_of_which_none_has_both_have_no_states(self) -> None:
        apart = with_layer(
            small_dossier(), "parcel", land_use=["0701", None], existing_land_use=[None, "1001"]
        )
        assert records(apart) == []

    def test_buildings_without_any_known_action_have_no_states(self) -> None:
        dossier = with_layer(small_dossier(), "building", action=["?", None])
        assert records(dossier) == []


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dossier = with_layer(small_dossier(), "building", action=ACTIONS)
    path = tmp_path_factory.mktemp("states") / "map.html"
    path.write_text(map_html(dossier, "zh"), "utf-8")
    return path


def colour_of(page: Any, number: int) -> np.ndarray:
    """Return the median colour within one of the squares."""
    from pyproj import Transformer

    back = Transformer.from_crs("EPSG:4529", "EPSG:4490", always_xy=True)
    lon, lat = back.transform(EAST + 50 * number + 20, NORTH + 20)
    x, y = page.evaluate(
        f"(() => {{ const p = map_001.latLngToContainerPoint([{lat}, {lon}]);"
        " const b = map_001.getContainer().getBoundingClientRect();"
        " return [p.x + b.x, p.y + b.y]; })()"
    )
    image = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    around = image[int(y) - 14 : int(y) + 14, int(x) - 14 : int(x) + 14].reshape(-1, 3)
    return np.median(around, axis=0)


@pytest.fixture
def page(open_map: OpenMap, page_file: Path) -> Any:
    shown = open_map(page_file)
    from pyproj import Transformer

    back = Transformer.from_crs("EPSG:4529", "EPSG:4490", always_xy=True)
    lon, lat = back.transform(EAST + 95, NORTH + 20)
    shown.evaluate(f"() => {{ map_001.setView([{lat}, {lon}], 18, {{ animate: false }}); }}")
    shown.add_style_tag(
        content=".gp-legend, .leaflet-marker-pane, [data-sheet=unit], [data-sheet=findings],"
        " [data-sheet=heritage_zone], [data-sheet=project], [data-sheet=labels] { display: none; }"
    )
    return shown


def place(page: Any, key: str) -> None:
    page.focus(".gp-swipe")
    page.keyboard.press(key)
    page.wait_for_timeout(60)


def test_each_state_shows_what_is_there_in_it(page: Any) -> None:
    page.click("[data-tool=states]")
    place(page, "End")  # all of the map is the existing state
    ground = colour_of(page, 1)  # not yet built
    red = colour_of(page, 0)
    assert red[0] > red[1] + 40
    place(page, "Home")  # all of it is the planned one
    assert colour_of(page, 0) == pytest.approx(ground, abs=6)  # demolished
    blue = colour_of(page, 1)
    assert blue[2] > blue[0] + 40
    unknown = colour_of(page, 3)
    place(page, "End")
    assert colour_of(page, 3) == pytest.approx(unknown, abs=3)
    assert np.abs(unknown - ground).max() > 6


def test_the_sides_say_which_state_and_how_many(page: Any) -> None:
    page.click("[data-tool=states]")
    left, right = page.locator(".gp-side").all_inner_texts()
    assert left.split() == ["现状", "建筑", "留", "1", "拆", "1", "未填或不识别", "1"]
    assert right.split() == ["规划", "建筑", "留", "1", "建", "1", "未填或不识别", "1"]
    page.click("[data-lang=en]")
    assert page.locator(".gp-side").first.inner_text().startswith("Existing")
    page.click("[data-tool=states]")
    assert page.locator(".gp-side, .gp-swipe").count() == 0


def test_packed_layers_have_states_too(open_map: OpenMap, tmp_path: Path) -> None:
    dossier = with_layer(
        small_dossier(), "parcel", land_use=["0701", "0901"], existing_land_use=["1001", "0901"]
    )
    path = tmp_path / "map.html"
    path.write_text(map_html(dossier, "zh", mode="packed"), "utf-8")
    page = open_map(path)
    page.click("[data-tool=states]")
    left, right = page.locator(".gp-side").all_inner_texts()
    assert left.split() == ["现状", "更新地块", "商业服务业用地", "1", "工矿用地", "1"]
    assert right.split() == ["规划", "更新地块", "居住用地", "1", "商业服务业用地", "1"]


def test_a_plan_of_one_state_has_no_such_tool(open_map: OpenMap) -> None:
    assert open_map().locator("[data-tool=states]").count() == 0
