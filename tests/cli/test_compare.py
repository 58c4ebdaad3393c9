"""Two rounds of a tiny plan beside each other."""

from __future__ import annotations

import json

import openpyxl
import pytest

from gisplan.compare import compare
from gisplan.errors import PlanError
from gisplan.pipeline import open_plan, review
from tests.exam.tiny_city import at, layers, written

OTHERS = dict.fromkeys(set(layers()) - {"city", "district", "unit"}, (None, None))


def plan(folder, shapes, codes, parents, **fields):
    folder.mkdir()
    unit = (shapes, {"code": codes, "parent": parents, **fields})
    return written(folder, changed={**OTHERS, "unit": unit})


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """Return two plans: a unit mended, one split, one renamed, and one now outside its parent."""
    home = tmp_path_factory.mktemp("compare")
    west, east = "210102", "210103"
    old = plan(
        home / "old",
        [at(-300, 0, 500, 300), at(0, 400, 400, 800), at(1000, 0, 1500, 500)],
        [f"{west}-GX001", f"{west}-GX002", f"{east}-GX001"],
        [west, west, east],
        name=["甲", "乙", "丙"],
    )
    new = plan(
        home / "new",
        [at(0, 0, 500, 300), at(0, 400, 200, 800), at(200, 400, 400, 800), at(1000, 0, 2300, 500)],
        [f"{west}-GX001", f"{west}-GX003", f"{west}-GX004", f"{east}-GX001"],
        [west, west, west, east],
        name=["甲二", "丁", "戊", "丙"],
    )
    return old, new


@pytest.fixture(scope="module")
def found(rounds):
    return compare(*rounds)


def test_findings_are_new_or_mended_by_fingerprint(found):
    new = found.findings.new.query("code == 'BND101'")["feature"].tolist()
    mended = found.findings.mended.query("code == 'BND101'")["feature"].tolist()
    assert (new, mended) == (["210103-GX001"], ["210102-GX001"])
    assert found.exit_status == 1


def test_a_plan_beside_itself_has_no_change(rounds):
    same = compare(rounds[0], rounds[0])
    assert not len(same.findings.new)
    assert not len(same.findings.mended)
    assert same.exit_status == 0
    assert all(set(change.groups["kind"]) == {"kept"} for change in same.layers)
    assert all(change.fields.empty for change in same.layers)


def test_units_are_split_and_changed_with_their_land(found):
    units = next(change for change in found.layers if change.layer == "unit")
    kinds = {tuple(row.old): (row.kind, tuple(row.new)) for row in units.groups.itertuples()}
    assert kinds["210102-GX002",] == ("split", ("210102-GX003", "210102-GX004"))
    assert kinds["210102-GX001",][0] == "changed"
    assert units.groups["out_m2"].sum() == pytest.approx(300 * 300, rel=1e-3)
    assert units.groups["in_m2"].sum() == pytest.approx(800 * 500, rel=1e-3)


def test_fields_that_changed_are_named(found):
    units = next(change for change in found.layers if change.layer == "unit")
    assert units.fields.to_dict("records") == [{"code": "210102-GX001", "fields": ["name"]}]


def test_a_worse_finding_shows_both_measures(tmp_path):
    shapes, codes = [at(-300, 0, 500, 300)], ["210102-GX001"]
    old = plan(tmp_path / "old", shapes, codes, ["210102"])
    new = plan(tmp_path / "new", [at(-400, 0, 500, 300)], codes, ["210102"])
    worse = compare(old, new).findings.worse.query("code == 'BND101'").iloc[0]
    assert worse["before"] == pytest.approx(300 * 300, rel=1e-3)
    assert worse["measure"] == pytest.approx(400 * 300, rel=1e-3)
    assert not len(compare(new, old).findings.worse)


def test_results_compare_as_their_plans_do(rounds, found, tmp_path):
    outs = []
    for name, path in zip(("old", "new"), rounds, strict=True):
        review(open_plan(path), resolutions=False).save(tmp_path / name)
        outs.append(tmp_path / name)
    by_results = compare(*outs)
    for part in ("new", "mended", "worse"):
        ours, theirs = getattr(by_results.findings, part), getattr(found.findings, part)
        assert ours["fingerprint"].tolist() == theirs["fingerprint"].tolist()
    units = by_results.layers[0].groups
    assert "split" in units["kind"].tolist()
    mixed = compare(outs[0], rounds[1])
    assert mixed.findings.new["fingerprint"].tolist() == found.findings.new["fingerprint"].tolist()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"schema": "gisplan-findings/0"}', '{"schema": "gisplan-findings/1"}']
)
def test_a_result_of_another_version_is_refused_in_one_line(rounds, tmp_path, content):
    (tmp_path / "findings.json").write_text(content, encoding="utf-8")
    with pytest.raises(PlanError, match=r"findings\.json") as caught:
        compare(tmp_path, rounds[1])
    assert "\n" not in str(caught.value)


def test_the_command_gives_text_json_and_a_workbook(gisplan, rounds, tmp_path):
    text = gisplan("compare", *rounds, "--lang", "zh")
    assert text.returncode == 1, text.stderr
    assert "拆分 210102-GX002 → 210102-GX003、210102-GX004" in text.stdout
    record = json.loads(gisplan("compare", *rounds, "--format", "json").stdout)
    assert record["schema"] == "gisplan-compare/1"
    assert [layer["layer"] for layer in record["layers"]] == ["city", "district", "unit"]
    file = tmp_path / "对比.xlsx"
    gisplan("compare", *rounds, "--format", "xlsx", "-o", file, "--lang", "zh")
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["问题变化", "结论变化", "版本对比表", "属性变更"]
    assert gisplan("compare", *rounds, "--format", "xlsx").returncode == 2
    assert gisplan("compare", rounds[0], tmp_path / "none").returncode == 2
