"""`gisplan check PLAN`: the findings on the terminal or in one file."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.cli.console import escape_json, still

NAME = "check"
HELP = "在终端列出问题 · list the findings"


class Format(StrEnum):
    """What `check` can print."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    GEOJSON = "geojson"
    GITHUB = "github"
    JUNIT = "junit"
    SARIF = "sarif"


def run(
    plan: common.PlanArgument,
    form: Annotated[Format, typer.Option("--format", help="格式 · format")] = Format.TEXT,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="写入文件 · write to a file")
    ] = None,
    config: common.ConfigOption = None,
    within: common.WithinOption = None,
    lang: common.Language = None,
    engine: common.EngineOption = "local",
    cache: common.CacheOption = True,
    jobs: common.JobsOption = 1,
    select: common.SelectOption = None,
    ignore: common.IgnoreOption = None,
    settings: common.SetOption = None,
    limits: common.LimitOption = None,
    quiet: common.QuietOption = False,
    no_progress: common.NoProgressOption = False,
) -> int:
    """Check a plan and print its findings."""
    result, words = common.run_review(
        plan,
        config=config,
        within=within,
        lang=lang,
        engine=engine,
        cache=cache,
        jobs=jobs,
        select=select,
        ignore=ignore,
        settings=settings,
        limits=limits,
        shown=not (quiet or no_progress),
        resolutions=form is Format.JSON,  # the other formats list findings alone
    )
    from gisplan.render import csv, geojson, github, json, junit, sarif, text

    dossier = result.dossier
    if form is Format.TEXT:
        content = text.format_text(dossier, words)
    elif form is Format.JSON:
        content = json.to_json(dossier)
    elif form is Format.CSV:
        content = csv.format_csv(dossier, words)
    elif form is Format.GEOJSON:
        content = geojson.to_geojson(dossier)
    elif form is Format.GITHUB:
        content = github.format_github(dossier, words)
    elif form is Format.JUNIT:
        content = junit.format_junit(dossier, words)
    else:
        content = sarif.format_sarif(dossier, words)
    if out is None:
        if form in {Format.JSON, Format.GEOJSON, Format.SARIF}:
            content = escape_json(content)
        elif sys.stdout.isatty():  # a pipe or file gets every byte as it is
            content = still(content)
        typer.echo(content.rstrip("\n"))
    else:
        from gisplan.output import write_one

        encoded = content.encode("utf-8-sig" if form is Format.CSV else "utf-8")
        write_one(out, lambda path: _write_bytes(path, encoded))
    common.warn_unreadable(result, words)
    return result.exit_status


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
