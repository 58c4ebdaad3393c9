"""make_plan makes of frames what normalising would have made of files."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from measure_shapes import layer, point, square

from gisplan.testing.plans import QUARANTINE_COLUMNS, make_plan


def test_columns_of_the_spec_are_all_there_and_found_tells_which_were_given() -> None:
    own = make_plan({"unit": layer([square(0, 0, 10)], ["u"], mode=["M1"], odd=[1])}).layers["unit"]
    assert own.found == {"code", "mode"}
    assert set(own.spec.fields) <= set(own.frame.columns)
    assert "odd" not in own.frame
    assert own.frame["far"].isna().all()
    assert own.frame["_source_area"].tolist() == [100]
    assert own.frame.crs == "EPSG:4529"


def test_labels_are_codes_or_places() -> None:
    body = gpd.GeoDataFrame({"code": ["h", " ", None]}, geometry=[point(0, 0)] * 3)
    labels = make_plan({"heritage_body": body}).layers["heritage_body"].frame["_label"]
    assert labels.tolist() == ["h", "@123.00000,41.71516", "@123.00000,41.71516"]


def test_tables_have_no_shapes() -> None:
    own = make_plan({"indicator": pd.DataFrame({"tier": ["city"], "code": ["1"]})})
    assert "geometry" not in own.layers["indicator"].frame


def test_tiers_beside_a_declared_chain_are_not_chained() -> None:
    one = layer([square(0, 0, 10)])
    plan = make_plan({"area": one, "unit": one}, tiers=["region", "area"])
    assert [(tier.name, tier.chained, tier.rank) for tier in plan.chain] == [
        ("region", True, 0),
        ("area", True, 1),
        ("unit", False, 2),
    ]
    assert plan.layers["unit"].tier is not None


def test_partitions_replace_what_is_declared() -> None:
    plan = make_plan({}, partitions=["unit"])
    assert [tier.name for tier in plan.chain if tier.partitions_parent] == ["unit"]
    assert [tier.name for tier in make_plan({}).chain if tier.partitions_parent] == [
        "city",
        "district",
    ]


def test_quarantine_counts_and_is_filled() -> None:
    aside = pd.DataFrame({"code": ["210105", None]})
    own = make_plan({"district": layer([])}, quarantine={"district": aside}).layers["district"]
    assert own.read == 2
    assert tuple(own.quarantine.columns) == QUARANTINE_COLUMNS
    assert own.quarantine["_label"].tolist() == ["210105", "#1"]
    assert own.quarantine["geometry"].isna().all()


def test_unknown_layers_and_other_crs_are_refused() -> None:
    with pytest.raises(KeyError):
        make_plan({"nonsense": layer([])})
    with pytest.raises(ValueError, match="unit"):
        make_plan({"unit": layer([square(0, 0, 1)]).set_crs("EPSG:4528")})
