"""Free text: width and inner spaces stay as written."""

from __future__ import annotations

import pandas as pd

from gisplan.normalise.plain import is_plain_texts, merge, split
from gisplan.normalise.text import Distinct, as_text, distinct, drop_nulls, strip


def clean_text(column: pd.Series) -> Distinct:
    """Return a column as free text: stripped, the words for an empty cell are nulls."""
    plain, other = split(distinct(column), is_plain_texts)
    return merge(plain, drop_nulls(other.map(lambda value: strip(as_text(value)))))
