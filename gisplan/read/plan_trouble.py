"""Says what is wrong in `gisplan.toml`: file, line, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from gisplan.errors import PlanError
from gisplan.model import Text

_Model = TypeVar("_Model", bound=BaseModel)

_WANTED = {
    "string_type": Text("文字（加引号）", "a text in quotes"),
    "bool_type": Text("true 或 false", "true or false"),
    "list_type": Text('列表，如 ["a", "b"]', 'a list such as ["a", "b"]'),
    "dict_type": Text("表", "a table"),
    "model_type": Text("表", "a table"),
    "date_type": Text("日期，如 2027-12-31（不加引号）", "a date such as 2027-12-31, unquoted"),
    "literal_error": Text('"zh" 或 "en"', '"zh" or "en"'),
}


def nearest(word: str, words: Iterable[str]) -> Text:
    """Return ", did you mean …?" for the nearest known word; the list of words where none is."""
    known = list(words)
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return Text(f"，是否想写 {close[0]}？", f"; did you mean {close[0]}?")
    return Text(f"；可用：{'、'.join(known)}", f"; known are {', '.join(known)}")


class Trouble:
    """Makes errors that name the file and the line of a key."""

    def __init__(self, file: Path | None, lines: Mapping[str, int]) -> None:
        self.file = file
        self.lines = lines

    def error(self, key: str, zh: str, en: str) -> PlanError:
        """Return an error at a dotted key, or at the nearest key above it that has a line."""
        name = self.file.name if self.file else "gisplan.toml"
        line = None
        parts = key.split(".")
        while parts and line is None:
            line = self.lines.get(".".join(parts))
            parts.pop()
        at = Text(f"{name} 第 {line} 行：", f"{name} line {line}: ") if line else None
        at = at or Text(f"{name}：", f"{name}: ")
        return PlanError(at.zh + zh, at.en + en)

    def check(self, model: type[_Model], entry: object, key: str) -> _Model:
        """Return a table of the file as a model, or raise what is first wrong in it."""
        try:
            return model.model_validate(entry)
        except ValidationError as error:
            first = min(error.errors(), key=lambda e: (e["type"] != "extra_forbidden", e["loc"]))
            # A union adds the names of its branches to the place: they are no keys.
            place = [str(part) for part in first["loc"] if part not in ("str", "list[str]")]
            inner = ".".join([key, *place])
            if first["type"] == "extra_forbidden":
                hint = nearest(place[-1], model.model_fields)
                raise self.error(
                    inner,
                    f"[{key}] 里没有 {place[-1]} 这一项{hint.zh}",
                    f"unknown key {place[-1]} in [{key}]{hint.en}",
                ) from None
            if first["type"] == "missing":
                raise self.error(
                    inner, f"[{key}] 缺少 {place[-1]}", f"[{key}] needs {place[-1]}"
                ) from None
            wanted = _WANTED.get(first["type"], Text("另一种类型的值", first["msg"]))
            name = place[-1] if place else key
            raise self.error(
                inner,
                f"[{key}] 的 {name} 类型不符，应为{wanted.zh}",
                f"{name} in [{key}] has the wrong type; {wanted.en} is due",
            ) from None
