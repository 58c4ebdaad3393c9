"""Works in a construction-control zone or another outer zone (建设控制地带等区域内的建设活动).

What it checks: units, projects and parcels, each with its own renewal mode, and buildings by their
action, against the construction-control zones of relics (Z3) and of districts (Z7), coordination
zones (Z8), historic city areas (Z10) and buffers of world heritage (Z14). In Z10 more than 20 %
demolished is mass demolition, which is prohibited. Also hazardous land use in Z3 and Z10 (kind
hazardous-use).
Why it matters: new buildings there decide how the monument is seen.
Left to others: core and protection zones HER101 and HER102; height HER105; the survey of relics in
an old-town renewal area (Z12) HER106; the share demolished within the zone HER107. Where the share
demolished is not known in Z10, it is not judged.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import HERITAGE_MEASURES, answer
from gisplan.rules.heritage.land import judge_hazardous
from gisplan.rules.heritage.zones import AREA, judge_zones
from gisplan.rules.noise import NOISE_PARAMS

_ZONES = ("Z3", "Z7", "Z8", "Z10", "Z14")

RULE = Rule(
    code="HER104",
    name="works-in-control-zone",
    title=Text("建设控制地带等区域内的建设活动", "works in a control zone"),
    severity=Severity.ERROR,
    measures=HERITAGE_MEASURES,
    needs=("judged", "heritage_zone"),
    params=NOISE_PARAMS,
    sources=(
        "relics-law-2024#29",
        "historic-cities-regulation-524#26",
        "historic-cities-regulation-524#23",
        "gisplan-proposal",
    ),
    message=AREA,
    remedy=Text(
        "按冲突矩阵的裁定调整更新方式、范围，或者办理审批、征求意见",
        "change mode or extent, or obtain the approval or consultation that the ruling asks for",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what reaches into an outer zone, with the ruling for its mode."""
    zones = judge_zones(tables, params, _ZONES)
    hazardous = judge_hazardous(tables, params, ["Z3", "Z10"])
    return answer(tables, ["heritage_zone"], zones, hazardous)
