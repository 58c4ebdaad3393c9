"""`gisplan explain CODE`: one rule, its reason, parameters, sources and remedy."""

from __future__ import annotations

from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.cli.console import escape_json
from gisplan.cli.rules import Format, FormatOption

NAME = "explain"
HELP = "解释一条规则 · explain one rule"


def run(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="规则编号 · rule code", show_default=False)
    ],
    form: FormatOption = Format.TEXT,
    lang: common.Language = None,
) -> int:
    """Explain one rule."""
    from gisplan.catalogue.registry import registry
    from gisplan.catalogue.settings import require_rule
    from gisplan.render.rules import format_rule, rule_record

    entry = require_rule(registry(), code)
    if form is Format.JSON:
        import json

        typer.echo(escape_json(json.dumps(rule_record(entry), ensure_ascii=False, indent=1)))
    else:
        typer.echo(format_rule(entry, common.choose_lang(lang)))
    return 0
