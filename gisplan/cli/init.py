"""`gisplan init PATH`: writes a gisplan.toml from what `inspect` found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.errors import PlanError

NAME = "init"
HELP = "写一份 gisplan.toml · write a gisplan.toml"


def run(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="文件夹 · folder")],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 · overwrite")] = False,
    limits: common.LimitOption = None,
    lang: common.Language = None,
) -> int:
    """Write a gisplan.toml that says what each file was taken for."""
    from gisplan.output import write_one
    from gisplan.read.inspect import inspect_path
    from gisplan.read.limits import parse_limits
    from gisplan.read.write_plan_file import plan_file_text

    folder = path if path.is_dir() else path.parent
    target = folder / "gisplan.toml"
    if target.exists() and not force:
        raise PlanError(
            f"{target} 已存在，未改动；要覆盖请加 --force",
            f"{target} exists and was left alone; add --force to overwrite it",
        )
    text = plan_file_text(inspect_path(path, parse_limits(limits or [])), common.choose_lang(lang))
    write_one(target, lambda file: _write(file, text))
    typer.echo(target)
    return 0


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
