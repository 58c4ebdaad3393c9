"""`gisplan inspect PATH`: what each file really is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.cli.rules import Format, FormatOption

NAME = "inspect"
HELP = "看清每个文件是什么 · what each file really is"


def run(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="文件夹或文件 · folder or file")],
    form: FormatOption = Format.TEXT,
    limits: common.LimitOption = None,
    lang: common.Language = None,
) -> int:
    """Show driver, encoding, CRS, extent, fields, count, guessed layer and repairs needed."""
    from gisplan.read.inspect import inspect_path
    from gisplan.read.limits import parse_limits

    facts = inspect_path(path, parse_limits(limits or []))
    if form is Format.JSON:
        import json

        records = [fact.as_dict() for fact in facts]
        typer.echo(json.dumps(records, ensure_ascii=False, indent=1))
    else:
        from gisplan.render.facts import format_facts

        typer.echo(format_facts(facts, common.choose_lang(lang)))
    return 2 if any(fact.fault is not None for fact in facts) else 0
