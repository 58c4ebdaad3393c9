"""`gisplan impact UPPER PLAN`: what a changed upper plan puts out of line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.cli.rules import Format, FormatOption

NAME = "impact"
HELP = "上级规划变化后哪些内容不再符合 · what a changed upper plan puts out of line"


def run(
    upper: Annotated[
        Path,
        typer.Argument(
            metavar="UPPER", help="变化后的上级规划 · the changed upper plan", show_default=False
        ),
    ],
    plan: common.PlanArgument,
    form: FormatOption = Format.TEXT,
    config: common.ConfigOption = None,
    lang: common.Language = None,
    jobs: common.JobsOption = 1,
    limits: common.LimitOption = None,
    quiet: common.QuietOption = False,
    no_progress: common.NoProgressOption = False,
) -> int:
    """Review PLAN as it is and under UPPER; list what is new, worse and mended."""
    from gisplan.read.limits import parse_limits

    raised = parse_limits(limits or [])
    with common.progress_bar(common.choose_lang(lang), not (quiet or no_progress)) as tell:
        from gisplan.pipeline import impact

        change, after = impact(upper, plan, config=config, limits=raised, jobs=jobs, progress=tell)
    from gisplan.render.impact import format_impact, to_json

    words = common.choose_lang(lang, after.dossier.plan)
    typer.echo(to_json(change) if form is Format.JSON else format_impact(change, words))
    common.warn_unreadable(after, words)
    if after.exit_status == 2:
        return 2
    return int(bool((change.new["severity"] == "error").any()))
