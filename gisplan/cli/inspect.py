"""`gisplan inspect PATH`: what each file really is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.cli.console import escape_json
from gisplan.cli.rules import Format, FormatOption

NAME = "inspect"
HELP = "看清每个文件是什么 · what each file really is"


def run(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="文件夹或文件 · folder or file")],
    form: FormatOption = Format.TEXT,
    limits: common.LimitOption = None,
    lang: common.Language = None,
) -> int:
    """Show what each file is, what is wrong with it, and what a review would do about that."""
    from gisplan.inspection import inspect
    from gisplan.read.limits import parse_limits

    found = inspect(path, parse_limits(limits or []))
    if form is Format.JSON:
        import json

        records = [file.as_dict() for file in found.files]
        typer.echo(escape_json(json.dumps(records, ensure_ascii=False, indent=1)))
    else:
        import shutil
        import sys

        from gisplan.render.columns import WIDE, WIDE_IN_GBK
        from gisplan.render.facts import format_facts

        columns = shutil.get_terminal_size((100, 24)).columns
        in_gbk = (sys.stdout.encoding or "").lower() in {"gbk", "cp936", "gb2312", "gb18030"}
        wide = WIDE_IN_GBK if in_gbk else WIDE
        typer.echo(format_facts(found, common.choose_lang(lang), columns, wide))
    return 2 if any(file.facts.fault is not None for file in found.files) else 0
