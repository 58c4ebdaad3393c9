"""What the table of exam values (体检指标表) says: values, targets, former years."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from gisplan.catalogue.exam import exam_indicators
from gisplan.model import Plan, Text

Key = tuple[str, str, str]  # indicator, level, label of the place; "" for every place


@dataclass(frozen=True, slots=True)
class Stated:
    """The table of exam values, by indicator and place."""

    year: int | None  # of this exam
    values: dict[Key, float] = field(default_factory=dict)
    targets: dict[Key, float] = field(default_factory=dict)
    last: dict[Key, tuple[int, float]] = field(default_factory=dict)  # year before and its value
    wrong_way: frozenset[str] = frozenset()  # indicators whose stated direction is another one
    notes: tuple[Text, ...] = ()

    def target(self, indicator: str, level: str, place: str) -> float | None:
        """Return the target of a place, else that of its level, else that of all; else None."""
        wanted = ((level, place), ("", place), (level, ""), ("", ""))
        keys = [(indicator, *end) for end in wanted]
        return next((self.targets[key] for key in keys if key in self.targets), None)


def read_stated(plan: Plan) -> Stated:
    """Return what the table says, for the year of the exam.

    The year is that of `[exam]`, else the latest that the table or the problems name. A row with a
    code but no tier speaks of every level that has the code; a row of an indicator that nobody
    knows, or whose direction is not that of the indicator, is left out and noted.
    """
    table = plan.layers.get("exam_value")
    frame = pd.DataFrame() if table is None else table.frame
    if len(frame):
        frame = frame[frame["phase"].fillna("exam") == "exam"]
    year = plan.config.exam.year
    if year is None:
        years = [frame["year"]] if len(frame) else []
        if (problems := plan.layers.get("exam_problem")) is not None:
            years.append(problems.frame["year"])
        known = pd.concat(years).dropna() if years else pd.Series(dtype=float)
        year = int(known.max()) if len(known) else None
    if not len(frame):
        return Stated(year)
    return _read(frame, year)


def _read(frame: pd.DataFrame, year: int | None) -> Stated:
    known = exam_indicators()
    notes: list[Text] = []
    strange = sorted(set(frame["indicator"].dropna()) - set(known))
    if strange:
        listed = "、".join(strange[:10])
        notes.append(Text(
            f"体检指标表：没有指标 {listed}，这些行未使用",
            f"exam values: no indicator {listed}; these rows are not used",
        ))  # fmt: skip
    rows = frame[frame["indicator"].isin(known)].sort_values(["year"], kind="stable")
    said = rows.dropna(subset=["direction"])
    wrong = sorted(
        {
            code
            for code, way in zip(said["indicator"], said["direction"], strict=True)
            if way != known[code].direction
        }
    )
    for code in wrong:
        notes.append(Text(
            f"{code} {known[code].title.zh}：表中的指标方向与目录不一致，未作评价，请核对",
            f"{code} {known[code].title.en}: the table states another direction; not graded",
        ))  # fmt: skip
    values: dict[Key, float] = {}
    targets: dict[Key, float] = {}
    last: dict[Key, tuple[int, float]] = {}
    for row in rows.to_dict("records"):
        key = (str(row["indicator"]), _word(row["tier"]), _word(row["code"]))
        if pd.isna(row["year"]):
            continue
        own = int(row["year"])
        if not pd.isna(row["target"]) and (year is None or own <= year):
            targets[key] = float(row["target"])
        if pd.isna(row["value"]):
            continue
        if own == year:
            values[key] = float(row["value"])
        elif year is not None and own < year:
            last[key] = (own, float(row["value"]))
    return Stated(year, values, targets, last, frozenset(wrong), tuple(notes))


def _word(value: object) -> str:
    return "" if pd.isna(value) else str(value)
