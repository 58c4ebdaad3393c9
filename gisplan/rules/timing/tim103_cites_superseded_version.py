"""A plan cites a version of its parent that is not in force.

What it checks: the version of the parent plan that each plan of the register cites, against the
parent's own rows there. And areas of which the register holds two plans in force.
Why it matters: a plan that rests on what was replaced passes on demands that nobody makes any more.
Left to others: the order of approvals TIM101; a plan whose area is not in the plan LST105.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.timing.dates import APPROVED, amendments, is_amendment

RULE = Rule(
    code="TIM103",
    name="cites-superseded-version",
    title=Text("引用已废止的上级版本", "cites superseded version"),
    severity=Severity.ERROR,
    measures=("parents",),
    needs=("register.version", "tiers"),
    sources=("transmission-chain", "urban-rural-planning-law-2019#48"),
    message=Text(
        "{feature} 依据上级 {related} 的版本 {cited}，该版本已废止，现行版本为 {current}",
        "{feature} rests on version {cited} of its parent {related}, which was superseded by "
        "{current}",
    ),
    remedy=Text(
        "按上级现行版本复核，并更正登记表中的依据版本",
        "review the plan against the version in force, and correct what the register cites",
    ),
)
_UNKNOWN = Text(
    "{feature} 依据上级 {related} 的版本 {cited}，登记表中没有该版本，现行版本为 {current}",
    "{feature} rests on version {cited} of its parent {related}, which the register does not have; "
    "in force is {current}",
)
_TWICE = Text(
    "登记表中 {feature} 有 {measure:.0f} 个现行版本：{versions}",
    "the register holds {measure:.0f} versions of {feature} in force: {versions}",
)
Key = tuple[str, str]  # tier, code


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the plans that cite another version than the one in force, and double ones."""
    register = tables.attributes["register"]
    rows = register[register["tier"].notna() & register["code"].notna()]
    plans: dict[Key, pd.DataFrame] = {
        (str(tier), str(code)): group for (tier, code), group in rows.groupby(["tier", "code"])
    }
    offenders = [row for key, group in plans.items() for row in _twice(key, group)]
    cites = "based_on" in tables.found["register"]
    pairs = [(key, above) for key, above in _parents(tables) if key in plans and above in plans]
    if not offenders and not (cites and pairs):
        return skipped(
            "登记表没有写明依据的上级版本，或者没有上级规划",
            "the register does not say which version is cited, or has no parent plan",
        )
    aside: list[dict[str, object]] = []
    for key, above in pairs if cites else []:
        for fid, row in _in_force(plans[key]).to_dict("index").items():
            upper = plans[above]
            own = amendments(tables, above[0], above[1], key[1])
            # a plan in whose area the parent was amended rests on the amendment
            upper = own if len(_approved(own)) else upper[~is_amendment(upper)]
            found, unknown = _cited(int(fid), row, upper, above)
            offenders += found
            aside += unknown
    return judged(offenders, aside)


def _in_force(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["status"] != "superseded"]


def _approved(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are plans in force: approved, not still in the making."""
    status = rows["status"]
    dated = rows["approved_on"].notna() if "approved_on" in rows else False
    return rows[status.isin(APPROVED) | (status.isna() & dated)]


def _twice(key: Key, rows: pd.DataFrame) -> list[dict[str, object]]:
    current = _approved(rows[~is_amendment(rows)])
    if len(current) < 2:
        return []
    versions = ", ".join(sorted(str(version) for version in current["version"]))
    return [
        {
            "layer": "register",
            "fid": int(current.index[0]),
            "feature": key[1],
            "kind": f"twice-{key[0]}",
            "measure": float(len(current)),
            "limit": 1.0,
            "message": _TWICE,
            "params": {"versions": versions},
        }
    ]


def _parents(tables: Tables) -> list[tuple[Key, Key]]:
    """Return area and parent area of every pair of features of two tiers, by tier and code."""
    tiers = {tier.name for tier in tables.tiers_present()}
    codes = {name: tables.attributes[name]["code"] for name in tiers}
    parents = tables["parents"]
    rows = parents[parents["parent_fid"] >= 0]
    rows = rows[rows["child_layer"].isin(tiers) & rows["parent_layer"].isin(tiers)]
    return [
        (
            (row["child_layer"], str(codes[row["child_layer"]][row["fid"]])),
            (row["parent_layer"], str(codes[row["parent_layer"]][row["parent_fid"]])),
        )
        for row in rows.to_dict("records")
    ]


def _cited(
    fid: int, row: Any, upper: pd.DataFrame, above: Key
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the offender, or why a row cannot be judged."""
    cited = row["based_on"]
    current = _approved(upper)
    if not isinstance(cited, str) or not cited.strip():
        return [], [_aside(fid, "没有写明依据的上级版本", "it does not say which version it cites")]
    if len(current) != 1 or not isinstance(current["version"].iloc[0], str):
        return [], [
            _aside(
                fid,
                f"上级 {above[1]} 没有唯一的现行版本",
                f"its parent {above[1]} has no single version in force",
            )
        ]
    version = current["version"].iloc[0]
    if _plain(cited) == _plain(version):
        return [], []
    known = {_plain(v) for v in upper["version"] if isinstance(v, str)}
    told: dict[str, object] = {
        "layer": "register",
        "fid": fid,
        "feature": str(row["code"]),
        "related_layer": above[0],
        "related": above[1],
        "kind": "superseded",
        "params": {"cited": cited.strip(), "current": version.strip()},
    }
    if _plain(cited) not in known:
        told |= {"kind": "unknown", "message": _UNKNOWN}
    return [told], []


def _plain(version: str) -> str:
    return version.strip().casefold()


def _aside(fid: int, zh: str, en: str) -> dict[str, object]:
    return {"layer": "register", "fid": fid, "why_zh": zh, "why_en": en}
