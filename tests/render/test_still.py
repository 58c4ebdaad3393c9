"""The map as a picture: what is painted, in which words, and what happens without a font."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import geopandas as gpd
import numpy as np
import pytest
from PIL import Image
from shapely.geometry import box

from gisplan.errors import OutputError
from gisplan.model import Terms, Text
from gisplan.render import still as drawing
from gisplan.render import still_sheet as module
from gisplan.render.report import report_html
from gisplan.render.still import still
from gisplan.render.still_sheet import chinese_font
from gisplan.testing.dossier import small_dossier


@pytest.fixture(scope="module")
def dossier():
    return small_dossier()


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)


def near(image: np.ndarray, colour: tuple[int, int, int], reach: int = 40) -> int:
    return int((np.abs(image - colour).sum(axis=2) < reach).sum())


def without_units(dossier):
    layer = dossier.plan.layers[dossier.judged]
    empty = replace(layer, frame=layer.frame.iloc[:0])
    plan = replace(dossier.plan, layers={**dossier.plan.layers, dossier.judged: empty})
    return replace(dossier, plan=plan)


def test_a_png_is_a4_in_landscape_at_the_dots_that_were_asked_for(dossier):
    image = pixels(still(dossier, "zh", dpi=100))
    assert image.shape[:2] == (827, 1169)


def test_the_same_dossier_gives_the_same_bytes(dossier):
    assert still(dossier, "zh") == still(dossier, "zh")
    assert still(dossier, "zh", "svg") == still(dossier, "zh", "svg")


def test_both_languages_are_written_and_differ(dossier):
    assert still(dossier, "zh") != still(dossier, "en")


def test_units_are_painted_and_gone_without_them(dossier):
    shown, empty = pixels(still(dossier, "zh")), pixels(still(without_units(dossier), "zh"))
    left = shown.shape[1] * 7 // 10
    assert near(shown[:, :left], (255, 255, 255)) < near(empty[:, :left], (255, 255, 255))


def test_a_plan_without_any_shape_still_makes_a_picture(dossier):
    layers = {
        name: replace(layer, frame=layer.frame.iloc[:0])
        for name, layer in dossier.plan.layers.items()
    }
    bare = replace(
        dossier, plan=replace(dossier.plan, layers=layers), findings=dossier.findings.iloc[:0]
    )
    assert pixels(still(bare, "zh")).std() > 0


def test_a_unit_smaller_than_a_dot_is_drawn_as_a_mark(dossier):
    layer = dossier.plan.layers[dossier.judged]
    frame = layer.frame.iloc[:2].copy()
    x0, y0 = frame.geometry.iloc[0].bounds[:2]
    frame.geometry = gpd.GeoSeries(
        [box(x0, y0, x0 + 0.05, y0 + 0.05), box(x0 + 9e5, y0, x0 + 9e5 + 0.05, y0 + 0.05)],
        index=frame.index,
        crs=frame.crs,
    )
    plan = replace(dossier.plan, layers={dossier.judged: replace(layer, frame=frame)})
    bare = replace(dossier, plan=plan, findings=dossier.findings.iloc[:0])
    image = pixels(still(bare, "zh"))
    for x in (106, 1352):  # of the paper at 160 dots an inch: 4 % from the sides of the map
        assert image[654:674, x - 10 : x + 10].min() < 230
    assert image[654:674, 600:800].min() > 230


def of_one_unit(dossier, monkeypatch, **instead):
    """Return the picture around the first unit, and what its legend holds."""
    told = []
    monkeypatch.setattr(drawing, "draw_legend", lambda figure, entries, font: told.extend(entries))
    for name, value in instead.items():
        monkeypatch.setattr(drawing, name, value)
    shape = dossier.plan.layers[dossier.judged].frame.geometry.iloc[0]
    return pixels(still(dossier, "zh", dpi=60, around=shape)), told


def test_the_legend_of_one_unit_holds_what_lies_around_it(dossier, monkeypatch):
    judged = dossier.plan.layers[dossier.judged]
    lone = box(0, 0, 100, 100)
    frame = judged.frame.set_geometry(
        [lone, *(box(9_000 + n, 0, 9_100 + n, 100) for n in range(len(judged.frame) - 1))],
        crs=judged.frame.crs,
    )
    layers = {dossier.judged: replace(judged, frame=frame)}
    alone = replace(
        dossier, plan=replace(dossier.plan, layers=layers), findings=dossier.findings.iloc[:0]
    )
    _, told = of_one_unit(alone, monkeypatch)
    assert [(entry.count, len(entry.shapes)) for entry in told] == [(1, 1)]
    assert told[0].shapes[0].equals(lone)


def test_what_lies_elsewhere_changes_no_dot_around_a_unit(dossier, monkeypatch):
    with monkeypatch.context() as patch:
        some, told = of_one_unit(dossier, patch)
    with monkeypatch.context() as patch:
        everything, whole = of_one_unit(dossier, patch, _within=lambda entries, window: entries)
    assert 0 < sum(entry.count for entry in told) < sum(entry.count for entry in whole)
    assert (some == everything).all()


def test_hostile_names_are_only_text(dossier):
    config = replace(dossier.plan.config, name="$\\frac{a}$ <script>")
    hostile = replace(dossier, plan=replace(dossier.plan, config=config))
    assert b"<script>" not in still(hostile, "zh", "svg").split(b"</metadata>")[-1]


def named(dossier, name):
    config = replace(dossier.plan.config, name=name)
    return replace(dossier, plan=replace(dossier.plan, config=config))


@pytest.mark.parametrize("name", ["a\u2028b", "a\nb", "\U000e0041 \U0010fffd", "龘\u202e"])
def test_signs_that_no_font_has_disturb_neither_the_picture_nor_the_terminal(dossier, name):
    assert pixels(still(named(dossier, name), "zh")).std() > 0


def test_a_break_in_a_name_is_a_blank(dossier):
    assert still(named(dossier, "a\u2028b"), "zh") == still(named(dossier, "a b"), "zh")


def test_a_public_picture_shows_its_number(dossier):
    assert still(dossier, "zh") != still(
        replace(dossier, terms=Terms("public", "辽S(2026)001号")), "zh"
    )


class TestWithoutAChineseFont:
    @pytest.fixture(autouse=True)
    def _no_font(self, monkeypatch):
        monkeypatch.setattr(module, "FONTS", ("No Such Font",))
        chinese_font.cache_clear()
        yield
        chinese_font.cache_clear()

    def test_a_picture_is_refused_in_one_line(self, dossier):
        with pytest.raises(OutputError, match="no font with Chinese characters") as caught:
            still(dossier, "zh")
        assert "没有找到中文字体" in caught.value.message("zh")

    def test_the_report_says_that_its_picture_is_missing(self, dossier):
        page = report_html(dossier, "zh")
        assert "没有找到中文字体" in page
        assert "data:image/png" not in page


def test_the_report_has_the_picture_in_both_languages(dossier):
    page = report_html(dossier, "zh")
    assert page.count("data:image/png;base64,") == 2
    assert Text(*module.NO_FONT).zh not in page
