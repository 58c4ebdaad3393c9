"""Works within a purple line (城市紫线内的建设活动).

What it checks: units, projects and parcels, each with its own renewal mode, and buildings by their
action, against purple lines (Z9, also a control line of the kind purple) and the protection zones
of historic buildings (Z5).
Why it matters: large-scale demolition, development and rebuilding are banned there.
Left to others: core zones HER101 and control zones HER104 where the line is divided into them; all
that apply are reported, and the strictest counts.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import HERITAGE_MEASURES, answer
from gisplan.rules.heritage.zone_contacts import has_purple_lines
from gisplan.rules.heritage.zones import AREA, judge_zones
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="HER109",
    name="purple-line-entered",
    title=Text("城市紫线内的建设活动", "purple line entered"),
    severity=Severity.ERROR,
    measures=HERITAGE_MEASURES,
    needs=("judged", "heritage_zone|control_line"),
    params=NOISE_PARAMS,
    sources=("purple-line-order-119#2", "purple-line-order-119#6", "purple-line-order-119#13"),
    message=AREA,
    remedy=Text(
        "按冲突矩阵的裁定调整更新方式、范围，或者办理审批、征求意见",
        "change mode or extent, or obtain the approval or consultation that the ruling asks for",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what reaches into a purple line, with the ruling for its mode."""
    wanted = [] if has_purple_lines(tables) else ["heritage_zone"]
    return answer(tables, wanted, judge_zones(tables, params, ["Z5", "Z9"]))
