"""Reads a plan, mends it, reviews what came of it, and writes it only where nothing got worse."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

import gisplan
from gisplan.errors import OutputError, PlanError
from gisplan.fix.listing import write_csv, write_document
from gisplan.fix.mend import (
    MOST_M,
    Change,
    LayerTotal,
    Left,
    mend_codes,
    mend_shapes,
    totals,
)
from gisplan.fix.plan_files import PLAN_FILE, write_plan
from gisplan.model import Lang, Plan, RawLayer, Text
from gisplan.normalise.plan import normalise
from gisplan.output import write_together
from gisplan.output.document import read_document
from gisplan.pipeline import Progress, Result, open_plan, review
from gisplan.read.plan import read_plan
from gisplan.surroundings import clean_environment

ROUNDS = 12  # of leaving out what made something worse
SCHEMA = "gisplan-fixes/1"
DOCUMENT, LIST = "fixes.json", "fixes.csv"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A mended plan: what was changed, what was left, and the review of both."""

    changes: tuple[Change, ...]
    left: tuple[Left, ...]
    totals: tuple[LayerTotal, ...]
    gone: int  # findings that are no more
    after: Result


def fix(
    path: Path,
    out: Path,
    *,
    config: Path | None = None,
    tolerance: float,
    lang: Lang = "zh",
    limits: Mapping[str, float] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Fixed:
    """Mend what is safe in a plan, and write a plan that can be reviewed by itself.

    Parameters
    ----------
    path, config, limits, jobs, progress
        As for `open_plan` and `review`.
    out : Path
        A new folder, an empty one, or one that a former `fix` wrote. Originals stay untouched.
    tolerance : float
        Metres that a vertex may be moved; at most MOST_M.
    lang : str
        Language of the lists.

    Raises
    ------
    PlanError, ReadError, OutputError
        The plan cannot be read; the folder cannot be written; or what was mended has a finding
        that the plan had not, and nothing is written.
    """
    if not 0 < tolerance <= MOST_M:
        raise PlanError(
            f"--tolerance 应大于 0、不超过 {MOST_M:g} 米",
            f"--tolerance: more than 0 and at most {MOST_M:g} m",
        )
    _check_place(path, out)
    with clean_environment():
        given, raws, notes = read_plan(path, config, None, limits)
        plan = normalise(given, raws, notes)
    before = review(plan, jobs=jobs, resolutions=False, progress=progress)
    with tempfile.TemporaryDirectory(prefix="gisplan-fix-") as aside:
        changes, left, after, files = _mended(
            plan, raws, before, tolerance, lang, jobs, Path(aside), progress
        )
        gone = set(_keys(before)) - set(_keys(after))
        done = Fixed(
            tuple(changes), tuple(left), totals(plan, changes, after.dossier.plan), len(gone), after
        )
        document = {
            "schema": SCHEMA,
            "gisplan": gisplan.__version__,
            "tolerance_m": tolerance,
            "inputs": [{"path": it.path, "sha256": it.sha256} for it in plan.inputs],
        }
        writers = {file.name: partial(shutil.copyfile, file) for file in files}
        writers[LIST] = partial(write_csv, done, lang=lang)
        writers[DOCUMENT] = partial(write_document, done, document, sorted(writers))
        write_together(out, writers)
    return done


def _mended(
    plan: Plan,
    raws: list[RawLayer],
    before: Result,
    tolerance: float,
    lang: Lang,
    jobs: int,
    aside: Path,
    progress: Progress | None,
) -> tuple[list[Change], list[Left], Result, list[Path]]:
    """Mend until the review finds nothing new; what made something worse is left out."""
    known = set(_keys(before))
    untouched: frozenset[tuple[str, str]] = frozenset()
    worse = before.findings.iloc[:0]
    for turn in range(ROUNDS):
        mended = mend_shapes(plan, tolerance, untouched)
        codes, code_changes = mend_codes(plan, raws)
        folder = aside / str(turn)
        folder.mkdir()
        files, lost = write_plan(plan, raws, mended.shapes, codes, folder, lang)
        after = review(
            open_plan(folder / PLAN_FILE), jobs=jobs, resolutions=False, progress=progress
        )
        worse = after.findings[[key not in known for key in _keys(after)]]
        if worse.empty:
            said = [Left(layer, feature, _MADE_WORSE) for layer, feature in sorted(untouched)]
            changes = sorted(
                [*mended.changes, *code_changes],
                key=lambda it: (it.layer, it.feature, it.path, it.record, it.what.en, it.column),
            )
            return changes, [*mended.left, *said, *lost], after, files
        more = _to_leave(worse, {(it.layer, it.feature) for it in mended.changes}, turn)
        if not more:
            break
        untouched |= more
    row = worse.iloc[0]
    raise PlanError(
        f"修复后会出现新问题，未写出：{row['code']} {row['message_zh']}",
        f"mended, the plan would have a new finding; nothing is written: {row['code']} "
        f"{row['message_en']}",
    )


def _to_leave(
    worse: pd.DataFrame, changed: set[tuple[str, str]], turn: int
) -> frozenset[tuple[str, str]]:
    """Return which changes to leave out: those that new findings name; later on whole layers."""
    named = {
        pair
        for row in worse.itertuples(index=False)
        for pair in ((row.layer, row.feature), (row.related_layer, row.related))
    }
    more = named & changed
    if not more or turn == ROUNDS - 3:
        layers = {layer for layer, _ in named}
        more = {it for it in changed if it[0] in layers}
    if not more or turn == ROUNDS - 2:
        more = changed
    return frozenset(more)


def _keys(result: Result) -> list[str]:
    """Return what each finding is known by; files have other names in the mended plan."""
    paths = {record.path for record in result.dossier.plan.inputs}
    columns = (result.findings[name] for name in ("fingerprint", "code", "layer", "feature"))
    return [
        f"{code} {layer}" if feature in paths else fingerprint
        for fingerprint, code, layer, feature in zip(*columns, strict=True)
    ]


_MADE_WORSE = Text("修复会引起新问题，未改动", "mending it would bring about a new finding; left")


def _check_place(path: Path, out: Path) -> None:
    """Refuse a folder that holds the plan, lies in it, or holds files of somebody else."""
    home = (path if path.is_dir() else path.parent).resolve()
    place = out.resolve()
    if place == home or (path.is_dir() and place in home.parents) or home in place.parents:
        raise OutputError(
            f"{out}：不能写在规划文件夹内，原始文件不改动；请另选 -o",
            f"{out}: lies with the plan, whose files stay untouched; choose another -o",
        )
    if not place.is_dir() or not any(place.iterdir()):
        return
    try:
        document = read_document(place / DOCUMENT, SCHEMA, "请另选 -o", "choose another -o")
        known = {*document["files"], DOCUMENT}
    except PlanError:
        known = set()
    if not {file.name for file in place.iterdir()} <= known:
        raise OutputError(
            f"{out}：文件夹不为空，其中有不是 gisplan fix 写出的文件；请另选 -o",
            f"{out}: not empty, and not all in it is of gisplan fix; choose another -o",
        )
