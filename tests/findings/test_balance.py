"""The balance of indicators: what is asked, what is done, who is missing, and the judgement."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from gisplan.pipeline import review
from gisplan.testing.drawing import draw

CITY = [
    {"code": "210100", "box": [0, 0, 1000, 1000]},
    {"code": "210200", "box": [2000, 0, 3000, 1000]},
]
DISTRICTS = [
    {"code": "210102", "parent": "210100", "box": [0, 0, 500, 1000]},
    {"code": "210103", "parent": "210100", "box": [500, 0, 1000, 1000]},
    {"code": "210202", "parent": "210200", "box": [2000, 0, 3000, 1000]},
]  # fmt: skip


def row(code: str, target: float | None, **cells: Any) -> dict[str, Any]:
    tier = "city" if code.endswith("00") else "district"
    return {
        "tier": tier,
        "code": code,
        "indicator": "land",
        "unit": "公顷",
        "target": target,
        **cells,
    }


CAP = {"requirement": "at_most", "rollup": "sum", "nature": "binding"}


def balance(rows: list[dict[str, Any]], **options: Any) -> pd.DataFrame:
    drawing = {
        "tiers": ["city", "district"],
        "city": CITY,
        "district": DISTRICTS,
        "indicator": rows,
    }
    found = review(draw(drawing), **options).dossier.balance
    return pd.DataFrame([{name: getattr(r, name) for name in r.__slots__} for r in found])


def test_what_is_asked_and_done_and_the_difference() -> None:
    rows = [row("210100", 100, **CAP), row("210102", 40), row("210103", 900, unit="亩"),
            row("210200", 90, **CAP), row("210202", 90.02)]  # fmt: skip
    table = balance(rows)
    assert table["area"].tolist() == ["210100", "210200"]
    assert table["done"].tolist() == pytest.approx([100, 90.02])
    assert table["difference"].tolist() == pytest.approx([0, 0.02])
    assert table["judgement"].tolist() == ["agrees", "differs"]
    assert all(sources for sources in table["sources"])


def test_a_child_without_a_value_is_named_and_never_0() -> None:
    table = balance([row("210100", 100, requirement="at_least", rollup="sum"), row("210102", 40)])
    assert table[["done", "judgement"]].to_numpy().tolist() == [[40, "unchecked"]]
    assert table["missing"][0] == ("210103",)
    assert "210103" in table["why"][0].zh


def test_percentages_have_no_sum() -> None:
    rows = [row("210200", 30, unit="%", **CAP), row("210202", 20, unit="%")]
    table = balance(rows)
    assert table[["done", "judgement"]].to_numpy().tolist() == [[None, "explain"]]


def test_the_reserve_is_part_of_an_exact_figure() -> None:
    rows = [row("210200", 100, requirement="equal", rollup="sum", reserve=10), row("210202", 90)]
    table = balance(rows)
    assert table[["done", "reserve", "difference", "judgement"]].to_numpy().tolist() == [
        [90, 10, 0, "agrees"]
    ]


def test_what_is_anticipatory_is_to_be_explained() -> None:
    table = balance([row("210200", 100, **{**CAP, "nature": "anticipatory"}), row("210202", 120)])
    assert table["judgement"].tolist() == ["explain"]


def test_a_bottom_line_that_one_child_misses_stands_against_the_parent() -> None:
    each = {"requirement": "at_least", "rollup": "each", "nature": "binding", "unit": "%"}
    rows = [row("210100", 50, **each), row("210102", 40, unit="%"), row("210103", 60, unit="%")]
    table = balance(rows)
    assert table[["done", "judgement"]].to_numpy().tolist() == [[40, "differs"]]


def test_what_no_rule_judged_is_unchecked() -> None:
    rows = [row("210200", 100, **CAP), row("210202", 90)]
    assert balance(rows)["judgement"].tolist() == ["agrees"]
    table = balance(rows, select=["IND103"])
    assert table["judgement"].tolist() == ["unchecked"]
    assert "IND102" in table["why"][0].zh
    assert balance(rows, select=["BND"]).empty


def test_the_balance_does_not_depend_on_the_order_of_rows() -> None:
    rows = [row("210100", 100, **CAP), row("210102", 40), row("210103", 60),
            row("210200", 90, **CAP), row("210202", 90)]  # fmt: skip
    first, second = balance(rows), balance(rows[::-1])
    pd.testing.assert_frame_equal(first.drop(columns="row"), second.drop(columns="row"))
