"""Computes every indicator for every place, holds it to its target and to the year before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.exam import ExamIndicator, exam_indicators
from gisplan.exam.answer import Answer
from gisplan.exam.methods import METHODS
from gisplan.exam.stated import Key, Stated
from gisplan.exam.study import NotComputedError, Study
from gisplan.model import Text

SAME = 1e-6  # of a value: a smaller difference is none, and a result is written to 6 decimals
COLUMNS = (
    "indicator", "level", "place", "name", "value", "by_people", "after", "numerator",
    "denominator", "origin", "target", "grade", "last_year", "last", "trend", "stated",
    "why_zh", "why_en", "basis_zh", "basis_en",
)  # fmt: skip
NOT_STATED = Text(
    "只能由调查填报，体检指标表没有本年度的值", "reported by a survey; the table has no value"
)


def examine(
    study: Study, stated: Stated, last: Mapping[Key, tuple[int, float]] | None = None
) -> tuple[pd.DataFrame, dict[str, Text]]:
    """Return the values of all indicators, and why some could be computed nowhere.

    Parameters
    ----------
    study : Study
        The plan under examination.
    stated : Stated
        Values, targets and former values that the plan states.
    last : mapping, optional
        Former values by indicator, level and place, which win over those that the plan states.

    Returns
    -------
    values : DataFrame
        COLUMNS; a row for every indicator and place. `grade` is met, missed, ungraded (no target)
        or not_computed; `trend` improved, worsened, same or None.
    missing : dict of str to Text
        Code of an indicator that has no value anywhere -> the reason.
    """
    last = last or {}
    former = {**stated.last, **last}
    rows: list[dict[str, Any]] = []
    missing: dict[str, Text] = {}
    for indicator in exam_indicators().values():
        try:
            answers = _answers(study, indicator, stated)
        except NotComputedError as error:
            missing[indicator.code] = error.text
            continue
        for answer in answers:
            rows += _rows(study, indicator, answer, stated, former, frozenset(last))
    return pd.DataFrame(rows, columns=list(COLUMNS)), missing


def _answers(study: Study, indicator: ExamIndicator, stated: Stated) -> list[Answer]:
    if indicator.method != "reported":
        return METHODS[indicator.method](study, indicator)
    if not any(key[0] == indicator.code for key in stated.values):
        raise NotComputedError(*NOT_STATED)
    basis = Text("体检指标表填报", "reported in the table of exam values")
    nothing = Text("体检指标表没有这一区域", "the table does not have this area")
    answers = []
    for level, places in study.places.items():
        found = [_stated_value(stated.values, indicator.code, level, p) for p in places.labels]
        numbers = pd.Series([math.nan if v is None else v for v in found], dtype=float).to_numpy()
        empty = pd.Series([math.nan] * len(found), dtype=float).to_numpy()
        why = [None if v is not None else nothing for v in found]
        if any(v is not None for v in found):
            answers.append(Answer(level, numbers, basis, empty, empty, why))
    return answers


def _stated_value(values: Mapping[Key, float], code: str, level: str, place: str) -> float | None:
    return values.get((code, level, place), values.get((code, "", place)))


def _rows(
    study: Study,
    indicator: ExamIndicator,
    answer: Answer,
    stated: Stated,
    former: Mapping[Key, tuple[int, float]],
    computed: frozenset[Key],
) -> Iterable[dict[str, Any]]:
    places = study.places[answer.level]
    code = indicator.code
    reported = indicator.method == "reported"
    for n, place in enumerate(places.labels):
        value = float(answer.value[n])
        known = not math.isnan(value)
        target = _target(study, indicator, stated, answer.level, place)
        key = (code, answer.level, place)
        before = former.get(key, former.get((code, "", place)))
        bears = 0.0 if before is None or key in computed else half_of_last_digit(before[1])
        why = None if known else answer.why[n]
        stated_value = None if reported else _stated_value(stated.values, code, answer.level, place)
        yield {
            "indicator": code,
            "level": answer.level,
            "place": place,
            "name": places.names[n],
            "value": value if known else None,
            "by_people": _number(answer.by_people[n]) if len(answer.by_people) else None,
            "after": _number(answer.after[n]) if len(answer.after) else None,
            "numerator": _number(answer.numerator[n]),
            "denominator": _number(answer.denominator[n]),
            "origin": "reported" if reported else "computed",
            "target": target,
            "grade": _grade(indicator, value, target, stated),
            "last_year": None if before is None else before[0],
            "last": None if before is None else before[1],
            "trend": _trend(indicator, value, before, bears),
            "stated": stated_value,
            "why_zh": None if why is None else why.zh,
            "why_en": None if why is None else why.en,
            "basis_zh": answer.basis.zh,
            "basis_en": answer.basis.en,
        }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _target(
    study: Study, indicator: ExamIndicator, stated: Stated, level: str, place: str
) -> float | None:
    own = stated.target(indicator.code, level, place)
    if own is not None:
        return own
    return study.settings.targets.get(indicator.code, indicator.target)


def _grade(indicator: ExamIndicator, value: float, target: float | None, stated: Stated) -> str:
    if math.isnan(value):
        return "not_computed"
    if target is None or indicator.direction == "none" or indicator.code in stated.wrong_way:
        return "ungraded"
    slack = SAME * max(1.0, abs(target))
    better = value >= target - slack if indicator.direction == "higher" else value <= target + slack
    return "met" if better else "missed"


def _trend(
    indicator: ExamIndicator, value: float, before: tuple[int, float] | None, bears: float
) -> str | None:
    if before is None or math.isnan(value) or indicator.direction == "none":
        return None
    return trend(indicator.direction, before[1], value, bears)


def trend(direction: str, before: float, value: float, bears: float = 0.0) -> str:
    """Return improved, worsened or same; a direction is higher or lower.

    A change of no more than `bears` is none: what the value before was rounded by.
    """
    change = value - before
    if abs(change) <= max(bears, SAME * max(1.0, abs(value))):
        return "same"
    return "improved" if (change > 0) == (direction == "higher") else "worsened"


def half_of_last_digit(value: float) -> float:
    """Return by how much a value that stands in a table may have been rounded.

    Half of its last digit, and of the second decimal where it has fewer, since a table drops zeros
    at the end; nothing is nothing.
    """
    if value == 0:
        return 0.0
    _, _, decimals = repr(float(value)).partition(".")
    places = len(decimals) if decimals.isdigit() else 15  # 1e-07: as exact as can be
    return 0.5 * 10.0 ** -max(2, places) * (1 + SAME)
