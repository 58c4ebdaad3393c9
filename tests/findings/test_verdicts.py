"""Verdicts: blocked, undetermined, conditional, clear. Clear is a proof, not a default."""

from __future__ import annotations

import pandas as pd
import pytest
from findings_case import IN_DISTRICT, parents, square

from gisplan.catalogue.judgement import NOT_SELECTED
from gisplan.model import Note, Outcome, Ruling, Text
from gisplan.pipeline import NOT_SELECTED as IN_PIPELINE

A, B, C = "210102-GX001", "210102-GX002", "210102-GX003"
PROJECT = f"{A}-P001"
IN_UNIT = ("project", 0, "unit", A, 0, "declared")
CRASH = Text("KeyError", "KeyError")


def test_a_unit_without_anything_against_it_is_clear(case):
    row = case.verdict(A)
    assert (row["verdict"], row["errors"], row["approvals"]) == ("clear", 0, 0)
    assert (row["reasons"], row["why_zh"], row["why_en"]) == ([], [], [])
    assert (row["name"], row["parent"]) == ("甲", "210102")


def test_verdicts_are_sorted_and_complete(case):
    assert list(case.build().verdicts["unit"]) == [A, B, C]


def test_equal_texts_and_empty_lists_are_held_once(case, overlap):
    other = {**overlap, "fid": 1, "feature": B, "related": C}
    dossier = case.offend("GEO103", overlap, other).build()
    remedies = dossier.findings["remedy_zh"]
    assert len(remedies) == 2
    assert remedies[0] is remedies[1]
    rows = dossier.verdicts
    assert rows["unknown_zh"][0] == []
    assert rows["unknown_zh"][0] is rows["unknown_en"][1]


# --- blocked ----------------------------------------------------------------------------------


def test_an_error_blocks_both_units_that_it_names(case, overlap):
    dossier = case.offend("GEO103", overlap).build()
    rows = dossier.verdicts.set_index("unit")
    assert list(rows["verdict"]) == ["blocked", "blocked", "clear"]
    assert rows["reasons"][A] == rows["reasons"][B] == list(dossier.findings["fingerprint"])
    assert rows["errors"][A] == 1


@pytest.mark.parametrize("code", ["SCH108", "GEO110"])
def test_a_warning_or_a_notice_blocks_nothing(case, overlap, code):
    row = case.offend(code, overlap).verdict(A)
    assert (row["verdict"], row["reasons"]) == ("clear", [])


def test_an_error_on_a_district_blocks_no_unit(case, overlap):
    row = {**overlap, "layer": "district", "related_layer": None, "related": None}
    assert case.offend("GEO103", row).verdict(A)["verdict"] == "clear"


def test_a_label_of_another_layer_is_not_the_unit(case, overlap):
    row = {**overlap, "layer": "parcel", "fid": -1, "feature": A, "related": None}
    assert case.offend("GEO103", row).verdict(A)["verdict"] == "clear"


def test_a_heritage_error_on_a_project_blocks_its_unit(case, in_core_zone):
    case.measures["parents"] = parents(*IN_DISTRICT, IN_UNIT)
    case.offend("HER101", {**in_core_zone, "layer": "project"})
    rows = case.build().verdicts.set_index("unit")
    assert list(rows["verdict"]) == ["blocked", "clear", "clear"]


def test_a_control_line_that_a_project_enters_blocks_its_unit(case, overlap):
    case.measures["parents"] = parents(*IN_DISTRICT, IN_UNIT)
    case.offend("BND106", {**overlap, "layer": "project", "related_layer": None, "related": None})
    rows = case.build().verdicts.set_index("unit")
    assert list(rows["verdict"]) == ["blocked", "clear", "clear"]


def test_another_error_on_a_project_does_not_block_its_unit(case, overlap):
    case.measures["parents"] = parents(*IN_DISTRICT, IN_UNIT)
    case.offend("GEO103", {**overlap, "layer": "project", "related_layer": None, "related": None})
    assert case.verdict(A)["verdict"] == "clear"


def test_a_heritage_error_on_a_building_of_a_project_blocks_the_unit(case, in_core_zone):
    case.layers["building"] = case.layers["project"].assign(code="B9")
    case.measures["parents"] = parents(
        *IN_DISTRICT, ("building", 0, "project", PROJECT, 0, "declared"), IN_UNIT
    )
    case.offend("HER101", {**in_core_zone, "layer": "building"})
    assert case.verdict(A)["verdict"] == "blocked"


