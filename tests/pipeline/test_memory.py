"""Too little memory: said in one line before the work, and a former result stays whole."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from gisplan import memory
from gisplan.cli.app import run_app
from gisplan.errors import EngineError
from gisplan.measure import engines
from gisplan.model import Plan
from gisplan.pipeline import open_plan, review
from gisplan.rules import judge

GIB = 1024**3


@pytest.fixture(scope="module")
def plan(sample_home: Path) -> Plan:
    return open_plan(sample_home)


def free(monkeypatch: pytest.MonkeyPatch, amount: float) -> None:
    monkeypatch.setattr(engines, "free_memory", lambda: amount)


def test_free_is_the_least_of_machine_and_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:    4000 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    monkeypatch.setattr(memory, "_of_process", lambda: None)
    assert memory.free_memory() == 4000 * 1024
    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("2500000\n")
    (tmp_path / "memory.stat").write_text("anon 7\ninactive_file 100000\n")
    assert memory.free_memory() == 600_000  # what the container keeps of files can be taken
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free_memory() == 4000 * 1024


def test_a_container_that_is_full_is_not_taken_for_one_that_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "nothing")
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    monkeypatch.setattr(memory, "_of_process", lambda: None)
    assert memory.free_memory() == 0
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("1000\n")
    assert 0 < memory.free_memory() <= 1


def test_a_plan_is_refused_from_the_byte_on_that_is_missing(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = sum(len(layer.frame) for layer in plan.layers.values())
    need = engines.BYTES_A_FEATURE * features
    free(monkeypatch, 2 * need + 1)
    engines.check_memory(plan, 0.5)
    free(monkeypatch, 2 * need - 1)
    with pytest.raises(EngineError, match=f"{features:,} features"):
        engines.check_memory(plan, 0.5)
    free(monkeypatch, 0.0)  # a system that does not tell
    engines.check_memory(plan, 0.5)


def test_a_refused_plan_leaves_the_former_result(
    sample_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    words = ["review", str(sample_home), "-o", str(out), "--quiet", "--lang", "en"]
    assert run_app(words) == 2  # the sample has a feature set aside
    former = (out / "findings.json").stat().st_ino
    capsys.readouterr()
    free(monkeypatch, 1000.0)
    assert run_app(words) == 2
    assert "too little memory" in capsys.readouterr().err
    assert (out / "findings.json").stat().st_ino == former
    assert run_app([*words, "--limit", "memory_share=1e9"]) == 2
    assert "too little memory" not in capsys.readouterr().err
    assert (out / "findings.json").stat().st_ino != former


def test_what_does_not_fit_as_a_whole_is_measured_in_sections(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways: list[str] = []
    for way in ("measure_plan", "measure_apart"):
        asked = getattr(engines, way)
        monkeypatch.setattr(
            engines, way, lambda *a, way=way, asked=asked: (ways.append(way), asked(*a))[1]
        )
    free(monkeypatch, 1e12)
    whole = review(plan, resolutions=False).findings
    free(monkeypatch, 1.0)
    monkeypatch.setattr(engines, "BYTES_A_FEATURE", 0)
    apart = review(plan, resolutions=False).findings
    assert ways == ["measure_plan", "measure_apart"]
    assert whole.drop(columns="geometry").equals(apart.drop(columns="geometry"))


def test_a_rule_that_runs_out_of_memory_is_no_rule_that_crashed(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(judge, "Params", full)
    assert run_app(["check", str(sample_home), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert "out of memory; a former result is as it was" in said
    assert len(said.strip().splitlines()) == 1
    assert run_app(["check", str(sample_home), "--lang", "zh"]) == 2
    assert "内存不足，未能完成" in capsys.readouterr().err


class _Cycle:
    def __init__(self) -> None:
        self.own = self


def test_python_looks_for_cycles_at_the_end_of_a_stage_only() -> None:
    with memory.seldom_collecting():
        memory.give_back()
        cycle = weakref.ref(_Cycle())
        held: list[list[int]] = [[] for _ in range(50_000)]  # by itself it would have looked by now
        assert cycle() is not None
        held += [[] for _ in range(60_000)]
        memory.give_back()
        assert cycle() is None
        assert len(held) == 110_000


def test_how_often_python_looks_is_as_before_after_a_review(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, meanwhile = gc.get_threshold(), set()
    review(plan, progress=lambda _: meanwhile.add(gc.get_threshold()))
    assert gc.get_threshold() == before
    assert before not in meanwhile
    assert len(meanwhile) == 1
    free(monkeypatch, 1.0)
    with pytest.raises(EngineError):
        review(plan)
    assert gc.get_threshold() == before
