"""`gisplan demo [DIR]`: writes the built-in sample plan and reviews it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from gisplan.cli import common
from gisplan.errors import OutputError

NAME = "demo"
HELP = "写出内置示例并审查 · write the sample plan and review it"


def run(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="文件夹 · folder", show_default=True)
    ] = Path("gisplan-demo"),
    lang: common.Language = None,
    jobs: common.JobsOption = 1,
    quiet: common.QuietOption = False,
    no_progress: common.NoProgressOption = False,
) -> int:
    """Write the sample into DIR and its review into DIR/out."""
    from gisplan.catalogue.home import layers_home

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted((layers_home() / "sample").iterdir()):
            if file.is_file() and file.suffix != ".py":
                shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise OutputError(
            f"{folder}：无法写入（{error.strerror}），请换一个文件夹",
            f"{folder}: cannot write ({error.strerror}); choose another folder",
        ) from error
    result, words = common.run_review(
        folder,
        config=None,
        lang=lang,
        engine="local",
        jobs=jobs,
        select=None,
        ignore=None,
        settings=None,
        limits=None,
        shown=not (quiet or no_progress),
    )
    files = result.save(folder / "out", words)
    if not quiet:
        from gisplan.render.text import format_summary

        typer.echo(format_summary(result.dossier, words))
    zh = words == "zh"
    typer.echo(f"{'示例数据' if zh else 'sample'}  {folder.absolute()}")
    typer.echo(f"{'地图' if zh else 'map'}      {files['map.html']}")
    typer.echo(f"{'报告' if zh else 'report'}      {files['report.html']}")
    return 0