def test_what_belongs_to_no_unit_counts_for_none(case, in_core_zone):
    case.measures["parents"] = parents(*IN_DISTRICT, ("project", 0, "unit", None, -1, "none"))
    case.offend("HER101", {**in_core_zone, "layer": "project"})
    assert set(case.build().verdicts["verdict"]) == {"clear"}


# --- conditional ------------------------------------------------------------------------------


@pytest.mark.parametrize("ruling", [Ruling.APPROVAL, Ruling.CONSULTATION])
def test_what_is_due_makes_a_unit_conditional(case, in_core_zone, ruling):
    row = case.offend("HER104", {**in_core_zone, "ruling": ruling}).verdict(A)
    assert (row["verdict"], row["errors"], row["approvals"]) == ("conditional", 0, 1)
    assert len(row["reasons"]) == 1
    assert row["why_zh"][0].startswith({"approval": "须审批", "consultation": "须征求意见"}[ruling])


def test_a_notice_leaves_a_unit_clear(case, in_core_zone):
    row = case.offend("HER113", {**in_core_zone, "ruling": Ruling.NOTICE}).verdict(A)
    assert (row["verdict"], row["approvals"]) == ("clear", 0)


def test_blocked_is_stricter_than_undetermined_and_that_than_conditional(case, in_core_zone):
    case.offend("HER104", {**in_core_zone, "ruling": Ruling.APPROVAL})
    assert case.verdict(A)["verdict"] == "conditional"
    del case.layers["heritage_body"]
    assert case.verdict(A)["verdict"] == "undetermined"
    case.offend("HER101", in_core_zone)
    assert case.verdict(A)["verdict"] == "blocked"


def test_a_prohibited_act_whose_severity_was_lowered_is_never_clear(case, in_core_zone):
    case.rules = {"HER101": {"severity": "info"}}
    row = case.offend("HER101", in_core_zone).verdict(A)
    assert (row["verdict"], row["errors"]) == ("conditional", 0)


# --- undetermined -----------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["heritage_zone", "heritage_body"])
def test_a_heritage_layer_that_is_absent_or_empty_leaves_no_unit_clear(case, layer):
    kept = case.layers.pop(layer)
    rows = case.build().verdicts
    assert set(rows["verdict"]) == {"undetermined"}
    assert "缺少图层" in rows["why_zh"][0][0]
    case.layers[layer] = kept.iloc[:0]
    rows = case.build().verdicts
    assert set(rows["verdict"]) == {"undetermined"}


@pytest.mark.parametrize("kind", ["file_unreadable", "crs_missing"])
@pytest.mark.parametrize("layer", ["heritage_zone", "project", ""])
def test_a_file_that_was_not_read_leaves_no_unit_clear(case, kind, layer):
    detail = {"reason_zh": "截断", "reason_en": "cut"} if kind == "file_unreadable" else {}
    case.options["notes"] = [Note(kind, layer, "x.shp", detail=detail)]
    row = case.verdict(A)
    assert row["verdict"] == "undetermined"
    assert "x.shp" in row["why_en"][0]


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("datum_uncertain", {"metres": 100}),
        ("crs_contradicted", {}),
        ("shifted", {"like": "GCJ-02"}),
        ("axes_exchanged", {"confirmed": False}),
    ],
)
def test_a_layer_whose_place_is_in_doubt_leaves_no_unit_clear(case, kind, detail):
    case.options["notes"] = [Note(kind, "heritage_zone", "zones.shp", detail=detail)]
    row = case.verdict(A)
    assert row["verdict"] == "undetermined"
    assert "zones.shp" in row["why_zh"][0]
    case.options["notes"] = [Note(kind, "road", "road.shp", detail=detail)]
    assert case.verdict(A)["verdict"] == "clear"


@pytest.mark.parametrize("kind", ["axes_exchanged", "crs_confirmed"])
def test_a_layer_whose_place_was_proved_may_leave_units_clear(case, kind):
    detail = {"confirmed": True, "chosen": "EPSG:4529", "why_zh": "重合", "why_en": "they meet"}
    case.options["notes"] = [Note(kind, "heritage_zone", "zones.shp", detail=detail)]
    assert case.verdict(A)["verdict"] == "clear"


