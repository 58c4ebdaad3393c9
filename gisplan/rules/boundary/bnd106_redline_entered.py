"""Construction lies inside the ecological red line (生态保护红线).

What it checks: units, projects and parcels whose renewal mode builds, with land inside the line.
Those of another mode are listed as information: their purpose must be stated.
Why it matters: inside the line construction is forbidden but for listed exceptions.
Left to others: permanent basic farmland BND107; outside the development boundary BND108.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.entered import judge_construction
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="BND106",
    name="redline-entered",
    title=Text("建设占用生态保护红线", "construction inside the ecological red line"),
    severity=Severity.ERROR,
    message=Text(
        "{title} {feature}（{mode}）进入生态保护红线 {related} {amount}",
        "{title} {feature} ({mode}) reaches {amount} into the ecological red line {related}",
    ),
    remedy=Text(
        "调出红线范围，或按规定程序论证其属于允许的有限人为活动",
        "draw it out of the line, or show that it is one of the activities allowed there",
    ),
    measures=("relate",),
    needs=("control_line",),
    params=NOISE_PARAMS,
    sources=("land-regulation-2021#3", "transmission-chain"),
)
_OTHER_MODE = Text(
    "{title} {feature}（{mode}，不新增建设）位于生态保护红线 {related} 内 {amount}，应说明用途",
    "{title} {feature} ({mode}, no construction) lies in the ecological red line {related} with "
    "{amount}; its purpose must be stated",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return every actor that meets the line; as info where its mode is no construction."""
    return judge_construction(tables, params, "ecological_redline", _OTHER_MODE)
