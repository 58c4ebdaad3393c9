"""The command: plants every kind of defect into random plans and tells what a review finds."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from gisplan.testing.plant import clean_plan, plant
from gisplan.testing.plant.page import page
from gisplan.testing.plant.score import Score, findings_of, score

PLANS = 30
PAGE = Path("docs") / "recall.md"


class Outcome(NamedTuple):
    """What became of one plan: findings before planting, kinds without a place, the score."""

    seed: int
    clean: int
    refused: tuple[str, ...]
    score: Score


def run(seed: int) -> Outcome:
    """Make a plan, review it, plant one defect of every kind, and review it again."""
    plan = clean_plan(seed)
    sown = plant(plan, seed)
    return Outcome(seed, len(findings_of(plan)), sown.refused, score(sown))


def _all(seeds: range, lanes: int) -> Iterator[Outcome]:
    if lanes == 1:
        yield from map(run, seeds)
        return
    with ProcessPoolExecutor(lanes) as pool:
        yield from pool.map(run, seeds)


def main() -> int:
    """Run what is asked for; 1 where anything was missed or false, or the page differs."""
    parser = argparse.ArgumentParser("python -m gisplan.testing.plant", description=__doc__)
    parser.add_argument("--plans", type=int, default=PLANS, help="how many random plans")
    parser.add_argument("--first", type=int, default=1, help="the seed of the first")
    parser.add_argument("--lanes", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--docs", action="store_true", help=f"write {PAGE}")
    asked = parser.parse_args()
    began, whole, clean, refused = time.monotonic(), Score(), 0, 0
    for one in _all(range(asked.first, asked.first + asked.plans), asked.lanes):
        whole.add(one.score)
        clean, refused = clean + one.clean, refused + len(one.refused)
        _tell(one)
    total = whole.total
    print(  # noqa: T201
        f"{asked.plans} plans, {time.monotonic() - began:.0f} s: {total.planted} planted,"
        f" {total.found} found, {total.others} false"
    )
    bad = bool(whole.missed or whole.false or clean)
    text = page(whole, asked.plans, clean, refused)
    if asked.docs:
        PAGE.write_text(text, encoding="utf-8")
    elif (asked.plans, asked.first) == (PLANS, 1) and text != PAGE.read_text(encoding="utf-8"):
        print(f"{PAGE} differs: python -m gisplan.testing.plant --docs")  # noqa: T201
        bad = True
    return int(bad)


def _tell(one: Outcome) -> None:
    lines = [f"plan {one.seed}: {one.clean} findings before planting"] if one.clean else []
    lines += [f"plan {one.seed}: no place: {name}" for name in one.refused]
    lines += [f"plan {one.seed}: missed: {planted}" for planted in one.score.missed]
    lines += [
        f"plan {one.seed}: false: {row['code']} {row['layer']} {row['feature']}"
        f" {row['related'] or ''}: {row['message_en']}"
        for row in one.score.false
    ]
    for line in lines:
        print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
