"""An exam problem (体检问题) that nobody takes up.

What it checks: every problem of the city exam is named by a unit or project, or names one, that
the plan has. Lying inside a unit is not enough: the unit may be for something else.
Why it matters: the exam is the ground of the renewal plan; what it found and nobody answers stays.
Left to others: a problem that does not exist, or a project without one, EXM102.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.exam.links import NOT_SAID, links

RULE = Rule(
    code="EXM101",
    name="problem-without-project",
    title=Text("体检问题无人承接", "exam problem nobody takes up"),
    severity=Severity.WARNING,
    needs=("exam_problem",),
    sources=("liaoning-renewal-regulation#5", "gisplan-proposal"),
    message=Text(
        "体检问题 {feature} 没有对应的更新单元或项目",
        "no unit or project takes up exam problem {feature}",
    ),
    remedy=Text(
        "在单元或项目中写明体检问题编号，或者说明不纳入的理由",
        "name the problem in a unit or project, or say why it is left out",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the problems that no unit or project of the plan takes up."""
    found = links(tables)
    if not found.said:
        return skipped(*NOT_SAID)
    problems = tables.attributes["exam_problem"]
    rows = [
        {"layer": "exam_problem", "fid": int(fid)}
        for fid, code in zip(problems.index, problems["code"], strict=True)
        if str(code) not in found.taken
    ]
    return judged(rows)
