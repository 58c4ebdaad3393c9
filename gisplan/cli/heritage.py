"""`gisplan heritage PLAN [--unit CODE]`: the heritage overlay, or the dossier of one unit."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from gisplan.cli import common
from gisplan.cli.console import escape_json
from gisplan.cli.rules import Format, FormatOption

if TYPE_CHECKING:
    from gisplan.model import Plan
    from gisplan.pipeline import Result

NAME = "heritage"
HELP = "历史文化冲突，或一个单元的卷宗 · heritage conflicts, or the dossier of one unit"


def run(
    plan: common.PlanArgument,
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="CODE", help="单元编号 · code of a unit"),
    ] = None,
    form: FormatOption = Format.TEXT,
    config: common.ConfigOption = None,
    lang: common.Language = None,
    engine: common.EngineOption = "local",
    cache: common.CacheOption = True,
    jobs: common.JobsOption = 1,
    settings: common.SetOption = None,
    limits: common.LimitOption = None,
    quiet: common.QuietOption = False,
    no_progress: common.NoProgressOption = False,
) -> int:
    """Review a plan and show what concerns heritage, or all that concerns one unit.

    The verdicts are those of the whole review.
    """
    from gisplan.catalogue.settings import parse_assignments
    from gisplan.read.limits import parse_limits

    assigned, raised = parse_assignments(settings or []), parse_limits(limits or [])
    with common.progress_bar(common.choose_lang(lang), not (quiet or no_progress)) as tell:
        from gisplan.pipeline import open_plan, review

        opened = open_plan(plan, config=config, limits=raised, progress=tell)
        if unit is not None:
            require_unit(opened, unit)
        result = review(
            opened, settings=assigned, engine=engine, jobs=jobs, cache=cache, progress=tell
        )
    words = common.choose_lang(lang, opened)
    from gisplan.render import heritage

    dossier = result.dossier
    if form is Format.JSON:
        record = (
            heritage.heritage_record(dossier)
            if unit is None
            else heritage.unit_record(dossier, unit)
        )
        typer.echo(escape_json(heritage.to_json(record)))
    elif unit is None:
        typer.echo(heritage.format_heritage(dossier, words))
    else:
        typer.echo(heritage.format_unit(dossier, unit, words))
    common.warn_unreadable(result, words)
    return _status(result, unit)


def require_unit(plan: Plan, code: str) -> None:
    """Refuse a code that no feature of the judged tier has; name those that look like it."""
    from gisplan.catalogue.tables import judged_tier
    from gisplan.errors import PlanError

    judged = judged_tier(plan)
    layer = plan.layers.get(judged)
    labels = [] if layer is None else [str(label) for label in layer.frame["_label"]]
    if layer is not None and layer.quarantine is not None:
        labels += [str(label) for label in layer.quarantine["_label"]]
    if code in labels:
        return
    near = get_close_matches(code, sorted(set(labels)), n=5, cutoff=0.6)
    hint_zh = f"，相近的有 {'、'.join(near)}" if near else f"，共有 {len(labels)} 个编号"
    hint_en = f"; near it: {', '.join(near)}" if near else f"; there are {len(labels)} codes"
    raise PlanError(
        f"图层 {judged} 中没有编号 {code}{hint_zh}",
        f"no feature {code} in layer {judged}{hint_en}",
    )


def _status(result: Result, unit: str | None) -> int:
    """Return 2 where the plan is not fully judged, else 1 where an error is among what was shown.

    Shown are the heritage findings, or those of the unit.
    """
    from gisplan.render.heritage import is_heritage

    if result.exit_status == 2:
        return 2
    if unit is not None:
        rows = result.verdicts[result.verdicts["unit"] == unit]
        return int(bool((rows["errors"] > 0).any()))
    findings = result.findings.drop(columns="geometry").to_dict("records")
    return int(
        any(
            is_heritage(row) and row["severity"] == "error" and row["state"] != "waived"
            for row in findings
        )
    )
