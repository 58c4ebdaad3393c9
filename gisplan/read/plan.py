"""Reads a plan: a folder, an archive, a database or a `gisplan.toml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from gisplan.errors import PlanError, ReadError
from gisplan.model import Note, PlanConfig, RawLayer
from gisplan.read.declared import read_declared
from gisplan.read.discover import discover
from gisplan.read.file_names import shown_name, with_shown_names
from gisplan.read.limits import DEFAULT
from gisplan.read.paths import Place
from gisplan.read.plan_file import read_plan_file
from gisplan.read.selection import Selection, all_taken
from gisplan.read.site import Site, open_archive
from gisplan.read.watched import watched
from gisplan.read.workspace import Workspace

PLAN_FILE = "gisplan.toml"
_DATABASES = {".gpkg", ".gdb"}


def _opened(path: Path, space: Workspace) -> tuple[Site, Place | None]:
    """Return where the files are and, for a database, which file is the plan."""
    if path.suffix.lower() in _DATABASES:
        return Site(path.parent), Place(path.name)
    if path.is_dir():
        return Site(with_shown_names(path, space)), None
    if path.suffix.lower() == ".zip":
        with watched(path.name, path, space.limits):
            return open_archive(path, space), None
    raise PlanError(
        f"{path.name}：规划应为文件夹、.zip、.gpkg、.gdb 或 {PLAN_FILE}",
        f"{path.name}: a plan is a folder, a .zip, a .gpkg, a .gdb or a {PLAN_FILE}",
    )


def _config(site: Site, path: Path, file: Path | None) -> PlanConfig:
    """Return what the plan file says; what stands in for it where there is none."""
    # Layers of an archive are named through it, so that their paths hold when it is gone.
    home = path.parent if site.prefix or not path.is_dir() else site.root
    if path.suffix.lower() == ".gdb":
        home = path.parent
    named = shown_name(home.name)
    name = "" if named == home.name else named  # else it is called as its folder
    if file is None:
        return PlanConfig(root=home, layers=(), name=name)
    config = read_plan_file(file, site.root)
    config = replace(config, name=config.name or name)
    layers = tuple(replace(s, path=site.prefix + s.path) for s in config.layers)
    return replace(config, root=home, layers=layers)


def read_plan(
    path: Path,
    config_file: Path | None = None,
    progress: Callable[[str], None] | None = None,
    limits: Mapping[str, float] | None = None,
    tiers: tuple[str, ...] | None = None,
    selection: Selection | None = None,
) -> tuple[PlanConfig, list[RawLayer], list[Note]]:
    """Read a plan as found. Nothing is written into its folder.

    Parameters
    ----------
    path : Path
        A folder with or without `gisplan.toml`, a .zip of such a folder, a .gpkg, a .gdb, or a
        `gisplan.toml`.
    config_file : Path, optional
        A `gisplan.toml` that lies elsewhere; its paths are relative to the plan's folder.
    progress : callable, optional
        Called with the name of each source before it is read.
    limits : mapping, optional
        Name -> value of limits that differ (read/limits.py); they win over the plan's own.
    tiers : tuple of str, optional
        Names of the chain where the plan declares none.
    selection : Selection, optional
        Says what is kept of each source; all of it where it is None.

    Returns
    -------
    config : PlanConfig
        With the layers as declared, or as recognised where none is declared.
    layers : list of RawLayer
        In the order of the plan file, else of the names of the files.
    notes : list of Note
        What was odd, and which files could not be read or placed.

    Raises
    ------
    PlanError
        The plan or its file cannot be used as written.
    ReadError
        Not one layer can be read.
    """
    if not path.exists():
        raise PlanError(f"没有 {path}，请核对路径", f"there is no {path}; check the path")
    if config_file is not None and not config_file.is_file():
        raise PlanError(
            f"没有 {config_file}，请核对 --config",
            f"there is no {config_file}; check --config",
        )
    if path.suffix.lower() == ".toml" and path.is_file():
        path, config_file = path.parent, config_file or path
    path = path.resolve()
    given = limits or {}
    with Workspace(DEFAULT.changed(given)) as space:
        site, database = _opened(path, space)
        file = config_file
        if file is None and database is None and (site.root / PLAN_FILE).is_file():
            file = site.root / PLAN_FILE
        config = _config(site, path, file)
        space.limits = DEFAULT.changed({**config.limits, **given})
        share = space.limits.memory_share
        config = replace(config, tiers=config.tiers or tiers, memory_share=share)
        if config.layers:
            read = read_declared(config, site, space, progress, selection)
        else:
            read = discover(config, site, database, space, progress, selection)
            sources = tuple(source.raw.source for source in read if source.raw is not None)
            config = replace(config, layers=sources)
        raws, notes = all_taken(config, read, selection)
    if all(raw.raster is not None for raw in raws):
        raise _nothing(path, notes)
    return config, raws, notes


def _nothing(path: Path, notes: list[Note]) -> ReadError:
    """Return the error that a plan has no layer, with the first reason."""
    first = next((n for n in notes if n.kind in {"file_unreadable", "unrecognised"}), None)
    if first is None:
        zh, en = "没有图层", "it has no layers"
    else:
        zh = f"{first.path}：{first.detail['reason_zh']}"
        en = f"{first.path}: {first.detail['reason_en']}"
    more = sum(n.kind in {"file_unreadable", "unrecognised"} for n in notes) - 1
    if more > 0:
        zh, en = f"{zh}（另有 {more} 个文件）", f"{en} ({more} more files)"
    return ReadError(
        f"{path.name}：没有一个图层可用。{zh}。gisplan inspect 可查看各文件",
        f"{path.name}: not one layer can be used. {en}. `gisplan inspect` shows each file",
    )
