"""The conflict matrix says what domain.md D.3 says, cell by cell."""

from __future__ import annotations

import pytest

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.home import load_toml
from gisplan.catalogue.matrix import (
    MARKS,
    SEVERITY_OF,
    matrix_note,
    overlay_zones,
    ruling_for,
    strictest,
)
from gisplan.catalogue.sources import cite
from gisplan.catalogue.steps import KINDS, steps
from gisplan.model import Ruling, Severity

MODES = ("M1", "M2", "M3", "M4", "M5", "M6", "M7")
# The table of domain.md D.3, typed anew; a number in brackets is an article: bare of the relics
# law, R of Regulation 524, O of Order 119. Z14 is ours.
TABLE = """
Z1 national  | A (32)    | P* (38)   | A (34)    | P (31)      | P (31)      | P (38)  | P* (28,31)
Z1 province  | A (32)    | P* (38)   | A (34)    | P* (31)     | P* (31,33)  | P (38)  | P* (28,31)
Z1 city      | A (32)    | P* (38)   | A (34)    | P* (31)     | P* (31,33)  | P (38)  | P* (28,31)
Z1 county    | A (32)    | P* (38)   | A (34)    | P* (31)     | P* (31,33)  | P (38)  | P* (28,31)
Z1 unlisted  | A (32)    | A (31,38) | C (34)    | P* (31)     | P* (31,33)  | P (38)  | A (31)
Z2 *         | A (32)    | P* (28)   | P* (28)   | A (28,38)   | P* (28)     | P* (28) | P* (28)
Z3 *         | N         | A (29)    | A (29)    | A (29,43)   | A (29,43)   | A (29,43) | A (29,43)
Z4 *         | A (R35)   | A (R35)   | A (R35)   | P* (R33,R34) | P* (R33,R34) | A (R34) | A (R34)
Z5 *         | N         | C         | C         | C           | A           | A       | C
Z6 *         | A (R27,R35) | A (R28,R25) | A (R35,R25) | A (R28) | P* (R28) | P (R28) | C (R28,R29)
Z7 *         | N         | C (R26)   | C (R26)   | C           | A (R26)     | A (R26) | C
Z8 *         | -         | N         | N         | N           | C           | C       | N
Z9 *         | N         | C         | C         | A           | P* (O13(1)) | A (O13) | C
Z10 *        | -         | N         | C         | C           | C           | C (R23) | N
Z11 *        | -         | N         | N         | C           | A (43)      | A (43)  | A (43)
Z12 *        | N         | N         | C (24)    | P* (24)     | P* (24)     | P* (24) | A (24)
Z13 *        | -         | N         | C         | P*          | P*          | C       | C
Z14 *        | N         | N         | C         | C           | C           | C       | C
"""
LEVELS = ("national", "province", "city", "county", "unlisted")
DOCUMENTS = {"R": "historic-cities-regulation-524", "O": "purple-line-order-119"}


def _reference(article: str) -> str:
    document = DOCUMENTS.get(article[0])
    return f"{document}#{article[1:]}" if document else f"relics-law-2024#{article}"


def _cells() -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    found = []
    for line in TABLE.strip().splitlines():
        head, *cells = (part.strip() for part in line.split("|"))
        zone, level = head.split()
        for mode, cell in zip(MODES, cells, strict=True):
            mark, _, articles = cell.partition(" ")
            wanted = articles.removeprefix("(").removesuffix(")")
            references = tuple(_reference(a) for a in wanted.split(",")) if wanted else ()
            for one in LEVELS if level == "*" else (level,):
                found.append((zone, one, mode, mark, references))
    return found


@pytest.mark.parametrize(("zone", "level", "mode", "mark", "references"), _cells())
def test_a_cell_rules_as_the_table_does(zone, level, mode, mark, references):
    cell = ruling_for(zone, level, mode)
    if mark == "-":
        assert cell is None
        return
    assert cell.ruling is MARKS[mark]
    assert set(references) <= set(cell.sources)
    assert not cell.level_unknown


def test_the_typed_table_is_complete():
    assert len(_cells()) == len(codelist("zone")) * len(MODES) * len(LEVELS)
    assert {row[0] for row in _cells()} == set(codelist("zone"))
    assert set(MODES) == set(codelist("mode"))
    relics = {code for code, entry in codelist("level").items() if entry.extra["of"] == "relic"}
    assert set(LEVELS) == relics


@pytest.mark.parametrize("zone", sorted(codelist("zone")))
@pytest.mark.parametrize("level", [*LEVELS, None])
def test_every_cell_has_known_sources_and_a_route(zone, level):
    for mode in MODES:
        cell = ruling_for(zone, level, mode)
        if cell is not None:
            assert [cite(reference).key for reference in cell.sources]
            assert cell.route.zh
            assert cell.route.en


@pytest.mark.parametrize(
    ("mode", "ruling"),
    [("M2", "exception_only"), ("M3", "approval"), ("M5", "prohibited"), ("M7", "exception_only")],
)
@pytest.mark.parametrize("level", [None, "", "不详"])
def test_an_unknown_level_gets_the_strictest_ruling_and_is_marked(mode, ruling, level):
    cell = ruling_for("Z1", level, mode)
    assert cell.ruling == ruling
    assert cell.level_unknown
    assert cell.route.zh.startswith("级别未知")


