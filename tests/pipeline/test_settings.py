"""Rule parameters: defaults, the plan's, the command line's; mistakes name their line."""

from types import SimpleNamespace

import pytest

from gisplan.catalogue.rule import Param, Rule
from gisplan.catalogue.settings import choose_rules, parse_assignments, resolve_settings
from gisplan.errors import RuleError
from gisplan.model import Severity, Text

WORDS = Text("", "")
RULE = Rule("GEO103", "overlap", WORDS, Severity.ERROR, WORDS, WORDS,
            params={"min_area": Param(1.0), "strict": Param(False)})  # fmt: skip
RULES = {
    "GEO103": SimpleNamespace(rule=RULE),
    "HER101": SimpleNamespace(rule=Rule("HER101", "x", WORDS, Severity.ERROR, WORDS, WORDS)),
}


def test_defaults_stand_where_nothing_is_said():
    assert resolve_settings(RULES, {})["GEO103"] == {"min_area": 1.0, "strict": False}


def test_the_plan_sets_a_parameter_and_a_severity():
    declared = {"GEO103": {"min_area": 2, "severity": "warning"}}
    found = resolve_settings(RULES, declared)["GEO103"]
    assert found == {"min_area": 2.0, "strict": False, "severity": "warning"}


def test_text_from_the_command_line_is_read_as_the_type_of_the_default():
    declared = parse_assignments(["geo103.min_area=2.5", "GEO103.strict=true"])
    assert resolve_settings(RULES, declared)["GEO103"] == {"min_area": 2.5, "strict": True}


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"GEO104": {}}, "GEO103"),
        ({"GEO103": {"min_aera": 1}}, "min_area"),
        ({"GEO103": {"min_area": "big"}}, "float"),
        ({"GEO103": {"strict": 1}}, "bool"),
        ({"GEO103": {"severity": "fatal"}}, "error, warning or info"),
    ],
)
def test_a_mistake_is_an_error_that_suggests_the_remedy(declared, words):
    with pytest.raises(RuleError, match=words):
        resolve_settings(RULES, declared)


def test_a_mistake_in_the_plan_names_file_and_line():
    with pytest.raises(RuleError, match=r"gisplan\.toml line 7"):
        resolve_settings(RULES, {"GEO103": {"x": 1}}, {"rules.GEO103.x": 7})


def test_rules_are_chosen_by_code_or_beginning():
    assert choose_rules(RULES, ["her"], []) == {"HER101"}
    assert choose_rules(RULES, [], ["GEO"]) == {"HER101"}
    with pytest.raises(RuleError, match="no rule GE0103"):
        choose_rules(RULES, ["GE0103"], [])


@pytest.mark.parametrize("text", ["GEO103", "GEO103.min_area", "min_area=1", ".x=1"])
def test_an_assignment_of_another_form_is_an_error(text):
    with pytest.raises(RuleError, match="CODE"):
        parse_assignments([text])
