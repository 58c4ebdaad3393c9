"""Indicators summed over the areas below; units of measure."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from measure_shapes import layer, square

from gisplan.catalogue.units import conversion
from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan

CITY = layer([square(0, 0, 300)], ["210100"])
DISTRICTS = layer([square(0, 0, 100), square(100, 0, 100)], ["210102", "210103"])


def row(tier: str, code: str, target: float | None, **cells: Any) -> dict[str, Any]:
    return {"tier": tier, "code": code, "indicator": "I1", "unit": "公顷", "rollup": "sum",
            "target": target, **cells}  # fmt: skip


def rolled(rows: list[dict[str, Any]], **kwargs: Any) -> pd.DataFrame:
    layers = kwargs.pop("layers", {"city": CITY, "district": DISTRICTS})
    plan = make_plan({**layers, "indicator": pd.DataFrame(rows)}, **kwargs)
    return measure_plan(plan, ["rollup"], "district")["rollup"]


def test_sum_of_the_children_beside_the_parents_target() -> None:
    table = rolled(
        [
            row(
                "city", "210100", 30, reserve=2, nature="binding", requirement="at_most", name="绿"
            ),
            row("district", "210102", 10.5),
            row("district", "210103", 20.25),
        ]
    )
    assert len(table) == 1
    got = table.iloc[0]
    assert (got["parent_layer"], got["parent_fid"], got["parent_code"]) == ("city", 0, "210100")
    assert (got["name"], got["nature"], got["requirement"]) == ("绿", "binding", "at_most")
    assert (got["child_layer"], got["n_children"], got["n_values"]) == ("district", 2, 2)
    assert (got["target"], got["reserve"], got["total"]) == (30, 2, 30.75)
    assert got["missing"] == []
    assert got["exact"] == pytest.approx(0.01)


def test_units_are_converted_to_the_parents() -> None:
    table = rolled(
        [
            row("city", "210100", 30),
            row("district", "210102", 105_000, unit="㎡"),
            row("district", "210103", 300, unit="亩"),
        ]
    )
    assert table["total"][0] == pytest.approx(10.5 + 20)


@pytest.mark.parametrize("unit", ["户", None])
def test_units_that_do_not_convert_give_no_sum(unit: str | None) -> None:
    table = rolled(
        [row("city", "210100", 30), row("district", "210102", 1, unit=unit),
         row("district", "210103", 1)]
    )  # fmt: skip
    assert math.isnan(table["total"][0])
    assert table["n_values"][0] == 2


def test_children_without_a_value_are_named() -> None:
    table = rolled(
        [
            row("city", "210100", 30),
            row("district", "210102", None),
            row("district", "210103", 1),
            row("district", "210102", 5, indicator="I2"),
        ]
    )
    assert table["missing"][0] == ["210102"]
    assert (table["n_children"][0], table["n_values"][0], table["total"][0]) == (2, 1, 1)


def test_no_value_at_all_is_no_sum_of_nought() -> None:
    table = rolled([row("city", "210100", 30), row("district", "210102", 5, indicator="I2")])
    assert table["missing"][0] == ["210102", "210103"]
    assert math.isnan(table["total"][0])


def test_child_in_quarantine_counts_and_is_missing_unless_the_table_has_it() -> None:
    aside = {"district": pd.DataFrame({"code": ["210104", "210105", "220102"]})}
    table = rolled(
        [
            row("city", "210100", 30),
            row("district", "210102", 1),
            row("district", "210103", 1),
            row("district", "210105", 1),
        ],
        quarantine=aside,
    )
    assert table["n_children"][0] == 4
    assert table["missing"][0] == ["210104"]
    assert table["total"][0] == 3


def test_child_that_the_map_puts_elsewhere_is_not_counted_by_its_code() -> None:
    cities = layer([square(0, 0, 300), square(300, 0, 300)], ["210100", "210200"])
    districts = layer(
        [square(0, 0, 100), square(100, 0, 100)], ["210102", "210103"], parent=["210100", "210200"]
    )
    table = rolled(
        [row("city", "210100", 30), row("district", "210102", 1), row("district", "210103", 1)],
        layers={"city": cities, "district": districts},
    )
    assert table["total"].tolist() == [1]


def test_without_the_childrens_layer_the_codes_tell() -> None:
    table = rolled(
        [row("city", "210100", 30), row("district", "210102", 1), row("district", "210202", 9)],
        layers={"city": CITY},
    )
    assert (table["n_children"][0], table["total"][0]) == (1, 1)


def test_without_any_layer_the_table_is_enough() -> None:
    table = rolled(
        [row("province", "210000", 9), row("city", "210100", 3), row("city", "210200", 4)],
        layers={},
    )
    assert table[["parent_layer", "parent_fid"]].to_numpy().tolist() == [["province", -1]]
    assert table["total"][0] == 7


def test_a_tier_that_the_table_leaves_out_is_passed_over() -> None:
    layers = {"province": layer([square(0, 0, 300)], ["210000"]), "city": CITY,
              "district": DISTRICTS}  # fmt: skip
    table = rolled([row("province", "210000", 9), row("district", "210102", 3),
                    row("district", "210103", 4)], layers=layers)  # fmt: skip
    assert table["child_layer"].tolist() == ["district"]
    assert table["total"][0] == 7


def test_the_lowest_tier_of_the_table_has_no_row() -> None:
    assert rolled([row("city", "210100", 30)]).empty


def test_what_is_not_rolled_up_has_no_row() -> None:
    table = rolled([row("city", "210100", 30, rollup="none"), row("district", "210102", 1)])
    assert table.empty


@pytest.mark.parametrize(("method", "why"), [(None, "no_method"), ("累积", "unknown_method")])
def test_a_row_whose_roll_up_is_not_known_says_so(method: str | None, why: str) -> None:
    table = rolled([row("city", "210100", 30, rollup=method), row("district", "210102", 1)])
    assert table[["why", "n_values"]].to_numpy().tolist() == [[why, 1]]
    assert math.isnan(table["done"][0])


def test_means_are_carried_without_a_sum() -> None:
    table = rolled(
        [row("city", "210100", 30, rollup="weighted_mean"), row("district", "210102", 1)]
    )
    assert table["rollup"].tolist() == ["weighted_mean"]
    assert math.isnan(table["total"][0])


def test_years_are_kept_apart() -> None:
    table = rolled(
        [row("city", "210100", 30, year=2025), row("city", "210100", 60, year=2030),
         row("district", "210102", 1, year=2025), row("district", "210102", 2, year=2030),
         row("district", "210103", 5, year=2030)]
    )  # fmt: skip
    by_target = table.set_index("target")
    assert by_target["total"].to_dict() == {30: 1, 60: 7}
    assert by_target["missing"].to_dict() == {30: ["210103"], 60: []}


def test_a_value_for_the_year_wins_over_one_without_a_year() -> None:
    table = rolled(
        [
            row("city", "210100", 60, year=2030),
            row("district", "210102", 2, year=2030),
            row("district", "210102", 9),
            row("district", "210103", 5),
        ]
    )
    assert table["total"].tolist() == [7]


def test_two_different_values_of_one_child_are_none() -> None:
    table = rolled([row("city", "210100", 30), row("district", "210102", 1),
                    row("district", "210102", 2), row("district", "210103", 4),
                    row("district", "210103", 4)])  # fmt: skip
    assert table["missing"][0] == ["210102"]
    assert table["total"][0] == 4


def test_tier_words_and_short_codes_are_understood() -> None:
    table = rolled([row("市级", "2101", 30), row("区县", "210102", 1), row("区县", "210103", 1)])
    assert table[["parent_layer", "parent_fid", "total"]].to_numpy().tolist() == [["city", 0, 2]]


@pytest.mark.parametrize(
    ("unit", "into", "factor"),
    [
        ("m2", "m2", 1),
        ("㎡", "平方米", 1),
        ("m²", "公顷", 1e-4),
        ("公顷", "m2", 1e4),
        ("ha", "hm²", 1),
        ("平方千米", "公顷", 100),
        ("km2", "平方公里", 1),
        ("亩", "公顷", 1 / 15),
        ("公顷", "亩", 15),
        ("万平方米", "公顷", 1),
        ("万m2", "m2", 1e4),
        ("亿元", "万元", 1e4),
        ("10k CNY", "元", 1e4),
        ("万户", "户", 1e4),
        ("％", "%", 1),
        ("%", "1", 0.01),
        ("处", "个", 1),
        ("平方米/人", "m2/人", 1),
        ("公顷/万人", "m2/人", 1),
        ("km", "米", 1000),
        ("万t", "吨", 1e4),
        ("度", "度", 1),
        ("", None, 1),
        ("个", "户", None),
        ("m2", "m", None),
        ("m2/人", "m2", None),
        ("度", "m2", None),
        ("", "m2", None),
        ("%", "m2", None),
    ],
)
def test_conversion(unit: str | None, into: str | None, factor: float | None) -> None:
    assert conversion(unit, into) == (factor if factor is None else pytest.approx(factor))


def test_of_two_equal_values_the_same_row_counts_whatever_their_order() -> None:
    rows = [row("city", "210100", 30, rollup="weighted_mean"),
            row("district", "210102", 10, weight=1.0), row("district", "210102", 10, weight=5.0),
            row("district", "210103", 20, weight=1.0)]  # fmt: skip
    assert rolled(rows)["done"][0] == rolled(rows[::-1])["done"][0]


def test_a_weighted_mean_takes_its_weights_from_another_indicator_in_one_unit() -> None:
    share = {"indicator": "S", "unit": "%"}
    rows = [row("city", "210100", 25, rollup="weighted_mean", weight_by="I1", **share),
            row("city", "210100", 4), row("district", "210102", 20, **share),
            row("district", "210102", 3), row("district", "210103", 40, **share),
            row("district", "210103", 15, unit="亩")]  # fmt: skip
    table = rolled(rows).set_index("indicator")
    assert table.loc["S", "done"] == pytest.approx(25)
    assert table.loc["S", "why"] == ""


def test_the_reason_for_no_total_is_told() -> None:
    share = row("city", "210100", 30, unit="%")
    why = {
        "ratio": [share, row("district", "210102", 1, unit="%")],
        "unit": [row("city", "210100", 30), row("district", "210102", 1, unit="户")],
        "no_value": [row("city", "210100", 30), row("district", "210102", 1, indicator="I2")],
        "no_weight": [
            row("city", "210100", 30, rollup="weighted_mean"), row("district", "210102", 1),
        ],
        "no_children": [row("city", "210900", 30), row("district", "210102", 1)],
    }  # fmt: skip
    assert {name: rolled(rows)["why"][0] for name, rows in why.items()} == {n: n for n in why}


def test_rounding_counts_in_the_coarser_unit() -> None:
    rows = [row("city", "210100", 30), row("district", "210102", 0.1, unit="平方千米"),
            row("district", "210103", 100_000, unit="m2")]  # fmt: skip
    assert rolled(rows)["exact"][0] == pytest.approx(0.5 + 0.005)
