"""Too few of those who must move are resettled nearby.

What it checks: households resettled on the spot or nearby (就地就近安置) as a share of all that a
unit resettles.
Why it matters: renewal that sends people away breaks up neighbourhoods; the circular sets a floor.
Left to others: demolition POL102; rents POL105.
"""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text

RULE = Rule(
    code="POL104",
    name="resettlement-share-missed",
    title=Text("就地就近安置率不足", "resettlement share missed"),
    severity=Severity.ERROR,
    needs=("judged.resettled", "judged.resettled_near"),
    params={
        "min_share": Param(0.5, unit="share", why="50 %, 建科〔2021〕63号"),
        "tolerance": Param(1e-4, unit="share", why="0.01 percentage points"),
    },
    sources=("jianke-2021-63",),
    message=Text(
        "{title} {feature} 就地就近安置率 {measure:.2%}，低于 {limit:.0%}"
        "（{near:.0f}/{all:.0f} 户；原则上不宜低于，可作例外说明）",
        "{title} {feature} resettles {measure:.2%} nearby, below {limit:.0%} ({near:.0f} of "
        "{all:.0f} households; a rule in principle: a reasoned exception can waive it)",
    ),
    remedy=Text(
        "增加就地就近安置房源，或写明理由作例外说明",
        "provide more homes nearby, or give reasons for an exception",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units that resettle too few nearby; a unit that resettles nobody passes."""
    layer = tables.judged
    frame = tables.attributes[layer]
    every, near = frame["resettled"].astype(float), frame["resettled_near"].astype(float)
    if every.notna().sum() == 0:
        return skipped("没有安置户数", "no unit says how many households it resettles")
    share = near / every.where(every > 0)
    short = share < params.min_share - params.tolerance
    unknown = (every.isna() & near.notna()) | ((every > 0) & near.isna())
    return judged(
        [
            {
                "layer": layer,
                "fid": int(fid),
                "measure": float(share[fid]),
                "limit": params.min_share,
                "unit": "share",
                "params": {
                    "title": tables.specs[layer].title,
                    "near": float(near[fid]),
                    "all": float(every[fid]),
                },
            }
            for fid in frame.index[short]
        ],
        pd.DataFrame(
            {
                "layer": layer,
                "fid": frame.index[unknown],
                "why_zh": "安置户数不全，就地就近安置率无法计算",
                "why_en": "a number of households is missing, so there is no share",
            }
        ),
    )
