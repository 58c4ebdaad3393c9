"""Land inside a green line (城市绿线) is planned as another use.

What it checks: parcels inside a green line whose land-use code is no green or open space.
Why it matters: the green of a city is lost piece by piece; its lines may not be built over.
Left to others: a code that does not exist USE101; water BND110; facilities BND111.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.land_in_line import judge_land
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="BND109",
    name="green-line-taken",
    title=Text("绿线用地被占用", "green-line land planned as another use"),
    severity=Severity.ERROR,
    message=Text(
        "地块 {feature}（{use}）占用绿线 {related} {amount}",
        "parcel {feature} ({use}) takes {amount} of the green line {related}",
    ),
    remedy=Text(
        "改为绿地与开敞空间用地，或先依法调整绿线",
        "plan it as green or open space, or have the line changed first",
    ),
    measures=("relate",),
    needs=("control_line", "parcel.land_use"),
    params={
        **NOISE_PARAMS,
        "uses": Param(
            "14",
            why="land-use codes that a green line may hold, by their beginning, with commas",
        ),
    },
    sources=("urban-rural-planning-law-2019#35", "green-line-order-112"),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the parcels of another use that meet the line by more than noise."""
    return judge_land(tables, params, "green")
