from __future__ import annotations

import pytest
from raw_plans import notes_of, plan_of, raw_layer
from shapely import box

from gisplan.catalogue.layers import layer_specs
from gisplan.errors import PlanError
from gisplan.model import LayerSource
from gisplan.normalise.fields import match_fields

UNIT = layer_specs()["unit"]


def match(columns, spec=UNIT, **source):
    return match_fields(LayerSource(spec.name, "a.shp", **source), spec, columns, "a.shp")


def test_names_and_aliases_are_found_whatever_case_and_width():
    found = match(["dybh", "ＤＹＭＣ", "更新方式", "Far"]).columns
    assert found == {
        "code": ("dybh",),
        "name": ("ＤＹＭＣ",),
        "mode": ("更新方式",),
        "far": ("Far",),
    }


def test_the_first_alias_wins_and_the_other_column_is_named():
    found = match(["XZQDM", "SJDM", "DYBH"])
    assert found.columns["parent"] == ("SJDM",)
    (note,) = found.notes
    assert (note.kind, note.column) == ("ambiguous_field", "parent")
    assert note.detail == {"used": "SJDM", "others": ("XZQDM",)}


def test_a_column_serves_one_field():
    district = layer_specs()["district"]
    found = match(["adcode", "city_adcode", "district_adcode"], district).columns
    assert (found["code"], found["parent"]) == (("district_adcode",), ("city_adcode",))


def test_configuration_may_use_one_column_twice():
    found = match(["ID"], fields={"code": "ID", "name": "id"}).columns
    assert found == {"code": ("ID",), "name": ("ID",)}


def test_own_name_beats_the_alias_of_another_field():
    found = match(["name", "名称", "code", "编号"]).columns
    assert (found["code"], found["name"]) == (("code",), ("name",))


@pytest.mark.parametrize(
    ("column", "field"),
    [("现状总建筑", "existing_area"), ("demolish_a", "demolish_area"), ("更新单元编", "code")],
)
def test_names_that_a_shapefile_cut_are_found(column, field):
    assert match([column]).columns == {field: (column,)}


def test_cut_name_of_two_fields_is_taken_for_neither():
    assert match(["更新单"]).columns == {}  # 更新单元编号 or 更新单元名称, cut in UTF-8


def test_missing_required_field_is_noted_with_the_names_looked_for():
    (note,) = match(["DYMC"]).notes
    assert (note.kind, note.column) == ("field_missing", "code")
    assert {"code", "DYBH", "单元编号"} <= set(note.detail["wanted"])


def test_named_column_that_is_not_there_names_layer_column_and_columns():
    with pytest.raises(PlanError) as caught:
        match(["A", "B"], fields={"code": "PA_CODE"})
    for text in caught.value.text:
        assert all(word in text for word in ("unit", "PA_CODE", "a.shp", "A, B"))


@pytest.mark.parametrize("part", ["fields", "values"])
def test_unknown_standard_field_is_refused(part):
    with pytest.raises(PlanError, match="colour"):
        match(["A"], **{part: {"colour": "A"}})


def test_columns_are_joined_into_a_code():
    raw = raw_layer(
        "unit",
        {"D": ["01", "02", None], "S": [1, 2, 3]},
        [box(41_500_000 + i, 4_600_000, 41_500_001 + i, 4_600_001) for i in range(3)],
        fields={"code": ("D", "S")},
    )
    codes = plan_of(raw).layers["unit"].frame["code"]
    assert sorted(codes.dropna()) == ["011", "022"]
    assert codes.isna().sum() == 1


class TestConstants:
    def zone(self, columns, **source):
        raw = raw_layer(
            "heritage_zone",
            {"QHBH": ["a", "b"], **columns},
            [box(41_500_000, 4_600_000, 41_500_001, 4_600_001)] * 2,
            **source,
        )
        return plan_of(raw)

    def test_fill_a_field_that_the_file_lacks_in_any_spelling(self):
        plan = self.zone({}, values={"zone": "保护范围"})
        assert list(plan.layers["heritage_zone"].frame["zone"]) == ["Z2", "Z2"]
        assert "zone" in plan.layers["heritage_zone"].found
        assert notes_of(plan, "field_missing") == []

    def test_fill_only_the_empty_cells_of_a_declared_column(self):
        plan = self.zone({"K": ["Z3", ""]}, fields={"zone": "K"}, values={"zone": "Z2"})
        assert list(plan.layers["heritage_zone"].frame["zone"]) == ["Z3", "Z2"]

    def test_beat_a_column_that_was_only_recognised(self):
        plan = self.zone({"QHLX": ["Z3", "Z3"]}, values={"zone": "Z2"})
        assert list(plan.layers["heritage_zone"].frame["zone"]) == ["Z2", "Z2"]

    def test_must_be_values_of_the_field(self):
        with pytest.raises(PlanError, match="zone"):
            self.zone({}, values={"zone": "Z99"})
