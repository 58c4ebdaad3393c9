"""A list and the map say different things of one item.

What it checks: name, mode, year and investment of features that a list names by code: against the
narrowest list that has them (annual plan before project pool before special plan).
Why it matters: which of the two was approved, nobody can tell afterwards.
Left to others: year and investment between two lists LST106; a row without a shape LST105.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.list.items import LIST, items, kinds_present, list_title, plain
from gisplan.rules.notes import field_title, layer_title

RULE = Rule(
    code="LST103",
    name="attributes-differ",
    title=Text("图表属性不一致", "attributes differ"),
    severity=Severity.WARNING,
    message=Text(
        "{title} {feature} 的{field}为 {own}，{list}为 {listed}",
        "{title} {feature} has {field} {own}, the {list} has {listed}",
    ),
    remedy=Text("核对批准文件，改正其中之一", "look at what was approved; mend one of the two"),
    needs=("item_list.code",),
    params={"tolerance": Param(0.01, unit="10k CNY", why="amounts are given to two decimals")},
    sources=("transmission-chain", "qc-practice"),
)
_FIELDS = {"name": "name", "mode": "mode", "year": "plan_year", "invest": "invest"}


def judge(tables: Tables, params: Params) -> Judgement:
    """Return each field in which a feature differs from its row of a list."""
    rows = items(tables)
    rows = rows[rows["code"].notna() & rows["tier"].isin(list(tables.attributes))]
    if rows.empty:
        return skipped("清单里没有图上要素的编号", "no list names a feature of the map by code")
    order = kinds_present(tables)
    rows = rows[rows["list"].isin(order)]
    rows = rows.assign(_rank=rows["list"].map({kind: n for n, kind in enumerate(order)}))
    rows = rows.sort_values("_rank", kind="stable").drop_duplicates(["tier", "code"], keep="last")
    offenders = []
    for tier, group in rows.groupby("tier", sort=True):
        frame = tables.attributes[str(tier)]
        listed = group.set_index("code")
        for fid, code in frame["code"].items():
            if code in listed.index:
                offenders += _differences(tables, params, str(tier), int(fid), listed.loc[code])
    return judged(offenders)


def _differences(
    tables: Tables, params: Params, layer: str, fid: int, row: pd.Series
) -> list[dict[str, object]]:
    frame = tables.attributes[layer]
    found = []
    for listed, own in _FIELDS.items():
        if own not in frame or listed not in row:
            continue
        a, b = frame[own][fid], row[listed]
        if pd.isna(a) or pd.isna(b) or _same(listed, a, b, params.tolerance):
            continue
        found.append(
            {
                "layer": layer,
                "fid": fid,
                "related_layer": LIST,
                "related": row["_label"],
                "kind": own,
                "params": {
                    "title": layer_title(tables, layer),
                    "field": field_title(tables, layer, own),
                    "own": _shown(a),
                    "listed": _shown(b),
                    "list": list_title(row["list"]),
                },
            }
        )
    return found


def _same(field: str, a: Any, b: Any, tolerance: float) -> bool:
    if field == "invest":
        return abs(float(a) - float(b)) <= tolerance + 1e-9
    if field == "year":
        return int(a) == int(b)
    return plain(a) == plain(b)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
