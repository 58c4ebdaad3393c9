"""`gisplan map PLAN -o map.html`: the web map alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common

NAME = "map"
HELP = "只生成网页地图 · the web map alone"


def run(
    plan: common.PlanArgument,
    out: Annotated[Path, typer.Option("-o", "--out", help="网页文件 · the page to write")] = Path(
        "map.html"
    ),
    config: common.ConfigOption = None,
    lang: common.Language = None,
    engine: common.EngineOption = "local",
    jobs: common.JobsOption = 1,
    select: common.SelectOption = None,
    ignore: common.IgnoreOption = None,
    settings: common.SetOption = None,
    limits: common.LimitOption = None,
    quiet: common.QuietOption = False,
    no_progress: common.NoProgressOption = False,
) -> int:
    """Review a plan and write its map."""
    result, words = common.run_review(
        plan,
        config=config,
        lang=lang,
        engine=engine,
        jobs=jobs,
        select=select,
        ignore=ignore,
        settings=settings,
        limits=limits,
        shown=not (quiet or no_progress),
    )
    from gisplan.output import write_one
    from gisplan.render.webmap.map import write_map

    where = write_one(out, lambda path: write_map(result.dossier, path, words))
    if not quiet:
        typer.echo(where)
    common.warn_unreadable(result, words)
    return result.exit_status
