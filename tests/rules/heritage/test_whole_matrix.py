"""Every cell of the matrix comes out of exactly one rule, with its ruling and its route.

The cases are those of `cells/whole_matrix.yaml`, which is written apart from the matrix; each is
drawn as the mode of a unit (screening) and of a parcel (action level).
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import yaml

from gisplan.catalogue.actions import modes_of
from gisplan.catalogue.codes import codelist
from gisplan.catalogue.home import layers_home
from gisplan.catalogue.matrix import MARKS, SEVERITY_OF, ruling_for, strictest
from gisplan.catalogue.registry import registry
from gisplan.testing.cases import run_on
from gisplan.testing.drawing import draw

MODES = ("M1", "M2", "M3", "M4", "M5", "M6", "M7")
ACTORS = ("unit", "parcel")
RULES = [code for code in registry() if code.startswith("HER")]
MATRIX = tomllib.loads((layers_home() / "matrix.toml").read_text(encoding="utf-8"))
RELIC_LEVELS = [code for code, e in codelist("level").items() if e.extra["of"] == "relic"]
# the rules beside the matrix have cases of their own; HER112 is about zones alone
BESIDE = {"HER105", "HER107", "HER110", "HER112", "HER114"}


class Cell(NamedTuple):
    zone: str
    level: str | None
    mode: str
    ruling: str
    route: str | None

    def __str__(self) -> str:
        return f"{self.zone}-{self.level or 'any'}-{self.mode}"


def _cells() -> list[Cell]:
    path = Path(__file__).parent / "cells" / "whole_matrix.yaml"
    return [
        Cell(row["zone"], level, mode, ruling, route)
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
        for level in row["levels"] or [None]
        for mode, ruling, route in zip(MODES, row["rulings"], row["routes"], strict=True)
    ]


CELLS = _cells()
OVERLAID = [cell for cell in CELLS if cell.zone != "Z12"]
BODIES = [code for code, entry in codelist("asset_class").items() if entry.extra["zone"]]


def test_the_cases_are_all_cells_of_the_matrix_and_no_others() -> None:
    due = set()
    for row in MATRIX["row"]:
        levels = [None]
        if row.get("by_level"):
            levels = row.get("levels") or RELIC_LEVELS
        due |= {(row["zone"], level, mode) for level, mode in product(levels, codelist("mode"))}
    assert {cell[:3] for cell in CELLS} == due
    assert len(CELLS) == len(due)
    assert {row["zone"] for row in MATRIX["row"]} == set(codelist("zone"))


def _box(column: int, row: int, size: float = 100.0) -> list[float]:
    """Return a box far enough from the others to have nothing to do with them."""
    return [column * 1000, row * 1000, column * 1000 + size, row * 1000 + size]


Findings = dict[tuple[str, str], list[tuple[str, pd.Series]]]


def _findings(drawing: dict[str, Any]) -> Findings:
    """Return what the rules of the matrix find, by actor and what it meets."""
    plan = draw({"tiers": ["district", "unit"], **drawing})
    found = defaultdict(list)
    for code in RULES:
        if code not in BESIDE:
            for _, row in run_on(plan, code).offenders.iterrows():
                found[row["feature"], row["related"]].append((code, row))
    return found


def _plan(actor: str, share: float = 0.01) -> dict[str, Any]:
    """Return a drawing with every cell of a mapped zone as the mode of a unit, or of a parcel."""
    units, parcels, zones = [], [], []
    for number, cell in enumerate(OVERLAID):
        place = divmod(number, 20)
        areas = {"existing_area": 1000.0, "demolish_area": 1000.0 * share}
        mode = {"mode": cell.mode}
        # the unit of a parcel lies beside the zone
        own = (
            _box(*place)
            if actor == "unit"
            else [c + d for c, d in zip(_box(*place), (200, 0, 200, 0), strict=True)]
        )
        units.append(
            {
                "code": f"U-{cell}",
                "box": own,
                **areas,
                **(mode if actor == "unit" else {"mode": "M1"}),
            }
        )
        if actor == "parcel":
            parcels.append(
                {"code": f"D-{cell}", "parent": f"U-{cell}", "box": _box(*place), **mode}
            )
        zones.append(
            {"code": str(cell), "zone": cell.zone, "level": cell.level, "box": _box(*place, 50)}
        )
    far = {"heritage_body": [{"code": "far", "asset_class": "GS", "point": [-5000, -5000]}]}
    return {
        "unit": units,
        "heritage_zone": zones,
        **far,
        **({"parcel": parcels} if parcels else {}),
    }


@pytest.fixture(scope="module")
def found() -> dict[str, Findings]:
    return {actor: _findings(_plan(actor)) for actor in ACTORS}


@pytest.fixture(scope="module")
def found_above_the_share() -> dict[str, Findings]:
    return {actor: _findings(_plan(actor, share=0.5)) for actor in ACTORS}


def _route(cell: Cell, lang: str) -> str:
    entry = MATRIX["route"][cell.route]
    return entry.get(cell.level, entry)[lang] if cell.level else entry[lang]


def _agrees(cell: Cell, row: pd.Series) -> None:
    assert row["ruling"] == MARKS[cell.ruling]
    assert row["severity"] == SEVERITY_OF[MARKS[cell.ruling]]
    for lang in ("zh", "en"):
        assert _route(cell, lang) in getattr(row["remedy"], lang)


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("cell", OVERLAID, ids=str)
def test_a_zone_is_reported_once_with_its_ruling_and_route(found, cell, actor):
    rows = found[actor].get((f"{'U' if actor == 'unit' else 'D'}-{cell}", str(cell)), [])
    if cell.ruling == "-":
        assert not rows
        return
    [(_, row)] = rows
    _agrees(cell, row)
    assert row["kind"] == ""
    assert row["measures"]["stage"] == ("screening" if actor == "unit" else "action")
    said = row["params"]["stage_word"].zh
    assert said == ("潜在冲突：" if actor == "unit" else "已确认冲突：")


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.zone == "Z12"], ids=str)
def test_a_unit_without_a_survey_has_the_ruling_of_its_mode(cell):
    unit = {"code": "U", "mode": cell.mode, "surveyed_on": None, "box": _box(0, 0)}
    [(code, row)] = _findings({"unit": [unit]})["U", None]
    assert code == "HER106"
    _agrees(cell, row)


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("cell", OVERLAID, ids=str)
def test_more_than_the_share_changes_only_mass_demolition(found_above_the_share, cell, actor):
    rows = found_above_the_share[actor].get(
        (f"{'U' if actor == 'unit' else 'D'}-{cell}", str(cell)), []
    )
    if cell.ruling == "-":
        assert not rows
        return
    mass = cell.zone == "Z10" and cell.mode in ("M4", "M5")
    assert rows[0][1]["ruling"] == MARKS["P" if mass else cell.ruling]


ACTIONS = list(product([z for z in codelist("zone") if z != "Z12"], codelist("action")))


@pytest.fixture(scope="module")
def action_findings() -> Findings:
    houses, zones = [], []
    for number, (zone, action) in enumerate(ACTIONS):
        place = divmod(number, 20)
        houses.append({"code": f"H-{zone}-{action}", "action": action, "box": _box(*place, 20)})
        zones.append(
            {"code": f"{zone}-{action}", "zone": zone, "level": "county", "box": _box(*place, 50)}
        )
    areas = {"existing_area": 1000.0, "demolish_area": 10.0}
    unit = {"code": "U", "mode": "M7", "box": [-9000, -9000, -8000, -8000], **areas}
    body = {"code": "far", "asset_class": "GS", "point": [-5000, -5000]}
    return _findings(
        {"unit": [unit], "building": houses, "heritage_zone": zones, "heritage_body": [body]}
    )


@pytest.mark.parametrize(("zone", "action"), ACTIONS)
def test_a_building_has_the_strictest_ruling_of_what_its_action_may_be(
    action_findings, zone, action
):
    rows = action_findings.get((f"H-{zone}-{action}", f"{zone}-{action}"), [])
    cell = strictest(ruling_for(zone, "county", mode) for mode in modes_of(action, None))
    assert [row["ruling"] for _, row in rows] == ([] if cell is None else [cell.ruling])


@pytest.fixture(scope="module")
def body_findings() -> Findings:
    bodies = [(b, i, m, j) for i, b in enumerate(BODIES) for j, m in enumerate(MODES)]
    return _findings(
        {
            "unit": [{"code": f"U-{b}-{m}", "mode": m, "box": _box(i, j)} for b, i, m, j in bodies],
            "heritage_body": [
                {"code": f"{b}-{m}", "asset_class": b, "level": "county", "box": _box(i, j, 20)}
                for b, i, m, j in bodies
            ],
            "heritage_zone": [{"code": "far", "zone": "Z6", "box": [-5000, -5000, -4990, -4990]}],
        }
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_is_reported_once_with_its_ruling(body_findings, body, mode):
    [(code, row)] = body_findings[f"U-{body}-{mode}", f"{body}-{mode}"]
    level = "unlisted" if body == "WD" else "county"
    cell = ruling_for(codelist("asset_class")[body].extra["zone"], level, mode)
    if cell is None:
        assert (code, row["ruling"]) == ("HER113", "notice")
    else:
        assert code != "HER113"
        assert row["ruling"] == cell.ruling
        assert cell.route.zh in row["remedy"].zh


def test_nothing_is_found_where_nothing_meets(found, body_findings):
    for findings in (*found.values(), body_findings):
        for (actor, related), rows in findings.items():
            assert actor[2:] == related
            assert len(rows) == 1
