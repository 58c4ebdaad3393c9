"""`gisplan map PLAN -o map.html`: the web map alone."""

from __future__ import annotations

import math
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from gisplan.cli import common
from gisplan.errors import PlanError
from gisplan.model import Dossier, Lang, Terms

if TYPE_CHECKING:
    from gisplan.output.write import Writer
    from gisplan.render.webmap.payload import Mode
    from gisplan.render.webmap.tiles import BaseMap


class AudienceOption(StrEnum):
    """Who a map is for."""

    INTERNAL = "internal"
    PUBLIC = "public"


class ModeOption(StrEnum):
    """How the layers lie in a page."""

    AUTO = "auto"
    PLAIN = "plain"
    PACKED = "packed"
    FOLDER = "folder"


NAME = "map"
HELP = "只生成地图：网页或图片 · the map alone, as a page or a picture"


def run(
    plan: common.PlanArgument,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="输出文件 · the file to write", show_default="map.html"),
    ] = None,
    png: Annotated[
        bool, typer.Option("--png", help="输出 PNG 图片 · a picture", show_default=False)
    ] = False,
    svg: Annotated[
        bool, typer.Option("--svg", help="输出 SVG 图片 · a picture", show_default=False)
    ] = False,
    audience: Annotated[
        AudienceOption, typer.Option("--audience", help="内部或公开 · who it is for")
    ] = AudienceOption.INTERNAL,
    approval_number: Annotated[
        str, typer.Option("--map-approval-no", help="审图号 · approval number of a public map")
    ] = "",
    coordinates: Annotated[
        str | None,
        typer.Option("--coordinates", metavar="0.5m|1m", help="坐标取整 · round coordinates"),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(
            "--before",
            metavar="PLAN",
            help="此前的规划，与本次比较 · a former plan to compare with",
        ),
    ] = None,
    base: Annotated[
        str,
        typer.Option(
            "--base",
            metavar="none|tianditu|gaode|osm|URL",
            help="联网底图 · base map, with network",
        ),
    ] = "none",
    embed_key: Annotated[
        bool,
        typer.Option(
            "--embed-key",
            help="把 TIANDITU_TK 的密钥写入网页 · write the key into the page",
            show_default=False,
        ),
    ] = False,
    clearance: Annotated[
        bool,
        typer.Option(
            "--i-have-clearance",
            help="已经保密审查同意 · large-scale detail is cleared",
            show_default=False,
        ),
    ] = False,
    mode: Annotated[
        ModeOption,
        typer.Option(
            "--mode",
            help="图形如何存放；超过 150 万个时为文件夹 · how shapes are kept",
        ),
    ] = ModeOption.AUTO,
    config: common.ConfigOption = None,
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
    """Review a plan and write its map."""
    terms = Terms(audience.value, approval_number, _grid(coordinates), clearance)
    target = _target(out, png, svg)
    if _is_picture(target) and (before is not None or base != "none"):
        raise PlanError(
            "图片没有 --before 和 --base，请输出网页",
            "a picture has no --before or --base: ask for a page",
        )
    tiles = _tiles(base, embed_key)
    asked = partial(
        common.run_review,
        lang=lang,
        engine=engine,
        cache=cache,
        jobs=jobs,
        select=select,
        ignore=ignore,
        settings=settings,
        limits=limits,
        shown=not (quiet or no_progress),
        terms=terms,
    )
    result, words = asked(plan, config=config)
    from gisplan.findings.edition import edition

    shown = edition(result.dossier, terms)
    former = None if before is None else edition(asked(before)[0].dossier, terms)
    where = _written(shown, target, words, tiles, mode, former)
    if not quiet:
        typer.echo(where)
    common.warn_unreadable(result, words)
    return result.exit_status


def _target(out: Path | None, png: bool, svg: bool) -> Path:
    """Return the file to write, whose ending says what it becomes."""
    if png and svg:
        raise PlanError("--png 与 --svg 只能选一种", "choose one of --png and --svg")
    wanted = ".png" if png else ".svg" if svg else None
    if out is None:
        return Path("map").with_suffix(wanted or ".html")
    if wanted is not None and out.suffix.lower() != wanted:
        raise PlanError(
            f"输出文件 {out.name} 的扩展名应为 {wanted}",
            f"the file to write, {out.name}, must end in {wanted}",
        )
    return out


def _tiles(base: str, embed_key: bool) -> BaseMap | None:
    if base == "none":
        return None
    from gisplan.render.webmap.tiles import base_map

    return base_map(base, embed_key)


def _written(
    dossier: Dossier,
    target: Path,
    lang: Lang,
    base: BaseMap | None,
    mode: ModeOption,
    former: Dossier | None,
) -> Path:
    """Write the map, and return where the page or picture is."""
    from gisplan.output import write_one, write_together

    if mode is not ModeOption.FOLDER and not (
        mode is ModeOption.AUTO and _is_huge(dossier, target)
    ):
        return write_one(
            target, lambda path: path.write_bytes(_drawn(dossier, target, lang, base, mode, former))
        )
    from gisplan.render.webmap.chunks import folder_files

    if _is_picture(target):
        raise PlanError("图片没有 --mode folder", "a picture has no --mode folder")
    files = folder_files(dossier, lang, base, former)
    writers: dict[str, Writer] = {name: partial(_put, data=data) for name, data in files.items()}
    folder = target.with_suffix("") if target.suffix.lower() in {".html", ".htm"} else target
    return write_together(folder, writers)["map.html"]


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _is_huge(dossier: Dossier, target: Path) -> bool:
    """Return whether a page would be too large for one file."""
    from gisplan.render.webmap.chunks import FOLDER_LIMIT
    from gisplan.render.webmap.layers import spatial_layers

    features = sum(len(layer.frame) for layer in spatial_layers(dossier))
    return features > FOLDER_LIMIT and not _is_picture(target)


def _is_picture(target: Path) -> bool:
    return target.suffix.lower() in {".png", ".svg"}


def _drawn(
    dossier: Dossier,
    target: Path,
    lang: Lang,
    base: BaseMap | None,
    mode: ModeOption,
    former: Dossier | None,
) -> bytes:
    form = target.suffix.lower().lstrip(".")
    if form in {"png", "svg"}:
        from gisplan.render.still import still

        return still(dossier, lang, form)
    from gisplan.render.webmap.map import map_html

    return map_html(dossier, lang, base, cast("Mode", mode.value), former).encode()


def _grid(coordinates: str | None) -> float | None:
    """Return the metres of `0.5m`; None where nothing was asked."""
    if coordinates is None:
        return None
    number = coordinates.strip().lower().removesuffix("m").removesuffix("米")
    try:
        metres = float(number)
    except ValueError:
        metres = math.nan
    if not 0.001 <= metres <= 1000:
        raise PlanError(
            f"--coordinates 应为 0.001 至 1000 的米数，如 0.5m，现为 {coordinates}",
            f"--coordinates must be 0.001 to 1000 metres, as 0.5m, not {coordinates}",
        )
    return metres
