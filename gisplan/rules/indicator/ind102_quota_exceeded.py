"""The children together exceed the parent's quota (指标突破上限).

What it checks: an indicator that the parent holds to at most its target, summed over the children.
Why it matters: each child can be in order and all of them together still break the quota.
Left to others: at least IND103; equal IND104; means of ratios IND106. Where children have no value
the rule still fails if the values there are exceed the quota; else the row is not judged. A summed
indicator without a requirement, or with a range, is named here as not judged.
"""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator.quota import QUOTA_PARAMS, judge_quota, without_bound

RULE = Rule(
    code="IND102",
    name="quota-exceeded",
    title=Text("下级指标合计突破上级上限", "quota exceeded"),
    severity=Severity.ERROR,
    measures=("rollup",),
    needs=("tiers", "indicator"),
    params=QUOTA_PARAMS,
    sources=("approval-system-practice", "transmission-chain"),
    message=Text(
        "{feature} 的指标“{indicator}”要求不高于 {limit:.12g}{unit_name}，{n} 个下级合计"
        " {measure:.12g}{unit_name}，超出 {difference:.12g}{unit_name}",
        "{feature}: {indicator} may be at most {limit:.12g}{unit_name}, the {n} children sum to"
        " {measure:.12g}{unit_name}, {difference:.12g}{unit_name} too much",
    ),
    remedy=Text(
        "核减下级指标，或者先按程序调整上级指标",
        "lower the children's values, or have the parent's quota changed first",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the indicators of parents whose children sum to more than the target."""
    answer = judge_quota(
        tables, params, "at_most", lambda rows: rows["total"] - rows["target"], despite_missing=True
    )
    return judged(answer.offenders, pd.concat([answer.not_judged, without_bound(tables)]))
