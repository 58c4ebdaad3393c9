"""What a case is: a damage to the sound plan, and what an honest tool must do about it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.corpus.base import Base

TOKEN = "CANARY-7f3a9c"  # must never be seen in anything that is written


@dataclass(frozen=True)
class Canaries:
    """What lies outside the plan and must not be touched."""

    home: Path  # holds secret.txt, .csv, .geojson, .shp and so on, each with TOKEN in it
    url: str  # a listener that must get no connection
    marker: Path  # a file that must not come to be

    @property
    def port(self) -> int:
        """Return the port of the listener."""
        return int(self.url.rsplit(":", 1)[1].strip("/"))


@dataclass(frozen=True)
class Expect:
    """What an honest tool does.

    how : "right": the result of the sound plan; "told": one of `codes` is said of `file`, `layer`
        and `feature`; "either": any of the two; "whole": the former result is whole, or the new.
    codes : rule codes; "notice": a notice of the report, or its list of what was left out, names
        the file; "why": a reason of a verdict does; "fatal": the plan cannot be read at all, one
        line says so, status 2.
    also : codes that may appear where the result is right.
    doubt : units that may not be clear any more.
    verdicts : units whose verdict truly is another one; None: the unit is not there.
    records : layer -> records that were put in, where it is not what the plan in memory has.
    names : names of units are compared as well.
    findings : measures and pairs are compared as well, where the result must be right.
    """

    how: str
    codes: tuple[str, ...] = ()
    file: str | None = None
    layer: str | None = None
    feature: str | None = None
    also: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()
    verdicts: Mapping[str, str | None] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    names: bool = True
    findings: bool = True


REVIEW = ("review", "{plan}", "-o", "{out}", "--lang", "zh")
# The same judgement without pictures and tables: where a damage is to what is read, not shown.
CHECK = ("check", "{plan}", "--format", "json", "-o", "{out}/findings.json", "--lang", "zh")
Damage = Callable[[Path, Canaries, random.Random], None]
Model = Callable[[Base], None]
Prepare = Callable[[Path], Callable[[], None] | None]  # given the case's folder; done at the end


@dataclass(frozen=True)
class Case:
    """One bad input. `model` changes the plan before it is written, `files` the folder after."""

    id: str
    kind: str
    done: str
    expect: Expect
    model: Model | None = None
    files: Damage | None = None
    plan: str = "plan"  # what is given to the tool, relative to the case's folder
    command: tuple[str, ...] = REVIEW
    env: Mapping[str, str] = field(default_factory=dict)  # {outside} {marker} {url} are filled in
    payload: tuple[str, ...] = ()  # may stand in no HTML as it is
    limit: float = 30.0  # seconds
    own_process: bool = False  # not forked: the start of Python itself is part of it
    needs: Path | None = None  # skipped with a reason where this does not exist
    prepare: Prepare | None = None  # done in the process of the run, before it begins
    kill: tuple[float, int] | None = None  # seconds, signal


def right(*also: str, **more: object) -> Expect:
    """Return that the result must be that of the sound plan, but for findings of `also`."""
    return Expect("right", also=also, **more)  # type: ignore[arg-type]


def told(codes: str, file: str | None = None, layer: str | None = None,
         feature: str | None = None, **more: object) -> Expect:  # fmt: skip
    """Return that one of the codes must be said of a file, layer and feature."""
    return Expect("told", tuple(codes.split()), file, layer, feature, **more)  # type: ignore[arg-type]


def either(codes: str, file: str | None = None, layer: str | None = None,
           feature: str | None = None, **more: object) -> Expect:  # fmt: skip
    """Return that the result must be right, or one of the codes said."""
    return Expect("either", tuple(codes.split()), file, layer, feature, **more)  # type: ignore[arg-type]


def whole() -> Expect:
    """Return that whatever happens, the former result is there as it was, or the new one."""
    return Expect("whole")


class Kind:
    """Collects the cases of one kind."""

    def __init__(self, name: str, command: tuple[str, ...] = REVIEW) -> None:
        self.name, self.command = name, command
        self.cases: list[Case] = []

    def __call__(self, id_: str, done: str, expect: Expect, **more: object) -> None:
        """Declare a case; further keywords are fields of Case."""
        more.setdefault("command", self.command)
        self.cases.append(Case(id_, self.name, done, expect, **more))  # type: ignore[arg-type]
