"""Tells what each file really is: the facts behind `gisplan inspect`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisplan.errors import PlanError, ReadError
from gisplan.model import LayerSource, Note, PlanConfig, RawLayer, Text
from gisplan.read.discover import Candidate, candidates, discover, guess_layer
from gisplan.read.file_names import with_shown_names
from gisplan.read.formats import READABLE, read_source
from gisplan.read.found import FAULT_ZH, Found
from gisplan.read.limits import DEFAULT
from gisplan.read.paths import Place, check_beside
from gisplan.read.places import placed
from gisplan.read.raster import EXTENSIONS, read_raster
from gisplan.read.recognise import geometry_kinds, match_fields, named_raster
from gisplan.read.selection import all_taken
from gisplan.read.site import Site, open_archive
from gisplan.read.watched import watched
from gisplan.read.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one file, or one layer in it, is. `as_dict` gives it as JSON-able values.

    `extent` is west, south, east, north in the CRS of the file. `repairs` counts features by what
    is wrong with them: invalid, empty, unreadable. `mapping` is standard field -> source field.
    """

    path: str
    driver: str = ""
    encoding: str | None = None
    encoding_from: str | None = None
    crs: str | None = None
    crs_from: str | None = None
    extent: tuple[float, float, float, float] | None = None
    geometry: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)  # name -> type
    count: int = 0
    layer: str | None = None
    why: Text | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    fault: Text | None = None  # why it could not be read

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as JSON-able values."""

        def words(text: Text | None) -> dict[str, str] | None:
            return None if text is None else {"zh": text.zh, "en": text.en}

        return {
            "path": self.path,
            "driver": self.driver or None,
            "encoding": self.encoding,
            "encoding_from": self.encoding_from,
            "crs": self.crs,
            "crs_from": self.crs_from,
            "extent": None if self.extent is None else list(self.extent),
            "geometry": list(self.geometry),
            "fields": dict(self.fields),
            "count": self.count,
            "layer": self.layer,
            "why": words(self.why),
            "mapping": dict(self.mapping),
            "repairs": dict(self.repairs),
            "notes": [words(note) for note in self.notes],
            "fault": words(self.fault),
        }


def _note_text(note: Note) -> Text:
    detail = note.detail
    where = f"{note.column} " if note.column else ""
    if note.kind == "encoding_recovered":
        return Text(
            f"{where}按 {detail['found']} 解码（{detail['from']} 为 {detail['declared']}）",
            f"{where}decoded as {detail['found']} ({detail['from']} says {detail['declared']})",
        )
    if note.kind == "encoding_doubtful":
        shown = f"“{detail['text']}” / “{detail['instead']}”"
        return Text(
            f"编码可能是 {detail['used']}，也可能是 {detail['other']}：{shown}",
            f"encoding may be {detail['used']} or {detail['other']}: {shown}",
        )
    if note.kind == "text_undecodable":
        return Text(
            f"第 {(note.record or 0) + 1} 条 {where}无法解码",
            f"record {(note.record or 0) + 1} {where}cannot be decoded",
        )
    if note.kind in {"text_cut", "text_garbled"}:
        zh, en = ("被截断", "cut short") if note.kind == "text_cut" else ("已成乱码", "garbled")
        return Text(
            f"第 {(note.record or 0) + 1} 条 {where}{zh}",
            f"record {(note.record or 0) + 1} {where}is {en}",
        )
    if note.kind == "text_fills_field":
        return Text(
            f"{where}有文字占满 {detail['width']} 字节",
            f"{where}has texts of all {detail['width']} bytes",
        )
    if note.kind == "count_mismatch":
        counts = " · ".join(f"{name} {count}" for name, count in detail["counts"].items())
        return Text(f"记录数不一致：{counts}", f"record counts differ: {counts}")
    return Text(detail.get("reason_zh", note.kind), detail.get("reason_en", note.kind))


def _repairs(frame: pd.DataFrame) -> dict[str, int]:
    if "geometry" not in frame.columns:
        return {}
    shapes = frame["geometry"].to_numpy()
    faults = frame[FAULT_ZH].notna().to_numpy() if FAULT_ZH in frame.columns else False
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    counts = {
        "invalid": int((~missing & ~shapely.is_valid(shapes)).sum()),
        "empty": int((missing & ~np.asarray(faults)).sum()),
        "unreadable": int(np.sum(faults)),
    }
    return {name: count for name, count in counts.items() if count}


def _extent(frame: pd.DataFrame) -> tuple[float, float, float, float] | None:
    if "geometry" not in frame.columns or not len(frame):
        return None
    bounds = shapely.bounds(frame["geometry"].to_numpy())
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return None
    west, south = bounds[:, :2].min(axis=0).tolist()
    east, north = bounds[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _types(found: Found) -> dict[str, str]:
    return {
        name: found.types.get(
            name, "num" if pd.api.types.is_numeric_dtype(found.frame[name]) else "str"
        )
        for name in found.fields
    }


def _facts(candidate: Candidate, space: Workspace) -> FileFacts:
    is_raster = candidate.path.suffix.lower() in EXTENSIONS
    if candidate.trouble is not None and not is_raster:
        return FileFacts(candidate.shown, fault=candidate.trouble)
    try:
        if is_raster:
            with watched(candidate.shown, candidate.path, space.limits):
                return _raster_facts(candidate, space)
        with watched(candidate.shown, candidate.path, space.limits):
            found = read_source(candidate.path, candidate.root, space, candidate.layer)
            return _facts_of(candidate, found)
    except ReadError as error:
        return FileFacts(candidate.shown, fault=error.text)


def _raster_facts(candidate: Candidate, space: Workspace) -> FileFacts:
    """Return what a raster is; its cells are not looked at."""
    source = LayerSource("", candidate.shown, declared=False)
    check_beside(candidate.path, candidate.root)
    raw, notes = read_raster(source, candidate.path, candidate.root, space)
    raster = raw.raster
    assert raster is not None
    a, b, c, d, e, f = raster.transform
    columns = np.array([0, raster.width, raster.width, 0])
    rows = np.array([0, 0, raster.height, raster.height])
    x, y = a * columns + b * rows + c, d * columns + e * rows + f
    named = named_raster(candidate.name)
    told = [
        Text(
            f"栅格 {raster.width} × {raster.height}，高程单位 {raster.unit or '未写明'}",
            f"a raster of {raster.width} x {raster.height} cells, heights in "
            f"{raster.unit or '? (not said)'}",
        ),
        *(_note_text(note) for note in notes if note.kind == "left_out"),
    ]
    if raster.crs is None:
        told.append(Text("未声明坐标系", "no CRS is declared"))
    return FileFacts(
        path=candidate.shown,
        driver=raw.record.driver,
        crs=raster.crs,
        crs_from=raw.record.crs_from,
        extent=(float(x.min()), float(y.min()), float(x.max()), float(y.max())),
        count=raw.record.count,
        layer=named[0] if named else None,
        why=named[1] if named else None,
        notes=tuple(told),
    )


def _facts_of(candidate: Candidate, found: Found) -> FileFacts:
    guess = guess_layer(candidate, found, None)
    fields = found.fields
    if "geometry" not in found.frame.columns:
        found = placed(found) or found
    frame = found.frame
    notes = [_note_text(note) for note in found.notes]
    if "geometry" in frame.columns and found.crs is None:
        notes.append(Text("未声明坐标系", "no CRS is declared"))
    return FileFacts(
        path=candidate.shown,
        driver=found.driver,
        encoding=found.encoding,
        encoding_from=found.encoding_from,
        crs=found.crs,
        crs_from=None if found.crs is None else "file",
        extent=_extent(frame),
        geometry=tuple(sorted(geometry_kinds(frame))),
        fields=_types(found),
        count=len(frame),
        layer=guess.layer if guess else None,
        why=guess.why if guess else None,
        mapping=match_fields(list(fields), guess.spec) if guess else {},
        repairs=_repairs(frame),
        notes=tuple(notes[:20]),
    )


def _walk(path: Path, space: Workspace) -> Iterator[Candidate]:
    extension = path.suffix.lower()
    if path.is_dir() and extension != ".gdb":
        yield from candidates(Site(with_shown_names(path, space)), None, space)
    elif extension == ".zip":
        with watched(path.name, path, space.limits):
            site = open_archive(path, space)
        yield from candidates(site, None, space)
    elif extension in READABLE:
        yield from candidates(Site(path.parent), Place(path.name), space)
    else:
        yield Candidate(path, path.parent, path.name)


def inspect_path(path: Path, limits: Mapping[str, float] | None = None) -> list[FileFacts]:
    """Return what each file below a path is; a file that cannot be read says why.

    Parameters
    ----------
    path : Path
        A folder, an archive, a database or one file.
    limits : mapping, optional
        Name -> value of limits that differ (read/limits.py).

    Raises
    ------
    PlanError
        There is nothing at the path, or not one file of data below it.
    """
    if not path.exists():
        raise PlanError(f"没有 {path}，请核对路径", f"there is no {path}; check the path")
    path = path.resolve()
    with Workspace(DEFAULT.changed(limits or {})) as space:
        try:
            facts = [_facts(candidate, space) for candidate in _walk(path, space)]
        except ReadError as error:  # the archive itself
            facts = [FileFacts(path.name, fault=error.text)]
    if not facts:
        raise PlanError(
            f"{path.name}：里面没有可读的数据文件", f"{path.name}: there are no data files in it"
        )
    return facts


def is_plan(path: Path) -> bool:
    """Return whether a path can be opened as a plan: else it is a single file."""
    return path.is_dir() or path.suffix.lower() in {".zip", ".gpkg", ".gdb", ".toml"}


def read_file(
    path: Path, limits: Mapping[str, float] | None = None
) -> tuple[PlanConfig, list[RawLayer], list[Note]]:
    """Read a single file as a plan of its own: what `gisplan inspect` looks at beside plans."""
    path = path.resolve()
    config = PlanConfig(root=path.parent, layers=())
    with Workspace(DEFAULT.changed(limits or {})) as space:
        read = discover(config, Site(path.parent), Place(path.name), space)
    return (config, *all_taken(config, read))
