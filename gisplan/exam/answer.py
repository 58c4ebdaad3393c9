"""What a method says of an indicator, for every place of one level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gisplan.model import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Answer:
    """Values of one indicator at one level, in the order of `Study.places[level]`.

    `numerator` and `denominator` are what the value is made of, in the words of `basis`;
    `by_people` is the share weighted by people where the value is weighted by land,
    `after` the value when all that is planned is done. NaN where not computed, and then `why` says
    the reason.
    """

    level: str
    value: Floats
    basis: Text
    numerator: Floats
    denominator: Floats
    why: Sequence[Text | None]
    by_people: Floats = field(default_factory=lambda: np.empty(0))
    after: Floats = field(default_factory=lambda: np.empty(0))


def quotient(numerator: Floats, denominator: Floats) -> Floats:
    """Return one over the other, NaN where there is nothing to divide by."""
    result: Floats = np.divide(
        numerator,
        denominator,
        out=np.full(np.shape(numerator), np.nan),
        where=~np.isnan(denominator) & (denominator > 0),
    )
    return result


def totals(home: Ints, amount: Floats, count: int) -> Floats:
    """Return the sum of the amounts at each of so many places; NaN where one of them is."""
    return np.bincount(home, amount, count).astype(np.float64)
