"""Digging where relics lie underground (地下文物区域内的建设活动).

What it checks: units, projects and parcels, each with its own renewal mode, against areas of
underground relics (Z11) and listed underground relics themselves.
Why it matters: the archaeological survey comes before the land is transferred or allocated.
Left to others: relics above ground HER102 and HER103. Whether the survey was done stands in no
layer, so the finding is what is due, not what was missed.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import ALL_MODES, answer
from gisplan.rules.heritage.bodies import BODY_PARAMS, judge_bodies
from gisplan.rules.heritage.zones import AREA, judge_zones
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="HER111",
    name="archaeology-not-done",
    title=Text("地下文物区域内的建设活动", "archaeology due"),
    severity=Severity.WARNING,
    measures=("relate", "near", "area"),
    needs=("judged", "heritage_zone"),
    params={**NOISE_PARAMS, **BODY_PARAMS},
    sources=("relics-law-2024#43",),
    message=AREA,
    remedy=Text(
        "按冲突矩阵的裁定调整更新方式、范围，或者办理审批、征求意见",
        "change mode or extent, or obtain the approval or consultation that the ruling asks for",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what reaches into an area of underground relics, with the ruling for its mode."""
    zones = judge_zones(tables, params, ["Z11"])
    bodies = judge_bodies(tables, params, ["Z11"], ALL_MODES)
    return answer(tables, ["heritage_zone"], zones, bodies)
