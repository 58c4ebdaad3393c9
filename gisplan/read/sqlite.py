"""Asks a SQLite database questions, without being led on or kept waiting by it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

_STEPS = 100_000  # of the database's machine between two looks at the clock


def quoted(name: str) -> str:
    """Return a name as it stands in a query."""
    return '"' + name.replace('"', '""') + '"'


class Database:
    """A database that is only read. A query that takes too long ends with sqlite3.Error."""

    def __init__(self, link: sqlite3.Connection) -> None:
        self._link = link

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        try:
            return self._link.execute(query, values).fetchall()
        except UnicodeDecodeError:  # of SQLite's own message, which quotes the damaged file
            raise sqlite3.DatabaseError("its structure is damaged") from None


@contextmanager
def asked(path: Path, seconds: float, immutable: bool) -> Iterator[Database]:
    """Open a database to be read.

    Parameters
    ----------
    path : Path
        The file.
    seconds : float
        How long all questions together may take.
    immutable : bool
        Nothing is written beside the file, and open changes in a side file are not seen.
    """
    end = time.monotonic() + seconds
    mode = "ro&immutable=1" if immutable else "rw"
    link = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode={mode}", uri=True)
    try:
        link.text_factory = lambda raw: raw.decode("utf-8", "replace")
        link.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)
        link.execute("PRAGMA query_only = ON")
        link.execute("PRAGMA trusted_schema = OFF")
        yield Database(link)
    finally:
        link.close()
