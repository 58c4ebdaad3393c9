"""Sections through views: what they show, where, in both languages."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from gisplan.pipeline import review
from gisplan.render.report import report_html
from gisplan.render.sight_pictures import section, sight_pictures
from gisplan.testing.drawing import draw

PLAN = {
    "tiers": ["district", "unit"],
    "district": [{"code": "210102", "box": [-500, -500, 500, 500]}],
    "unit": [{"code": "210102-GX001", "mode": "M5", "height": 18.0, "box": [100, -50, 200, 50]}],
    "view": [{"code": "V<1>", "target_height": 20.0, "line": [[0, 0], [400, 0]]}],
    "terrain": {"plane": [40, 0, 0]},
    "surface": {"plane": [40, 0, 0], "walls": [{"box": [240, -50, 260, 50], "height": 30}]},
}


def dossier(**drawing):
    plan = {key: value for key, value in {**PLAN, **drawing}.items() if value is not None}
    return review(draw(plan)).dossier


def profile(**drawing):
    (found,) = dossier(**drawing).profiles.values()
    return found


def texts(svg, language):
    root = ElementTree.fromstring(svg)
    return [node.text for node in root.iter("text") if node.get("class") in (language, None)]


def test_the_finding_has_the_section_of_its_view():
    drawn = dossier()
    row = drawn.findings[drawn.findings["code"] == "HER114"].iloc[0]
    (key,) = drawn.profiles
    assert key == row["fingerprint"]
    shown = drawn.profiles[key]
    assert (shown.distance[0], shown.distance[-1], len(shown.distance)) == (0.0, 400.0, 101)
    assert set(shown.ground) == {40.0}
    assert (shown.sight[0], shown.sight[-1]) == (41.6, 60.0)
    assert (shown.start, shown.stop, shown.at) == (100.0, 200.0, 100.0)
    assert (shown.planned, shown.excess) == (18.0, 11.8)
    assert shown.existing == pytest.approx(70 - (41.6 + 18.4 * 240 / 400), abs=0.01)
    assert shown.existing_at == 240.0


def test_without_a_finding_on_views_there_is_no_section():
    assert dossier(unit=[{**PLAN["unit"][0], "height": 5.0}]).profiles == {}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["视点 41.6 m", "对景 60.0 m", "高出视线 11.8 m", "现状遮挡 17.4 m", "视线"]),
        ("en", ["eye 41.6 m", "seen 60.0 m", "11.8 m above the sight", "blocked today by 17.4 m"]),
    ],
)
def test_a_section_tells_its_figures_in_both_languages(language, expected):
    shown = texts(section(profile()), language)
    assert set(expected) <= set(shown)


def test_what_is_planned_is_drawn_where_the_unit_is():
    svg = section(profile())
    (mark,) = re.findall(r'<path d="M([\d.]+) ([\d.]+)V([\d.]+)" stroke="#b2182b"', svg)
    left, width = 52, 720 - 52 - 16
    assert float(mark[0]) == pytest.approx(left + width / 4, abs=0.1)
    assert float(mark[1]) < float(mark[2])  # up on the picture


def test_a_section_with_gaps_draws_what_is_known():
    holes = {"terrain": {**PLAN["terrain"], "holes": [[300, -500, 340, 500]]}}
    shown = profile(**holes)
    assert None in shown.ground
    svg = section(shown)
    assert "nan" not in svg
    assert "None" not in svg


def test_without_a_surface_nothing_is_said_of_today():
    assert not [text for text in texts(section(profile(surface=None)), "zh") if "现状遮挡" in text]


def test_what_is_narrow_is_drawn_wide_enough_to_be_seen():
    drawn = dossier(unit=[{**PLAN["unit"][0], "height": 30.0, "box": [200, -50, 200.4, 50]}])
    (svg,) = sight_pictures(drawn, 10).values()
    (outline,) = re.findall(r'<path d="([^"]*)" fill="#b2182b"', svg)
    x = [float(value) for value in re.findall(r"[ML]([\d.]+) ", outline)]
    assert max(x) - min(x) > 2


def test_no_more_sections_are_drawn_than_are_asked_for():
    units = [
        {**PLAN["unit"][0], "code": f"210102-GX00{n}", "box": [100 + 20 * n, -50, 120 + 20 * n, 50]}
        for n in range(1, 5)
    ]
    drawn = dossier(unit=units)
    assert len(drawn.profiles) == 4
    assert len(sight_pictures(drawn, 3)) == 3


def test_the_report_shows_the_section_below_the_findings_of_the_rule():
    page = report_html(dossier(), "zh")
    (figure,) = re.findall(r'<figure class="sight">.*?</figure>', page, flags=re.DOTALL)
    assert "高出视线 11.8 m" in figure
    assert "V&lt;1&gt;" in figure
    assert page.index('id="rule-HER114"') < page.index('<figure class="sight">')