@pytest.mark.parametrize("zone", ["Z2", "Z3"])
def test_a_route_that_hangs_on_the_level_is_marked_where_the_level_is_unknown(zone):
    assert ruling_for(zone, None, "M6").level_unknown
    assert not ruling_for(zone, "city", "M6").level_unknown


@pytest.mark.parametrize("zone", ["Z4", "Z6", "Z7", "Z9", "Z10", "Z11"])
def test_a_zone_whose_row_knows_no_levels_is_never_marked(zone):
    assert not ruling_for(zone, None, "M6").level_unknown


def test_the_route_follows_the_level():
    national, county = (ruling_for("Z2", level, "M6").route for level in ("national", "county"))
    assert "国务院文物行政部门" in national.zh
    assert "核定公布该文物保护单位的人民政府" in county.zh
    assert "国务院批准" in ruling_for("Z1", "national", "M4").route.zh
    assert "征得国务院文物行政部门同意" in ruling_for("Z1", "province", "M4").route.zh
    assert "征得" not in ruling_for("Z1", "city", "M4").route.zh
    assert "省级文物行政部门" in ruling_for("Z1", "unlisted", "M4").route.zh


def test_only_these_cells_hang_on_a_condition():
    found = {
        (zone, mode): cell.condition.key
        for zone in codelist("zone")
        for mode in MODES
        if (cell := ruling_for(zone, "city", mode)) is not None and cell.condition is not None
    }
    assert found == {
        ("Z6", "M5"): "discordant",
        ("Z10", "M4"): "mass",
        ("Z10", "M5"): "mass",
        ("Z13", "M4"): "assessed",
        ("Z13", "M5"): "assessed",
    }


def test_mass_demolition_turns_a_consultation_into_a_prohibition():
    condition = ruling_for("Z10", None, "M5").condition
    assert condition.ruling is Ruling.PROHIBITED
    assert condition.share == 0.20


def test_z12_is_in_the_matrix_but_not_overlaid():
    assert set(codelist("zone")) - set(overlay_zones()) == {"Z12"}


def test_an_unknown_zone_or_mode_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        ruling_for("Z99", None, "M1")
    with pytest.raises(KeyError):
        ruling_for("Z6", None, "M99")


def test_strictest_keeps_the_first_of_equals_and_knows_nothing():
    prohibited, notice = ruling_for("Z6", None, "M6"), ruling_for("Z7", None, "M1")
    assert strictest([notice, None, prohibited]) is prohibited
    assert strictest([None]) is None


def test_severity_follows_the_ruling():
    assert [SEVERITY_OF[ruling] for ruling in Ruling] == [
        Severity.ERROR,
        Severity.ERROR,
        Severity.WARNING,
        Severity.WARNING,
        Severity.INFO,
    ]


def test_every_declared_route_and_condition_is_used():
    matrix = load_toml("matrix.toml")
    assert {r for row in matrix["row"] for r in row["routes"].values()} == set(matrix["route"])
    used = {c for row in matrix["row"] for c in row.get("conditions", {}).values()}
    assert used == set(matrix["condition"])
    assert "解释" in matrix_note().zh


# --- steps ------------------------------------------------------------------------------------


def _routes():
    for key, entry in load_toml("matrix.toml")["route"].items():
        yield key, entry
        yield from ((key, part) for part in entry.values() if isinstance(part, dict))


def test_every_route_has_steps_in_the_order_of_the_law():
    for key, route in _routes():
        orders = [steps()[step].order for step in route["steps"]]
        assert orders == sorted(orders), key


def test_a_route_without_a_step_is_barred_or_asks_for_no_approval():
    assert {key for key, route in _routes() if not route["steps"]} == {
        "explain",
        "relic-add",
        "core-build",
    }


def test_every_step_is_used_of_a_known_kind_and_cites_known_sources():
    assert {key for _, route in _routes() for key in route["steps"]} == set(steps())
    for step in steps().values():
        assert step.kind in KINDS
        assert all(cite(reference).key for reference in step.sources)
        assert (step.notice_days is not None) == (step.kind == "notice")


def test_demolition_in_a_core_zone_is_reviewed_then_published_then_approved():
    cell = ruling_for("Z6", None, "M4")
    due = [steps()[key] for key in cell.steps]
    assert [step.kind for step in due] == ["expert_review", "notice", "approval"]
    assert due[1].notice_days == 20
    assert cell.route_key == "core-demolish"


def test_consent_comes_before_approval_and_before_the_permit():
    zone = [steps()[key].who.zh for key in ruling_for("Z2", "national", "M6").steps]
    assert zone == ["国务院文物行政部门", "省、自治区、直辖市人民政府"]
    control = [steps()[key].kind for key in ruling_for("Z3", "city", "M6").steps]
    assert control == ["archaeology", "consent", "permit"]


def test_the_grade_of_a_tree_is_no_level_of_a_relic():
    unknown = ruling_for("Z1", None, "M1")
    assert unknown.level_unknown
    assert ruling_for("Z1", "grade1", "M1") == unknown
