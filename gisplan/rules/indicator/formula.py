"""Formulas of the indicator table, such as ZB07 / ZB05, with the rounding of what goes in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

_SIGNS = str.maketrans({"×": "*", "÷": "/", "＋": "+", "－": "-", "（": "(", "）": ")", "＝": "="})


class Interval(NamedTuple):
    """All that a rounded value may be."""

    low: float
    high: float


class FormulaError(ValueError):
    """A formula that cannot be read, or whose value nobody knows; the text says which."""


def evaluate(formula: str, codes: Sequence[str], value: Callable[[str], Interval]) -> Interval:
    """Return what a formula over indicator codes gives.

    Parameters
    ----------
    formula : str
        Codes and numbers with + - * / and brackets; a beginning like "ZB09 =" is passed over.
    codes : sequence of str
        The indicators there are; a code may hold signs (A-1), and the longest one that fits counts.
    value : callable
        What an indicator may be; may raise FormulaError.

    Raises
    ------
    FormulaError
        The formula is none, names an indicator that there is not, or divides by what may be 0.
    """
    text = formula.translate(_SIGNS)
    reader = _Reader(_tokens(text.rpartition("=")[2], codes), value)
    found = reader.sum()
    if reader.rest():
        raise FormulaError(formula)
    return found


def _tokens(text: str, codes: Sequence[str]) -> list[tuple[str, str]]:
    """Return the parts of a formula, each with what it is: code, number or sign."""
    named = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True) if code)
    pattern = re.compile(
        rf"\s*(?:(?P<code>{named or '(?!)'})(?![\w.])"
        r"|(?P<number>\d+(?:\.\d+)?)|(?P<sign>[-+*/()]))\s*"
    )
    found, at = [], 0
    while at < len(text):
        match = pattern.match(text, at)
        if match is None:
            raise FormulaError(text[at:].strip())
        found.append((str(match.lastgroup), match.group().strip()))
        at = match.end()
    return found


class _Reader:
    """Reads a formula by the usual order: brackets, then * and /, then + and -."""

    def __init__(self, tokens: list[tuple[str, str]], value: Callable[[str], Interval]) -> None:
        self._tokens, self._value, self._at = tokens, value, 0

    def rest(self) -> bool:
        return self._at < len(self._tokens)

    def sum(self) -> Interval:
        found = self._product()
        while self._next("+-"):
            sign, other = self._take(), self._product()
            if sign == "-":
                other = Interval(-other.high, -other.low)
            found = Interval(found.low + other.low, found.high + other.high)
        return found

    def _product(self) -> Interval:
        found = self._atom()
        while self._next("*/"):
            sign, other = self._take(), self._atom()
            if sign == "/":
                if other.low <= 0 <= other.high:
                    raise FormulaError("/ 0")
                other = Interval(1 / other.high, 1 / other.low)
            ends = [a * b for a in found for b in other]
            found = Interval(min(ends), max(ends))
        return found

    def _atom(self) -> Interval:
        if not self.rest():
            raise FormulaError("")
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "code":
            return self._value(text)
        if kind == "number":
            return Interval(float(text), float(text))
        if text != "(":
            raise FormulaError(text)
        found = self.sum()
        if not self._next(")"):
            raise FormulaError("(")
        self._take()
        return found

    def _next(self, signs: str) -> bool:
        return (
            self.rest()
            and self._tokens[self._at][0] == "sign"
            and (self._tokens[self._at][1] in signs)
        )

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]
