"""The children together do not reach the parent's quota (指标未达下限).

What it checks: an indicator that the parent holds to at least its target, summed over the children.
Why it matters: a floor that nobody's share adds up to will not be met.
Left to others: at most IND102; equal IND104; means of ratios IND106; a sum that betrays another
unit IND108. Where children have no value the row is not judged and they are named, because what is
missing could make up for it.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator.quota import QUOTA_NEEDS, QUOTA_PARAMS, judge_quota

RULE = Rule(
    code="IND103",
    name="quota-not-reached",
    title=Text("下级指标合计未达上级下限", "quota not reached"),
    severity=Severity.ERROR,
    measures=("rollup", "handed"),
    needs=QUOTA_NEEDS,
    params=QUOTA_PARAMS,
    sources=("approval-system-practice", "transmission-chain"),
    message=Text(
        "{feature} 的指标“{indicator}”要求不低于 {limit:.12g}{unit_name}，{n} 个下级合计"
        " {measure:.12g}{unit_name}，相差 {difference:.12g}{unit_name}",
        "{feature}: {indicator} must be at least {limit:.12g}{unit_name}, the {n} children sum to"
        " {measure:.12g}{unit_name}, {difference:.12g}{unit_name} too little",
    ),
    remedy=Text(
        "补足下级指标，或者先按程序调整上级指标",
        "raise the children's values, or have the parent's quota changed first",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the indicators of parents whose children sum to less than the target."""
    return judge_quota(tables, params, "at_least", lambda rows: rows["target"] - rows["total"])
