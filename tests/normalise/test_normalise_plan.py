from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_plans import notes_of, plan_of, raw_layer
from shapely import Polygon, box

from gisplan.errors import PlanError
from gisplan.model import Note

X, Y = 41_500_000.0, 4_600_000.0
NAN = float("nan")


def cell(i, size=10.0):
    return box(X + i * 20, Y, X + i * 20 + size, Y + size)


def bow_tie(i):
    x = X + i * 20
    return Polygon([(x, Y), (x + 9, Y + 9), (x + 9, Y), (x, Y + 9)])


def flat(i):
    return Polygon([(X + i, Y), (X + i + 9, Y), (X + i + 5, Y)])


SHAPES = st.one_of(
    st.none(),
    st.just(Polygon()),
    st.integers(0, 9).map(cell),
    st.integers(0, 9).map(bow_tie),
    st.integers(0, 9).map(flat),
    st.integers(0, 9).map(lambda i: shapely.Point(X + i, Y)),
    st.just(Polygon([(X, Y), (np.inf, Y), (X, Y + 9)])),
)
ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None, "", "１"]), st.sampled_from([1, 2, "x"]), SHAPES),
    max_size=12,
)


def units(rows, **more):
    columns = {"code": [r[0] for r in rows], "far": [r[1] for r in rows]}
    columns = {name: pd.Series(values, dtype=object) for name, values in columns.items()}
    return raw_layer("unit", columns, [r[2] for r in rows], **more)


def without_record(frame):
    return pd.DataFrame(frame.drop(columns=["_record", "geometry"])).assign(
        shape=[None if g is None else g.wkb for g in frame["geometry"]]
    )


class TestAccounting:
    @settings(max_examples=60, deadline=None)
    @given(ROWS)
    def test_every_feature_is_checked_or_quarantined(self, rows):
        layer = plan_of(units(rows)).layers["unit"]
        aside = 0 if layer.quarantine is None else len(layer.quarantine)
        assert layer.read == len(rows) == len(layer.frame) + aside
        assert layer.frame.geometry.is_valid.all()
        records = list(layer.frame["_record"])
        if aside:
            records += list(layer.quarantine["_record"])
        assert sorted(records) == list(range(len(rows)))

    def test_a_layer_without_features_is_there(self):
        layer = plan_of(units([])).layers["unit"]
        assert (layer.read, len(layer.frame), layer.quarantine) == (0, 0, None)

    def test_tables_count_too(self):
        layer = plan_of(raw_layer("indicator", {"CJ": ["unit"], "BH": ["a"], "ZBDM": ["Z1"]}))
        assert layer.layers["indicator"].read == 1


class TestRowOrder:
    @settings(max_examples=60, deadline=None)
    @given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
    def test_changes_nothing_but_the_record(self, both):
        # a feature with neither code nor place is named by its row: there is nothing else
        rows, shuffled = (
            [r for r in rows if r[0] or (r[2] is not None and np.isfinite(r[2].bounds).all())]
            for rows in both
        )
        one, other = (plan_of(units(r)).layers["unit"] for r in (rows, shuffled))
        pd.testing.assert_frame_equal(without_record(one.frame), without_record(other.frame))
        if one.quarantine is not None:
            pd.testing.assert_frame_equal(
                without_record(one.quarantine), without_record(other.quarantine)
            )
        assert {k: v.wkb for k, v in one.pessimistic.items()} == {
            k: v.wkb for k, v in other.pessimistic.items()
        }

    def test_ring_start_and_direction_change_nothing(self):
        ring = list(cell(0).exterior.coords)[:-1]
        plans = [
            plan_of(units([("a", 1, Polygon(r))])) for r in (ring, ring[2:] + ring[:2], ring[::-1])
        ]
        assert len({p.layers["unit"].frame.geometry[0].wkb for p in plans}) == 1

    def test_notes_follow_the_feature_not_the_row(self):
        rows = [("a", "x", cell(0)), ("b", "y", cell(1)), ("c", 1, bow_tie(2))]
        seen = []
        for order in (rows, rows[::-1]):
            notes = plan_of(units(order)).notes
            seen.append([(n.kind, n.feature, n.column, dict(n.detail)) for n in notes])
        assert seen[0] == seen[1]


