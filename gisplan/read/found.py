"""What one file turned out to be, before it is known which layer of the plan it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gisplan.errors import ReadError
from gisplan.model import Note, Text
from gisplan.texts import keep_python_texts

keep_python_texts()

FAULT_ZH = "_read_fault_zh"
FAULT_EN = "_read_fault_en"


class NoDataError(ReadError):
    """A sound file that holds nothing a plan could use: settings, a list of names."""


@dataclass(frozen=True, slots=True)
class Found:
    """One source as read. Notes carry neither layer nor path yet.

    `frame` has the columns of the file, `geometry` unless it is a table and, where records could
    not be read whole, `_read_fault_zh` and `_read_fault_en` (None for sound records).
    """

    driver: str
    frame: pd.DataFrame
    files: tuple[Path, ...]
    encoding: str | None = None
    encoding_from: str | None = None
    crs: str | None = None
    crs_is_default: bool = False  # the format's default, not said by the file
    notes: tuple[Note, ...] = ()
    types: dict[str, str] = field(default_factory=dict)  # field -> type as the format puts it
    rows: np.ndarray | None = None  # of the file's `total`, where not all of them were wanted
    total: int = 0

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields, without geometry and our own columns."""
        ours = {"geometry", FAULT_ZH, FAULT_EN}
        return tuple(str(name) for name in self.frame.columns if name not in ours)


def object_column(values: Any) -> pd.Series:
    """Return values as an object column in which nothing is changed: None stays None."""
    out = np.empty(len(values), dtype=object)
    out[:] = list(values)
    return pd.Series(out, dtype=object)


def set_faults(frame: pd.DataFrame, faults: dict[int, Text]) -> pd.DataFrame:
    """Put the reasons why records could not be read whole into the two hidden columns."""
    if not faults:
        return frame
    for name, part in ((FAULT_ZH, 0), (FAULT_EN, 1)):
        values = np.full(len(frame), None, dtype=object)
        for row, text in faults.items():
            values[row] = text[part]
        frame[name] = pd.Series(values, dtype=object, index=frame.index)
    return frame


def faults_of(frame: pd.DataFrame) -> dict[int, Text]:
    """Return the reasons why records could not be read whole, by row."""
    if FAULT_ZH not in frame.columns:
        return {}
    rows = np.flatnonzero(frame[FAULT_ZH].notna().to_numpy()).tolist()
    return {row: Text(frame[FAULT_ZH].iloc[row], frame[FAULT_EN].iloc[row]) for row in rows}


def unique_names(names: list[str], taken: frozenset[str] = frozenset()) -> list[str]:
    """Return names of columns in which none occurs twice: a second NAME becomes NAME_1."""
    seen = set(taken)
    out = []
    for position, name in enumerate(names):
        base = name.strip() or f"column_{position + 1}"
        new, number = base, 0
        while new in seen:
            number += 1
            new = f"{base}_{number}"
        seen.add(new)
        out.append(new)
    return out
