"""Construction takes permanent basic farmland (永久基本农田).

What it checks: units, projects and parcels whose renewal mode builds, with land inside the line.
Those of another mode are listed as information: their purpose must be stated.
Why it matters: this farmland is under special protection; to take it needs an approval of its own.
Left to others: the ecological red line BND106; outside the development boundary BND108.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.entered import judge_construction
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="BND107",
    name="farmland-entered",
    title=Text("建设占用永久基本农田", "permanent basic farmland taken"),
    severity=Severity.ERROR,
    message=Text(
        "{title} {feature}（{mode}）占用永久基本农田 {related} {amount}",
        "{title} {feature} ({mode}) takes {amount} of the permanent basic farmland {related}",
    ),
    remedy=Text(
        "调出永久基本农田，或先依法办理占用审批",
        "draw it out of the farmland, or obtain the approval to take it first",
    ),
    measures=("relate",),
    needs=("control_line",),
    params=NOISE_PARAMS,
    sources=("land-law-2019", "land-regulation-2021#3", "transmission-chain"),
)
_OTHER_MODE = Text(
    "{title} {feature}（{mode}，不新增建设）位于永久基本农田 {related} 内 {amount}，应说明用途",
    "{title} {feature} ({mode}, no construction) lies in the permanent basic farmland {related} "
    "with {amount}; its purpose must be stated",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return every actor that meets the line; as info where its mode is no construction."""
    return judge_construction(tables, params, "permanent_farmland", _OTHER_MODE)