class TestLabels:
    def test_are_codes(self):
        assert list(
            plan_of(units([("b", 1, cell(0)), ("a", 1, cell(1))])).layers["unit"].frame["_label"]
        ) == ["a", "b"]

    def test_are_places_where_there_is_no_code(self):
        frame = plan_of(units([(None, 1, cell(0)), ("", 1, cell(1))])).layers["unit"].frame
        assert frame["_label"].str.fullmatch(r"@123\.\d{5},41\.\d{5}").all()
        assert frame["_label"].is_unique

    def test_are_rows_where_there_is_no_place_either(self):
        layer = plan_of(units([("a", 1, cell(0)), (None, 1, None)])).layers["unit"]
        assert list(layer.quarantine["_label"]) == ["#1"]

    @pytest.mark.parametrize(
        ("table", "columns", "label"),
        [
            ("indicator", {"CJ": "更新单元", "BH": "a", "ZBDM": 1.0}, "unit/a/1"),
            ("register", {"CJ": "区县", "BH": 210102, "BBH": "V2"}, "district/210102/V2"),
            ("city_guidance", {"XZQDM": 210100}, "210100"),
            ("heritage_list", {"MC": "沈阳故宫"}, "沈阳故宫"),
            ("city_guidance", {"XZQDM": None}, "#0"),
        ],
    )
    def test_of_tables_tell_rows_apart(self, table, columns, label):
        plan = plan_of(raw_layer(table, {name: [value] for name, value in columns.items()}))
        assert list(plan.layers[table].frame["_label"]) == [label]

    def test_are_on_the_notes(self):
        plan = plan_of(units([("a", "x", cell(0)), (None, 1, flat(1))]))
        (unreadable,) = notes_of(plan, "value_unreadable")
        assert (unreadable.feature, unreadable.column, unreadable.record) == ("a", "far", 0)
        (aside,) = notes_of(plan, "quarantined")
        assert aside.feature.startswith("@123.")


class TestSources:
    def test_of_one_layer_are_joined(self):
        zones = [
            raw_layer(
                "heritage_zone", {"BH": [code]}, [cell(i)], path=f"{code}.shp", values={"zone": z}
            )
            for i, (code, z) in enumerate([("b", "Z2"), ("a", "Z9")])
        ]
        layer = plan_of(*zones).layers["heritage_zone"]
        assert list(layer.frame["_label"]) == ["a", "b"]
        assert list(layer.frame["zone"]) == ["Z9", "Z2"]
        assert list(layer.frame["_path"]) == ["a.shp", "b.shp"]
        assert list(layer.frame["_record"]) == [0, 0]
        assert layer.paths == ("b.shp", "a.shp")
        assert layer.read == 2

    def test_keep_what_was_set_aside_or_repaired_apart(self):
        one = units([("a", 1, cell(0)), ("b", 1, None)], path="1.shp")
        other = units([("c", 1, cell(1)), ("d", 1, flat(2)), ("e", 1, bow_tie(3))], path="2.shp")
        layer = plan_of(one, other).layers["unit"]
        assert list(layer.frame["_label"]) == ["a", "c", "e"]
        assert list(layer.pessimistic) == [2]
        aside = layer.quarantine[["_label", "_path", "_record"]]
        assert [tuple(row) for row in aside.itertuples(index=False)] == [
            ("b", "1.shp", 1),
            ("d", "2.shp", 1),
        ]

    def test_in_different_crs_meet_in_one(self):
        one = units([("a", 1, cell(0))], path="a.shp")
        degrees = shapely.box(123.01, 41.53, 123.02, 41.54)
        other = units([("b", 1, degrees)], path="b.shp", crs="EPSG:4490")
        frame = plan_of(one, other, working_crs="EPSG:4529").layers["unit"].frame
        assert (shapely.get_x(frame.geometry.centroid.array) > 41e6).all()

    def test_table_with_shapes_is_a_table(self):
        plan = plan_of(raw_layer("heritage_list", {"MC": ["塔"]}, [cell(0)], crs=None))
        frame = plan.layers["heritage_list"].frame
        assert "geometry" not in frame
        assert notes_of(plan, "crs_missing") == []

    def test_notes_of_reading_go_on_and_inputs_are_all_listed(self):
        read = Note("encoding_recovered", "unit", "unit.shp")
        raster = raw_layer("surface", {}, path="dsm.tif")
        plan = plan_of(units([("a", 1, cell(0))]), raster, notes=[read])
        assert plan.notes[0] is read
        assert [record.path for record in plan.inputs] == ["unit.shp", "dsm.tif"]
        assert list(plan.layers) == ["unit"]

    def test_unknown_layer_is_refused_by_name(self):
        with pytest.raises(PlanError, match="moonbase"):
            plan_of(raw_layer("moonbase", {"a": [1]}))


