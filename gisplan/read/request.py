"""What is asked of a format: which file, which layer in it, and the folder that bounds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pandas as pd

from gisplan.errors import ReadError
from gisplan.model import Note
from gisplan.read.workspace import Workspace

_Made = TypeVar("_Made")
# Gets columns, CRS and bounds (n, 4) of records; returns which of them are wanted, None for all.
Choose = Callable[[pd.DataFrame, str | None, Any], Any]
_MEMO: WeakKeyDictionary[Workspace, dict[tuple[str, Path], Any]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Request:
    """One source to be read.

    `root` is the folder that nothing beside the file may lead out of; `space` is where copies are
    put when the file must be mended or unpacked first; `encoding` is the declared one. `choose`
    may be asked which records are wanted before their shapes are read.
    """

    path: Path
    root: Path
    space: Workspace
    layer: str | None = None
    encoding: str | None = None
    choose: Choose | None = None


def unreadable(path: Path, zh: str, en: str) -> ReadError:
    """Return the error that a file cannot be read: its name and why."""
    return ReadError(f"{path.name}：{zh}", f"{path.name}: {en}")


def no_such_layer(path: Path, wanted: str | None, known: list[str]) -> ReadError:
    """Return the error that a file has no such layer, or none at all."""
    if not known:
        return unreadable(path, "里面没有图层", "it holds no layers")
    shown = known[:20]
    return unreadable(
        path,
        f"没有图层 {wanted}，有：{'、'.join(shown)}",
        f"no layer {wanted}; there are {', '.join(shown)}",
    )


def told(kind: str, zh: str, en: str, **detail: Any) -> Note:
    """Return a note that says something in both languages."""
    return Note(kind, detail={**detail, "reason_zh": zh, "reason_en": en})


def once(request: Request, what: str, make: Callable[[], _Made]) -> _Made:
    """Return what was made of a file before, as long as its workspace lasts; else make it.

    A drawing of a hundred layers is asked for a hundred times, and parsed once.
    """
    known = _MEMO.setdefault(request.space, {})
    key = (what, request.path)
    if key not in known:
        known[key] = make()
    made: _Made = known[key]
    return made
