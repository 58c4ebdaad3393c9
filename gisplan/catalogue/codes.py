"""Code lists of `layers/codes/*.csv`: each row a code, its names and its aliases."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from gisplan.catalogue.home import layers_home
from gisplan.model import Text


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list. `extra` holds the further columns of the file as text."""

    code: str
    title: Text
    aliases: tuple[str, ...]
    extra: dict[str, str]


@cache
def codelist(name: str) -> dict[str, Code]:
    """Return a code list by name, e.g. `mode`, `zone`, `level`, `land_use`, `admin`.

    Columns of the file: code, zh, en, aliases (separated by |), and any further ones.
    """
    path = layers_home() / "codes" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["code"]: Code(
            code=row["code"],
            title=Text(row["zh"], row["en"] or row["code"]),
            aliases=tuple(word for word in row["aliases"].split("|") if word),
            extra={k: v for k, v in row.items() if k not in {"code", "zh", "en", "aliases"}},
        )
        for row in rows
    }


@cache
def code_lookup(name: str) -> dict[str, str]:
    """Return every spelling of a code list (code, zh, en, alias; casefolded) -> code."""
    found: dict[str, str] = {}
    for code in codelist(name).values():
        for word in (code.code, code.title.zh, code.title.en, *code.aliases):
            found.setdefault(word.strip().casefold(), code.code)
    return found


@cache
def shared_words(name: str) -> dict[str, tuple[str, ...]]:
    """Return the words that several codes of a list go by (column `shared`) -> those codes.

    They are no spellings: 建设控制地带 is drawn around relics and around districts. What else is
    known of a feature tells which of the codes is meant.
    """
    found: dict[str, tuple[str, ...]] = {}
    for code in codelist(name).values():
        for word in filter(None, code.extra.get("shared", "").split("|")):
            found[word] = (*found.get(word, ()), code.code)
    return found
