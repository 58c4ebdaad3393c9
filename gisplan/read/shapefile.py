"""Reads a shapefile, whatever is missing beside it or wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd

from gisplan.errors import ReadError
from gisplan.model import Note
from gisplan.read.attributes import Attributes, read_attributes
from gisplan.read.crs import read_prj
from gisplan.read.found import Found
from gisplan.read.paths import is_inside
from gisplan.read.record_counts import count_notes, is_cut, records_in
from gisplan.read.shp_index import ShpIndex, read_shp_header, read_shx, scan, write_shx
from gisplan.read.shp_join import by_row, join
from gisplan.read.shp_shapes import read_shapes
from gisplan.read.workspace import Workspace

DRIVER = "ESRI Shapefile"
# What belongs to a shapefile and enters its hash; the rest are indexes that others rebuild.
COMPANIONS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def companions(path: Path, root: Path) -> dict[str, Path]:
    """Return the files of a shapefile by extension (lower case), in whatever case they are.

    A link that leads out of the plan's folder is none of them.
    """
    found: dict[str, Path] = {}
    beside = [p for p in sorted(path.parent.iterdir()) if p.suffix.lower() in COMPANIONS]
    # GXDY.dbf is no companion of gxdy.shp where there is a GXDY.shp.
    others = {p.stem for p in beside if p.suffix.lower() == ".shp"} - {path.stem}
    for other in beside:
        extension = other.suffix.lower()
        if other.stem in others or not other.is_file() or not is_inside(root, other):
            continue
        exact = other.stem == path.stem
        if exact or (other.stem.casefold() == path.stem.casefold() and extension not in found):
            found[extension] = other
    found[path.suffix.lower()] = path
    return found


def _missing(name: str, zh: str, en: str) -> Note:
    return Note("companion_missing", detail={"missing": name, "reason_zh": zh, "reason_en": en})


def _index(files: dict[str, Path], folder: Path, header: bytes) -> tuple[ShpIndex, list[Note]]:
    """Put .shp and a sound .shx into a folder; the notes say what was wrong with the index."""
    shp, shx = files[".shp"], files.get(".shx")
    notes = []
    index = read_shx(shx, shp) if shx else None
    if index is None:
        index = scan(shp)
        if shx is None:
            notes.append(_missing(".shx", "缺 .shx，已按 .shp 重建", "no .shx; made from the .shp"))
        else:
            notes.append(
                _missing(
                    ".shx",
                    ".shx 与 .shp 不符，已按 .shp 重建",
                    "the .shx does not fit the .shp; made from the .shp",
                )
            )
        write_shx(folder / "layer.shx", header, index)
    elif shx:
        Workspace.put(shx, folder / "layer.shx")
    Workspace.put(shp, folder / "layer.shp")
    return index, notes


def _declared_crs(files: dict[str, Path]) -> tuple[Any, str | None, list[Note]]:
    if ".prj" not in files:
        return None, None, []
    found, reason = read_prj(files[".prj"])
    if found is None:
        assert reason is not None
        return None, None, [_missing(".prj", reason.zh, reason.en)]
    return found[1], found[0], []


def _read_cpg(files: dict[str, Path]) -> str | None:
    if ".cpg" not in files:
        return None
    raw = files[".cpg"].read_bytes()[:4096]
    return raw.decode("utf-8-sig", "replace").strip("\0 \r\n\t")


def read_shapefile(path: Path, root: Path, space: Workspace, encoding: str | None = None) -> Found:
    """Read a shapefile as it is.

    A missing or wrong .shx is made from the .shp in a temporary folder, a missing .dbf leaves
    the shapes, records that one of the two files lacks are kept with a reason, and a ring that
    makes no polygon costs only its own feature. Notes tell all of it.

    Raises
    ------
    ReadError
        No shapefile, or not one record of it can be read.
    """
    header = read_shp_header(path)
    files = companions(path, root)
    folder = space.folder()
    index, notes = _index(files, folder, header)
    if index.cut and not len(index.offsets):
        raise ReadError(
            f"{path.name}：第一条记录即被截断，请重新复制",
            f"{path.name}: cut short in its first record; copy it again",
        )
    shapes = read_shapes(folder / "layer.shp", index)
    table: Attributes | None = None
    if ".dbf" not in files:
        notes.append(_missing(".dbf", "缺 .dbf，只有图形", "no .dbf; shapes only"))
    else:
        try:
            table = read_attributes(files[".dbf"], space, encoding, _read_cpg(files))
        except ReadError as error:
            notes.append(_missing(".dbf", error.text.zh, error.text.en))
        else:
            notes += table.notes
    counts = {".shp": records_in(files[".shp"], index), ".shx": len(index.offsets)}
    if table is not None:
        counts |= {".dbf": table.records, ".dbf header": table.declared_records}
    notes += count_notes(counts, index.cut or is_cut(header, files[".shp"]))
    frame, geometries = join(shapes, table)
    crs, label, crs_notes = _declared_crs(files)
    notes += crs_notes
    return Found(
        driver=DRIVER,
        frame=gpd.GeoDataFrame(frame, geometry=geometries, crs=crs),
        files=tuple(sorted(files.values())),
        encoding=table.encoding if table else None,
        encoding_from=table.encoding_from if table else None,
        crs=label,
        notes=tuple(by_row(notes, table)),
        types=table.types if table else {},
    )
