"""`gisplan fix PLAN -o OUT`: mends what is safe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common

NAME = "fix"
HELP = "修复可安全修复的问题，原文件不动 · mend what is safe, originals untouched"


def run(
    plan: common.PlanArgument,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="输出文件夹 · output folder", show_default=False)
    ],
    tolerance: Annotated[
        float,
        typer.Option(
            "--tolerance", help="节点最多移动多少米，不超过 1 · metres that a vertex may be moved"
        ),
    ] = 0.1,
    config: common.ConfigOption = None,
    lang: common.Language = None,
    jobs: common.JobsOption = 1,
    limits: common.LimitOption = None,
    quiet: common.QuietOption = False,
    no_progress: common.NoProgressOption = False,
) -> int:
    """Mend a plan and write it, with a list of every change, as a plan of its own."""
    from gisplan.fix.listing import format_fixed
    from gisplan.fix.run import fix
    from gisplan.read.limits import parse_limits

    words = common.choose_lang(lang)
    with common.progress_bar(words, not (quiet or no_progress)) as tell:
        done = fix(
            plan,
            out,
            config=config,
            tolerance=tolerance,
            lang=words,
            limits=parse_limits(limits or []),
            jobs=jobs,
            progress=tell,
        )
    if not quiet:
        for line in format_fixed(done, words).split("\n"):
            indent = line[: len(line) - len(line.lstrip())]
            typer.echo(indent + common.one_line(line))
        typer.echo(f"  {out}")
    common.warn_unreadable(done.after, words)
    return done.after.exit_status
