"""The children together exceed the parent's quota (指标突破上限).

What it checks: an indicator that the parent holds to at most its target, summed over the children.
Where the children keep within it but eat into what the parent holds in reserve, it is a warning.
Why it matters: each child can be in order and all of them together still break the quota.
Left to others: at least IND103; equal IND104; means of ratios IND106; a sum that betrays another
unit IND108. Where children have no value the rule still fails if the values there are exceed the
quota; else the row is not judged, and the children are named. A summed indicator without a
requirement or with a range, and one whose roll-up nobody knows, are named here as not judged.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator.quota import (
    QUOTA_NEEDS,
    QUOTA_PARAMS,
    judge_quota,
    offender,
    quota_rows,
    without_bound,
)

RULE = Rule(
    code="IND102",
    name="quota-exceeded",
    title=Text("下级指标合计突破上级上限", "quota exceeded"),
    severity=Severity.ERROR,
    measures=("rollup", "handed"),
    needs=QUOTA_NEEDS,
    params=QUOTA_PARAMS,
    sources=("approval-system-practice", "transmission-chain"),
    message=Text(
        "{feature} 的指标“{indicator}”要求不高于 {limit:.12g}{unit_name}，{n} 个下级合计"
        " {measure:.12g}{unit_name}，超出 {difference:.12g}{unit_name}{missing}",
        "{feature}: {indicator} may be at most {limit:.12g}{unit_name}, the {n} children sum to"
        " {measure:.12g}{unit_name}, {difference:.12g}{unit_name} too much{missing}",
    ),
    remedy=Text(
        "核减下级指标，或者先按程序调整上级指标",
        "lower the children's values, or have the parent's quota changed first",
    ),
)
_RESERVE = Text(
    "{feature} 的指标“{indicator}”上限 {limit:.12g}{unit_name}，"
    "其中预留 {reserve:.12g}{unit_name}，{n} 个下级合计 {measure:.12g}{unit_name}，"
    "占用预留 {difference:.12g}{unit_name}",
    "{feature}: of at most {limit:.12g}{unit_name} of {indicator}, {reserve:.12g}{unit_name} are"
    " held in reserve; the {n} children sum to {measure:.12g}{unit_name} and take"
    " {difference:.12g}{unit_name} of it",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the indicators of parents whose children sum to more than the target."""
    answer = judge_quota(
        tables, params, "at_most", lambda rows: rows["total"] - rows["target"], despite_missing=True
    )
    if answer.skipped is not None:
        return answer
    return judged(
        [*answer.offenders.to_dict("records"), *_into_reserve(tables, params)],
        [*answer.not_judged.to_dict("records"), *without_bound(tables)],
    )


def _into_reserve(tables: Tables, params: Params) -> list[dict[str, Any]]:
    """Return the parents whose children keep within the quota and yet leave no such reserve."""
    rows = quota_rows(tables, params, "at_most")
    rows = rows.assign(off=rows["total"] + rows["reserve"] - rows["target"])
    within = rows["total"] - rows["target"] <= rows["slack"]
    taken = within & (rows["off"] > rows["slack"]) & (rows["reserve"] > 0) & ~rows["unread"]
    return [
        {**offender(row), "message": _RESERVE, "severity": Severity.WARNING}
        for row in rows[taken].to_dict("records")
    ]
