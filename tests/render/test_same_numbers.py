"""Every format of a result tells the same numbers: findings by severity, units by verdict."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

from gisplan.model import Severity, Verdict
from gisplan.pipeline import Result, open_plan, review
from gisplan.render import words
from gisplan.render.csv import format_csv
from gisplan.render.geojson import to_geojson
from gisplan.render.junit import format_junit
from gisplan.render.sarif import format_sarif
from gisplan.render.webmap.payload import payload

docx = pytest.importorskip("docx")
LEVEL = {"error": "error", "warning": "warning", "note": "info"}
SEVERITIES = {words.SEVERITY[severity].zh: severity.value for severity in Severity}
VERDICTS = {words.VERDICT[verdict].zh: verdict.value for verdict in Verdict}


@pytest.fixture(scope="module")
def result(sample_home: Path) -> Result:
    return review(open_plan(sample_home))


@pytest.fixture(scope="module")
def out(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    result.save(folder, "zh", docx=True, shapefiles=True)
    return folder


@pytest.fixture(scope="module")
def severities(result: Result) -> Counter:
    return Counter(result.findings["severity"])


@pytest.fixture(scope="module")
def verdicts(result: Result) -> Counter:
    return Counter(result.verdicts["verdict"])


def column(sheet, title: str) -> list:
    rows = sheet.iter_rows(values_only=True)
    place = next(rows).index(title)
    return [row[place] for row in rows]


def test_the_sample_has_something_of_everything(severities: Counter, verdicts: Counter) -> None:
    assert set(severities) == {severity.value for severity in Severity}
    assert set(verdicts) == {verdict.value for verdict in Verdict}


def test_json(out: Path, severities: Counter, verdicts: Counter) -> None:
    document = json.loads((out / "findings.json").read_text("utf-8"))
    assert Counter(row["severity"] for row in document["findings"]) == severities
    assert Counter(row["verdict"] for row in document["verdicts"]) == verdicts
    for count in document["layers"]:
        assert count["read"] == count["checked"] + count["quarantined"]


def test_geopackage_and_shapefiles(out: Path, severities: Counter, verdicts: Counter) -> None:
    frames = [
        gpd.read_file(out / "findings.gpkg", layer=name, ignore_geometry=True)
        for name in gpd.list_layers(out / "findings.gpkg")["name"]
        if name.startswith("findings")
    ]
    assert sum((Counter(frame["severity"]) for frame in frames), Counter()) == severities
    units = gpd.read_file(out / "findings.gpkg", layer="units", ignore_geometry=True)
    assert Counter(units["verdict"]) == verdicts
    shapes = [gpd.read_file(path, ignore_geometry=True) for path in out.glob("findings*.shp")]
    assert sum(map(len, shapes)) <= severities.total()  # those with a place


def test_workbook(out: Path, severities: Counter, verdicts: Counter) -> None:
    book = openpyxl.load_workbook(out / "findings.xlsx", read_only=True)
    told = Counter(SEVERITIES[name] for name in column(book["错误明细"], "等级"))
    assert told == severities
    assert Counter(VERDICTS[name] for name in column(book["单元结论"], "结论")) == verdicts
    first = {row[0]: row[1] for row in book["汇总"].iter_rows(values_only=True) if row[0]}
    assert {VERDICTS[name]: first[name] for name in VERDICTS} == verdicts
    conclusion = dict(re.findall(r"(错误|警告|提示) (\d+)", first["结论"]))
    assert {SEVERITIES[name]: int(n) for name, n in conclusion.items()} == severities


def test_report_and_map(result: Result, out: Path, severities: Counter, verdicts: Counter) -> None:
    shown = payload(result.dossier, "zh", mode="plain")
    assert Counter(row["severity"] for row in shown["findings"]["rows"]) == severities
    assert Counter(row["verdict"] for row in shown["verdicts"]) == verdicts
    page = (out / "report.html").read_text("utf-8")
    for fingerprint in result.findings["fingerprint"]:
        assert fingerprint in page


def test_word(out: Path, severities: Counter, verdicts: Counter) -> None:
    document = docx.Document(str(out / "report.docx"))
    cells = [[cell.text for cell in row.cells] for t in document.tables for row in t.rows]
    for name, verdict in VERDICTS.items():
        assert [name, str(verdicts[verdict])] in [row[:2] for row in cells]
    text = "\n".join(p.text for p in document.paragraphs)
    found = dict(re.findall(r"(错误|警告|提示) (\d+) 条", text))
    assert {SEVERITIES[name]: int(n) for name, n in found.items()} == severities


def test_formats_for_pipelines(result: Result, severities: Counter) -> None:
    sarif = json.loads(format_sarif(result.dossier, "zh"))["runs"][0]
    assert Counter(LEVEL[row["level"]] for row in sarif["results"]) == severities
    suite = ET.fromstring(format_junit(result.dossier, "zh"))[0]
    said = [line for node in suite.iter() for line in (node.text or "").split("\n")]
    for name, severity in SEVERITIES.items():
        lines = [line for line in said if line.startswith(f"{name} ")]
        assert len(lines) == severities[severity]


def test_tables_of_findings(result: Result, severities: Counter) -> None:
    rows = list(csv.DictReader(io.StringIO(format_csv(result.dossier, "zh").lstrip("\ufeff"))))
    assert Counter(SEVERITIES[row["等级"]] for row in rows) == severities
    features = json.loads(to_geojson(result.dossier))["features"]
    assert Counter(row["properties"]["severity"] for row in features) == severities
