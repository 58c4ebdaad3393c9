"""`gisplan waive FILE.xlsx`: waivers from the reviewed list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common

NAME = "waive"
HELP = "把复核后的例外说明写入 gisplan.toml · waivers from the reviewed list"

_STATE = {
    "taken": ("已写入", "taken"),
    "there": ("已有", "there already"),
    "left": ("未写入", "left"),
}


def run(
    workbook: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.xlsx",
            help="复核后的 findings.xlsx · findings.xlsx as reviewed",
            show_default=False,
        ),
    ],
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="规划文件夹或 gisplan.toml · the plan or its gisplan.toml"),
    ] = None,
    lang: common.Language = None,
) -> int:
    """Write rows with 例外说明 and 复核人 as [[waivers]] into the plan's gisplan.toml."""
    from gisplan.waive import LEFT, waive

    file, done = waive(workbook, plan)
    at = 0 if common.choose_lang(lang) == "zh" else 1
    for one in done:
        reply = one.reply
        why = "" if one.why is None else f"：{one.why.zh}" if at == 0 else f": {one.why.en}"
        typer.echo(common.one_line(f"{_STATE[one.state][at]}  {reply.code} {reply.feature}{why}"))
    taken = sum(one.state == "taken" for one in done)
    typer.echo(
        (f"{taken} 条例外写入 {file}", f"{taken} waivers were written into {file}")[at]
        if done
        else ("没有填写例外说明的行", "no row has a reason for a waiver")[at]
    )
    return int(any(one.state == LEFT for one in done))