def test_a_layer_that_may_have_lost_records_leaves_no_unit_clear(case):
    detail = {"counts": {".shp": 2, ".dbf": 3}, "cut": False}
    case.options["notes"] = [Note("count_mismatch", "heritage_zone", "zones.shp", detail=detail)]
    row = case.verdict(A)
    assert row["verdict"] == "undetermined"
    assert "zones.shp" in row["why_zh"][0]
    case.options["notes"] = [Note("count_mismatch", "road", "road.shp", detail=detail)]
    assert case.verdict(A)["verdict"] == "clear"


def test_roads_that_were_not_read_change_no_verdict(case):
    case.options["notes"] = [Note("file_unreadable", "road", "road.shp")]
    assert case.verdict(A)["verdict"] == "clear"


def test_a_feature_not_judged_by_a_heritage_rule_makes_its_unit_undetermined(case):
    case.run("HER102", Outcome.NOT_JUDGED, None, [_unjudged("unit", 1)])
    rows = case.build().verdicts
    assert list(rows["verdict"]) == ["clear", "undetermined", "clear"]
    assert "没有级别" in rows["why_zh"][1][0]


def test_a_feature_not_judged_by_an_error_rule_makes_its_unit_undetermined(case):
    case.run("GEO103", Outcome.NOT_JUDGED, None, [_unjudged("unit", 1)])
    assert case.verdict(B)["verdict"] == "undetermined"
    case.rules = {"GEO103": {"severity": "warning"}}
    assert case.verdict(B)["verdict"] == "clear"


def test_a_feature_not_judged_by_a_warning_rule_changes_nothing_until_it_is_an_error(case):
    case.run("SCH108", Outcome.NOT_JUDGED, None, [_unjudged("unit", 1)])
    assert case.verdict(B)["verdict"] == "clear"
    case.rules = {"SCH108": {"severity": "error"}}
    assert case.verdict(B)["verdict"] == "undetermined"


@pytest.mark.parametrize("code", ["HER102", "BND106"])
def test_a_project_not_judged_counts_for_its_unit_where_land_is_at_stake(case, code):
    case.measures["parents"] = parents(*IN_DISTRICT, IN_UNIT)
    case.run("GEO103", Outcome.NOT_JUDGED, None, [_unjudged("project", 0)])
    assert case.verdict(A)["verdict"] == "clear"
    case.run(code, Outcome.NOT_JUDGED, None, [_unjudged("project", 0)])
    assert list(case.build().verdicts["verdict"]) == ["undetermined", "clear", "clear"]


def test_a_zone_not_judged_counts_for_the_units_that_meet_it(case):
    case.measures["relate"] = pd.DataFrame(
        [("unit", 2, "heritage_zone", 0), ("unit", 1, "control_line", 0)],
        columns=["actor_layer", "fid", "zone_layer", "zone_fid"],
    )
    case.run("HER102", Outcome.NOT_JUDGED, None, [_unjudged("heritage_zone", 0)])
    assert list(case.build().verdicts["verdict"]) == ["clear", "clear", "undetermined"]


def test_a_zone_not_judged_counts_for_all_where_meetings_were_not_measured(case):
    case.run("HER102", Outcome.NOT_JUDGED, None, [_unjudged("heritage_zone", 0)])
    assert set(case.build().verdicts["verdict"]) == {"undetermined"}


def test_a_doubt_makes_its_actor_undetermined(case):
    case.measures["doubt"] = _doubt("unit", 1)
    rows = case.build().verdicts
    assert list(rows["verdict"]) == ["clear", "undetermined", "clear"]
    assert rows["why_en"][1] == ["heritage zone Z9: quarantined nearby"]


def test_a_doubt_without_a_place_is_everybodys(case):
    case.measures["doubt"] = _doubt("unit", -1)
    assert set(case.build().verdicts["verdict"]) == {"undetermined"}


def test_a_doubt_about_a_project_is_its_units(case):
    case.measures["parents"] = parents(*IN_DISTRICT, IN_UNIT)
    case.measures["doubt"] = _doubt("project", 0)
    assert list(case.build().verdicts["verdict"]) == ["undetermined", "clear", "clear"]


@pytest.mark.parametrize(
    ("code", "verdict"),
    [("GEO103", "undetermined"), ("HER113", "undetermined"), ("SCH108", "clear")],
)
def test_a_crashed_rule_that_could_block_leaves_no_unit_clear(case, code, verdict):
    case.run(code, Outcome.CRASHED, CRASH)
    assert set(case.build().verdicts["verdict"]) == {verdict}


