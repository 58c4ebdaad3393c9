"""`gisplan review PLAN -o OUT`: the main job."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.model import Text

NAME = "review"
HELP = "审查规划，写出结论、地图和报告 · review a plan: findings, verdicts, map, report"


class By(StrEnum):
    """What `--by` makes dossiers of."""

    DISTRICT = "district"


def run(
    plan: common.PlanArgument,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="输出文件夹 · output folder", show_default=False)
    ],
    config: common.ConfigOption = None,
    within: common.WithinOption = None,
    lang: common.Language = None,
    engine: common.EngineOption = "local",
    cache: common.CacheOption = True,
    jobs: common.JobsOption = 1,
    select: common.SelectOption = None,
    ignore: common.IgnoreOption = None,
    settings: common.SetOption = None,
    limits: common.LimitOption = None,
    shp: Annotated[
        bool, typer.Option("--shp", help="另存 Shapefile · shapefiles too", show_default=False)
    ] = False,
    ledger: Annotated[
        Path | None,
        typer.Option(
            "--ledger",
            metavar="XLSX",
            help="上一轮的 findings.xlsx，带入其中的回复 · findings.xlsx of a former round, whose "
            "replies are carried over",
        ),
    ] = None,
    docx: Annotated[
        bool, typer.Option("--docx", help="另存 Word 报告 · report.docx too", show_default=False)
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="另存 PDF 报告 · report.pdf too", show_default=False)
    ] = False,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="DOCX",
            help="本单位的 Word 模板，其中一段写 {{gisplan}} · the office's Word template, with "
            "a paragraph {{gisplan}}",
        ),
    ] = None,
    by: Annotated[
        By | None,
        typer.Option(
            "--by",
            help="另按上级区域各出一册，写入 by-district · one dossier for each area above too",
        ),
    ] = None,
    heat: Annotated[
        bool,
        typer.Option(
            "--heat",
            help="另存历史文化冲突的热力栅格（COG）· density of heritage conflicts as GeoTIFF",
        ),
    ] = False,
    quiet: common.QuietOption = False,
    no_progress: common.NoProgressOption = False,
) -> int:
    """Review a plan and write everything into OUT."""
    from gisplan.output import reserve

    if docx or template is not None:
        from gisplan.render.docx import check_template

        check_template(template)  # before a large plan is read
    if pdf:
        from gisplan.render.pdf import check_pdf

        check_pdf()
    shown = not (quiet or no_progress)
    with reserve(out) as place:
        result, words = common.run_review(
            plan,
            config=config,
            within=within,
            lang=lang,
            engine=engine,
            cache=cache,
            jobs=jobs,
            select=select,
            ignore=ignore,
            settings=settings,
            limits=limits,
            shown=shown,
        )
        with common.progress_bar(words, shown) as tell:
            if tell is not None:
                tell(Text("写出结果", "writing the result"))
            files = result.save(
                place,
                words,
                shapefiles=shp,
                ledger=ledger,
                docx=docx or template is not None,
                pdf=pdf,
                template=template,
                by_district=by is By.DISTRICT,
                heat=heat,
            )
    if not quiet:
        from gisplan.render.text import format_summary

        typer.echo(format_summary(result.dossier, words))
        for name, path in files.items():
            typer.echo(f"  {name:<14} {path}")
    common.warn_unreadable(result, words)
    return result.exit_status
