"""The lists do not nest: annual plan, project pool, special plan (年度计划 ⊂ 项目库 ⊂ 专项规划).

What it checks: each row of a list against the next wider one that the plan has, by code, by name
where it has no code: whether it is there, and whether year and investment agree.
Why it matters: money is given for what stands in the annual plan; what the pool never had, nobody
ever examined.
Left to others: items of the special plan that nobody takes up LST101; lists and map LST103, LST105.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.list.items import LIST, Register, items, kinds_present, label_of, list_title
from gisplan.rules.notes import field_title

RULE = Rule(
    code="LST106",
    name="annual-plan-outside-pool",
    title=Text("清单不嵌套", "annual plan outside pool"),
    severity=Severity.ERROR,
    message=Text(
        "{narrow}中的 {feature} {name} 不在{wide}中",
        "{feature} {name} of the {narrow} is not in the {wide}",
    ),
    remedy=Text(
        "先纳入上一级清单再列入本清单；年度、投资以批准的为准",
        "take it into the wider list first; year and amount as they were approved",
    ),
    needs=("item_list.list",),
    params={"tolerance": Param(0.01, unit="10k CNY", why="amounts are given to two decimals")},
    sources=("transmission-chain", "renewal-plan-guide-2025-46"),
)
_DIFFERS = Text(
    "{feature} {name} 的{field}在{narrow}为 {own}，在{wide}为 {upper}",
    "{feature} {name} has {field} {own} in the {narrow} and {upper} in the {wide}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the rows that the wider list does not have, or has with other figures."""
    kinds = kinds_present(tables)
    if len(kinds) < 2:
        return skipped("清单少于两种，无法比对", "fewer than two kinds of list to compare")
    offenders = []
    for wide, narrow in pairwise(kinds):
        upper = items(tables, wide)
        register = Register(upper)
        for fid, row in items(tables, narrow).to_dict("index").items():
            at = register.find(row)
            told = {
                "name": row["name"] or "",
                "narrow": list_title(narrow),
                "wide": list_title(wide),
            }
            if at is None:
                offenders.append(_offence(int(fid), row, narrow, told))
            else:
                offenders += _differences(tables, params, int(fid), row, upper.loc[at], told)
    return judged(offenders)


def _offence(fid: int, row: Any, kind: str, told: dict[str, object]) -> dict[str, object]:
    return {"layer": LIST, "fid": fid, "feature": label_of(row), "kind": kind, "params": told}


def _differences(
    tables: Tables, params: Params, fid: int, row: Any, upper: pd.Series, told: dict[str, object]
) -> list[dict[str, object]]:
    found = []
    for field, slack in (("year", 0.0), ("invest", params.tolerance)):
        own, other = row.get(field), upper.get(field)
        if pd.isna(own) or pd.isna(other) or abs(float(own) - float(other)) <= slack + 1e-9:
            continue
        figures = {"field": field_title(tables, LIST, field), "own": f"{own:g}"}
        more = {"message": _DIFFERS, "measure": float(own), "limit": float(other)}
        found.append(
            {**_offence(fid, row, field, {**told, **figures, "upper": f"{other:g}"}), **more}
        )
    return found
