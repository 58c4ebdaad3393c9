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
    """Write what changed between former results into OUT: bulletin.html, .xlsx, .json, manifest."""
    import gisplan
    from gisplan.catalogue.ruleset import rule_set
    from gisplan.errors import PlanError
    from gisplan.exam.bulletin import make_bulletin, result_files
    from gisplan.output import reserve
    from gisplan.output.manifest import NAME as MANIFEST
    from gisplan.output.manifest import made_from_results, manifest_writer
    from gisplan.output.write import write_together
    from gisplan.render.exam.bulletin import bulletin_summary, bulletin_writers

    words = common.choose_lang(lang)
    files = [file for path in results for file in result_files(path)]
    if out.resolve() in {file.resolve().parent for file in files}:
        raise PlanError(
            f"{out.name}：是所用结果的文件夹，通报写入会将其替换；请另指定输出文件夹",
            f"{out.name}: the folder of a result that is used, which the bulletin would replace; "
            "name another folder",
        )
    with reserve(out) as place:
        record = make_bulletin(results, gisplan.__version__)
        made_from = made_from_results(files, place.folder, gisplan.__version__, rule_set())
        written = write_together(
            place, {**bulletin_writers(record, words), MANIFEST: manifest_writer(made_from)}
        )
    if not quiet:
        typer.echo(bulletin_summary(record, words))
        for name, path in written.items():
            typer.echo(f"  {name:<14} {path}")
    return 0
