"""Every format of a result tells the same numbers: findings by severity, units by verdict."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

from gisplan.errors import OutputError
from gisplan.model import Severity, Verdict
from gisplan.pipeline import Result, open_plan, review
from gisplan.render import words
from gisplan.render.csv import format_csv
from gisplan.render.geojson import to_geojson
from gisplan.render.junit import format_junit
from gisplan.render.rows import layer_title
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


def test_accounts_of_the_layers(result: Result, out: Path) -> None:
    told = {
        words.pick(layer_title(result.dossier, count.layer), "zh"): (
            count.read, count.checked, count.quarantined, count.repaired,
        )
        for count in result.dossier.layers
    }  # fmt: skip
    assert any(quarantined for _, _, quarantined, _ in told.values())
    rows = json.loads((out / "findings.json").read_text("utf-8"))["layers"]
    names = ("read", "checked", "quarantined", "repaired")
    assert [tuple(row[name] for name in names) for row in rows] == list(told.values())

    summary = list(
        openpyxl.load_workbook(out / "findings.xlsx")["汇总"].iter_rows(values_only=True)
    )
    begin = next(at for at, row in enumerate(summary) if row[:2] == ("图层", "读取")) + 1
    assert {row[0]: row[1:5] for row in summary[begin : begin + len(told)]} == told

    tables = docx.Document(str(out / "report.docx")).tables
    account = next(t for t in tables if [c.text for c in t.rows[0].cells[:2]] == ["图层", "读入"])
    said = {row.cells[0].text: [c.text for c in row.cells[1:5]] for row in account.rows[1:]}
    assert said == {name: [str(n) for n in counts] for name, counts in told.items()}

    page = (out / "report.html").read_text("utf-8")
    for name, counts in told.items():
        cells = "".join(f'<td class="num">{n}</td>' for n in counts)
        assert re.search(f"{name}<[^\\n]{{,120}}</td>{cells}", page)

    shown = payload(result.dossier, "zh", mode="plain")["account"]["layers"]
    assert {title[0]: tuple(counts) for title, *counts in shown} == told


def test_pdf(out: Path, severities: Counter, verdicts: Counter, result: Result) -> None:
    pytest.importorskip("typst")
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("poppler-utils is not installed")
    from gisplan.render.pdf import check_pdf, write_pdf

    try:
        check_pdf()
    except OutputError:
        pytest.skip("no font with Chinese characters")
    write_pdf(result.dossier, out / "report.pdf", "zh")
    done = subprocess.run(
        [reader, "-l", "3", str(out / "report.pdf"), "-"], check=True, capture_output=True
    )
    text = "".join(done.stdout.decode("utf-8").split())
    found = dict(re.findall(r"(错误|警告|提示)(\d+)条", text))
    assert {SEVERITIES[name]: int(n) for name, n in found.items()} == severities
    counted = dict(re.findall(f"({'|'.join(VERDICTS)})(\\d+)个", text))
    assert {VERDICTS[name]: int(n) for name, n in counted.items()} == verdicts
