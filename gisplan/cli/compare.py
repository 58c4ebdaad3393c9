"""`gisplan compare OLD NEW`: two plans or two results beside each other."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.cli.console import escape_json

NAME = "compare"
HELP = "对比两轮规划或结果 · two plans or two results: new, mended, worse, split, merged"


class Form(StrEnum):
    """What `compare` can give."""

    TEXT = "text"
    JSON = "json"
    XLSX = "xlsx"


def run(
    old: Annotated[
        Path,
        typer.Argument(
            metavar="OLD", help="上一轮：规划或结果 · the former round", show_default=False
        ),
    ],
    new: Annotated[
        Path,
        typer.Argument(
            metavar="NEW", help="这一轮：规划或结果 · the round now", show_default=False
        ),
    ],
    form: Annotated[Form, typer.Option("--format", help="格式 · format")] = Form.TEXT,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="写入文件 · write to a file")
    ] = None,
    lang: common.Language = None,
    jobs: common.JobsOption = 1,
    quiet: common.QuietOption = False,
    no_progress: common.NoProgressOption = False,
) -> int:
    """Compare two rounds: findings, verdicts, units and layers."""
    from gisplan.errors import PlanError

    if form is Form.XLSX and out is None:
        raise PlanError(
            "--format xlsx 请同时写明 -o 文件名.xlsx", "--format xlsx wants a file: -o NAME.xlsx"
        )
    with common.progress_bar(common.choose_lang(lang), not (quiet or no_progress)) as tell:
        from gisplan.compare import compare

        found = compare(old, new, jobs=jobs, progress=tell)
    from gisplan.render import compare as render

    words = common.choose_lang(lang, found.new.plan)
    record = render.compare_record(
        (found.old.name, found.new.name),
        found.findings,
        found.waived,
        [render.layer_record(*change) for change in found.layers],
    )
    text = render.to_json(record) if form is Form.JSON else render.format_compare(record, words)
    if out is not None:
        from gisplan.output import write_one

        if form is Form.XLSX:
            write_one(out, lambda path: render.write_compare_xlsx(record, path, words))
        else:
            write_one(out, lambda path: _write(path, text + "\n"))
    else:
        typer.echo(escape_json(text) if form is Form.JSON else text)
    if not found.old.whole or not found.new.whole:
        side = found.old if not found.old.whole else found.new
        message = (f"{side.name} 未能完整判定", f"{side.name} is not fully judged")
        typer.echo(message[0 if words == "zh" else 1], err=True)
    return found.exit_status


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
