"""The command: plants heritage conflicts into random plans and tells what a review finds."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from gisplan.testing.plant.heritage import STAGES
from gisplan.testing.plant.heritage.check import Checked, check_seed
from gisplan.testing.plant.heritage.page import page

PLANS = 30
PAGE = Path("docs") / "recall-heritage.md"


def main() -> int:
    """Run what is asked for; 1 where anything was missed, false or judged otherwise."""
    parser = argparse.ArgumentParser(
        "python -m gisplan.testing.plant.heritage", description=__doc__
    )
    parser.add_argument("--plans", type=int, default=PLANS, help="how many random plans")
    parser.add_argument("--first", type=int, default=1, help="the seed of the first")
    parser.add_argument("--lanes", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--docs", action="store_true", help=f"write {PAGE}")
    asked = parser.parse_args()
    whole = {stage: Checked() for stage in STAGES}
    seeds = range(asked.first, asked.first + asked.plans)
    with ProcessPoolExecutor(asked.lanes) as pool:
        for seed, checked in zip(seeds, pool.map(check_seed, seeds), strict=True):
            for stage, one in checked.items():
                whole[stage].add(one)
                _tell(f"plan {seed}, {stage}", one)
    for stage, one in whole.items():
        total = one.score.total
        print(  # noqa: T201
            f"{stage}: {total.planted} planted, {total.found} found, {total.others} false;"
            f" {sum(one.verdicts.values())} verdicts, {len(one.wrong)} wrong"
        )
    bad = any(one.score.missed or one.score.false or one.wrong for one in whole.values())
    text = page(whole, asked.plans)
    if asked.docs:
        PAGE.write_text(text, encoding="utf-8")
    elif (asked.plans, asked.first) == (PLANS, 1) and text != PAGE.read_text(encoding="utf-8"):
        print(f"{PAGE} differs: python -m gisplan.testing.plant.heritage --docs")  # noqa: T201
        bad = True
    return int(bad)


def _tell(where: str, one: Checked) -> None:
    lines = [f"{where}: missed: {planted}" for planted in one.score.missed]
    lines += [
        f"{where}: false: {row['code']} {row['layer']} {row['feature']} {row['related'] or ''}:"
        f" {row['message_en']}"
        for row in one.score.false
    ]
    lines += [f"{where}: verdict: {wrong}" for wrong in one.wrong]
    for line in lines:
        print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
