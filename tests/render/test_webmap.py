"""The map page as text: what is in it, what is not, and what hostile texts become."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from gisplan.catalogue.layers import layer_specs
from gisplan.findings.frame import findings_frame, verdicts_frame
from gisplan.model import Dossier, Verdict
from gisplan.render import palette, words
from gisplan.render.webmap import words as map_words
from gisplan.render.webmap.inline import outside_links
from gisplan.render.webmap.layers import layer_head
from gisplan.render.webmap.map import _PAGE, _SCRIPTS, build_map, map_html, write_map
from gisplan.render.webmap.payload import embed, payload
from gisplan.testing.dossier import small_dossier

HOSTILE = (
    "</script><script>window.hacked=1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "{{ 7 * 7 }}{% for x in y %}{# gone #}",
    "<!--<script>",
    "`${window.hacked=1}`",
    "a\u2028b\u2029c",
    "\ud800 lone",
    "' & \\ \"",
)


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return small_dossier()


@pytest.fixture(scope="module")
def page(dossier: Dossier) -> str:
    return map_html(dossier, "zh")


def data_of(page: str) -> dict:
    text = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)[1]
    return json.loads(text)


def named(dossier: Dossier, text: str) -> Dossier:
    """Put a text into every place of a dossier that a planner or a file fills."""
    layers = dict(dossier.plan.layers)
    frame = layers["unit"].frame.copy()
    frame["name"] = text
    frame["responsible"] = text
    frame["mode"] = text
    frame["_label"] = [f"{text}{i}" for i in range(len(frame))]
    layers["unit"] = replace(layers["unit"], frame=frame)
    config = replace(dossier.plan.config, name=text)
    findings = dossier.findings.copy()
    for column in ("message_zh", "message_en", "feature", "related", "remedy_zh", "remedy_en"):
        findings[column] = text
    verdicts = dossier.verdicts.copy()
    verdicts["name"] = text
    return replace(
        dossier,
        plan=replace(dossier.plan, config=config, layers=layers),
        findings=findings,
        verdicts=verdicts,
    )


def test_page_points_nowhere_outside(page: str) -> None:
    assert outside_links(page) == []
    assert not re.search(r"<(script|link|img|iframe)[^>]*\b(src|href)\s*=", page)


def test_page_forbids_every_request_and_every_foreign_script(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert policy.count("'sha256-") == len(set(re.findall(r"<script>(.*?)</script>", page, re.S)))


def test_same_dossier_gives_same_bytes(dossier: Dossier, page: str) -> None:
    assert map_html(dossier, "zh") == page
    assert map_html(small_dossier(), "zh") == page


def test_languages_differ_only_in_which_shows_first(dossier: Dossier, page: str) -> None:
    zh, en = data_of(page), data_of(map_html(dossier, "en"))
    assert (zh.pop("lang"), en.pop("lang")) == ("zh", "en")
    assert zh == en


def test_every_finding_is_in_the_page_in_both_languages(dossier: Dossier, page: str) -> None:
    rows = data_of(page)["findings"]["rows"]
    assert [row["id"] for row in rows] == list(dossier.findings["fingerprint"])
    assert [row["message"] for row in rows] == [
        [zh, en]
        for zh, en in zip(
            dossier.findings["message_zh"], dossier.findings["message_en"], strict=True
        )
    ]


def test_every_feature_of_every_spatial_layer_is_in_the_page(dossier: Dossier, page: str) -> None:
    found = {layer["id"]: layer["label"] for layer in data_of(page)["layers"]}
    expected = {
        name: list(layer.frame["_label"])
        for name, layer in dossier.plan.layers.items()
        if layer.spec.kind != "table"
    }
    assert found == expected


def test_units_are_classed_by_their_verdict(dossier: Dossier, page: str) -> None:
    (unit,) = [layer for layer in data_of(page)["layers"] if layer["id"] == "unit"]
    classes = [unit["classes"][number]["key"] for number in unit["class"]]
    assert classes == ["blocked", "undetermined", "conditional", "clear"]
    assert [entry["key"] for entry in unit["classes"]] == [v.value for v in Verdict]
    fills = {entry["key"]: entry["style"]["fill"] for entry in unit["classes"]}
    assert fills == dict(palette.VERDICT_COLOUR)


def test_verdicts_differ_without_colour(page: str) -> None:
    (unit,) = [layer for layer in data_of(page)["layers"] if layer["id"] == "unit"]
    looks = {(e["style"]["hatch"], tuple(e["style"]["dash"])) for e in unit["classes"]}
    assert len(looks) == len(unit["classes"])


def test_a_unit_without_verdict_is_not_shown_as_clear(dossier: Dossier) -> None:
    fewer = replace(dossier, verdicts=dossier.verdicts[dossier.verdicts["verdict"] != "clear"])
    (unit,) = [layer for layer in payload(fewer, "zh")["layers"] if layer["id"] == "unit"]
    assert unit["classes"][unit["class"][3]]["title"] == ["无结论", "no verdict"]


def test_statements_stand_on_the_page(page: str) -> None:
    statements = data_of(page)["words"]["statements"]
    assert statements[0][0] == "机审结果，供人工复核"
    assert statements[1][0] == "未经审图，仅供内部使用 / 不得公开传播"
    assert statements[2][0] == "本图由 gisplan 自动生成，边界仅供规划审查参考，不作为法定边界依据"


def test_every_word_exists_in_both_languages() -> None:
    texts = [
        *map_words.UI.values(),
        map_words.REVIEWED,
        map_words.NOT_EXAMINED,
        map_words.NO_FORCE,
        *words.VERDICT.values(),
    ]
    assert all(text.zh and text.en for text in texts)


def test_script_uses_only_words_that_exist() -> None:
    program = "".join((_PAGE / name).read_text("utf-8") for name in _SCRIPTS)
    used = set(re.findall(r'\bU\("(\w+)"\)', program))
    used |= set(re.findall(r'\bworded\((?:input|el\([^)]*\)), "(\w+)"', program))
    used |= set(re.findall(r'\btool\("[^"]+", "(\w+)"', program))
    used |= set(re.findall(r'\bsection\("(\w+)"', program))
    assert len(used) > 30
    assert used <= set(map_words.UI)


def test_no_two_parts_of_the_script_share_a_name() -> None:
    program = "".join((_PAGE / name).read_text("utf-8") for name in _SCRIPTS)
    names = re.findall(r"^(?:async )?(?:function\*?|class|const) (\w+)", program, re.M)
    assert len(names) > 100
    assert sorted(names) == sorted(set(names))


def test_script_never_takes_a_text_for_markup() -> None:
    program = "".join((_PAGE / name).read_text("utf-8") for name in _SCRIPTS)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", program
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(dossier: Dossier, page: str, text: str) -> None:
    evil = map_html(named(dossier, text), "zh")
    assert evil.count("<script") == page.count("<script")
    assert evil.count("</script") == page.count("</script")
    assert evil.count("<img") == page.count("<img")
    shown = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    data = data_of(evil)
    assert data["name"] == shown
    assert {row["message"][0] for row in data["findings"]["rows"]} == {shown}
    assert shown in {name for layer in data["layers"] for name in layer["name"]}


def test_embedded_json_has_no_sign_that_could_end_its_element() -> None:
    value = {"a<b>&c\u2028\u2029": ["</script>", "<!--"]}
    text = embed(value)
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == value


def test_numbers_that_json_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        embed({"x": float("nan")})


def test_evidence_that_is_the_feature_itself_is_not_drawn_twice(
    dossier: Dossier, page: str
) -> None:
    findings = data_of(page)["findings"]
    own = {row["code"] for row in findings["rows"] if row["own"]}
    assert own == {"POL102", "SCH108"}
    drawn = {findings["rows"][i]["code"] for i in findings["shapes"]["f"]}
    assert drawn == {"BND101", "HER101", "HER104", "HER113", "GEO101"}


def test_what_was_not_checked_is_said(page: str) -> None:
    account = data_of(page)["account"]
    assert {rule["code"] for rule in account["open"]} == {"TIM101", "HER102", "IND104"}
    assert [["更新单元", "renewal unit"], 5, 4, 1, 1] in account["layers"]


def test_feature_without_a_place_is_kept_without_shape(dossier: Dossier) -> None:
    layers = dict(dossier.plan.layers)
    frame = layers["unit"].frame.copy()
    frame.loc[[0], "geometry"] = None
    layers["unit"] = replace(layers["unit"], frame=frame)
    data = payload(replace(dossier, plan=replace(dossier.plan, layers=layers)), "zh")
    (unit,) = [layer for layer in data["layers"] if layer["id"] == "unit"]
    assert unit["count"] == 4
    assert unit["at"][:2] == [None, None]
    assert sorted(set(unit["shapes"]["f"])) == [1, 2, 3]


def test_dossier_with_nothing_in_it_gives_a_page(dossier: Dossier) -> None:
    empty = replace(
        dossier,
        plan=replace(dossier.plan, layers={}),
        findings=findings_frame([]),
        verdicts=verdicts_frame([]),
        layers=(),
        rules=(),
    )
    data = data_of(map_html(empty, "en"))
    assert data["layers"] == []
    assert data["findings"]["rows"] == []


def test_many_buildings_start_switched_off(dossier: Dossier) -> None:
    from gisplan.render.webmap.layers import MANY
    from gisplan.testing.plans import make_plan

    unit = dossier.plan.layers["unit"].frame[["code", "name", "geometry"]]
    switched = []
    for count in (MANY, MANY + 1):
        buildings = unit.iloc[np.zeros(count, dtype=int)].reset_index(drop=True)
        plan = make_plan({"unit": unit, "building": buildings})
        data = payload(replace(dossier, plan=plan), "zh")
        switched += [layer["on"] for layer in data["layers"] if layer["id"] == "building"]
    assert switched == [True, False]


def test_written_file_is_the_page(dossier: Dossier, page: str, tmp_path: Path) -> None:
    target = tmp_path / "地图.html"
    write_map(dossier, target, "zh")
    assert target.read_bytes() == page.encode("utf-8")


def test_notebook_and_save_stand_alone_too(dossier: Dossier, page: str, tmp_path: Path) -> None:
    plan_map = build_map(dossier, "zh")
    assert "https://cdn" not in plan_map._repr_html_()
    plan_map.save(tmp_path / "saved.html")
    assert (tmp_path / "saved.html").read_text("utf-8") == page


def test_other_folium_maps_keep_their_own_links(dossier: Dossier) -> None:
    import folium

    before = list(folium.Map.default_js)
    map_html(dossier, "zh")
    assert folium.Map.default_js == before


def test_shapes_survive_packing(dossier: Dossier) -> None:
    from gisplan.render.webmap.layers import degrees_of

    shape = degrees_of(dossier.plan.layers["unit"])[0]
    data = payload(dossier, "zh")
    (unit,) = [layer for layer in data["layers"] if layer["id"] == "unit"]
    count = unit["shapes"]["n"][0]
    xy = np.cumsum(np.array(unit["shapes"]["d"][: 2 * count]).reshape(-1, 2), axis=0) / 1e7
    assert shapely.equals_exact(
        shapely.normalize(shapely.Polygon(xy)), shapely.normalize(shape), 1e-7
    )


@pytest.mark.parametrize(
    ("name", "on"),
    [("community", False), ("exam_land", False), ("facility", False), ("view", True)],
)
def test_what_only_the_exam_looks_at_starts_switched_off(dossier, name, on):
    unit = dossier.plan.layers["unit"]
    frame = unit.frame.reindex(columns=[*layer_specs()[name].fields, "_label", "geometry"])
    layer = replace(unit, name=name, spec=layer_specs()[name], frame=frame, tier=None)
    assert layer_head(layer, dossier)[0]["on"] is on