class TestChain:
    def test_takes_what_the_sources_declare(self):
        plan = plan_of(
            raw_layer("top", {"code": [1.0]}, [cell(0)]),
            raw_layer(
                "low", {"code": [1.0]}, [cell(0)], partitions_parent=True, code_pattern=r"^\d{3}$"
            ),
            tiers=("top", "low"),
        )
        low = plan.chain[1]
        assert (low.partitions_parent, low.code_pattern, low.chained) == (True, r"^\d{3}$", True)
        assert plan.layers["low"].tier is low
        assert list(plan.layers["low"].frame["code"]) == ["001"]
        assert list(plan.layers["top"].frame["code"]) == ["1"]

    def test_default_tier_beside_a_custom_chain_is_judged_but_not_nested(self):
        plan = plan_of(
            units([("x", 1, cell(0))]), raw_layer("top", {"code": ["1"]}, [cell(0)]), tiers=("top",)
        )
        assert [(t.name, t.rank, t.chained) for t in plan.chain] == [
            ("top", 0, True),
            ("unit", 1, False),
        ]
        assert plan.chain[1].code_pattern is None
        assert list(plan.layers) == ["top", "unit"]

    def test_default_chain_stays_as_declared(self):
        plan = plan_of(units([("x", 1, cell(0))]))
        assert [t.name for t in plan.chain] == ["province", "city", "district", "unit", "project"]
        assert all(t.chained for t in plan.chain)

    def test_empty_pattern_demands_nothing_and_a_broken_one_is_refused(self):
        raw = units([("x", 1, cell(0))], code_pattern="")
        assert plan_of(raw).chain[3].code_pattern is None
        with pytest.raises(PlanError, match="code_pattern"):
            plan_of(units([("x", 1, cell(0))], code_pattern="("))

    def test_zeros_of_parent_codes_are_restored_where_the_parents_prove_it(self):
        plan = plan_of(
            raw_layer("top", {"code": ["0101", "0102"]}, [cell(0), cell(1)]),
            raw_layer(
                "low",
                {"code": ["a", "b", "c"], "SJDM": [101.0, 777.0, NAN]},
                [cell(i) for i in range(3)],
            ),
            tiers=("top", "low"),
        )
        assert list(plan.layers["low"].frame["parent"]) == ["0101", "777", None]
        (note,) = notes_of(plan, "code_repaired")
        assert (note.feature, note.column, note.record) == ("a", "parent", 0)
        assert note.detail == {"before": "101", "after": "0101"}

    def test_codes_of_any_tier_above_prove_them(self):
        plan = plan_of(
            raw_layer("top", {"code": ["0101"]}, [cell(0)]),
            raw_layer("middle", {"code": ["m"]}, [cell(0)]),
            raw_layer("low", {"code": ["a"], "SJDM": [101]}, [cell(0)]),
            tiers=("top", "middle", "low"),
        )
        assert list(plan.layers["low"].frame["parent"]) == ["0101"]


def test_found_lists_the_fields_of_the_sources_only():
    layer = plan_of(units([("a", 1, cell(0))])).layers["unit"]
    assert layer.found == {"code", "far"}
    assert layer.frame["mode"].isna().all()
    assert layer.frame["approved_on"].dtype.kind == "M"
    assert layer.frame["height"].dtype == float


def test_the_tier_of_a_control_line_is_read_as_offices_write_it() -> None:
    columns = {"KZXLX": ["城市绿线"] * 3, "CJ": ["市级", "区县", "镇级"]}
    shapes = [shapely.box(x, 4_630_000, x + 50, 4_630_050) for x in (4.15e7, 4.1501e7, 4.1502e7)]
    plan = plan_of(raw_layer("control_line", columns, shapes))
    assert list(plan.layers["control_line"].frame["tier"]) == ["city", "district", "镇级"]
    assert [note.detail["value"] for note in notes_of(plan, "unknown_code_value")] == ["镇级"]
