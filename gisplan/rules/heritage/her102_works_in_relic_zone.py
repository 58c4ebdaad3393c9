"""Works in the protection zone of a relic, or on the relic (文物保护范围和本体内的建设活动).

What it checks: units, projects and parcels, each with its own renewal mode, and buildings by their
action, against the protection zones of relics (Z2), and against relics themselves (Z1, as zones or
as bodies) for the modes that do not demolish or build. Also hazardous land use in a protection
zone (kind hazardous-use), and land of relics that is planned as another use (relic-land-recoded).
Why it matters: nothing but conservation works may happen there without a government's approval.
Left to others: demolition of the relic, and building on it, HER103; the construction-control zone
HER104; a relic that is only near HER113. What a level decides is not judged where it is unknown.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import ALTERING, HERITAGE_MEASURES, answer
from gisplan.rules.heritage.bodies import BODY_PARAMS, judge_bodies
from gisplan.rules.heritage.land import judge_hazardous, judge_recoded
from gisplan.rules.heritage.zones import AREA, judge_zones
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="HER102",
    name="works-in-relic-zone",
    title=Text("文物保护范围和本体内的建设活动", "works in a relic zone"),
    severity=Severity.ERROR,
    measures=HERITAGE_MEASURES,
    needs=("judged", "heritage_zone|heritage_body"),
    params={**NOISE_PARAMS, **BODY_PARAMS},
    sources=("relics-law-2024#28", "relics-law-2024#32", "relics-law-2024#38"),
    message=AREA,
    remedy=Text(
        "按冲突矩阵的裁定调整更新方式、范围，或者办理审批、征求意见",
        "change mode or extent, or obtain the approval or consultation that the ruling asks for",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what reaches into a relic's protection zone, or alters a relic."""
    zones = judge_zones(tables, params, ["Z2"])
    relics = judge_zones(tables, params, ["Z1"], ALTERING, unknown_kinds=False)
    bodies = judge_bodies(tables, params, ["Z1"], ALTERING)
    land = judge_hazardous(tables, params, ["Z2"]), judge_recoded(tables)
    return answer(tables, ["heritage_zone", "heritage_body"], zones, relics, bodies, *land)
