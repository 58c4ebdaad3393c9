"""The command: runs the corpus, prints the table, fails on any bad column."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from tests.corpus.case import Case, right
from tests.corpus.kinds import SHORT, all_cases, lane
from tests.corpus.run import HUNG, run_all
from tests.corpus.score import Score, document, score
from tests.corpus.table import PAGE, made, page_with

WATCHED = ("--limit", "seconds=5")
SOUND = Case("sound", "Sound", "nothing", right())


def judge_all(
    cases: Sequence[Case], home: Path, lanes: int, own: bool = False, tell: bool = True
) -> list[Score]:
    """Run and judge cases; the sound plan first, which everything is compared with."""
    (first,) = run_all([SOUND], home, own=own)
    base = document(first)
    if base is None or first.status != 1:
        raise SystemExit(f"the sound plan cannot be reviewed: {first.err}")
    scores = [score(first, base)]
    if not scores[0].good:
        raise SystemExit(f"the sound plan is {scores[0].name}: {scores[0].why}")
    present = [case for case in cases if case.needs is None or case.needs.exists()]
    scores = []
    for ran in run_all(present, home, lanes, own):
        if (ran.status == HUNG or ran.status < 0) and ran.case.kill is None:
            # In a new Python the command watches over itself; that is what a user has.
            (ran,) = run_all([replace(ran.case, limit=60.0)], home, 1, True, WATCHED)
        scores.append(score(ran, base))
        if tell and not scores[-1].good:
            print(f"{scores[-1].name:>20}  {ran.case.id}  ({ran.case.done})\n"
                  f"{'':>22}{scores[-1].why}", flush=True)  # fmt: skip
    order = {case.id: at for at, case in enumerate(cases)}
    return sorted(scores, key=lambda one: order[one.ran.case.id])


def main() -> int:
    """Run what is asked for; 1 where a bad column is not empty."""
    parser = argparse.ArgumentParser("python -m tests.corpus", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every case, not every sixth")
    parser.add_argument("--kind", action="append", help="only this kind")
    parser.add_argument(
        "--case", action="append", help="only these (* is any); what they say is printed"
    )
    parser.add_argument("--short", action="store_true", help="the subset of `make test`")
    parser.add_argument("--own", action="store_true", help="a new Python for each case")
    parser.add_argument("--keep", type=Path, help="keep the folders of the cases here")
    parser.add_argument("--lanes", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--slow", action="store_true", help="list the slowest cases")
    parser.add_argument("--docs", action="store_true", help="write the table into docs")
    asked = parser.parse_args()
    declared = all_cases()
    chosen = declared if asked.all or asked.case else lane(declared)
    cases = [
        case
        for case in chosen
        if (not asked.kind or case.kind in asked.kind)
        and (not asked.case or any(fnmatch(case.id, name) for name in asked.case))
        and (case.id in SHORT or not asked.short)
    ]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        home = (asked.keep or Path(folder)).resolve()
        home.mkdir(parents=True, exist_ok=True)
        scores = judge_all(cases, home, asked.lanes, asked.own)
        for one in scores if asked.case else ():
            print(f"{one.ran.case.id}: {one.name}: {one.why}\n  {one.ran.home}")
    for one in sorted(scores, key=lambda s: -s.ran.seconds)[: 15 if asked.slow else 0]:
        print(f"{one.ran.seconds:6.1f} s  {one.ran.case.id}")
    counts = Counter(one.name for one in scores)
    print(f"{len(scores)} cases, {time.monotonic() - began:.0f} s: {dict(counts)}")
    bad = any(not one.good for one in scores)
    if not (asked.all or asked.kind or asked.case or asked.short or asked.own):
        page = page_with(made(scores))
        if asked.docs:
            PAGE.write_text(page, encoding="utf-8")
        elif page != PAGE.read_text(encoding="utf-8"):
            print("docs/bad-inputs.md differs: python -m tests.corpus --docs")
            bad = True
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
