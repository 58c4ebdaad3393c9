"""Counts and shares of the features that meet a condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.catalogue.exam import ExamIndicator
from gisplan.exam.answer import Answer, quotient, totals
from gisplan.exam.study import NotComputedError, Study
from gisplan.model import Text

Flags = NDArray[np.bool_]


def share(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return the share of the features that meet the condition, of those that say it, in %."""
    return _answers(study, indicator, as_share=True)


def count(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return how many features meet the condition, of all that say what it asks."""
    return _answers(study, indicator, as_share=False)


def _answers(study: Study, indicator: ExamIndicator, as_share: bool) -> list[Answer]:
    options = indicator.options
    layer = options["layer"]
    if not study.has(layer):
        title = study.plan.layers[layer].spec.title if layer in study.plan.layers else None
        word = title or Text(layer, layer)
        raise NotComputedError(f"没有{word.zh}图层", f"no layer {word.en}")
    frame = study.plan.layers[layer].frame
    asked = [*options.get("known", ()), *filter(None, [options.get("needs_field")])]
    for name in asked:
        if frame[name].isna().all():
            title = study.plan.layers[layer].spec.fields[name].title
            raise NotComputedError(f"没有填写{title.zh}", f"{title.en} is not filled in")
    points = shapely.point_on_surface(study.scene.shapes(layer))
    inside = study.inside(points)
    said = np.ones(len(frame), dtype=bool)
    for name in options.get("known", ()):
        said &= frame[name].notna().to_numpy()
    of = options.get("of")
    if of == "area_m2":
        weight = study.scene.areas(layer)
    elif of is not None:
        weight = frame[of].to_numpy(dtype=float, na_value=np.nan)
        said &= ~np.isnan(weight)
    else:
        weight = np.ones(len(frame))
    met = said & _meets(frame, options["where"])
    left_out = int((inside & ~said).sum())
    words = Text(options["basis"]["zh"], options["basis"]["en"])
    basis = Text(
        words.zh + (f"；{left_out} 个没有填写，未计入" if left_out else ""),
        words.en + (f"; {left_out} do not say it and are left out" if left_out else ""),
    )
    none = Text("没有填写的要素", "no feature says it")
    answers = []
    for level, places in study.places.items():
        n = len(places.labels)
        home = study.locate(level, points)
        at = inside & said & (home >= 0)
        all_of = totals(home[at], weight[at], n)
        part = totals(home[at & met], weight[at & met], n)
        value = 100 * quotient(part, all_of) if as_share else np.where(all_of > 0, part, np.nan)
        why = [None if not np.isnan(number) else none for number in value]
        answers.append(Answer(level, value, basis, part, all_of, why))
    return answers


def _meets(frame: pd.DataFrame, where: Mapping[str, Mapping[str, Any]]) -> Flags:
    """Tell which rows meet every condition; what a row does not say it does not meet."""
    met = np.ones(len(frame), dtype=bool)
    for name, condition in where.items():
        column = frame[name]
        for word, bound in condition.items():
            if word == "in":
                met &= column.astype("string").str.strip().isin(bound).to_numpy(dtype=bool)
            elif word == "is":
                met &= (column.fillna(not bound).astype(bool) == bound).to_numpy()
            else:
                numbers = column.to_numpy(dtype=float, na_value=np.nan)
                met &= {
                    "at_most": numbers <= bound,
                    "at_least": numbers >= bound,
                    "above": numbers > bound,
                }[word]
    return met
