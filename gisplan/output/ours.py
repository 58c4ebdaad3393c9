"""Tells a result of gisplan from a file of the user's that happens to have its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

# What a run writes and a later one renews.
_NAMES = frozenset(
    {"findings.json", "findings.gpkg", "findings.xlsx", "report.html", "report.docx",
     "report.pdf", "map.html", "manifest.json", "exam.json", "exam.xlsx", "exam.gpkg", "exam.html",
     "bulletin.json", "bulletin.xlsx", "bulletin.html",
     "exam_map.html",
     "problems_heat.tif", "conflicts_heat.tif"}
)  # fmt: skip
_SHAPEFILES = frozenset({"findings_area", "findings_line", "findings_point", "units"})
# With the list of shortened fields, and the indexes that other software adds.
_SHAPEFILE_ENDS = frozenset(
    {"shp", "shx", "dbf", "prj", "cpg", "fields.csv",
     "qix", "sbn", "sbx", "idm", "ind", "atx", "shp.xml"}
)  # fmt: skip
_DATABASE_SIDES = ("-wal", "-shm", "-journal")
# What else may be written beside on request.
_CHUNK = re.compile(r"chunk_\d{4,}\.js")  # of a map in a folder, which map.json marks
_LISTS = frozenset({"findings.csv", "findings.geojson"})
_MARK = re.compile(rb'\s*\{\s*"schema"\s*:\s*"gisplan-')


def belongs_to_result(path: Path, written: Iterable[str] = ()) -> bool:
    """Return whether a file is part of a result, so that a later one may replace or remove it.

    It has a name of a result or one that is `written` now, and beside it lies a JSON file, again
    of such a name, which says that gisplan wrote it.
    """
    written = set(written)
    name = path.name
    for side in _DATABASE_SIDES:
        name = name.removesuffix(side)
    stem, _, end = name.partition(".")
    named = name in _NAMES or (stem in _SHAPEFILES and end.lower() in _SHAPEFILE_ENDS)
    named = named or _CHUNK.fullmatch(name) is not None or name == "map.json"
    marks = {
        "findings.json",
        "map.json",
        "exam.json",
        "bulletin.json",
        *(name for name in written if name.endswith(".json")),
    }
    return (named or name in written) and any(_is_marked(path.with_name(m)) for m in marks)


def is_result(path: Path) -> bool:
    """Return whether gisplan wrote a file, so that it is no input of a plan."""
    if path.suffix.lower() in {".json", ".geojson"} and _is_marked(path):
        return True
    listed = path.name in _LISTS and _is_marked(path.with_name("findings.json"))
    return listed or belongs_to_result(path)


def _is_marked(path: Path) -> bool:
    """Return whether a JSON text says of itself that gisplan wrote it."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return _MARK.match(file.read(200)) is not None
    except OSError:
        return False
