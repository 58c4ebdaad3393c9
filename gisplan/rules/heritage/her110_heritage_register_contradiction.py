"""The heritage register contradicts itself (保护对象与保护区划相互矛盾).

What it checks: heritage bodies and zones against each other, before any plan is held against them:
a historic building that is a relic too; one thing registered twice; a body outside its own zone; a
zone that belongs to another body, to a body of another class, or to none; core and construction-
control zone that overlap, lie apart or leave a gap; both together against the purple line and the
outline of the district; a historic building drawn as a point that stands on no building.
Why it matters: the overlay is as good as the register. A zone in the wrong place clears a unit that
is not clear, so the units that depend on what is contradicted are not judged.
Left to others: one code twice SCH105; the published list LST107; zones that are missing HER112.
Zones of one thing are told by the code of the body that they name, else by their names. A zone
whose code names a body that was set aside is not held against it.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import answer
from gisplan.rules.heritage.register_bodies import judge_pairs, judge_points
from gisplan.rules.heritage.register_splits import judge_splits
from gisplan.rules.heritage.register_zones import judge_zones_of_bodies
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="HER110",
    name="heritage-register-contradiction",
    title=Text("保护名册自相矛盾", "heritage register contradicts itself"),
    severity=Severity.ERROR,
    measures=("asset", "body_zone", "body_out", "body_pair", "split", "stand_in", "shadow", "near"),
    needs=("heritage_zone|heritage_body",),
    params={
        **NOISE_PARAMS,
        "tolerance": Param(0.5, unit="m", why="agreement of boundaries in a detailed plan"),
        "min_share": Param(0.5, unit="share", why="of the smaller footprint; less is a neighbour"),
        "namesake": Param(
            200.0, unit="m", why="as lists are matched (LST101); farther off is another of the name"
        ),
        "snap": Param(20.0, unit="m", why="from a point to its building; at most 20 m"),
        "mapped": Param(
            200.0, unit="m", why="with no building within it, the layer does not cover the place"
        ),
        "reach": Param(
            500.0,
            unit="m",
            why="around a body whose zone lies elsewhere no unit is clear; at most 500 m",
        ),
    },
    sources=("historic-cities-regulation-524#47", "gisplan-proposal"),
    message=Text("名册矛盾：{what} {feature} {name}", "contradiction: {what} {feature} {name}"),
    remedy=Text(
        "按公布文件核对保护对象和保护区划，更正图形、编号或者类别",
        "check bodies and zones against what was published; correct shape, code or class",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the contradictions, and the actors that depend on them."""
    wanted = [name for name in ("heritage_zone", "heritage_body") if name in tables.attributes]
    return answer(
        tables,
        wanted,
        judge_pairs(tables, params),
        judge_points(tables, params),
        judge_zones_of_bodies(tables, params),
        judge_splits(tables, params),
    )
