"""An item on the upper list is not there below.

What it checks: each row of a special plan's list (专项规划清单) against the tier that its items
belong to, or the project pool where the plan has no such layer: by code, by name where the row has
no code. A row whose code is not there but whose name resembles that of an item with another code
is told as a suspected match.
Why it matters: what the province puts on its list has to arrive at somebody's desk.
Left to others: pool and annual plan LST106; rows of these without a shape LST105.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.list.items import LIST, Register, items, label_of, list_title
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="LST101",
    name="parent-item-dropped",
    title=Text("上级清单未落实", "parent item dropped"),
    severity=Severity.ERROR,
    message=Text(
        "上级清单中的 {feature} {name} 在{below}中没有",
        "{feature} {name} is on the upper list and not in {below}",
    ),
    remedy=Text(
        "在下级补充该项，或由上级先调整清单",
        "take it up below, or have the upper list changed first",
    ),
    needs=("item_list.list",),
    sources=("transmission-chain", "gisplan-proposal"),
)
_SUSPECTED = Text(
    "上级清单中的 {feature} {name} 在{below}中没有，名称相近的 {related} 疑为同一项，请核对编号",
    "{feature} {name} is on the upper list and not in {below}; {related} has nearly the same name "
    "and may be it: check the code",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the rows of the upper list that nobody below takes up."""
    rows = items(tables, "special_plan")
    if rows.empty:
        return skipped("没有专项规划清单", "no list of a special plan")
    offenders: list[dict[str, object]] = []
    aside: list[dict[str, object]] = []
    for tier, group in rows.groupby("tier", sort=True):
        layer, register = _below(tables, str(tier))
        if register is None:
            aside += [_nowhere(tables, str(tier), int(fid)) for fid in group.index]
            continue
        found = {fid: register.find(row) for fid, row in group.to_dict("index").items()}
        taken = {at for at in found.values() if at is not None}
        for fid, row in group.to_dict("index").items():
            if found[fid] is None and label_of(row) not in tables.quarantined.get(layer, ()):
                offenders.append(_offender(tables, layer, register, taken, int(fid), row))
    return judged(offenders, aside)


def _below(tables: Tables, tier: str) -> tuple[str, Register | None]:
    """Return where the items should be: the layer of their tier, else the project pool."""
    if tier in tables.attributes:
        return tier, Register(tables.attributes[tier])
    pool = items(tables, "project_pool")
    pool = pool[pool["tier"] == tier]
    return LIST, Register(pool) if len(pool) else None


def _nowhere(tables: Tables, tier: str, fid: int) -> dict[str, object]:
    title = layer_title(tables, tier)
    return {
        "layer": LIST,
        "fid": fid,
        "why_zh": f"没有图层“{title.zh}”，也没有项目库，无法核对",
        "why_en": f"there is neither layer {title.en} nor a project pool to look it up in",
    }


def _offender(
    tables: Tables, layer: str, register: Register, taken: set[Any], fid: int, row: Any
) -> dict[str, object]:
    below = list_title("project_pool") if layer == LIST else layer_title(tables, layer)
    like = register.resembling(row["name"], taken)
    more: dict[str, object] = {}
    if like is not None:
        more = {
            "kind": "suspected",
            "severity": Severity.WARNING,
            "message": _SUSPECTED,
            "related_layer": layer,
            "related": label_of(register.rows.loc[like]),
        }
    return {
        "layer": LIST,
        "fid": fid,
        "feature": label_of(row),
        "params": {"name": row["name"] or "", "below": below},
        **more,
    }
