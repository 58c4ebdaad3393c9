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
    from gisplan.output import reserve

    _write_sample(layers_home() / "sample", folder)
    with reserve(folder / "out") as place:
        result, words = common.run_review(
            folder, lang=lang, jobs=jobs, shown=not (quiet or no_progress)
        )
        files = result.save(place, words)
    if not quiet:
        from gisplan.render.text import format_summary

        typer.echo(format_summary(result.dossier, words))
    zh = words == "zh"
    typer.echo(f"{'示例数据' if zh else 'sample'}  {folder.absolute()}")
    typer.echo(f"{'地图' if zh else 'map'}      {files['map.html']}")
    typer.echo(f"{'报告' if zh else 'report'}      {files['report.html']}")
    return 0


def _write_sample(sample: Path, folder: Path) -> None:
    """Copy the sample into a folder that is new, or holds an earlier copy of it."""
    files = [file for file in sorted(sample.iterdir()) if file.is_file() and file.suffix != ".py"]
    taken = next((file.name for file in files if (folder / file.name).exists()), None)
    if taken is not None and not _is_sample(sample, folder):
        raise OutputError(
            f"{folder} 已有 {taken}，且不是示例，未覆盖；请换一个文件夹",
            f"{folder} has a {taken} that is not of the sample and was left alone; choose another "
            "folder",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            (folder / file.name).unlink(missing_ok=True)  # never through a link
            shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise OutputError(
            f"{folder}：无法写入（{error.strerror}），请换一个文件夹",
            f"{folder}: cannot write ({error.strerror}); choose another folder",
        ) from error


def _is_sample(sample: Path, folder: Path) -> bool:
    """Return whether the plan in a folder bears the name of the sample."""
    name = next(
        line
        for line in (sample / "gisplan.toml").read_text("utf-8").splitlines()
        if line.startswith("name = ")
    )
    try:
        return name in (folder / "gisplan.toml").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
