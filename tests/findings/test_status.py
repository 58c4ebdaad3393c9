"""Exit status and the account of the layers."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from gisplan.findings.counts import count_layers
from gisplan.findings.status import exit_status, why_not_fully_judged
from gisplan.model import InputRecord, Note, Outcome, Text


def test_a_plan_without_errors_exits_with_0(case, overlap):
    dossier = case.offend("SCH108", overlap).build()
    assert exit_status(dossier) == 0
    assert why_not_fully_judged(dossier) is None


def test_an_error_exits_with_1(case, overlap):
    assert exit_status(case.offend("GEO103", overlap).build()) == 1


def test_a_skipped_rule_or_an_unjudged_feature_makes_no_2(case):
    case.run("GEO103", Outcome.SKIPPED, Text("缺", "missing"))
    case.run("HER101", Outcome.NOT_JUDGED, None, [{"layer": "unit", "fid": 0}])
    assert exit_status(case.build()) == 0


@pytest.mark.parametrize("kind", ["file_unreadable", "crs_missing"])
def test_a_file_not_read_exits_with_2_and_is_named(case, overlap, kind):
    detail = {"reason_zh": "文件截断", "reason_en": "cut short"}
    case.options["notes"] = [Note(kind, "unit", "unit.shp", detail=detail)]
    dossier = case.offend("GEO103", overlap).build()
    assert exit_status(dossier) == 2
    why = why_not_fully_judged(dossier)
    assert "unit.shp" in why.zh
    assert "unit.shp" in why.en


def test_a_file_is_named_once_and_its_layer_by_title(case):
    detail = {"reason_zh": "unit.shp：文件截断", "reason_en": "unit.shp: cut short"}
    case.options["notes"] = [Note("file_unreadable", "unit", "unit.shp", detail=detail)]
    why = why_not_fully_judged(case.build())
    assert why.zh.startswith("unit.shp（更新单元）：无法读取：文件截断")
    assert why.en.startswith("unit.shp (renewal unit): cannot be read: cut short")


def test_a_feature_set_aside_exits_with_2_and_is_named(case):
    aside = pd.DataFrame({"_label": ["210102-GX009"], "reason_zh": ["坏"], "reason_en": ["bad"]})
    case.options["quarantine"] = {"unit": aside}
    dossier = case.build()
    assert exit_status(dossier) == 2
    why = why_not_fully_judged(dossier).en
    assert all(word in why for word in ("unit.gpkg", "210102-GX009", "bad"))


def test_a_crashed_rule_exits_with_2_even_one_that_warns(case):
    case.run("SCH108", Outcome.CRASHED, Text("KeyError: x", "KeyError: x"))
    dossier = case.build()
    assert exit_status(dossier) == 2
    assert "SCH108" in why_not_fully_judged(dossier).zh


def test_every_layer_and_table_is_accounted_for(case):
    case.layers["indicator"] = pd.DataFrame({"code": ["210102"] * 4})
    case.options["quarantine"] = {"unit": pd.DataFrame({"_label": ["x", "y"]})}
    counts = {count.layer: count for count in case.build().layers}
    assert list(counts)[:3] == ["district", "unit", "project"]
    unit = counts["unit"]
    assert (unit.tier, unit.read, unit.checked, unit.quarantined) == (True, 5, 3, 2)
    assert (counts["indicator"].tier, counts["indicator"].read) == (False, 4)
    assert all(c.read == c.checked + c.quarantined for c in counts.values())


def test_a_layer_whose_file_was_not_read_is_listed_with_nothing(case):
    case.options["notes"] = [Note("file_unreadable", "parcel", "parcel.shp")]
    count = next(c for c in case.build().layers if c.layer == "parcel")
    assert (count.read, count.checked, count.quarantined) == (0, 0, 0)


def test_a_layer_without_crs_was_read_and_is_all_set_aside(case):
    plan = case.plan()
    record = InputRecord("parcel.shp", "0" * 64, "parcel", "ESRI Shapefile", 7)
    note = Note("crs_missing", "parcel", "parcel.shp")
    counts = count_layers(replace(plan, notes=(note,), inputs=(record,)))
    count = next(c for c in counts if c.layer == "parcel")
    assert (count.read, count.checked, count.quarantined) == (7, 0, 7)
