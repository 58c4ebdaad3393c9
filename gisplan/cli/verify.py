"""`gisplan verify OUT`: is a result as it was written, and its inputs as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.cli.console import escape_json
from gisplan.cli.rules import Format, FormatOption

NAME = "verify"
HELP = "核对结果与输入是否原样 · is a result as written, and its inputs as they were"

_WHAT = {
    "file": ("结果文件", "file of the result"),
    "input": ("输入", "input"),
    "result": ("所用结果", "result it was made from"),
    "config": ("配置", "settings"),
    "rule_set": ("规则版本", "rule set"),
    "version": ("软件版本", "version"),
}
_STATE = {
    "same": ("一致", "same"),
    "changed": ("已改变", "changed"),
    "missing": ("缺失", "missing"),
    "unknown": ("无法核对", "cannot be told"),
}


def run(
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="结果文件夹 · folder of a result", show_default=False),
    ],
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="规划现在的位置 · where the plan is now"),
    ] = None,
    form: FormatOption = Format.TEXT,
    lang: common.Language = None,
) -> int:
    """Check the hashes of a result and of what it was made from."""
    from gisplan.verify import exit_status, verify

    checked = verify(out, plan)
    at = 0 if common.choose_lang(lang) == "zh" else 1
    if form is Format.JSON:
        rows = [
            {"what": c.what, "name": c.name, "state": c.state,
             "why": None if c.why is None else {"zh": c.why.zh, "en": c.why.en}}
            for c in checked
        ]  # fmt: skip
        text = json.dumps({"schema": "gisplan-verify/1", "checked": rows}, ensure_ascii=False)
        typer.echo(escape_json(text))
    else:
        for c in checked:
            why = "" if c.why is None else f"  {common.one_line(c.why[at])}"
            name = common.one_line(c.name)
            typer.echo(f"{_STATE[c.state][at]:<8}{_WHAT[c.what][at]}  {name}{why}")
    return exit_status(checked)
