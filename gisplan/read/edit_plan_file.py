"""Edits a `gisplan.toml` where its sources lie elsewhere now; every other line stays as it was."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from gisplan.errors import PlanError
from gisplan.model import LayerSource, PlanConfig
from gisplan.read.plan_file import read_plan_file
from gisplan.read.toml_lines import key_lines
from gisplan.read.write_plan_file import plan_file_text, toml_string

_STATED = re.compile(r"""(\s*\w+\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*')(\s*(?:#.*)?)""")
_MOVED = ("path", "encoding", "crs")  # what differs for a source that was written anew


def write_edited(config: PlanConfig, file: Path) -> bool:
    """Write a plan file as it was, comments and order included, but for where its sources are.

    Parameters
    ----------
    config : PlanConfig
        With the sources as they are now; `config.file` is the file as it was.
    file : Path
        The new file. It is read again: what it says must be what `config` says.

    Returns
    -------
    bool
        False where that does not come out, as for sources that the file writes in one line or
        does not name; `file` then holds nothing that counts, or is not there.
    """
    text = _edited(config)
    if text is None:
        return False
    file.write_text(text, encoding="utf-8", newline="\n")
    try:
        return _said(read_plan_file(file)) == _said(config)
    except PlanError:
        return False


def _said(config: PlanConfig) -> str:
    layers = tuple(sorted(config.layers, key=lambda source: source.layer))
    return plan_file_text(replace(config, layers=layers))


def _edited(config: PlanConfig) -> str | None:
    if config.file is None:
        return None
    try:
        text = config.file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    places, lines = key_lines(text), text.splitlines()
    edits: dict[int, list[str]] = {}  # line from 1 -> what stands there now
    seen: Counter[str] = Counter()
    for source in config.layers:
        entry = f"layers.{source.layer}"
        if f"{entry}.path" not in places:
            entry = f"{entry}.{seen[source.layer]}"
        seen[source.layer] += 1
        if f"{entry}.path" not in places or not _edit(source, entry, places, lines, edits):
            return None
    kept = (edits.get(n, [line]) for n, line in enumerate(lines, start=1))
    return "\n".join(line for some in kept for line in some) + "\n"


def _edit(
    source: LayerSource,
    entry: str,
    places: dict[str, int],
    lines: list[str],
    edits: dict[int, list[str]],
) -> bool:
    """Note the edits of one source; False where a line is not as a person writes it."""
    path = places[f"{entry}.path"]
    added: list[str] = []
    for key in _MOVED:
        value, at = getattr(source, key), places.get(f"{entry}.{key}")
        if at is None:
            if value is not None:
                added.append(f"{key} = {toml_string(value)}")
            continue
        stated = _STATED.fullmatch(lines[at - 1])
        if stated is None or at in edits:
            return False
        begin, _, end = stated.groups()
        edits[at] = [] if value is None else [f"{begin}{toml_string(value)}{end}"]
    edits[path] += added
    return True
