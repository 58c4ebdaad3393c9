"""A feature has no parent (上级缺失).

What it checks: tiers below the top of the chain name their parent, and the parent exists. A parent
that is found by code or by place counts only where the source has no field for it. The top tier
names neither itself (a warning: some registers mark their root so) nor one of its own descendants.
Why it matters: what hangs on nothing is counted nowhere and approved by nobody.
Left to others: a code that does not begin with its parent's LST104; another parent on the map
BND104; a parent that was set aside SRC108. Where the plan lacks the parent's tier, and for layers
beside the declared chain, nothing is demanded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text

RULE = Rule(
    code="LST102",
    name="orphan",
    title=Text("上级缺失", "orphan"),
    severity=Severity.ERROR,
    measures=("parents",),
    needs=("tiers",),
    sources=("transmission-chain", "qc-practice"),
    message=Text(
        "{feature} 的上级编号 {declared} 在图层“{parent_title}”中不存在",
        "{feature} names {declared} as its parent, which layer {parent_title} does not have",
    ),
    remedy=Text(
        "补填或者改正上级编号，或者补充缺少的上级",
        "fill in or correct the parent's code, or add the parent",
    ),
)
_MISSING = Text(
    "{feature} 没有填写上级编号（上级图层“{parent_title}”）",
    "{feature} names no parent (its parents are in layer {parent_title})",
)
_NOWHERE = Text(
    "{feature} 按编号和位置都找不到上级（上级图层“{parent_title}”）",
    "{feature} has no parent in layer {parent_title}, neither by code nor by place",
)

_OWN = Text(
    "{feature} 的上级编号 {declared} 是图层“{own_title}”的要素，不在上级图层“{parent_title}”中",
    "{feature} names {declared} as its parent, which is of layer {own_title} and not of "
    "{parent_title}",
)
_SELF = Text("{feature} 以自己为上级", "{feature} names itself as its parent")
_CYCLE = Text(
    "{feature} 以 {related} 为上级，而 {related} 是它的下级：上下级成环",
    "{feature} names {related} as its parent, which lies below it: a cycle of parents",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features of chained tiers whose parent is not named or does not exist."""
    chained = [tier.name for tier in tables.tiers_present() if tier.chained]
    parents = tables["parents"]
    rows = parents[parents["child_layer"].isin(chained) & (parents["parent_layer"] != "")]
    if rows.empty:
        return skipped("没有下级要素", "no features below another tier")
    has_field = rows["child_layer"].map({c: "parent" in tables.found[c] for c in chained})
    kinds = pd.Series("", index=rows.index, dtype=object)
    kinds[rows["how"] == "none"] = "nowhere"
    kinds[has_field & rows["declared"].isna()] = "missing"
    kinds[rows["how"] == "unknown"] = "unknown"
    rows = rows.assign(kind=kinds)
    codes = {name: set(tables.attributes[name]["code"].dropna()) for name in chained}
    found = rows[rows["kind"] != ""].to_dict("records")
    return judged(
        [_offender(tables, row, chained, codes) for row in found] + _cycles(tables, chained, codes)
    )


def _offender(
    tables: Tables, row: dict[str, Any], chained: list[str], codes: Mapping[str, set[str]]
) -> dict[str, object]:
    kind, declared, parent = row["kind"], row["declared"], row["parent_layer"]
    message = {"unknown": None, "missing": _MISSING, "nowhere": _NOWHERE}[kind]
    told = {"declared": declared, "parent_title": tables.specs[parent].title}
    below = chained[chained.index(row["child_layer"]) :]
    own = next((name for name in below if declared in codes[name]), None)
    if kind == "unknown" and own is not None:
        message, told["own_title"] = _OWN, tables.specs[own].title
    return {
        "layer": row["child_layer"],
        "fid": row["fid"],
        "related_layer": parent,
        "related": declared if kind == "unknown" else None,
        "kind": kind,
        "message": message,
        "params": told,
    }


def _cycles(
    tables: Tables, chained: list[str], codes: Mapping[str, set[str]]
) -> list[dict[str, object]]:
    """Return the features of the top tier that name themselves or a descendant as parent."""
    top = chained[0]
    frame = tables.attributes[top]
    if "parent" not in tables.found[top]:
        return []
    named = frame[frame["parent"].notna()]
    itself = named[named["parent"] == named["code"]]
    rows: list[dict[str, object]] = [
        {"layer": top, "fid": fid, "kind": "self", "severity": Severity.WARNING, "message": _SELF}
        for fid in itself.index
    ]
    # a code that two tiers have does not tell which of them is meant
    lower = named[~named["parent"].isin(codes[top])]
    homes = {
        code: [name for name in chained[1:] if code in codes[name]]
        for code in sorted(set(lower["parent"]))
    }
    roots = _roots(tables, chained)
    for fid, code in lower["parent"].items():
        if len(homes[code]) == 1:
            (home,) = homes[code]
            at = tables.attributes[home].index[tables.attributes[home]["code"] == code]
            if (roots[home].reindex(at) == fid).any():
                rows.append(
                    {
                        "layer": top,
                        "fid": fid,
                        "related_layer": home,
                        "related": code,
                        "kind": "cycle",
                        "message": _CYCLE,
                    }
                )
    return rows


def _roots(tables: Tables, chained: list[str]) -> dict[str, pd.Series]:
    """Return for each chained tier the feature of the top tier above each of its rows, or -1."""
    top = chained[0]
    roots = {top: pd.Series(tables.attributes[top].index, tables.attributes[top].index)}
    parents = tables["parents"]
    for name in chained[1:]:
        rows = parents[parents["child_layer"] == name]
        above = roots[str(rows["parent_layer"].iloc[0])] if len(rows) else pd.Series(dtype="int64")
        found = above.reindex(rows["parent_fid"]).fillna(-1).astype("int64").to_numpy()
        roots[name] = pd.Series(found, index=rows["fid"])
    return roots
