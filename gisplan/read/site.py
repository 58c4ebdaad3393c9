"""Where the files of a plan lie, and how they are named to the reader."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from gisplan.errors import PlanError
from gisplan.model import Text
from gisplan.output import is_result
from gisplan.read.file_names import shown_name
from gisplan.read.formats import ADVICE, READABLE
from gisplan.read.limits import Limits, how_to_raise
from gisplan.read.paths import LEADS_OUT, Place, check_regular, irregular, is_inside
from gisplan.read.workspace import Workspace

_SINGLE = READABLE - {".gdb"}  # extensions that make a name a file's, even a folder's

# Part of a format of several files -> the part that holds the layer. A .dbf may be a table of its
# own, but not beside the index or the CRS of shapes.
_PARTS = {".dbf": ".shp", ".shx": ".shp", ".mid": ".mif", ".id": ".tab"}


def _is_ours(path: Path) -> bool:
    """Return whether a file is no input: a result, or the list of fields beside a shapefile."""
    if path.name.lower().endswith(".fields.csv"):
        return path.with_name(path.name[: -len(".fields.csv")] + ".shp").is_file()
    return is_result(path)


@dataclass(frozen=True, slots=True)
class Site:
    """A folder of files, and what stands before their names where it is an unpacked archive."""

    root: Path
    prefix: str = ""  # "plan.zip!inner/"

    def shown(self, path: Path) -> str:
        """Return the name of a file as every result gives it: relative, with slashes."""
        return self.prefix + path.relative_to(self.root).as_posix()


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder that was come upon, and why it cannot be looked into."""

    path: Path
    trouble: Text | None = None


def open_archive(path: Path, space: Workspace) -> Site:
    """Unpack an archive; a single folder at its top is gone into, as it holds the plan."""
    base = space.unpacked(path)
    prefix = f"{shown_name(path.name)}!"
    while True:
        entries = [entry for entry in base.iterdir() if not entry.name.startswith(".")]
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].suffix.lower() == ".gdb":
            return Site(base, prefix)
        base = entries[0]
        prefix += f"{base.name}/"


def _step(folder: Path, name: str) -> Path | None:
    """Return a child of a folder by name, in any case where no child has it exactly."""
    exact = folder / name
    if exact.exists():
        return exact
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return None
    return next((e for e in entries if e.name.casefold() == name.casefold()), None)


def _walk_to(root: Path, relative: str) -> Path | None:
    path: Path | None = root
    for part in Path(relative).parts:
        path = _step(path, part) if path is not None else None
    return path


def locate(site: Site, place: Place, space: Workspace) -> tuple[Path, Path]:
    """Return the file that a place means and the folder that it may not lead out of.

    Raises
    ------
    PlanError
        There is no such file, or a link leads out of the plan's folder.
    ReadError
        The archive that it is in cannot be unpacked, or it is a device or a pipe.
    """
    path = _walk_to(site.root, place.file)
    root, text = site.root, place.file
    if path is not None and is_inside(root, path) and place.member is not None:
        root = space.unpacked(path)
        path, text = _walk_to(root, place.member), f"{place.file}!{place.member}"
    if path is None:
        hint = _similar(root, place.member or place.file)
        raise PlanError(f"没有文件 {text}{hint.zh}", f"no file {text}{hint.en}")
    if not is_inside(root, path):
        raise PlanError(f"{text} {LEADS_OUT.zh}", f"{text} {LEADS_OUT.en}")
    check_regular(path)
    return path, root


def _similar(root: Path, wanted: str) -> Text:
    names = [e.path.relative_to(root).as_posix() for e in data_files(Site(root), Limits())]
    close = get_close_matches(wanted, names, n=1, cutoff=0.5)
    if close:
        return Text(f"，是否想写 {close[0]}？", f"; did you mean {close[0]}?")
    return Text("，请核对 path", "; check path")


def _entries(folder: Path, site: Site, depth: int, limits: Limits) -> Iterator[Entry]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        why = error.strerror or str(error)
        yield Entry(folder, Text(f"文件夹打不开（{why}）", f"the folder cannot be opened ({why})"))
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith((".", "~$")) or entry.name == "__MACOSX":
            continue  # hidden, a lock of Excel, or what macOS adds
        inside = is_inside(site.root, path)
        if not path.is_dir() or path.suffix.lower() == ".gdb":
            yield Entry(path, (irregular(path) if inside else LEADS_OUT))
        elif not inside:
            yield Entry(path, LEADS_OUT)
        elif entry.is_symlink():
            continue  # what it leads to is found where it is; it may even hold itself
        elif depth < limits.depth:
            if path.suffix.lower() in _SINGLE:
                yield Entry(path, Text("是文件夹，不是文件", "a folder, not a file"))
            yield from _entries(path, site, depth + 1, limits)
        else:
            remedy = how_to_raise("depth", depth + 1)
            yield Entry(
                path,
                Text(
                    f"文件夹嵌套超过上限 {limits.depth} 层，未查看；{remedy.zh}",
                    f"folders are nested deeper than the limit of {limits.depth} and were not "
                    f"looked into; {remedy.en}",
                ),
            )


def data_files(site: Site, limits: Limits) -> list[Entry]:
    """Return the files below a folder that are data, or that a planner may take for such.

    Parts of a shapefile count as one. What gisplan wrote itself is left out. What cannot be
    looked into (a link that leads out, a folder too deep) says so.
    """
    found: list[Entry] = []
    stems: dict[tuple[Path, str], set[str]] = {}
    for number, entry in enumerate(_entries(site.root, site, 0, limits)):
        if number >= limits.files:
            remedy = how_to_raise("files", number + 1)
            raise PlanError(
                f"文件夹里的文件超过上限 {limits.files} 个，请用 gisplan.toml 指明图层；"
                f"{remedy.zh}",
                f"more than the limit of {limits.files} files in the folder; name the layers in "
                f"gisplan.toml; {remedy.en}",
            )
        path = entry.path
        extension = path.suffix.lower()
        if _is_ours(path):
            continue
        if not path.is_dir():
            stems.setdefault((path.parent, path.stem.casefold()), set()).add(extension)
        data = extension in READABLE or extension in ADVICE or extension in {".zip", *_PARTS}
        if data or (entry.trouble is not None and path.is_dir()):
            found.append(entry)
    placed = (
        _part(entry, stems.get((entry.path.parent, entry.path.stem.casefold()), set()))
        for entry in found
    )
    return [entry for entry in placed if entry is not None]


def _part(entry: Entry, beside: set[str]) -> Entry | None:
    """Return a file that stands for a layer; None for the part of one that another stands for.

    beside : the extensions of the files of the same name.
    """
    extension = entry.path.suffix.lower()
    whole = _PARTS.get(extension)
    if whole is None:
        return entry
    if whole in beside:
        return None
    if extension == ".dbf" and not beside & {".shx", ".prj"}:
        return entry  # a table
    if extension == ".shx" and ".dbf" in beside:
        return None  # the .dbf says it
    missing = entry.path.stem + whole
    reason = Text(
        f"缺 {missing}，其中的图形和记录都未读取，请补齐后再用",
        f"{missing} is missing; neither shapes nor records were read; add it",
    )
    return Entry(entry.path, entry.trouble or reason)
