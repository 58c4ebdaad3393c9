"""A building, or land for building, lies inside a blue line (城市蓝线).

What it checks: footprints of buildings inside the line, but for those to be demolished; an existing
one that stays is a warning. And parcels inside it that are planned neither as water nor as green.
Why it matters: rivers and lakes need their room; what is filled is lost and floods later.
Left to others: a code that does not exist USE101; flood zones BND112.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Filtered, Severity, Text
from gisplan.rules.boundary.entered import Row, answer, contacts, entered, no_lines, values
from gisplan.rules.boundary.land_in_line import land_in_line
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="BND110",
    name="blue-line-taken",
    title=Text("蓝线被占用", "building inside the blue line"),
    severity=Severity.ERROR,
    message=Text(
        "{title} {feature} 占用蓝线 {related} {amount}",
        "{title} {feature} takes {amount} of the blue line {related}",
    ),
    remedy=Text(
        "移出蓝线，或改为水域和绿地；确需占用的先依法调整蓝线",
        "move it out of the line, or plan water and green there; otherwise have the line changed",
    ),
    measures=("relate", "built"),
    needs=("control_line",),
    params={
        **NOISE_PARAMS,
        "uses": Param(
            "05,14,17",
            why="land-use codes that a blue line may hold, by their beginning, with commas",
        ),
    },
    sources=("urban-rural-planning-law-2019#35", "blue-line-order-145"),
)
_STAYS = Text(
    "现状建筑 {feature} 位于蓝线 {related} 内 {amount}，规划未拆除",
    "the existing building {feature} is to stay in the blue line {related} with {amount}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return buildings and parcels that take land of a blue line."""
    if (nothing := no_lines(tables, "blue")) is not None:
        return nothing
    has_uses = "land_use" in tables.found.get("parcel", ())
    if "building" not in tables.attributes and not has_uses:
        return skipped(
            "既没有建筑图层，也没有带用地代码的地块图层",
            "neither a building layer nor parcels with land-use codes",
        )
    offenders: list[dict[str, object]] = []
    aside: list[dict[str, object]] = []
    noise = []
    if "building" in tables.attributes:
        built, filtered = contacts(tables, "built", "blue", params)
        noise.append(filtered)
        offenders += _buildings(tables, params, built)
    if has_uses:
        found, filtered = contacts(tables, "relate", "blue", params)
        noise.append(filtered)
        parcels = [row for row in found if row["actor_layer"] == "parcel"]
        more, aside = land_in_line(tables, params, parcels)
        offenders += more
    total = Filtered(sum(n.pieces for n in noise), round(sum(n.area_m2 for n in noise), 3))
    return answer(offenders, aside, total)


def _buildings(tables: Tables, params: Params, built: list[Row]) -> list[dict[str, object]]:
    actions = values(tables, "building", "action")
    offenders = []
    for row in built:
        action = actions[row["fid"]]
        if action == "demolish":
            continue
        more: dict[str, object] = {}
        if action != "build":
            more = {"severity": "warning", "kind": "stays", "message": _STAYS}
        offenders.append(entered(tables, row, params.min_area, **more))
    return offenders
