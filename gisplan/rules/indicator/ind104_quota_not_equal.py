"""The children and the reserve do not add up to the parent's figure (指标合计不相等).

What it checks: an indicator that must equal the parent's target, summed over the children, plus
what the parent keeps in reserve (预留).
Why it matters: a figure that is handed down must be handed down whole, neither more nor less.
Left to others: at most IND102; at least IND103; a sum that betrays another unit IND108. Where
children have no value the row is not judged and they are named; so where the reserve could not be
read, for an unread reserve is not none.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator.quota import QUOTA_NEEDS, QUOTA_PARAMS, judge_quota

RULE = Rule(
    code="IND104",
    name="quota-not-equal",
    title=Text("下级指标合计与上级不相等", "quota not equal"),
    severity=Severity.ERROR,
    measures=("rollup", "handed"),
    needs=QUOTA_NEEDS,
    params=QUOTA_PARAMS,
    sources=("approval-system-practice", "county-plan-maintenance"),
    message=Text(
        "{feature} 的指标“{indicator}”要求等于 {limit:.12g}{unit_name}，{n} 个下级合计"
        " {measure:.12g}{unit_name}，另有预留 {reserve:.12g}{unit_name}，"
        "相差 {difference:.12g}{unit_name}",
        "{feature}: {indicator} must equal {limit:.12g}{unit_name}, the {n} children sum to"
        " {measure:.12g}{unit_name} with {reserve:.12g}{unit_name} in reserve,"
        " {difference:.12g}{unit_name} off",
    ),
    remedy=Text(
        "核对下级分解值和上级预留值，使合计与上级一致",
        "make the children's values and the reserve add up to the parent's figure",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the indicators of parents that children and reserve do not add up to."""
    return judge_quota(
        tables,
        params,
        "equal",
        lambda rows: (rows["total"] + rows["reserve"] - rows["target"]).abs(),
    )
