"""`gisplan bulletin RESULT RESULT -o OUT`: what changed since the last run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common

NAME = "bulletin"
HELP = "定期通报：历次体检、审查结果的变化 · periodic report: what changed between results"


def run(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULT...",
            help="历次体检或审查的结果，至少两个 · results of exam or review, two or more",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="输出文件夹 · output folder", show_default=False)
    ],
    lang: common.Language = None,
    quiet: common.QuietOption = False,
) -> int:
    """Write what changed between former results into OUT: bulletin.html, .xlsx and .json."""
    import gisplan
    from gisplan.exam.bulletin import make_bulletin
    from gisplan.output import reserve
    from gisplan.output.write import write_together
    from gisplan.render.exam.bulletin import bulletin_summary, bulletin_writers

    words = common.choose_lang(lang)
    with reserve(out) as place:
        record = make_bulletin(results, gisplan.__version__)
        files = write_together(place, bulletin_writers(record, words))
    if not quiet:
        typer.echo(bulletin_summary(record, words))
        for name, path in files.items():
            typer.echo(f"  {name:<14} {path}")
    return 0
