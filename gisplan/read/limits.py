"""How much reading takes on before it says no. Every limit can be raised, and every no says how."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

from gisplan.errors import PlanError, ReadError
from gisplan.model import Text

_MIB = 1024**2
SAMPLE_RECORDS = 4_000  # records whose text is weighed to find an encoding; refuses nothing


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one run. `gisplan.toml` [limits] and `--limit NAME=VALUE` change them.

    members : files in one archive; a plan has some hundreds
    unpacked_mib : one archive when unpacked
    ratio : unpacked to packed size of one member; .dbf tables of blanks reach some hundreds.
        Members below 64 MiB may be as dense as they like.
    table_mib : CSV, JSON and XLSX (unpacked), which are held in memory as a whole
    cell : characters in one cell of a CSV
    files : files that a folder is searched for
    depth : folders below the plan that are searched
    vertices : points of one feature
    raster_mib : one block of a raster, and a whole one in an archive; both are held in memory
    seconds, seconds_per_mib : time for one file, a fixed part and one by its size
    memory_share : part of the machine's memory that reading may take, and of what is then free the
        rest of a run
    """

    members: int = 10_000
    unpacked_mib: float = 8 * 1024
    ratio: float = 1_000
    table_mib: float = 512
    cell: int = 1_000_000
    files: int = 20_000
    depth: int = 8
    vertices: int = 10_000_000
    raster_mib: float = 512
    seconds: float = 60
    seconds_per_mib: float = 2
    memory_share: float = 0.9

    @property
    def unpacked(self) -> int:
        """Bytes of one archive when unpacked."""
        return int(self.unpacked_mib * _MIB)

    @property
    def table(self) -> int:
        """Bytes of one table."""
        return int(self.table_mib * _MIB)

    @property
    def raster(self) -> int:
        """Bytes of one raster that is held in memory."""
        return int(self.raster_mib * _MIB)

    def time_for(self, size: int) -> float:
        """Return the seconds that a file of so many bytes may take."""
        return self.seconds + self.seconds_per_mib * size / _MIB

    def changed(self, given: Mapping[str, Any]) -> Limits:
        """Return these limits with others put in.

        Raises
        ------
        PlanError
            An unknown name, or a value that is no positive number (whole, where the limit is).
        """
        for name, value in given.items():
            check_limit(name, value)
        return replace(self, **given)


DEFAULT = Limits()
NAMES = tuple(field.name for field in fields(Limits))
_WHOLE = frozenset({"members", "cell", "files", "depth", "vertices"})


def check_limit(name: str, value: object) -> None:
    """Raise PlanError where a limit is unknown or its value does not fit."""
    if name not in NAMES:
        close = get_close_matches(name, NAMES, n=1)
        zh = f"，是否想写 {close[0]}？" if close else f"；可用：{'、'.join(NAMES)}"
        en = f"; did you mean {close[0]}?" if close else f"; known are {', '.join(NAMES)}"
        raise PlanError(f"没有上限 {name}{zh}", f"no limit {name}{en}")
    whole = name in _WHOLE
    number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if not number or not (0 < value < math.inf):  # type: ignore[operator]
        raise PlanError(
            f"上限 {name} = {value!r}：应为正{'整' if whole else ''}数",
            f"limit {name} = {value!r}: a positive {'whole ' if whole else ''}number is due",
        )


def parse_limits(assignments: Iterable[str]) -> dict[str, float]:
    """Return `NAME=VALUE` strings (option --limit) as name -> number."""
    given: dict[str, float] = {}
    for text in assignments:
        name, equals, written = (part.strip() for part in text.partition("="))
        value: object = written
        for kind in (int, float):
            try:
                value = kind(written)
                break
            except ValueError:
                continue
        if not equals:
            raise PlanError(
                f"--limit {text}：应写作 名称=值，例如 table_mib=2048",
                f"--limit {text}: write NAME=VALUE, e.g. table_mib=2048",
            )
        check_limit(name, value)
        assert isinstance(value, (int, float))
        given[name] = value
    return given


def how_to_raise(name: str, needed: float) -> Text:
    """Return the remedy that every refusal by a limit ends with."""
    digits = 10 ** max(0, math.floor(math.log10(max(needed, 1))) - 1)
    value = math.ceil(needed / digits) * digits
    option = f"--limit {name}={value}"
    return Text(
        f"确认文件可信后，可加 {option}，或在 gisplan.toml 的 [limits] 写 {name} = {value}",
        f"if you trust the file, add {option}, or write {name} = {value} under [limits] in "
        "gisplan.toml",
    )


def over(file: str, name: str, needed: float, zh: str, en: str) -> ReadError:
    """Return the refusal of a file: what is over which limit, and how to raise it.

    Parameters
    ----------
    file : str
        The file's name.
    name : str
        The limit.
    needed : float
        The value that would let the file pass; rounded up in the message.
    zh, en : str
        What is over the limit, limit included: "成员 12000 个，超过上限 10000".
    """
    remedy = how_to_raise(name, needed)
    return ReadError(f"{file}：{zh}；{remedy.zh}", f"{file}: {en}; {remedy.en}")
