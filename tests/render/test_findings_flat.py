"""CSV, GeoJSON and GitHub annotations."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import pytest

from gisplan.render.csv import format_csv, write_csv
from gisplan.render.geojson import to_geojson, write_geojson
from gisplan.render.github import format_github
from gisplan.render.rows import cited, neutral
from gisplan.testing.dossier import FORMULA, SCRIPT, small_dossier


@pytest.fixture(scope="module")
def dossier():
    return small_dossier()


def renamed(dossier, text):
    """Return the dossier with a text as the name of the first finding's feature and its message."""
    findings = dossier.findings.copy()
    findings.loc[0, ["feature", "message_zh"]] = text
    return replace(dossier, findings=findings)


# --- CSV --------------------------------------------------------------------------------------


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(("lang", "head"), [("zh", "规则编号"), ("en", "rule")])
def test_csv_has_a_row_for_each_finding_in_order(dossier, lang, head):
    rows = rows_of(format_csv(dossier, lang))
    assert [row[head] for row in rows] == list(dossier.findings["code"])


def test_csv_texts_are_in_the_readers_language(dossier):
    assert rows_of(format_csv(dossier, "zh"))[0]["等级"] == "错误"
    assert rows_of(format_csv(dossier, "en"))[0]["severity"] == "error"


def test_csv_opens_in_excel_with_chinese_texts(dossier, tmp_path):
    write_csv(dossier, tmp_path / "x.csv", "zh")
    raw = (tmp_path / "x.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig") == format_csv(dossier, "zh")


@pytest.mark.parametrize(
    "text",
    [FORMULA, "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\u3000=1", "\x00=1"],
)
def test_no_cell_of_a_csv_runs_as_a_formula(dossier, text):
    row = rows_of(format_csv(renamed(dossier, text), "zh"))[0]
    assert row["要素"].startswith("'")
    assert row["问题描述"].startswith("'")


@pytest.mark.parametrize("text", ["210102-GX001", "甲=乙", "a,b", "x\ny", "（全角）", ""])
def test_an_ordinary_text_stays_as_it_is(text):
    assert neutral(text) == text


def test_a_negative_number_stays_a_number():
    assert neutral(-3.5) == -3.5


def test_a_source_that_was_not_read_says_so(dossier):
    sources = dossier.findings.set_index("code")["sources"]
    assert cited(sources["BND101"], "zh").endswith("（未核实）")
    assert cited(sources["BND101"], "en").endswith("(not verified)")
    assert cited(sources["HER101"], "zh") == "历史文化名城名镇名村保护条例第28条"


# --- GeoJSON ----------------------------------------------------------------------------------


def test_geojson_holds_every_finding_with_its_evidence(dossier, tmp_path):
    write_geojson(dossier, tmp_path / "x.geojson")
    read = gpd.read_file(tmp_path / "x.geojson")
    assert list(read["code"]) == list(dossier.findings["code"])
    for mine, theirs in zip(dossier.findings.geometry, read.geometry, strict=True):
        assert (mine is None and theirs is None) or mine.equals_exact(theirs.normalize(), 1e-9)


def test_geojson_follows_rfc_7946(dossier):
    document = json.loads(to_geojson(dossier))
    assert set(document) == {"type", "name", "features"}
    ring = document["features"][0]["geometry"]["coordinates"][0]
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    assert area > 0  # outer rings run against the clock
    nowhere = [f for f in document["features"] if f["properties"]["code"] == "SRC108"]
    assert nowhere[0]["geometry"] is None
    assert "bbox" not in nowhere[0]


# --- GitHub -----------------------------------------------------------------------------------


def test_github_has_one_command_a_finding(dossier):
    lines = format_github(dossier, "en").splitlines()
    assert len(lines) == len(dossier.findings)
    assert lines[0].startswith("::error file=unit.gpkg,title=BND101::210102-GX001")
    kinds = {line.split()[0] for line in lines}
    assert kinds == {"::error", "::warning", "::notice"}


def test_a_waived_error_is_a_notice_to_github(dossier):
    line = next(line for line in format_github(dossier, "en").splitlines() if "POL102" in line)
    assert line.startswith("::notice ")
    assert "31%25" in line


def test_a_text_cannot_break_out_of_its_annotation(dossier):
    text = "a\n::error title=X::%0A\r::stop-commands::x"
    out = format_github(renamed(dossier, text), "zh")
    assert len(out.splitlines()) == len(dossier.findings)
    assert "a%0A::error title=X::%250A%0D::stop" in out
    assert SCRIPT in out
