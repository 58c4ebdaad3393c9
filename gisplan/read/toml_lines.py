"""Finds the line of each key in a TOML text, for messages that name it."""

from __future__ import annotations

import re

_KEY = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|([^\s"\'=.\[\]{},#]+))\s*')
_INLINE_KEY = re.compile(r'[{,]\s*("(?:[^"\\]|\\.)*"|\'[^\']*\'|[^\s"\'=.\[\]{},#]+)\s*=')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')


def _parts(text: str) -> list[str]:
    """Return the parts of a dotted key: `a."b.c"` -> a, b.c."""
    parts: list[str] = []
    at = 0
    while match := _KEY.match(text, at):
        parts.append(next(group for group in match.groups() if group is not None))
        at = match.end()
        if at >= len(text) or text[at] != ".":
            break
        at += 1
    return parts


def _split_assignment(line: str) -> tuple[str, str] | None:
    """Return key and value of `key = value`; the = may not stand in a quoted key."""
    masked = _STRING.sub(lambda match: "x" * len(match.group()), line)
    at = masked.find("=")
    comment = masked.find("#")
    if at < 0 or 0 <= comment < at:
        return None
    return line[:at], line[at + 1 :]


class _Lines:
    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._section: list[str] = []

    def _resolved(self, parts: list[str]) -> list[str]:
        """Put the number of the current entry behind the name of each array of tables."""
        out: list[str] = []
        for part in parts:
            out.append(part)
            number = self._counts.get(".".join(out))
            if number is not None:
                out.append(str(number))
        return out

    def note(self, parts: list[str], line: int) -> None:
        for end in range(1, len(parts) + 1):
            self.found.setdefault(".".join(parts[:end]), line)

    def header(self, text: str, line: int, array: bool) -> None:
        parts = _parts(text)
        if array and parts:
            above = self._resolved(parts[:-1])
            name = ".".join([*above, parts[-1]])
            self._counts[name] = self._counts.get(name, -1) + 1
        self._section = self._resolved(parts)
        self.note(self._section, line)

    def key(self, text: str, value: str, line: int) -> None:
        parts = [*self._section, *_parts(text)]
        self.note(parts, line)
        self.inline(parts, value, line)

    def inline(self, parts: list[str], value: str, line: int) -> None:
        masked = value.strip()
        if masked.startswith("{"):
            for match in _INLINE_KEY.finditer(masked):
                self.note([*parts, match.group(1).strip("\"'")], line)


def key_lines(text: str) -> dict[str, int]:
    """Return dotted key -> line (from 1); entries of arrays of tables are numbered from 0.

    `[layers.unit] path = …` gives `layers.unit.path`, the second `[[waivers]] by = …` gives
    `waivers.1.by`. The text is taken to be valid TOML; keys inside values that span several
    lines are not listed.
    """
    lines = _Lines()
    closing: str | None = None  # the end of a string that spans lines
    depth = 0  # open brackets of a value that spans lines
    for number, line in enumerate(text.splitlines(), start=1):
        if closing is not None:
            if closing not in line:
                continue
            line = line.split(closing, 1)[1]
            closing = None
            rest = line
        elif depth > 0:
            rest = line
        else:
            bare = line.strip()
            if bare.startswith("["):
                array = bare.startswith("[[")
                lines.header(bare[2 if array else 1 :], number, array)
                continue
            pair = None if bare.startswith("#") else _split_assignment(line)
            if pair is None:
                continue
            lines.key(pair[0], pair[1], number)
            rest = pair[1]
        for mark in ('"""', "'''"):
            if rest.count(mark) % 2:
                closing = mark
                rest = rest.split(mark, 1)[0]
        rest = _STRING.sub("", rest).split("#", 1)[0]
        depth = max(0, depth + sum(rest.count(c) for c in "[{") - sum(rest.count(c) for c in "]}"))
    return lines.found
