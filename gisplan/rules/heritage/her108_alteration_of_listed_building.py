"""Alteration of a historic building (历史建筑的修缮、改造).

What it checks: units, projects and parcels whose mode mends, upgrades or converts (M1, M2, M3, M7),
and buildings to be altered, that take in a historic building, industrial heritage or a
traditional-style building.
Why it matters: outer repair, added installations, a new structure or use need approval first.
Left to others: demolition and building HER103; relics HER102; the protection zone of a historic
building HER109. With only a corner of the footprint it is a notice of the kind partial-overlap.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import ALTERING, HERITAGE_MEASURES, answer
from gisplan.rules.heritage.bodies import BODY_PARAMS, OVERLAP, judge_bodies
from gisplan.rules.heritage.zones import judge_zones
from gisplan.rules.noise import NOISE_PARAMS

_BUILDINGS = ("Z4", "Z13")

RULE = Rule(
    code="HER108",
    name="alteration-of-listed-building",
    title=Text("历史建筑等的修缮、改造", "alteration of a listed building"),
    severity=Severity.WARNING,
    measures=HERITAGE_MEASURES,
    needs=("judged", "heritage_body|heritage_zone"),
    params={**NOISE_PARAMS, **BODY_PARAMS},
    sources=(
        "historic-cities-regulation-524#34",
        "historic-cities-regulation-524#35",
        "gisplan-proposal",
    ),
    message=OVERLAP,
    remedy=Text(
        "按冲突矩阵的裁定调整更新方式、范围，或者办理审批、征求意见",
        "change mode or extent, or obtain the approval or consultation that the ruling asks for",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what alters a historic building or industrial heritage."""
    zones = judge_zones(tables, params, _BUILDINGS, ALTERING, unknown_kinds=False)
    bodies = judge_bodies(tables, params, _BUILDINGS, ALTERING)
    return answer(tables, ["heritage_body"], zones, bodies)
