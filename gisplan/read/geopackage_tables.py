"""What the tables of a GeoPackage say beside what GDAL makes of them."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisplan.read.request import Request, unreadable
from gisplan.read.sqlite import Database, asked, quoted

# Table modules that only hold an index of the database's own. Others may read other files.
_MODULES = ("rtree", "rtree_i32", "fts3", "fts4", "fts5")
_OWN = ("gpkg_", "rtree_", "sqlite_", "ogr_", "layer_styles", "qgis_projects", "idx_")
_CURVES = range(8, 15)
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}  # bytes, by bits 1 to 3 of the flags
# A header without surprises: plain shapes, flat or with heights.
_PLAIN = ", ".join(
    f"x'01{(kind + high).to_bytes(4, 'little').hex()}'"
    for kind in range(1, 8)
    for high in (0, 1000)
)


@dataclass(frozen=True, slots=True)
class Blobs:
    """How many stored shapes of a layer have curves and measures, and how many there are."""

    stored: int = 0
    curved: int = 0
    measured: int = 0


@contextmanager
def questions(request: Request, target: Path) -> Iterator[Database]:
    """Open the database of a GeoPackage; ReadError where it is broken or keeps one waiting."""
    path = request.path
    seconds = request.space.limits.time_for(path.stat().st_size)
    try:
        with asked(target, seconds, immutable=target == path) as database:
            yield database
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise unreadable(
                path, f"数据库有误（{error}）", f"its database is wrong ({error})"
            ) from None
        raise unreadable(
            path,
            f"视图的查询超过 {seconds:.0f} 秒，请存为普通图层",
            f"the query of a view takes more than {seconds:.0f} seconds; save it as a plain layer",
        ) from None
    except sqlite3.Error as error:
        raise unreadable(
            path, f"数据库已损坏（{error}）", f"its database is broken ({error})"
        ) from None


def check_tables(request: Request, target: Path) -> None:
    """Refuse what is no GeoPackage, or has tables that read other files."""
    with questions(request, target) as database:
        rows = database.ask("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')")
    if "gpkg_contents" not in {str(name).lower() for name, _ in rows}:
        raise unreadable(
            request.path,
            "没有 gpkg_contents 表，不是 GeoPackage",
            "it has no table gpkg_contents; this is no GeoPackage",
        )
    for name, sql in rows:
        words = str(sql or "").lower().split()
        if words[:3] == ["create", "virtual", "table"]:
            module = str(sql).lower().partition(" using ")[2].partition("(")[0].split()
            if not module or module[0] not in _MODULES:
                raise unreadable(
                    request.path,
                    f"表 {name} 引用其他数据（虚拟表），不读取",
                    f"table {name} shows other data (a virtual table), which are not followed",
                )


def listed(database: Database) -> dict[str, str]:
    """Return the tables that the contents list, with their kind: features, attributes, tiles."""
    rows = database.ask("SELECT table_name, data_type FROM gpkg_contents")
    return {str(name): str(kind).lower() for name, kind in rows if name is not None}


def user_tables(database: Database) -> list[str]:
    """Return the tables and views that are no part of the format."""
    rows = database.ask("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    return sorted(str(name) for (name,) in rows if not str(name).lower().startswith(_OWN))


def is_view(database: Database, table: str) -> bool:
    """Return whether a name is a view's."""
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'view' AND lower(name) = lower(?)"
    return bool(database.ask(query, table)[0][0])


def counts(database: Database, table: str) -> tuple[int, int | None]:
    """Return how many rows a table has, and how many GDAL believes it has (None: it counts)."""
    (number,) = database.ask(f"SELECT count(*) FROM {quoted(table)}")[0]
    names = {str(name).lower() for (name,) in database.ask("SELECT name FROM sqlite_master")}
    if "gpkg_ogr_contents" not in names:
        return int(number), None
    query = "SELECT feature_count FROM gpkg_ogr_contents WHERE lower(table_name) = lower(?)"
    rows = database.ask(query, table)
    return int(number), None if not rows or rows[0][0] is None else int(rows[0][0])


def geometry_column(database: Database, table: str) -> str | None:
    """Return the column that holds the shapes of a layer."""
    query = "SELECT column_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)"
    try:
        rows = database.ask(query, table)
    except sqlite3.OperationalError:  # no such table: there are no layers
        return None
    return str(rows[0][0]) if rows else None


