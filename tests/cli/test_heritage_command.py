"""`gisplan heritage`: the overlay, and the dossier of one unit."""

import json

BLOCKED = "210404-GX006"


def test_the_overlay_lists_verdicts_conflicts_and_sources(gisplan, sample_home):
    done = gisplan("heritage", sample_home, "--lang", "zh")
    assert done.returncode == 2, done.stderr  # a project of the sample is set aside
    for word in ("不通过", "历史文化冲突", "HER101", "数据来源与覆盖", "来源未声明覆盖范围"):
        assert word in done.stdout
    assert "BND101" not in done.stdout


def test_the_overlay_as_json_holds_heritage_alone(gisplan, sample_home):
    done = gisplan("heritage", sample_home, "--format", "json")
    record = json.loads(done.stdout)
    assert record["schema"] == "gisplan-heritage/1"
    assert {finding["code"][:3] for finding in record["findings"]} == {"HER"}
    assert sum(record["verdict_counts"].values()) == len(record["verdicts"])
    assert record["resolutions"]


def test_the_dossier_of_a_unit_says_law_what_is_due_and_the_ways_out(gisplan, sample_home):
    done = gisplan("heritage", sample_home, "--unit", BLOCKED, "--lang", "en")
    first = done.stdout.splitlines()[0]
    assert first.startswith(BLOCKED)
    assert "blocked" in first
    for word in ("HER102", "art. 28", "approvals and consultations due", "1. next higher relics",
                 "what would resolve it", "[possible]", "coverage"):  # fmt: skip
        assert word in done.stdout


def test_the_dossier_as_json_holds_one_unit(gisplan, sample_home):
    done = gisplan("heritage", sample_home, "--unit", BLOCKED, "--format", "json")
    record = json.loads(done.stdout)
    (verdict,) = record["verdicts"]
    assert verdict["unit"] == BLOCKED
    assert [due["order"] for due in verdict["approvals_due"]] == [1, 2]
    known = {finding["fingerprint"] for finding in record["findings"]}
    assert set(verdict["reasons"]) <= known
    assert {r["kind"] for r in record["resolutions"]} == {"boundary", "mode"}


def test_an_unknown_unit_is_refused_with_codes_that_look_like_it(gisplan, sample_home):
    done = gisplan("heritage", sample_home, "--unit", "210404-GX06", "--lang", "zh")
    assert done.returncode == 2
    assert done.stdout == ""
    last = done.stderr.strip().splitlines()[-1]
    assert "没有编号 210404-GX06" in last
    assert BLOCKED in last
