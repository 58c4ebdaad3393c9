"""A renewal unit lies in a flood or other hazard line (灾害、洪涝风险控制线).

What it checks: units (the judged tier) with land inside such a line, whatever their mode.
Why it matters: who renews there has to plan for the hazard first; the people who live there are
part of the question.
Left to others: blue lines BND110.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.entered import answer, contacts, entered, no_lines
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="BND112",
    name="hazard-line-entered",
    title=Text("位于灾害风险控制线内", "unit in a hazard line"),
    severity=Severity.WARNING,
    message=Text(
        "{title} {feature} 位于灾害风险控制线 {related} 内 {amount}",
        "{title} {feature} lies in the hazard line {related} with {amount}",
    ),
    remedy=Text(
        "补充灾害风险评估和防治措施，统计受影响人口",
        "add an assessment of the hazard, the measures against it, and the people concerned",
    ),
    measures=("relate",),
    needs=("control_line",),
    params=NOISE_PARAMS,
    sources=("transmission-chain", "gisplan-proposal"),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units that meet a hazard line by more than noise."""
    if (nothing := no_lines(tables, "hazard")) is not None:
        return nothing
    found, filtered = contacts(tables, "relate", "hazard", params)
    units = [row for row in found if row["actor_layer"] == tables.judged]
    return answer([entered(tables, row, params.min_area) for row in units], [], filtered)
