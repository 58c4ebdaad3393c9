"""A listed body nearby (邻近保护对象).

What it checks: heritage bodies within 50 m of a unit, project or parcel. Also bodies inside or
touching one of which no other heritage rule speaks: the matrix has no ruling for the mode, or the
mode or the class of the body is not known.
Why it matters: scaffolds, digging and height next to a monument touch it too.
Not judged: an ancient tree in what demolishes or builds. The matrix has no row for trees, so that
whether it can stay is for a person to say.
Left to others: bodies inside that the matrix rules on HER102, HER103, HER108 and HER111. The 50 m
are no statutory distance.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.matrix import Cell, ruling_for
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Ruling, Severity, Text
from gisplan.rules.heritage.actors import answer, records
from gisplan.rules.heritage.bodies import REPORTED, body_contacts
from gisplan.rules.heritage.doings import column
from gisplan.rules.heritage.offence import offence

RULE = Rule(
    code="HER113",
    name="near-listed-body",
    title=Text("邻近保护对象", "near a listed body"),
    severity=Severity.INFO,
    measures=("near", "area", "parents"),
    needs=("judged", "heritage_body"),
    params={
        "near": Param(50.0, unit="m", why="a notice, not a statutory distance; at most 500 m"),
    },
    sources=("gisplan-proposal",),
    message=Text(
        "{title} {who}（{how}）距{what} {other} {measure:.1f} 米",
        "{title} {who} ({how}) is {measure:.1f} m from {what} {other}",
    ),
    remedy=Text(
        "实施方案写明施工对保护对象的影响和防护措施",
        "say in the scheme how the works affect the body and how it is shielded",
    ),
)
_WORKS = ("M4", "M5", "M6", "M7")  # modes that demolish or build
_INSIDE = Text(
    "{title} {who}（{how}）内有{what} {other}，请核对保护要求",
    "{title} {who} ({how}) takes in {what} {other}; check what protects it",
)
_ROUTE = Text(
    "实施方案写明对保护对象的影响和防护措施",
    "say in the scheme how it affects the body and how the body is shielded",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the bodies near an actor, or in it without a ruling, as notices."""
    rows = body_contacts(tables, 1.0, buildings=False)
    rows = rows[rows["distance_m"] <= params.near]
    found = [row for row in records(rows) if not _ruled(row)]
    trees = column(tables, "heritage_body", "asset_class") == "GS"
    aside = [
        _tree(row)
        for row in found
        if row["contact"] and row["mode"] in _WORKS and trees[row["body_fid"]]
    ]
    return answer(tables, ["heritage_body"], ([_offender(tables, row) for row in found], aside))


def _ruled(row: dict[str, Any]) -> bool:
    """Return whether another rule reports a body: it lies in the actor, and the matrix rules."""
    if row["contact"] == "" or row["mode"] is None or row["zone"] not in REPORTED:
        return False
    return ruling_for(row["zone"], row["level"], row["mode"]) is not None


def _tree(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"冲突矩阵没有古树名木的裁定，{row['other']} 能否保留须人工判定",
        "why_en": f"the matrix has no ruling for trees; whether {row['other']} can stay is open",
    }


def _offender(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    inside = row["contact"] != ""
    notice = Cell(Ruling.NOTICE, RULE.sources, _ROUTE)
    row = {**row, "measure": float(row["distance_m"]), "unit": "m"}
    measures = {"distance_m": row["distance_m"], "area_m2": row["area_m2"]}
    message = _INSIDE if inside else RULE.message
    return offence(tables, row, notice, message, "inside" if inside else "", measures)
