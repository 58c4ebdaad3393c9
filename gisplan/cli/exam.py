"""`gisplan exam PLAN -o OUT`: the city exam (城市体检)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.model import Text

NAME = "exam"
HELP = "城市体检：指标、问题、闭环与报告 · city exam: indicators, problems, trace, report"


def run(
    plan: common.PlanArgument,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="输出文件夹 · output folder", show_default=False)
    ],
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare",
            metavar="OLD",
            help="上一年度的体检结果（exam.json 或其文件夹）· last year's exam.json or its folder",
        ),
    ] = None,
    heat: Annotated[
        bool,
        typer.Option(
            "--heat",
            help="另存未解决问题的热力栅格（COG）· density of unsolved problems as GeoTIFF",
        ),
    ] = False,
    config: common.ConfigOption = None,
    lang: common.Language = None,
    jobs: common.JobsOption = 1,
    limits: common.LimitOption = None,
    quiet: common.QuietOption = False,
    no_progress: common.NoProgressOption = False,
) -> int:
    """Examine a plan and write indicators, problems and the report into OUT."""
    from gisplan.output import reserve
    from gisplan.read.limits import parse_limits

    raised = parse_limits(limits or [])
    shown = not (quiet or no_progress)
    with reserve(out) as place:
        with common.progress_bar(common.choose_lang(lang), shown) as tell:
            from gisplan.exam.former import read_former
            from gisplan.pipeline import exam, open_plan

            last = None if compare is None else read_former(compare)
            opened = open_plan(plan, config=config, limits=raised, progress=tell)
            if tell is not None:
                tell(Text("计算体检指标", "computing the indicators"))
            result = exam(opened, jobs=jobs, last=last)
        words = common.choose_lang(lang, opened)
        files = result.save(place, words, heat=heat)
    if not quiet:
        from gisplan.render.exam.text import exam_summary

        typer.echo(exam_summary(result.dossier, words))
        for name, path in files.items():
            typer.echo(f"  {name:<12} {path}")
    if result.exit_status == 2:
        from gisplan.render.exam.text import why_not_whole

        typer.echo(why_not_whole(result.dossier, words), err=True)
    return result.exit_status
