"""A whole review of a random chain is the same however the plan is written, and by any jobs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from chains import random_chain
from rewritten import CHANGES

from gisplan.measure import overlay
from gisplan.model import Plan
from gisplan.pipeline import Result, open_plan, review

SEEDS = (1, 2)


@cache
def chain(seed: int) -> Plan:
    return random_chain(seed)


@cache
def judged(seed: int) -> dict[str, Any]:
    return said(review(chain(seed)))


def said(result: Result) -> dict[str, Any]:
    """Return all that a review says, but for shapes and what hangs on the order of a file."""
    findings = result.findings.set_index("fingerprint")
    assert findings.index.is_unique
    verdicts = result.verdicts[["unit", "verdict", "errors", "approvals", "reasons", "why_zh"]]
    return {
        "measures": findings["measure"].dropna().to_dict(),
        "findings": findings[["code", "severity", "feature", "related"]].to_dict("index"),
        "figures": {
            f"{key} {name}": value
            for key, figures in findings["measures"].to_dict().items()
            for name, value in (figures or {}).items()
            if isinstance(value, (int, float))
        },
        "verdicts": verdicts.astype(str).to_numpy().tolist(),
        "rules": {
            run.code: (run.outcome, run.count, len(run.not_judged)) for run in result.dossier.rules
        },
        "filtered": {
            run.code: run.filtered.area_m2 for run in result.dossier.rules if run.filtered
        },
    }


def agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    for part in ("rules", "findings", "verdicts"):
        assert other[part] == one[part]
    for part in ("measures", "filtered", "figures"):
        assert other[part] == pytest.approx(one[part], rel=1e-4, abs=1e-2)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_planted_defects_are_found(seed: int) -> None:
    codes = {row["code"] for row in judged(seed)["findings"].values()}
    due = {"BND101", "BND102", "BND103", "BND104", "BND105", "GEO103", "GEO104"}
    assert due | {"LST102", "LST104", "SCH105", "SCH106", "TIM101", "TIM103"} <= codes


@pytest.mark.parametrize("change", CHANGES)
def test_a_review_does_not_depend_on_how_the_plan_is_written(change: str) -> None:
    agree(judged(SEEDS[0]), said(review(CHANGES[change](chain(SEEDS[0])))))


def test_a_review_does_not_depend_on_all_of_it_together() -> None:
    plan = chain(SEEDS[1])
    for change in CHANGES.values():
        plan = change(plan)
    agree(judged(SEEDS[1]), said(review(plan)))


@pytest.mark.parametrize("jobs", [2, 4])
def test_a_review_does_not_depend_on_the_number_of_threads(
    jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = judged(SEEDS[0])
    monkeypatch.setattr(overlay, "BLOCK", 3)  # else all of so small a plan is one task
    assert said(review(chain(SEEDS[0]), jobs=jobs)) == one  # to the last bit


def test_a_review_does_not_depend_on_the_order_in_the_plan_file(tmp_path: Path) -> None:
    plan = chain(SEEDS[1])
    tables = []
    for name, layer in plan.layers.items():
        columns = [*sorted(layer.found), *(["geometry"] if "geometry" in layer.frame else [])]
        frame = layer.frame[columns]
        path = f"{name}.gpkg" if "geometry" in frame else f"{name}.csv"
        if "geometry" in frame:
            frame.to_file(tmp_path / path)
        else:
            frame.to_csv(tmp_path / path, index=False)
        tables.append(f'[layers.{name}]\npath = "{path}"\n')
    head = '[plan]\nname = "次序"\nworking_crs = "EPSG:4529"\n'
    head += '[chain]\ntiers = ["city", "district", "unit"]\n'
    results = []
    for order in (tables, tables[::-1]):
        (tmp_path / "gisplan.toml").write_text(head + "".join(order), encoding="utf-8")
        results.append(said(review(open_plan(tmp_path))))
    assert results[1] == results[0]
    assert results[0]["findings"].keys() >= judged(SEEDS[1])["findings"].keys()