def column_names(database: Database, table: str) -> list[str]:
    """Return the columns of a table."""
    return [str(row[1]) for row in database.ask(f"PRAGMA table_info({quoted(table)})")]


def hidden_shapes(database: Database, table: str) -> list[str]:
    """Return the columns of a plain table that hold shapes all the same."""
    names = column_names(database, table)
    query = "SELECT 1 FROM {} WHERE typeof({}) = 'blob' AND substr({}, 1, 2) = x'4750' LIMIT 1"
    return [
        name
        for name in names
        if database.ask(query.format(quoted(table), quoted(name), quoted(name)))
    ]


def _start(flags: int) -> int:
    """Return where the shape begins after the header of a blob, from 1; 0 for a broken one."""
    length = _ENVELOPES.get(flags >> 1 & 7)
    return 0 if length is None else 9 + length


def look_at_blobs(database: Database, table: str, column: str) -> Blobs:
    """Return what is special about the stored shapes of a layer."""
    name, shape = quoted(table), quoted(column)
    first = database.ask(
        f"SELECT substr({shape}, 4, 1) FROM {name} WHERE {shape} IS NOT NULL LIMIT 1"
    )
    if not first:
        return Blobs()
    (stored,) = database.ask(f"SELECT count(*) FROM {name} WHERE {shape} IS NOT NULL")[0]
    flags = first[0][0]
    start = _start(flags[0]) if isinstance(flags, bytes) and flags else 0
    if start:
        # Most layers are all alike; one pass without sorting shows it.
        query = f"SELECT count(*) FROM {name} WHERE {shape} IS NOT NULL AND NOT "
        query += f"(substr({shape}, 4, 1) = ? AND substr({shape}, {start}, 5) IN ({_PLAIN}))"
        if database.ask(query, flags)[0][0] == 0:
            return Blobs(int(stored))
    case = " ".join(f"WHEN '{n:02X}' THEN {_start(n)}" for n in range(64) if _start(n))
    where = f"CASE hex(substr({shape}, 4, 1)) {case} ELSE 1 END"
    rows = database.ask(
        f"SELECT hex(substr({shape}, {where}, 5)), count(*) FROM {name} "
        f"WHERE {shape} IS NOT NULL GROUP BY 1"
    )
    curved = measured = 0
    for head, count in rows:
        raw = bytes.fromhex(head)
        if len(raw) < 5 or raw[0] > 1:
            continue
        code = int.from_bytes(raw[1:], "little" if raw[0] else "big")
        curved += count if (code & 0x0FFFFFFF) % 1000 in _CURVES else 0
        measured += count if (code & 0x0FFFFFFF) // 1000 in {2, 3} or code & 0x40000000 else 0
    return Blobs(int(stored), curved, measured)


def stored_among(database: Database, table: str, column: str, fids: list[int]) -> set[int]:
    """Return those of some rows that do hold something where their shape should be."""
    out: set[int] = set()
    for start in range(0, len(fids), 500):
        some = ", ".join(map(str, fids[start : start + 500]))
        rows: list[tuple[Any, ...]] = database.ask(
            f"SELECT rowid FROM {quoted(table)} WHERE rowid IN ({some}) "
            f"AND {quoted(column)} IS NOT NULL"
        )
        out |= {int(row[0]) for row in rows}
    return out


def other_values(
    database: Database, table: str, numbers: list[str], dates: list[str]
) -> Iterator[tuple[int, str, Any]]:
    """Yield row, column and value of the cells that are not what their column is declared as.

    SQLite stores a text in a column of numbers as it is; GDAL reads it as nothing.

    numbers, dates : names of the columns declared as such.
    """
    tests = [f"typeof({quoted(name)}) IN ('text', 'blob')" for name in numbers]
    # A date is a text: year, month and day, in figures.
    tests += [f"({quoted(name)} IS NOT NULL AND date({quoted(name)}) IS NULL)" for name in dates]
    if not tests:
        return
    names = [*numbers, *dates]
    columns = ", ".join(map(quoted, names))
    query = f"SELECT rowid, {columns} FROM {quoted(table)} WHERE {' OR '.join(tests)}"
    for row in database.ask(query):
        for name, value in zip(names, row[1:], strict=True):
            if isinstance(value, str) and (name in numbers or not _is_date(value)):
                yield int(row[0]), name, value


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True
