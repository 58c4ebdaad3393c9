"""A result is as it was written, or verify says what is not."""

from __future__ import annotations

import json
import shutil

import pytest

from gisplan.errors import PlanError
from gisplan.pipeline import open_plan, review
from gisplan.verify import exit_status, verify


@pytest.fixture(scope="module")
def written(tmp_path_factory, sample_home):
    """Return a folder with a plan and its result."""
    home = tmp_path_factory.mktemp("verify")
    shutil.copytree(sample_home, home / "plan")
    result = review(open_plan(home / "plan"), select=["BND101"], resolutions=False)
    result.save(home / "out")
    return home


@pytest.fixture
def home(written, tmp_path):
    shutil.copytree(written, tmp_path / "home")
    return tmp_path / "home"


def states(checked):
    return {(c.what, c.name): c.state for c in checked if c.state != "same"}


def test_a_result_that_nobody_touched_is_the_same(home):
    checked = verify(home / "out")
    assert states(checked) == {}
    assert exit_status(checked) == 0
    assert {c.name for c in checked if c.what == "file"} >= {"findings.json", "map.html"}
    assert any(c.what == "input" for c in checked)


def test_an_edited_file_and_one_that_is_gone_are_named(home):
    with (home / "out" / "findings.xlsx").open("ab") as file:
        file.write(b" ")
    (home / "out" / "map.html").unlink()
    checked = verify(home / "out")
    assert states(checked) == {
        ("file", "findings.xlsx"): "changed",
        ("file", "map.html"): "missing",
    }
    assert exit_status(checked) == 1


def test_an_edited_input_is_named(home):
    path = home / "plan" / "指标表.csv"
    path.write_bytes(path.read_bytes() + b"\r\n")
    assert states(verify(home / "out")) == {("input", "指标表.csv"): "changed"}


def test_edited_settings_are_named(home):
    path = home / "plan" / "gisplan.toml"
    path.write_text(path.read_text("utf-8") + "\n[rules.BND101]\nmin_area = 5.0\n", "utf-8")
    assert states(verify(home / "out")) == {("config", "gisplan.toml"): "changed"}


def test_other_rules_are_named(home, monkeypatch):
    monkeypatch.setattr("gisplan.verify.rule_set", lambda: "0" * 64)
    assert [what for what, _ in states(verify(home / "out"))] == ["rule_set"]


def test_a_plan_that_moved_cannot_be_told_until_it_is_named(home):
    (home / "plan").rename(home / "elsewhere")
    checked = verify(home / "out")
    assert exit_status(checked) == 2
    assert {c.state for c in checked if c.what == "input"} == {"unknown"}
    assert states(verify(home / "out", home / "elsewhere")) == {}


@pytest.mark.parametrize("content", [None, "", "{}", '{"schema": "gisplan-manifest/1"}'])
def test_a_folder_without_a_whole_manifest_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(PlanError, match="manifest"):
        verify(tmp_path)


def test_a_manifest_names_nothing_outside_its_folder(home):
    path = home / "out" / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    document["files"] = [{"name": "../plan/gisplan.toml", "sha256": "0"}]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert ("file", "../plan/gisplan.toml") in states(verify(home / "out"))


def test_the_manifest_holds_no_absolute_path(home):
    text = (home / "out" / "manifest.json").read_text("utf-8")
    assert str(home) not in text
    assert json.loads(text)["plan"] == "../plan"


def test_the_command_tells_it_in_both_forms(gisplan, home):
    done = gisplan("verify", home / "out", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    assert "一致" in done.stdout
    (home / "out" / "report.html").write_text("x")
    done = gisplan("verify", home / "out", "--format", "json")
    assert done.returncode == 1
    rows = json.loads(done.stdout)["checked"]
    assert [r["name"] for r in rows if r["state"] != "same"] == ["report.html"]
    assert gisplan("verify", home / "plan").returncode == 2
