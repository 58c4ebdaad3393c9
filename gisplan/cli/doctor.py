"""`gisplan doctor`: what gisplan runs on, and what is wrong with it."""

from __future__ import annotations

import typer

from gisplan.cli import common
from gisplan.cli.console import escape_json
from gisplan.cli.rules import Format, FormatOption

NAME = "doctor"
HELP = "检查运行环境 · look at what gisplan runs on"
_MARKS = {"fine": "", "note": "!", "broken": "×"}


def run(form: FormatOption = Format.TEXT, lang: common.Language = None) -> int:
    """Print versions, GDAL of each library, PROJ grids, fonts, encodings and places to write."""
    from gisplan.doctor import examine

    words = common.choose_lang(lang)
    checks = []
    for check in examine():
        checks.append(check)
        if form is Format.JSON:
            continue
        found = common.one_line(getattr(check.found, words))
        typer.echo(f"{_MARKS[check.state]:<2}{check.name:<16}{found}")
        if check.advice is not None:
            typer.echo(f"{'':<18}{common.one_line(getattr(check.advice, words))}")
    broken = [check.name for check in checks if check.state == "broken"]
    if form is Format.JSON:
        import json

        records = [check.as_dict() for check in checks]
        typer.echo(escape_json(json.dumps(records, ensure_ascii=False, indent=1)))
    if broken:
        zh, en = f"不可用：{'、'.join(broken)}", f"broken: {', '.join(broken)}"
        common.say_error(zh if words == "zh" else en, words)
        return 2
    return 0
