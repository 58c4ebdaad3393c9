"""A row of a list has no shape, or a shape no row (有数无图, 有图无数).

What it checks: rows of the project pool and the annual plan, and plans of the register, against
the layer of their tier; and the features of that tier against the lists, where the plan has a
project pool of it.
Why it matters: what has no place cannot be checked against anything, and what no list has is not
approved.
Left to others: items of a special plan's list LST101; a feature without code SCH104; one that was
set aside SRC108.
"""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.list.items import LIST, Register, items, label_of, list_title
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="LST105",
    name="row-without-geometry",
    title=Text("图表不对应", "row without geometry"),
    severity=Severity.ERROR,
    message=Text(
        "{list}中的 {feature} {name} 在图层“{title}”中没有图形",
        "{feature} {name} of the {list} has no shape in layer {title}",
    ),
    remedy=Text(
        "补充图形，或者从清单中删去；有图形而无记录的补入清单",
        "add the shape or strike the row; take a shape without a row into the list",
    ),
    needs=("item_list.list|register",),
    sources=("qc-practice",),
)
_NO_ROW = Text(
    "图层“{title}”的 {feature} {name} 不在{list}中",
    "{feature} {name} of layer {title} is not in the {list}",
)
_REGISTER = Text("规划登记表", "plan register")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return rows without a shape, and shapes without a row."""
    rows = items(tables)
    rows = rows[rows["list"].isin(["project_pool", "annual_plan"])]
    layers = sorted(set(rows["tier"]) & set(tables.attributes))
    plans = tables.attributes.get("register")
    registered = [] if plans is None else sorted(set(plans["tier"].dropna()))
    registered = [layer for layer in registered if layer in tables.attributes]
    if not layers and not registered:
        return skipped(
            "没有可与清单或登记表对应的图层",
            "no layer that a list or the register could be held against",
        )
    offenders: list[dict[str, object]] = []
    for layer in layers:
        own = rows[rows["tier"] == layer]
        offenders += _without_shape(tables, layer, own, LIST)
        if (own["list"] == "project_pool").any():
            offenders += _without_row(tables, layer, Register(items(tables)))
    for layer in registered:
        assert plans is not None
        own = plans[(plans["tier"] == layer) & plans["code"].notna()]
        offenders += _without_shape(tables, layer, own.drop_duplicates("code"), "register")
    return judged(offenders)


def _without_shape(
    tables: Tables, layer: str, rows: pd.DataFrame, table: str
) -> list[dict[str, object]]:
    features = Register(tables.attributes[layer])
    aside = tables.quarantined.get(layer, frozenset())
    found: dict[tuple[str, str], dict[str, object]] = {}
    for fid, row in rows.to_dict("index").items():
        if features.find(row) is not None or label_of(row) in aside:
            continue
        title = _REGISTER if table == "register" else list_title(row["list"])
        kind = "register" if table == "register" else str(row["list"])
        found.setdefault(
            (kind, label_of(row)),
            {
                "layer": table,
                "fid": int(fid),
                "feature": label_of(row),
                "related_layer": layer,
                "kind": kind,
                "params": {
                    "name": row["name"] or "",
                    "title": layer_title(tables, layer),
                    "list": title,
                },
            },
        )
    return list(found.values())


def _without_row(tables: Tables, layer: str, listed: Register) -> list[dict[str, object]]:
    frame = tables.attributes[layer]
    known = frame[frame["code"].notna()]
    return [
        {
            "layer": layer,
            "fid": int(fid),
            "related_layer": LIST,
            "kind": "no-row",
            "message": _NO_ROW,
            "params": {
                "name": row.get("name") or "",
                "title": layer_title(tables, layer),
                "list": list_title("project_pool"),
            },
        }
        for fid, row in known.to_dict("index").items()
        if listed.find(row) is None
    ]
