from __future__ import annotations

import shapely
from raw_plans import notes_of, plan_of, raw_layer

from gisplan.model import Note

SQUARE = shapely.box(41_533_000, 4_629_000, 41_533_100, 4_629_100)


def bodies(path):
    return raw_layer("heritage_body", {"BHBH": ["W1"], "MC": ["塔"]}, [SQUARE], path=path)


def lost(column, path, layer="heritage_body"):
    detail = {"bytes": "ff"}
    return Note("text_undecodable", layer, path, record=0, column=column, detail=detail)


def test_columns_of_files_get_the_names_that_plans_use():
    notes = [lost("MC", "a.shp"), lost("BHBH", "b.shp"), lost("BEIZHU", "a.shp")]
    plan = plan_of(bodies("a.shp"), bodies("b.shp"), notes=notes)
    found = [note.column for note in notes_of(plan, "text_undecodable")]
    assert found == ["name", "code", "BEIZHU"]


def test_a_note_of_another_file_or_without_a_column_stays_as_it_is():
    notes = [
        lost("MC", "other.shp"),
        lost("MC", "a.shp", "unit"),
        Note("x", "heritage_body", "a.shp"),
    ]
    plan = plan_of(bodies("a.shp"), notes=notes)
    assert plan.notes[:3] == tuple(notes)


def test_the_mapping_of_the_plan_file_counts():
    raw = raw_layer(
        "heritage_body", {"X1": ["W1"], "MC": ["塔"]}, [SQUARE], path="a.shp", fields={"code": "X1"}
    )
    plan = plan_of(raw, notes=[lost("X1", "a.shp")])
    assert notes_of(plan, "text_undecodable")[0].column == "code"
