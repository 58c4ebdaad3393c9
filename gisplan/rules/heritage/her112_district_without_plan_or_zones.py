"""Protected, and without the zones or the plan that say how (有保护对象，缺保护区划或者保护规划).

What it checks: designated relics (文物保护单位) without protection zone (保护范围) or construction-
control zone; historic districts, towns and villages without core zone (核心保护范围), control zone
or protection plan; historic city areas and world heritage that are bodies and no zones. A zone
belongs to a body by its code, else by its name, else by lying on it. A plan is what a zone names as
its plan, or a row of the register of the tier 保护规划 that has the code or the name of the
district.
Why it matters: a relic without a protection zone conflicts with nothing on the map. Units within
`reach` of it, and those that meet a district of which only the outline is drawn, are not judged.
Left to others: zones that came late TIM104; zones that contradict their body HER110; a level or a
kind that is not known, the rules on works (a body with a zone of unknown kind lacks nothing).
Whether there is a plan is not checked where neither zones nor register say anything of plans. A
control zone of a relic is drawn as needed (art. 29): where it alone is missing, that is a notice
and leaves no unit open. What is missing is said whatever the year of designation, with its date.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import answer
from gisplan.rules.heritage.offence import NOTHING
from gisplan.rules.heritage.protection import Protection, protections
from gisplan.rules.heritage.register import BODY, ZONE, around, contradiction

RULE = Rule(
    code="HER112",
    name="district-without-plan-or-zones",
    title=Text("缺保护区划或者保护规划", "district without plan or zones"),
    severity=Severity.WARNING,
    measures=("area", "asset", "body_zone", "near"),
    needs=("heritage_zone",),
    params={
        "reach": Param(
            100.0,
            unit="m",
            why="how far the missing zone reaches is unknown; at most 500 m, as far as is measured",
        ),
    },
    sources=(
        "relics-law-2024#26",
        "relics-law-2024#29",
        "historic-cities-regulation-524#14",
        "historic-cities-regulation-524#13",
    ),
    message=Text(
        "{what} {who}{designated}缺{missing}", "{what} {who}{designated} has no {missing}"
    ),
    remedy=Text(
        "补充已公布的保护区划和保护规划，填写区划所属的保护对象编号；尚未划定的，按法定期限组织划定和编制",
        "add the zones and the plan as published, with the code of the body that each zone is of;"
        " where there are none have them drawn up in time",
    ),
)
_DISTRICT = Text(
    "区划 {who} 所属的街区或者名镇名村{designated}缺{missing}",
    "the district, town or village of zone {who}{designated} has no {missing}",
)
_ASIDE = Text(
    "（另有 {n} 个保护区划已隔离，可能在其中）", " ({n} zones were set aside; it may be among them)"
)
_ZONE_OPEN = Text(
    "{other} 缺法定的保护区划，其要求及于何处未知",
    "{other} lacks its zones; how far they reach is not known",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what lacks zones or a plan, and the actors that the missing zone could concern."""
    lacking = [asset for asset in protections(tables) if asset.kinds]
    bodies = [asset for asset in lacking if asset.open and asset.layer == BODY]
    outlined = frozenset(asset.fid for asset in bodies if asset.outlined)
    aside = around(tables, [asset.fid for asset in bodies], params.reach, _ZONE_OPEN, outlined)
    return answer(tables, ["heritage_zone"], ([_offender(tables, a) for a in lacking], aside))


def _offender(tables: Tables, asset: Protection) -> dict[str, Any]:
    missing = Text(
        "、".join(text.zh for text in asset.missing), ", ".join(text.en for text in asset.missing)
    )
    if asset.open and (n := len(tables.quarantined.get(ZONE, ()))):
        missing = Text(missing.zh + _ASIDE.zh.format(n=n), missing.en + _ASIDE.en.format(n=n))
    date = asset.designated
    when = Text(f"（{date} 公布）", f" (designated {date})") if date else NOTHING
    return contradiction(
        tables,
        (asset.layer, asset.fid),
        None,
        "/".join(asset.kinds),
        RULE.message if asset.layer == BODY else _DISTRICT,
        severity=None if asset.weighs else Severity.INFO,
        params={"missing": missing, "designated": when},
    )
