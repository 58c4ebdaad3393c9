"""Every cell of the matrix comes out of exactly one rule, with the ruling that the matrix gives."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd
import pytest

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.matrix import SEVERITY_OF, overlay_zones, ruling_for
from gisplan.catalogue.registry import registry
from gisplan.testing.cases import run_on
from gisplan.testing.drawing import draw

MODES = ("M1", "M2", "M3", "M4", "M5", "M6", "M7")
# HER110 and HER112 judge the register itself, and no works
REGISTER = ("HER110", "HER112")
RULES = [code for code in registry() if code.startswith("HER") and code not in REGISTER]
LEVEL = "county"
BODIES = [code for code, entry in codelist("asset_class").items() if entry.extra["zone"]]


def _box(column: int, row: int, size: float = 100.0) -> list[float]:
    """Return a box far enough from the others to have nothing to do with them."""
    return [column * 1000, row * 1000, column * 1000 + size, row * 1000 + size]


def _findings(drawing) -> dict[tuple[str, str], list[tuple[str, pd.Series]]]:
    """Return what the heritage rules find, by actor and what it meets."""
    plan = draw({"tiers": ["district", "unit"], **drawing})
    found = defaultdict(list)
    for code in RULES:
        for _, row in run_on(plan, code).offenders.iterrows():
            found[row["feature"], row["related"]].append((code, row))
    return found


@pytest.fixture(scope="module")
def zone_findings():
    zones = [(z, i, m, j) for i, z in enumerate(overlay_zones()) for j, m in enumerate(MODES)]
    return _findings(
        {
            "unit": [
                # the share that is demolished is known and small, so that Z10 is judged
                {
                    "code": f"U-{z}-{m}",
                    "mode": m,
                    "existing_area": 1000.0,
                    "demolish_area": 10.0,
                    "box": _box(i, j),
                }
                for z, i, m, j in zones
            ],
            "heritage_zone": [
                {"code": f"{z}-{m}", "zone": z, "level": LEVEL, "box": _box(i, j, 50)}
                for z, i, m, j in zones
            ],
            "heritage_body": [{"code": "far", "asset_class": "GS", "point": [-5000, -5000]}],
        }
    )


@pytest.fixture(scope="module")
def body_findings():
    bodies = [(b, i, m, j) for i, b in enumerate(BODIES) for j, m in enumerate(MODES)]
    return _findings(
        {
            "unit": [{"code": f"U-{b}-{m}", "mode": m, "box": _box(i, j)} for b, i, m, j in bodies],
            "heritage_body": [
                {"code": f"{b}-{m}", "asset_class": b, "level": LEVEL, "box": _box(i, j, 20)}
                for b, i, m, j in bodies
            ],
            "heritage_zone": [{"code": "far", "zone": "Z6", "box": [-5000, -5000, -4990, -4990]}],
        }
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("zone", overlay_zones())
def test_a_zone_is_reported_once_with_its_ruling(zone_findings, zone, mode):
    rows = zone_findings.get((f"U-{zone}-{mode}", f"{zone}-{mode}"), [])
    cell = ruling_for(zone, LEVEL, mode)
    if cell is None:
        assert not rows
        return
    [(_, row)] = rows
    assert row["ruling"] == cell.ruling
    assert row["severity"] == SEVERITY_OF[cell.ruling]
    assert row["sources"] == cell.sources
    assert cell.route.zh in row["remedy"].zh
    assert cell.route.en in row["remedy"].en


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_is_reported_once_with_its_ruling(body_findings, body, mode):
    [(code, row)] = body_findings[f"U-{body}-{mode}", f"{body}-{mode}"]
    level = "unlisted" if body == "WD" else LEVEL
    cell = ruling_for(codelist("asset_class")[body].extra["zone"], level, mode)
    if cell is None:
        assert (code, row["ruling"]) == ("HER113", "notice")
    else:
        assert code != "HER113"
        assert row["ruling"] == cell.ruling
        assert cell.route.zh in row["remedy"].zh


def test_nothing_is_found_where_nothing_meets(zone_findings, body_findings):
    for findings in (zone_findings, body_findings):
        for (unit, related), rows in findings.items():
            assert unit == f"U-{related}"
            assert len(rows) == 1
