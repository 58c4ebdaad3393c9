"""A word that several kinds of zone go by is told apart by what the zone is drawn around."""

from __future__ import annotations

from raw_plans import notes_of, plan_of, raw_layer
from shapely import box

BOX = box(41_500_000, 4_600_000, 41_500_001, 4_600_001)


def zones(kinds, bodies, classes=None, **source):
    """Return the kinds that zones come to, and their plan."""
    columns = {"QHBH": [f"q{i}" for i in range(len(kinds))], "QHLX": kinds, "BHBH": bodies}
    raws = [raw_layer("heritage_zone", columns, [BOX] * len(kinds), **source)]
    if classes:
        known = {"BHBH": list(classes), "LB": list(classes.values())}
        raws.append(raw_layer("heritage_body", known, [BOX] * len(classes)))
    plan = plan_of(*raws)
    frame = plan.layers["heritage_zone"].frame
    return dict(zip(frame["code"], frame["zone"], strict=True)), plan


def test_by_the_class_of_its_body():
    found, plan = zones(
        ["建设控制地带", "建控地带"], ["W1", "J1"], {"W1": "文物保护单位", "J1": "历史文化街区"}
    )
    assert found == {"q0": "Z3", "q1": "Z7"}
    assert notes_of(plan, "unknown_code_value") == []
    said = [note.detail["reason_zh"] for note in notes_of(plan, "kind_settled")]
    assert len(said) == 2
    assert "1 个区划的类型写作“建控地带”" in said[1] + said[0]


def test_by_the_other_zones_of_its_body_before_those_of_the_file():
    found, _ = zones(
        ["保护范围", "建设控制地带", "核心保护范围", "建设控制地带"], ["W1", "W1", "J1", "J1"]
    )
    assert found == {"q0": "Z2", "q1": "Z3", "q2": "Z6", "q3": "Z7"}


def test_by_the_other_zones_of_the_file():
    found, _ = zones(["核心保护范围", "建设控制地带"], [None, None])
    assert found == {"q0": "Z6", "q1": "Z7"}


def test_stays_open_where_the_file_holds_both_and_names_the_two_kinds():
    found, plan = zones(["核心保护范围", "保护范围", "建设控制地带"], [None, None, None])
    assert found["q2"] == "建设控制地带"
    [note] = notes_of(plan, "unknown_code_value")
    assert note.feature == "q2"
    assert note.detail["means_zh"] == "文物保护单位建设控制地带、历史文化街区建设控制地带"


def test_stays_open_where_the_body_is_of_a_class_that_has_no_such_zone():
    found, plan = zones(["建设控制地带"], ["G1"], {"G1": "古树名木"})
    assert found["q0"] == "建设控制地带"
    assert len(notes_of(plan, "unknown_code_value")) == 1


def test_a_constant_of_the_plan_may_be_such_a_word():
    raws = [
        raw_layer(
            "heritage_zone",
            {"QHBH": ["a", "b"], "BHBH": ["W1", "W9"]},
            [BOX] * 2,
            values={"zone": "建设控制地带"},
        ),
        raw_layer("heritage_body", {"BHBH": ["W1"], "LB": ["文保"]}, [BOX]),
    ]
    plan = plan_of(*raws)
    assert list(plan.layers["heritage_zone"].frame["zone"]) == ["Z3", "建设控制地带"]
    assert [note.feature for note in notes_of(plan, "unknown_code_value")] == ["b"]
