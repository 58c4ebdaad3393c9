"""Land inside a yellow line (城市黄线) is planned as another use than infrastructure.

What it checks: parcels inside a yellow line whose land-use code is neither transport nor utility.
Why it matters: waterworks, substations and depots need their land for as long as the city stands.
Left to others: a code that does not exist USE101; green BND109; water BND110.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.land_in_line import judge_land
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="BND111",
    name="yellow-line-taken",
    title=Text("黄线用地被占用", "facility land planned as another use"),
    severity=Severity.ERROR,
    message=Text(
        "地块 {feature}（{use}）占用黄线 {related} {amount}",
        "parcel {feature} ({use}) takes {amount} of the yellow line {related}",
    ),
    remedy=Text(
        "改为基础设施用地，或先依法调整黄线",
        "plan it as infrastructure, or have the line changed first",
    ),
    measures=("relate",),
    needs=("control_line", "parcel.land_use"),
    params={
        **NOISE_PARAMS,
        "uses": Param(
            "12,13",
            why="land-use codes that a yellow line may hold, by their beginning, with commas",
        ),
    },
    sources=("urban-rural-planning-law-2019#35", "yellow-line-order-144"),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the parcels of another use that meet the line by more than noise."""
    return judge_land(tables, params, "yellow")
