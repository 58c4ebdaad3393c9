"""Changes to the plan before it is written, each a function that a case names."""

from __future__ import annotations

from collections.abc import Callable

from tests.corpus.base import Base
from tests.corpus.case import Model
from tests.corpus.shapefile import Field


def named(*changes: Callable[[Base], None]) -> Model:
    """Several changes of the plan."""

    def model(plan: Base) -> None:
        for change in changes:
            change(plan)

    return model


def cell(stem: str, row: int, column: str, value: object) -> Model:
    """Put a value into a cell."""

    def model(plan: Base) -> None:
        plan[stem].set(row, **{column: value})

    return model


def wide(stem: str, column: str, width: int) -> Model:
    """Give a text column another width, in bytes."""

    def model(plan: Base) -> None:
        plan[stem].widen(column, width)

    return model


def number(stem: str, column: str, width: int = 14, decimals: int = 2) -> Model:
    """Declare a column as one of numbers."""

    def model(plan: Base) -> None:
        plan[stem].widen(column, width, "N", decimals)

    return model


def text(stem: str, column: str, width: int = 40) -> Model:
    """Declare a column as one of text."""
    return wide(stem, column, width)


def column(stem: str, name: str, value: object) -> Model:
    """Put one value into every row; a callable is given the row number and the old value."""

    def model(plan: Base) -> None:
        for at, row in enumerate(plan[stem].rows):
            row[name] = value(at, row[name]) if callable(value) else value

    return model


def without(stem: str, *names: str) -> Model:
    """Leave out columns."""

    def model(plan: Base) -> None:
        plan[stem].fields = [one for one in plan[stem].fields if one.name not in names]

    return model


def called(stem: str, old: str, new: str) -> Model:
    """Give a column another name."""

    def model(plan: Base) -> None:
        sheet = plan[stem]
        sheet.fields = [
            Field(new if f.name == old else f.name, f.type, f.width, f.decimals)
            for f in sheet.fields
        ]
        for row in sheet.rows:
            row[new] = row.pop(old)

    return model


def again(stem: str, row: int, **values: object) -> Model:
    """Add a row that is as another one but for some values."""

    def model(plan: Base) -> None:
        sheet = plan[stem]
        sheet.rows.append({**sheet.rows[row], **values})
        if sheet.shapes is not None:
            sheet.shapes.append(sheet.shapes[row])

    return model