@pytest.mark.parametrize(
    ("code", "verdict"),
    [("HER113", "undetermined"), ("GEO103", "undetermined"), ("GEO110", "clear")],
)
def test_a_rule_left_out_by_the_caller_proves_nothing(case, code, verdict):
    case.run(code, Outcome.SKIPPED, NOT_SELECTED)
    assert set(case.build().verdicts["verdict"]) == {verdict}


def test_the_pipeline_says_not_selected_in_the_same_words():
    assert IN_PIPELINE == NOT_SELECTED


def test_a_rule_that_the_plan_gives_nothing_to_judge_changes_nothing(case):
    case.run("GEO103", Outcome.SKIPPED, Text("缺少图层", "missing layer"))
    assert case.verdict(A)["verdict"] == "clear"


def test_a_matrix_rule_that_could_not_run_proves_nothing(case):
    case.run("HER101", Outcome.SKIPPED, Text("缺少更新方式", "missing: mode"))
    row = case.verdict(A)
    assert row["verdict"] == "undetermined"
    assert "缺少更新方式" in row["why_zh"][0]


def test_a_unit_whose_parent_was_set_aside_is_undetermined(case):
    case.measures["parents"] = parents(
        IN_DISTRICT[0], ("unit", 1, "district", "210199", -1, "declared"), IN_DISTRICT[2]
    )
    rows = case.build().verdicts
    assert list(rows["verdict"]) == ["clear", "undetermined", "clear"]
    assert rows["parent"][1] == "210199"


# --- set aside --------------------------------------------------------------------------------


def test_a_unit_set_aside_is_undetermined_and_says_why(case):
    case.options["quarantine"] = {"unit": _aside("210102-GX009")}
    row = case.verdict("210102-GX009")
    assert row["verdict"] == "undetermined"
    assert row["why_zh"] == ["要素已隔离：坏"]
    assert case.verdict(A)["verdict"] == "clear"


def test_a_unit_set_aside_is_blocked_by_the_error_that_names_it(case, overlap):
    case.options["quarantine"] = {"unit": _aside("210102-GX009")}
    row = {**overlap, "fid": -1, "feature": "210102-GX009", "related": None}
    assert case.offend("SRC108", row).verdict("210102-GX009")["verdict"] == "blocked"


def test_a_project_set_aside_counts_for_the_unit_that_its_code_names(case):
    case.options["quarantine"] = {"project": _aside(f"{B}-P007")}
    assert list(case.build().verdicts["verdict"]) == ["clear", "undetermined", "clear"]


def test_a_project_set_aside_without_a_code_counts_for_the_units_that_it_meets(case):
    case.options["quarantine"] = {"project": _aside("x", square(210, 10, 20))}
    assert list(case.build().verdicts["verdict"]) == ["clear", "clear", "undetermined"]


def test_a_project_set_aside_somewhere_counts_for_the_units_that_meet_heritage(case):
    case.options["quarantine"] = {"project": _aside("x")}
    assert set(case.build().verdicts["verdict"]) == {"undetermined"}
    case.measures["relate"] = pd.DataFrame(
        [("unit", 2, "heritage_zone", 0)],
        columns=["actor_layer", "fid", "zone_layer", "zone_fid"],
    )
    case.measures["near"] = pd.DataFrame(
        [("unit", 1, 0)], columns=["actor_layer", "fid", "body_fid"]
    )
    assert list(case.build().verdicts["verdict"]) == ["clear", "undetermined", "undetermined"]


def test_a_finding_on_a_unit_set_aside_counts_for_its_projects_heritage(case, in_core_zone):
    case.options["quarantine"] = {"unit": _aside("210102-GX009")}
    case.measures["parents"] = parents(
        *IN_DISTRICT, ("project", 0, "unit", "210102-GX009", -1, "declared")
    )
    case.offend("HER101", {**in_core_zone, "layer": "project"})
    assert case.verdict("210102-GX009")["verdict"] == "blocked"
    assert case.verdict(A)["verdict"] == "clear"


def _unjudged(layer, fid):
    return {"layer": layer, "fid": fid, "why_zh": "没有级别", "why_en": "no level"}


def _doubt(layer, fid):
    columns = ["actor_layer", "fid", "other_layer", "other_fid", "other_label", "why_zh", "why_en"]
    row = (layer, fid, "heritage_zone", -1, "Z9", "附近有隔离要素", "quarantined nearby")
    return pd.DataFrame([row], columns=columns)


def _aside(label, shape=None):
    return pd.DataFrame(
        {
            "_label": [label],
            "code": [label],
            "reason_zh": ["坏"],
            "reason_en": ["bad"],
            "geometry": [shape],
        }
    )
