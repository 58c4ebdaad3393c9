"""`gisplan rules`: the catalogue."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.cli.console import escape_json

NAME = "rules"
HELP = "规则目录 · the catalogue of rules"


class Format(StrEnum):
    """What `rules` and `explain` can print."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="格式 · format")]


def run(form: FormatOption = Format.TEXT, lang: common.Language = None) -> int:
    """List every rule."""
    from gisplan.catalogue.registry import registry
    from gisplan.render.rules import format_catalogue, rule_record

    entries = list(registry().values())
    if form is Format.JSON:
        import json

        records = [rule_record(entry) for entry in entries]
        typer.echo(escape_json(json.dumps(records, ensure_ascii=False, indent=1)))
    else:
        typer.echo(format_catalogue(entries, common.choose_lang(lang)))
    return 0
