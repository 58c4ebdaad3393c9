"""What a file's name says of all its features, where no column does: 紫线.shp, 国保单位.shp."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import PurePosixPath

from gisplan.catalogue.codes import codelist, shared_words
from gisplan.model import LayerSource, LayerSpec, Note, Text
from gisplan.read.recognise import match_fields

_SHORT = 2  # the 市 of 沈阳市 is no level


def name_values(
    source: LayerSource, spec: LayerSpec, columns: Sequence[str]
) -> tuple[LayerSource, list[Note]]:
    """Return a source with the values that its name alone tells, and a note for each.

    Only fields that say so (`from_name`), that no column holds and that the plan does not set. A
    name that says two things says nothing.
    """
    held = {*match_fields(columns, spec), *source.fields, *source.values}
    fields = [f for f in spec.fields.values() if f.from_name and f.name not in held]
    told = {}
    notes = []
    for field in fields:
        for name in _names(source.path):
            code = code_in_name(name, field.codelist)
            if code is not None:
                told[field.name] = code
                entry = codelist(field.codelist).get(code)
                meant = entry.title if entry else Text(f"“{code}”", code)
                notes.append(_note(source.path, field.name, name, field.title, meant))
                break
    if not told:
        return source, []
    return replace(source, values={**source.values, **told}), notes


def _note(path: str, column: str, name: str, title: Text, meant: Text) -> Note:
    detail = {
        "reason_zh": f"没有字段“{title.zh}”，按名称“{name}”全部取为{meant.zh}；"
        "不符的请在 gisplan.toml 的 values 中写明",
        "reason_en": f"no column for {title.en}: all taken as {meant.en} by the name {name};"
        " where that is wrong, say it in `values` of gisplan.toml",
    }
    return Note("value_from_name", path=path, column=column, detail=detail)


def code_in_name(name: str, codes: str) -> str | None:
    """Return the code of a list whose name or alias a text holds; None for none or several.

    Of a word that several codes share it is the word: each feature may tell. A word within a longer
    one does not count: 历史建筑保护范围 is no 保护范围 of a relic.
    """
    hits = {
        (found.start(), found.end()): code
        for word, code in _words(codes)
        for found in re.finditer(re.escape(word), name)
    }
    longest = {
        code
        for (start, end), code in hits.items()
        if not any((a, b) != (start, end) and a <= start and end <= b for a, b in hits)
    }
    return longest.pop() if len(longest) == 1 else None


@cache
def _words(codes: str) -> tuple[tuple[str, str], ...]:
    names = [
        (word, code.code)
        for code in codelist(codes).values()
        for word in (code.title.zh, *code.aliases)
        if len(word) >= _SHORT and not word.isascii()
    ]
    return (*names, *((word, word) for word in shared_words(codes)))


def _names(path: str) -> list[str]:
    """Return the names that a source goes by, the innermost first: layer, file."""
    file, _, layer = path.partition("|")
    inner = file.rpartition("!")[2]
    return [name for name in (layer, PurePosixPath(inner.replace("\\", "/")).stem) if name]
