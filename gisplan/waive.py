"""Takes waivers (例外说明) from a reviewed workbook into the `gisplan.toml` of its plan."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gisplan.errors import PlanError
from gisplan.model import Reply, Text
from gisplan.normalise.dates import clean_dates
from gisplan.output.document import not_whole, read_document
from gisplan.output.manifest import read_manifest
from gisplan.output.write import write_one
from gisplan.read.ledger import read_ledger
from gisplan.read.plan_file import read_plan_file

TAKEN, THERE, LEFT = "taken", "there", "left"


@dataclass(frozen=True, slots=True)
class Waived:
    """What became of a row with a reason: taken, there already, or left with the reason."""

    reply: Reply
    state: str
    why: Text | None = None


def waive(workbook: Path, plan: Path | None = None) -> tuple[Path, list[Waived]]:
    """Add a `[[waivers]]` to the plan for every row that has a reason and a name.

    Parameters
    ----------
    workbook : Path
        `findings.xlsx` as it was reviewed. The finding of a row must be in `findings.json` beside
        it, where there is one; its measure is written with the waiver.
    plan : Path, optional
        The plan's folder or its `gisplan.toml`; else where the manifest beside the workbook says.

    Returns
    -------
    file : Path
        The `gisplan.toml`; what was in it is untouched, waivers are added at its end.
    list of Waived
        By rule and feature. Nothing is written where nothing is taken.

    Raises
    ------
    PlanError, ReadError
        The workbook cannot be read, the plan cannot be found, or its file would not be valid.
    """
    file = _plan_file(workbook, plan)
    replies = [reply for reply in read_ledger(workbook).values() if reply.exception]
    replies.sort(key=lambda reply: (reply.code, reply.feature, reply.fingerprint))
    known = _findings(workbook)
    config = read_plan_file(file) if file.is_file() else None
    there = {waiver.fingerprint for waiver in config.waivers} if config is not None else set()
    done = [_judged(reply, there, known) for reply in replies]
    taken = [one.reply for one in done if one.state == TAKEN]
    if taken:
        before = file.read_bytes().decode("utf-8-sig") if file.is_file() else ""
        text = before + "".join(_entry(reply, known) for reply in taken)
        write_one(file, lambda staged: _checked(staged, text, file))
    return file, done


def _plan_file(workbook: Path, plan: Path | None) -> Path:
    if plan is None:
        manifest = read_manifest(workbook.parent)
        said = manifest.get("config") or manifest.get("plan")
        if not isinstance(said, str):
            raise PlanError(
                "结果没有记载规划的位置，请用 --plan 指明",
                "the result does not say where the plan is; say --plan",
            )
        plan = workbook.parent / said
    file = plan if plan.suffix == ".toml" else plan / "gisplan.toml"
    if not file.parent.is_dir():
        raise PlanError(
            f"{plan}：不是文件夹或 gisplan.toml，例外只能写入规划文件夹；请用 --plan 指明",
            f"{plan}: neither a folder nor a gisplan.toml, where waivers are written; say --plan",
        )
    return file


def _findings(workbook: Path) -> Mapping[str, Mapping[str, Any]] | None:
    """Return the findings of the result beside the workbook; None where there is none."""
    file = workbook.with_name("findings.json")
    if not file.is_file():
        return None
    document = read_document(
        file,
        "gisplan-findings/1",
        "请用 gisplan review 重新生成结果",
        "write the result again with gisplan review",
    )
    try:
        return {row["fingerprint"]: row for row in document["findings"]}
    except (KeyError, TypeError):
        raise not_whole(file) from None


def _judged(
    reply: Reply, there: set[str | None], known: Mapping[str, Mapping[str, Any]] | None
) -> Waived:
    if reply.fingerprint in there:
        return Waived(reply, THERE)
    if not reply.by:
        return Waived(reply, LEFT, Text("没有填写复核人", "it names nobody who reviewed it"))
    if known is not None and reply.fingerprint not in known:
        return Waived(reply, LEFT, Text("本次结果没有这一问题", "the result has no such finding"))
    if reply.until and _day(reply.until) is None:
        return Waived(
            reply,
            LEFT,
            Text(
                f"例外有效期“{reply.until}”不是日期", f'"{reply.until}" is no date to waive until'
            ),
        )
    return Waived(reply, TAKEN)


def _day(text: str) -> dt.date | None:
    """Return a day as the cells of a plan may be written; None for what is none."""
    found = pd.Timestamp(clean_dates(pd.Series([text], dtype=object), end=True)[0][0])
    return None if pd.isna(found) else found.date()


def _entry(reply: Reply, known: Mapping[str, Mapping[str, Any]] | None) -> str:
    lines = ["", f"[[waivers]]  # {_plain(f'{reply.code} {reply.feature}')}"]
    lines.append(f"fingerprint = {_quoted(reply.fingerprint)}")
    lines.append(f"reason = {_quoted(reply.exception)}")
    lines.append(f"by = {_quoted(reply.by)}")
    if reply.until and (day := _day(reply.until)) is not None:
        lines.append(f"until = {day.isoformat()}")
    measure = known[reply.fingerprint].get("measure") if known is not None else None
    if isinstance(measure, int | float):
        lines.append(f"measure = {float(measure)!r}")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _quoted(text: str) -> str:
    """Return a text as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _checked(staged: Path, text: str, file: Path) -> None:
    staged.write_text(text, encoding="utf-8", newline="")
    try:
        read_plan_file(staged, file.parent)
    except PlanError as error:
        raise PlanError(
            f"{file}：无法在其末尾添加 [[waivers]]（{error.text.zh}），未改动",
            f"{file}: [[waivers]] cannot be added at its end ({error.text.en}); left as it was",
        ) from None
