"""Goals of the highest tier: how much of the way from the year before to the target is done."""

from __future__ import annotations

import pandas as pd
import pytest

from gisplan.exam.goals import goals
from gisplan.pipeline import exam, open_plan
from tests.exam.tiny_city import written


def row(value, target, last, grade, level="city"):
    return {"indicator": "C102", "level": level, "place": "210100", "name": "市", "last": last,
            "value": value, "target": target, "grade": grade}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "target", "last", "grade", "progress"),
    [
        (6.0, 8.0, 4.0, "missed", 50.0),  # higher is better
        (5.0, 0.0, 10.0, "missed", 50.0),  # lower is better
        (3.0, 8.0, 4.0, "missed", -25.0),  # went back
        (4.0, 8.0, 4.0, "missed", 0.0),
        (9.0, 8.0, 4.0, "met", 100.0),
        (8.0, 8.0, None, "met", 100.0),
        (6.0, 8.0, None, "missed", None),  # no year before
        (6.0, 8.0, 8.0, "missed", None),  # it was there already
        (6.0, 8.0, 9.0, "missed", None),  # it was beyond
    ],
)
def test_progress_is_the_share_of_the_way(value, target, last, grade, progress):
    found = goals(pd.DataFrame([row(value, target, last, grade)]), ("city", "district"))
    got = found["progress"].iloc[0]
    assert got == progress if progress is not None else got is None


def test_only_the_highest_tier_and_what_has_a_target_is_listed():
    rows = [row(1.0, 2.0, None, "missed"), row(1.0, 2.0, None, "missed", "district"),
            row(1.0, None, None, "ungraded")]  # fmt: skip
    assert len(goals(pd.DataFrame(rows), ("city", "district"))) == 1
    assert not len(goals(pd.DataFrame(rows), ()))


def test_the_exam_tells_its_goals_in_every_file(tmp_path):
    import json

    import openpyxl

    folder = tmp_path / "plan"
    folder.mkdir()
    plan = open_plan(written(folder, more="[exam.targets]\nC102 = 2.5\n"))
    result = exam(plan, last={("C102", "city", "210100"): (2024, 0.5)})
    mine = result.dossier.goals.set_index("indicator").loc["C102"]
    assert mine["progress"] == pytest.approx(50, abs=0.1)  # 0.5, 1.5, 2.5
    files = result.save(tmp_path / "out")
    document = json.loads(files["exam.json"].read_text("utf-8"))
    assert [g["indicator"] for g in document["goals"]] == result.dossier.goals["indicator"].tolist()
    assert "目标进度" in openpyxl.load_workbook(files["exam.xlsx"]).sheetnames
    assert "50%" in files["exam.html"].read_text("utf-8")
