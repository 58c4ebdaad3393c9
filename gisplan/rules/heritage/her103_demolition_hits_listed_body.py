"""Demolition or building where a listed body stands (拆除或者新建涉及保护对象本体).

What it checks: units, projects and parcels whose mode demolishes, rebuilds or builds (M4, M5, M6),
and buildings to be demolished or built, that take in a relic, a historic building, industrial
heritage or a traditional-style building: its centroid, or at least the given share of its footprint
or of their own. A building that is the nearest to a body drawn as a point, within 20 m, is
suspected: a notice, and not judged.
Why it matters: what is pulled down is lost; a national relic may never be.
Left to others: the other modes HER102 and HER108; bodies nearby HER113. With less of the footprint
it is a notice of the kind partial-overlap.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import DEMOLISHING, HERITAGE_MEASURES, answer
from gisplan.rules.heritage.bodies import BODY_PARAMS, OVERLAP, judge_bodies
from gisplan.rules.heritage.zones import judge_zones
from gisplan.rules.noise import NOISE_PARAMS

_LISTED = ("Z1", "Z4", "Z13")

RULE = Rule(
    code="HER103",
    name="demolition-hits-listed-body",
    title=Text("拆除或者新建涉及保护对象本体", "demolition hits a listed body"),
    severity=Severity.ERROR,
    measures=HERITAGE_MEASURES,
    needs=("judged", "heritage_body|heritage_zone"),
    params={**NOISE_PARAMS, **BODY_PARAMS},
    sources=(
        "relics-law-2024#31",
        "historic-cities-regulation-524#33",
        "historic-cities-regulation-524#34",
    ),
    message=OVERLAP,
    remedy=Text(
        "按冲突矩阵的裁定调整更新方式、范围，或者办理审批、征求意见",
        "change mode or extent, or obtain the approval or consultation that the ruling asks for",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what demolishes or builds where a listed body stands."""
    zones = judge_zones(tables, params, _LISTED, DEMOLISHING, unknown_kinds=False)
    bodies = judge_bodies(tables, params, _LISTED, DEMOLISHING)
    return answer(tables, ["heritage_body"], zones, bodies)
