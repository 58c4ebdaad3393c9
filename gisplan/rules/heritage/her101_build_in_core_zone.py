"""Works in a core protection zone (核心保护范围内的建设活动).

What it checks: units, projects and parcels, each with its own renewal mode, and buildings by their
action, against the core zones of historic districts, towns and villages (Z6). New build and
extension are prohibited, demolition and rebuilding are barred in principle, the rest needs approval
or consultation.
Why it matters: the core zone is what the district is protected for.
Left to others: construction-control zones HER104; the purple line HER109; listed buildings HER103
and HER108. A contact below the bounds of noise is a notice of the kind thin-contact.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import HERITAGE_MEASURES, answer
from gisplan.rules.heritage.zones import AREA, judge_zones
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="HER101",
    name="build-in-core-zone",
    title=Text("核心保护范围内的建设活动", "works in a core zone"),
    severity=Severity.ERROR,
    measures=HERITAGE_MEASURES,
    needs=("judged", "heritage_zone"),
    params=NOISE_PARAMS,
    sources=("historic-cities-regulation-524#28", "gb55035-2023#5.2.3"),
    message=AREA,
    remedy=Text(
        "按冲突矩阵的裁定调整更新方式、范围，或者办理审批、征求意见",
        "change mode or extent, or obtain the approval or consultation that the ruling asks for",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what reaches into a core zone, with the ruling for its mode."""
    return answer(tables, ["heritage_zone"], judge_zones(tables, params, ["Z6"]))
