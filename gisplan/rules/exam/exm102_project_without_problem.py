"""A project that answers no exam problem (体检问题), or names one that does not exist.

What it checks: projects against the problems of the city exam, by the codes that either names;
and every code that units, projects and problems name against the layer that it belongs to.
Where no field links projects with problems, projects are not judged.
Why it matters: projects are for what the exam found; money for anything else wants a reason.
Left to others: a problem that nobody takes up EXM101; an exam that is too old TIM106.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.exam.links import NOT_SAID, links

RULE = Rule(
    code="EXM102",
    name="project-without-problem",
    title=Text("项目没有对应的体检问题", "project without exam problem"),
    severity=Severity.WARNING,
    needs=("exam_problem",),
    sources=("liaoning-renewal-regulation#5", "gisplan-proposal"),
    message=Text(
        "项目 {feature} 没有对应的体检问题",
        "project {feature} answers no exam problem",
    ),
    remedy=Text(
        "补填体检问题编号，或者说明项目的依据",
        "name the problem that it answers, or say what it rests on",
    ),
)
_STRANGE = Text(
    "{feature} 写的编号 {named} 在图层“{named_title}”中不存在",
    "{feature} names {named}, which layer {named_title} does not have",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the projects without a problem, and the codes that do not exist."""
    found = links(tables)
    if not found.said:
        return skipped(*NOT_SAID)
    rows: list[dict[str, object]] = [
        {
            "layer": layer,
            "fid": fid,
            "related_layer": named,
            "related": code,
            "kind": "unknown",
            "message": _STRANGE,
            "params": {"named": code, "named_title": tables.specs[named].title},
        }
        for layer, fid, named, code in found.strange
    ]
    projects = tables.attributes.get("project")
    if projects is not None and found.of_projects:
        named = {fid for layer, fid, _, _ in found.strange if layer == "project"}
        rows += [
            {"layer": "project", "fid": int(fid), "kind": "without"}
            for fid, code in zip(projects.index, projects["code"], strict=True)
            if str(code) not in found.solving and int(fid) not in named
        ]
    return judged(rows)
