"""The sample, end to end: exactly what was planted is found, however the plan is handed over."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from openpyxl import load_workbook

from gisplan.catalogue.sample_outcomes import SampleOutcome, sample_outcomes
from gisplan.model import Outcome
from gisplan.pipeline import Result, open_plan, review
from gisplan.testing.sample_write import UNIT, write_shapefile

Key = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def planted(sample_home: Path) -> dict[str, Any]:
    return tomllib.loads((sample_home / "planted.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def result(sample_home: Path) -> Result:
    return review(open_plan(sample_home))


def keys(result: Result) -> Counter[Key]:
    rows = result.findings[["code", "layer", "feature", "related"]].to_dict("records")
    return Counter((r["code"], r["layer"], r["feature"], text(r["related"])) for r in rows)


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def copy_of(home: Path, folder: Path) -> Path:
    return Path(shutil.copytree(home, folder / "plan"))


def test_finds_exactly_what_was_planted(result: Result, planted: dict[str, Any]) -> None:
    wanted = Counter(
        (p["code"], p["layer"], p["feature"], p.get("related", "")) for p in planted["planted"]
    )
    found = keys(result)
    assert sorted((found - wanted).elements()) == [], "findings that nobody planted"
    assert sorted((wanted - found).elements()) == [], "planted defects that were not found"


def test_heritage_rulings_are_those_of_the_matrix(result: Result, planted: dict[str, Any]) -> None:
    wanted = Counter(
        (p["code"], p["feature"], p.get("related", ""), p["ruling"])
        for p in planted["planted"]
        if "ruling" in p
    )
    rows = result.findings[result.findings["ruling"].notna()]
    found = Counter(
        (r["code"], r["feature"], text(r["related"]), r["ruling"]) for r in rows.to_dict("records")
    )
    assert found == wanted
    assert {ruling for *_, ruling in wanted} == {
        "prohibited", "exception_only", "approval", "consultation", "notice",
    }  # fmt: skip


def test_every_unit_without_a_planted_verdict_is_clear(
    result: Result, planted: dict[str, Any]
) -> None:
    found = {row["unit"]: str(row["verdict"]) for row in result.verdicts.to_dict("records")}
    assert len(found) == len(result.verdicts) == 202
    assert {unit: verdict for unit, verdict in found.items() if verdict != "clear"} == planted[
        "verdicts"
    ]
    assert set(found.values()) == {"blocked", "undetermined", "conditional", "clear"}


def test_reasons_of_a_verdict_are_findings(result: Result) -> None:
    known = set(result.findings["fingerprint"])
    for row in result.verdicts.to_dict("records"):
        assert set(row["reasons"]) <= known
        assert (str(row["verdict"]) in {"blocked", "conditional"}) <= bool(row["reasons"])


def test_everything_read_is_checked_or_quarantined(result: Result) -> None:
    counts = {count.layer: count for count in result.dossier.layers}
    assert len(counts) == 19
    for count in counts.values():
        assert count.read == count.checked + count.quarantined, count.layer
    assert {name: c.quarantined for name, c in counts.items() if c.quarantined} == {"project": 1}
    assert {name: c.repaired for name, c in counts.items() if c.repaired} == {"unit": 1}


def test_no_rule_crashes_and_each_planted_rule_fails(
    result: Result, planted: dict[str, Any]
) -> None:
    outcomes = {run.code: run.outcome for run in result.dossier.rules}
    crashed = {run.code: run.why for run in result.dossier.rules if run.outcome == Outcome.CRASHED}
    assert crashed == {}
    wanted = {p["code"] for p in planted["planted"]}
    assert {code for code, outcome in outcomes.items() if outcome == Outcome.FAILED} == wanted
    assert len(wanted) >= 32
    assert result.exit_status == 2  # a feature was quarantined


def test_what_the_list_of_rules_says_of_the_sample_is_what_a_review_finds(result: Result) -> None:
    """`python -m gisplan.testing.sample_outcomes` writes it anew."""
    found = {run.code: SampleOutcome(run.outcome, run.count) for run in result.dossier.rules}
    assert dict(sample_outcomes()) == found


def test_what_can_be_proved_is_repaired_without_a_finding(
    result: Result, planted: dict[str, Any]
) -> None:
    notes = [note for note in result.dossier.plan.notes if note.kind == "code_repaired"]
    assert [(note.layer, note.feature) for note in notes] == [
        (r["layer"], r["feature"]) for r in planted["repaired"]
    ]
    assert dict(notes[0].detail) == {"before": "701", "after": "0701"}


def test_names_in_gbk_are_read_right(result: Result) -> None:
    assert "和平区" in result.dossier.plan.layers["unit"].frame["name"][0]
    (source,) = [i for i in result.dossier.plan.inputs if i.layer == "unit"]
    assert source.encoding == "GB18030"


def test_areas_agree_with_the_stated_ones_except_where_planted(result: Result) -> None:
    rows = result.findings[result.findings["code"] == "IND111"]
    assert set(rows["layer"]) == {"unit", "district"}


def test_a_folder_without_gisplan_toml_gives_the_same_findings(
    sample_home: Path, result: Result, tmp_path: Path
) -> None:
    folder = copy_of(sample_home, tmp_path)
    (folder / "gisplan.toml").unlink()
    (folder / "planted.toml").unlink()
    bare = review(open_plan(folder))
    assert keys(bare) == keys(result)
    assert list(bare.findings["fingerprint"]) == list(result.findings["fingerprint"])
    assert bare.verdicts[["unit", "verdict"]].equals(result.verdicts[["unit", "verdict"]])


def findings_json(result: Result, folder: Path) -> dict[str, Any]:
    result.save(folder)
    out = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    del out["run"]["started"], out["run"]["seconds"]
    return out


def test_two_runs_give_the_same_findings_json(
    sample_home: Path, result: Result, tmp_path: Path
) -> None:
    first = findings_json(result, tmp_path / "first")
    second = findings_json(review(open_plan(sample_home), jobs=2), tmp_path / "second")
    assert json.dumps(first, ensure_ascii=False) == json.dumps(second, ensure_ascii=False)


def test_row_order_changes_nothing_but_the_hash_of_the_file(
    sample_home: Path, result: Result, tmp_path: Path
) -> None:
    folder = copy_of(sample_home, tmp_path)
    shuffle_units(folder)
    first = findings_json(result, tmp_path / "first")
    second = findings_json(review(open_plan(folder)), tmp_path / "second")
    assert first["run"].pop("inputs") != second["run"].pop("inputs")
    for row in (row for out in (first, second) for row in records_of(out["accounts"])):
        row.pop("record", None)  # which row of the file it is
    assert json.dumps(first, ensure_ascii=False) == json.dumps(second, ensure_ascii=False)


def records_of(accounts: dict[str, Any]) -> list[dict[str, Any]]:
    examples = [example for row in accounts["cells"] for example in row["examples"]]
    return [*accounts["quarantined"], *accounts["repaired"], *examples]


def shuffle_units(folder: Path) -> None:
    units = gpd.read_file(folder / "GXDY.shp", encoding="GBK")
    order = np.random.default_rng(5).permutation(len(units))
    assert list(order[:3]) != [0, 1, 2]
    mixed = units.iloc[order].rename(columns={name: field for name, (field, _) in UNIT.items()})
    for column in ("approved_on", "period_start", "period_end"):
        mixed[column] = mixed[column].dt.strftime("%Y-%m-%d")
    write_shapefile(mixed, folder / "GXDY.shp", UNIT, encoding="GBK", say_encoding=False)


@pytest.mark.parametrize("name", ["KZX", "BHQH", "BHDX_WW"])
def test_a_line_or_heritage_without_a_place_leaves_no_unit_clear(
    sample_home: Path, result: Result, tmp_path: Path, name: str
) -> None:
    assert (result.verdicts["verdict"] == "clear").any()
    folder = copy_of(sample_home, tmp_path)
    frame = gpd.read_file(folder / f"{name}.shp")
    frame.loc[0, "geometry"] = None
    for column in frame.select_dtypes("datetime").columns:
        frame[column] = frame[column].dt.strftime("%Y-%m-%d")
    frame.to_file(folder / f"{name}.shp", encoding="UTF-8")
    verdicts = review(open_plan(folder)).verdicts
    assert not (verdicts["verdict"] == "clear").any()


ALLOWED = """
[[allowed_gaps]]
layer = "district"
parent = "210400"
at = [123.44, 41.8392]
max_area = 61000
reason = "水库 <b>&{feature}"
by = "市局"
"""


def test_a_gap_that_the_plan_allows_is_no_defect_and_stays_in_sight(
    sample_home: Path, result: Result, tmp_path: Path
) -> None:
    folder = copy_of(sample_home, tmp_path)
    with (folder / "gisplan.toml").open("a", encoding="utf-8") as file:
        file.write(ALLOWED)
    allowed = review(open_plan(folder))
    gone = {("GEO104", "district", "210402", "210404"), ("BND102", "city", "210400", "")}
    assert set((keys(result) - keys(allowed)).elements()) == gone
    assert list((keys(allowed) - keys(result)).elements()) == [("BND113", "city", "210400", "")]
    row = allowed.findings.set_index("code").loc["BND113"]
    strip = result.findings.set_index("code").loc["GEO104"]
    assert (row["severity"], row["state"]) == ("info", "new")
    assert row["measure"] == pytest.approx(strip["measure"])
    assert row["geometry"].equals(strip["geometry"])
    allowed.save(tmp_path / "out")
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "水库 &lt;b&gt;&amp;{feature}" in report
    assert "水库 <b>" not in report


def test_an_allowed_gap_that_the_hole_outgrew_hides_nothing(
    sample_home: Path, result: Result, tmp_path: Path
) -> None:
    folder = copy_of(sample_home, tmp_path)
    with (folder / "gisplan.toml").open("a", encoding="utf-8") as file:
        file.write(ALLOWED.replace("61000", "60000"))
    grown = review(open_plan(folder))
    assert set((keys(grown) - keys(result)).elements()) == {
        ("SCH110", "", "district 210400 123.44,41.8392", "")
    }
    assert not (keys(result) - keys(grown))


def test_results_are_written_and_name_the_plan(result: Result, tmp_path: Path) -> None:
    result.save(tmp_path)
    names = {"findings.json", "findings.gpkg", "findings.xlsx", "report.html", "map.html"}
    assert names <= {path.name for path in tmp_path.iterdir()}
    assert "合成数据" in (tmp_path / "report.html").read_text(encoding="utf-8")
    book = load_workbook(tmp_path / "findings.xlsx", read_only=True)
    assert "单元结论" in book.sheetnames
    book.close()


@pytest.mark.parametrize(
    ("planted_layer", "path"), [("heritage_zone", "BHQH.shp"), ("heritage_body", "BHDX_WW.shp")]
)
def test_without_a_heritage_layer_no_unit_stays_clear_that_rested_on_it(
    planted_layer: str, path: str, sample_home: Path, tmp_path: Path
) -> None:
    folder = copy_of(sample_home, tmp_path)
    plan = (folder / "gisplan.toml").read_text(encoding="utf-8")
    head, *tables = plan.split("\n\n")
    kept = [table for table in tables if f"layers.{planted_layer}]" not in table]
    assert len(kept) < len(tables)
    (folder / "gisplan.toml").write_text("\n\n".join([head, *kept]), encoding="utf-8")
    for part in folder.glob(path.replace(".shp", ".*")):
        part.unlink()
    verdicts = review(open_plan(folder)).verdicts["verdict"].astype(str)
    assert (verdicts == "clear").sum() == 0
    assert (verdicts == "undetermined").sum() > 100
