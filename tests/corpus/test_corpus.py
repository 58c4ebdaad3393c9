"""The short subset of the corpus, and whether the scorer and the runner can be believed."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.corpus import run
from tests.corpus.__main__ import SOUND, judge_all
from tests.corpus.base import CLEAR, VERDICTS
from tests.corpus.case import TOKEN, Case, right, told
from tests.corpus.damage import cut, put
from tests.corpus.kinds import SHORT, all_cases
from tests.corpus.run import HUNG, Ran, run_all
from tests.corpus.score import document, score

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="cases run in forked processes")
LOST = Case("lost", "Test", "zones cut in the header",
            told("SRC101", "BHQH.shp", "heritage_zone", doubt=CLEAR),
            files=cut("BHQH.shp", 60))  # fmt: skip


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ran]:
    home = tmp_path_factory.mktemp("corpus")
    return {one.case.id: one for one in run_all([SOUND, LOST], home)}


@pytest.fixture(scope="module")
def base(ran: Mapping[str, Ran]) -> Mapping[str, Any]:
    found = document(ran["sound"])
    assert found is not None
    return found


def altered(one: Ran, tmp_path: Path, change: Any) -> Ran:
    """Return a run whose findings.json says something else."""
    found = document(one)
    change(found)
    (tmp_path / "out").mkdir()
    for name in ("stdout", "stderr"):
        (tmp_path / name).write_bytes((one.home / name).read_bytes())
    (tmp_path / "out" / "findings.json").write_text(json.dumps(found), encoding="utf-8")
    return replace(one, home=tmp_path)


def test_short_subset_has_no_bad_case(tmp_path: Path) -> None:
    cases = [case for case in all_cases() if case.id in SHORT]
    assert len(cases) == len(SHORT)
    bad = [one for one in judge_all(cases, tmp_path, 2, tell=False) if not one.good]
    assert [(one.ran.case.id, one.name, one.why) for one in bad] == []


def test_there_are_cases_of_every_kind_and_at_least_200() -> None:
    assert len(all_cases()) >= 200


def test_sound_plan_has_the_verdicts_that_the_cases_rest_on(base: Mapping[str, Any]) -> None:
    assert {row["unit"]: row["verdict"] for row in base["verdicts"]} == VERDICTS


def test_the_two_are_right_and_told(ran: Mapping[str, Ran], base: Mapping[str, Any]) -> None:
    assert [score(ran[name], base).name for name in ("sound", "lost")] == ["right", "told"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("clear", "silently wrong"),
        ("account", "silently lost"),
        ("fewer", "silently lost"),
        ("no finding", "silently lost"),
        ("no file", "vague"),
        ("crashed", "crash"),
    ],
)
def test_a_dishonest_result_is_seen(
    ran: Mapping[str, Ran], base: Mapping[str, Any], tmp_path: Path, name: str, wanted: str
) -> None:
    def change(found: dict[str, Any]) -> None:
        if name == "clear":
            found["verdicts"][0]["verdict"] = "clear"
        elif name == "account":
            found["layers"][0]["checked"] += 1
        elif name == "fewer":
            units = next(one for one in found["layers"] if one["layer"] == "unit")
            units["read"] = units["checked"] = 5
        elif name == "no finding":
            found["findings"] = [one for one in found["findings"] if one["code"] != "SRC101"]
            found["accounts"]["left_out"] = []
        elif name == "no file":
            for one in found["findings"]:
                one["feature"] = "?"
                one["message"]["zh"] = "有错误"
        else:
            found["rules"][0]["outcome"] = "crashed"

    assert score(altered(ran["lost"], tmp_path, change), base).name == wanted


def test_breaches_are_seen(ran: Mapping[str, Ran], base: Mapping[str, Any], tmp_path: Path) -> None:
    sound = ran["sound"]
    assert score(replace(sound, connected=True), base).name == "breach"
    assert score(replace(sound, changed=("marker.txt",)), base).name == "breach"

    def leak(found: dict[str, Any]) -> None:
        found["verdicts"][0]["name"] = TOKEN

    assert score(altered(sound, tmp_path, leak), base).name == "breach"


def test_hang_and_signal_and_traceback_are_seen(
    ran: Mapping[str, Ran], base: Mapping[str, Any], tmp_path: Path
) -> None:
    assert score(replace(ran["sound"], status=HUNG), base).name == "hang"
    assert score(replace(ran["sound"], status=-signal.SIGSEGV), base).name == "crash"
    told_badly = altered(ran["sound"], tmp_path, lambda found: None)
    (tmp_path / "stderr").write_text("Traceback (most recent call last):\n", encoding="utf-8")
    assert score(told_badly, base).name == "crash"


def test_a_case_that_hangs_is_ended_and_its_children_too(tmp_path: Path) -> None:
    def sleep(plan: Path, _canaries: object, _random: object) -> None:
        fifo = plan / "GXDY.shp"
        fifo.unlink()
        os.mkfifo(fifo)

    case = Case("fifo", "Test", "a pipe that nobody writes to", right(), files=sleep, limit=3.0)
    began = time.monotonic()
    (one,) = run_all([case], tmp_path)
    assert one.status in (HUNG, 1, 2)
    assert time.monotonic() - began < 30


def test_what_a_case_does_to_its_process_ends_with_it(
    ran: Mapping[str, Ran], base: Mapping[str, Any], tmp_path: Path
) -> None:
    """A case that breaks GDAL's state, and the sound plan after it, in the same parent."""
    cases = [LOST, replace(SOUND, id="after")]
    after = {one.case.id: one for one in run_all(cases, tmp_path, lanes=1)}["after"]
    again = document(after)
    assert again is not None
    for found in (again, base := json.loads(json.dumps(base))):
        found["run"].update(started="", seconds=0)
    assert again == base


def test_forked_and_new_processes_say_the_same(ran: Mapping[str, Ran], tmp_path: Path) -> None:
    for one in run_all([SOUND, LOST], tmp_path, own=True):
        forked = ran[one.case.id]
        assert (one.status, one.err) == (forked.status, forked.err)
        new, old = document(one), document(forked)
        assert new is not None
        assert old is not None
        for found in (new, old):
            found["run"].update(started="", seconds=0)
        assert new == old


def test_canaries_and_marker_are_watched(tmp_path: Path) -> None:
    case = Case("watch", "Test", "nothing", right(), files=put("x.txt", "{outside} {url} {marker}"))
    (one,) = run_all([case], tmp_path)
    assert TOKEN in (one.home / "outside" / "secret.txt").read_text()
    before = run.snapshot(one.home)
    (one.home / "marker.txt").write_text("x")
    assert run.snapshot(one.home) != before
