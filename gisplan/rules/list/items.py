"""What the rules on lists share: rows of a list, and which feature or row of another they mean."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables
from gisplan.model import Text

LIST = "item_list"
SIMILAR = 0.9  # of two names: as likely one as not (domain.md LST-01)


def items(tables: Tables, kind: str | None = None) -> pd.DataFrame:
    """Return the rows of the lists, of one kind or all, in order; `tier` is what the items are.

    A list that does not say what its items are is one of projects.
    """
    rows = tables.attributes.get(LIST)
    if rows is None:
        return pd.DataFrame(columns=["list", "tier", "code", "name", "_label"])
    of = rows["of"].astype(object) if "of" in rows else pd.Series(None, index=rows.index)
    rows = rows.assign(tier=of.where(of.notna(), "project"))
    return rows[rows["list"].notna()] if kind is None else rows[rows["list"] == kind]


def kinds_present(tables: Tables) -> list[str]:
    """Return the kinds of list that the plan has, the widest first."""
    found = set(items(tables)["list"])
    return sorted(found & set(codelist("list")), key=lambda k: codelist("list")[k].extra["rank"])


def list_title(kind: str) -> Text:
    """Return what a kind of list is called."""
    return codelist("list")[kind].title


def plain(name: object) -> str:
    """Return a name as it is compared: without blanks, brackets and punctuation, in one case."""
    return re.sub(r"[\W_]+", "", name).casefold() if isinstance(name, str) else ""


class Register:
    """Features or rows by code and by name, to find which one another row means."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows = rows
        codes = rows["code"] if "code" in rows else pd.Series(None, index=rows.index)
        names = rows["name"] if "name" in rows else pd.Series(None, index=rows.index)
        self._codes = {code: at for at, code in codes.dropna()[::-1].items()}
        named = pd.Series([plain(name) for name in names], index=rows.index, dtype=object)
        self._names = {name: at for at, name in named[named != ""][::-1].items()}

    def find(self, row: Any) -> Any:
        """Return the index of the row of the same code; without a code, of the same name."""
        if isinstance(row.get("code"), str):
            return self._codes.get(row["code"])
        return self._names.get(plain(row.get("name")))

    def resembling(self, name: object, taken: set[Any]) -> Any:
        """Return the index of the row whose name is most like one, None where none is."""
        wanted = plain(name)
        best, at = SIMILAR, None
        for other, index in sorted(self._names.items()):
            if index in taken or not wanted:
                continue
            ratio = SequenceMatcher(None, wanted, other).ratio()
            if ratio >= best and (at is None or ratio > best):
                best, at = ratio, index
        return at


def label_of(row: Any) -> str:
    """Return what to call a row of a list: its code, else its name."""
    return str(row["code"]) if isinstance(row.get("code"), str) else str(row.get("name"))
