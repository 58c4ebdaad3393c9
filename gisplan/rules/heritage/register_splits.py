"""Inner and outer zone of one asset: overlap, gap, distance, and the outline of both."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.rule import Params
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import Rows
from gisplan.rules.heritage.register import ZONE, contradiction, named, not_judged
from gisplan.rules.noise import counts

_OVERLAP = Text(
    "{what} {who} 与{other_what} {other} 重叠 {measure:,.1f} 平方米：同一地块适用两种要求",
    "{what} {who} and {other_what} {other} overlap by {measure:,.1f} m2: one piece of land under"
    " two regimes",
)
_GAP = Text(
    "{what} {who} 与{other_what} {other} 之间有 {measure:,.1f} 平方米未划入任何一方",
    "between {what} {who} and {other_what} {other} {measure:,.1f} m2 are in neither",
)
_APART = Text(
    "{what} {who} 与{other_what} {other} 不相接，相距 {measure:.1f} 米",
    "{what} {who} and {other_what} {other} do not touch: {measure:.1f} m apart",
)
_OUTLINE = Text(
    "{what} {who} 等区划合起来与{other_what} {other} 的界线不一致：超出 {beyond:,.1f} 平方米，"
    "未划入 {undivided:,.1f} 平方米",
    "the zones of {what} {who} together differ from the line of {other_what} {other}:"
    " {beyond:,.1f} m2 beyond it, {undivided:,.1f} m2 of it in no zone",
)
_OPEN = Text(
    "所在地块未划入 {other} 的核心保护范围（保护范围）或者建设控制地带，适用要求未知",
    "it meets land that the zones of {other} leave open; what is asked for there is not known",
)
_OUTLINES = ("beyond", "undivided")


def judge_splits(tables: Tables, params: Params) -> tuple[Rows, Rows]:
    """Return what is wrong between the zones of each asset, and who meets land left open."""
    rows = tables["split"]
    pieces = rows[rows["relation"].isin(("overlap", "gap", *_OUTLINES))]
    pieces = pieces[counts(pieces, params)]
    found: Rows = []
    for relation, message, severity in (
        ("overlap", _OVERLAP, Severity.ERROR),
        ("gap", _GAP, Severity.WARNING),
    ):
        for _, group in pieces[pieces["relation"] == relation].groupby("asset", sort=True):
            found.append(_between(tables, group, relation, message, severity))
    for row in rows[rows["relation"] == "apart"].to_dict("records"):
        if row["distance_m"] > params.tolerance:
            found.append(_apart(tables, row))
    outlines = pieces[pieces["relation"].isin(_OUTLINES)]
    for _, group in outlines.groupby(["asset", "other_layer", "other_fid"], sort=True):
        found.append(_outline(tables, group))
    return found, _open(tables, found)


def _between(
    tables: Tables, group: pd.DataFrame, kind: str, message: Text, severity: Severity
) -> dict[str, Any]:
    inner, outer = _first(group, "inner_fid"), _first(group, "outer_fid")
    return contradiction(
        tables,
        (ZONE, inner),
        (ZONE, outer),
        f"zones-{kind}",
        message,
        severity=severity,
        measure=float(group["area_m2"].sum()),
        unit="m2",
        measures={"n_pieces": len(group), "width_m": round(float(group["width_m"].max()), 3)},
        geometry=list(group["geometry"]),
    )


def _apart(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    return contradiction(
        tables,
        (ZONE, int(row["inner_fid"])),
        (ZONE, int(row["outer_fid"])),
        "zones-apart",
        _APART,
        severity=Severity.WARNING,
        measure=float(row["distance_m"]),
        unit="m",
        geometry=row["geometry"],
    )


def _outline(tables: Tables, group: pd.DataFrame) -> dict[str, Any]:
    """Return how the zones of an asset differ from one outline, in both directions."""
    area = group.groupby("relation")["area_m2"].sum()
    sums = {name: float(area.get(name, 0.0)) for name in _OUTLINES}
    other = (str(group["other_layer"].iloc[0]), _first(group, "other_fid"))
    return contradiction(
        tables,
        (ZONE, _first(group, "inner_fid")),
        other,
        "outline-differs",
        _OUTLINE,
        severity=Severity.WARNING,
        measure=sum(sums.values()),
        unit="m2",
        measures={f"{name}_m2": value for name, value in sums.items()},
        geometry=list(group["geometry"]),
        params=sums,
    )


def _open(tables: Tables, found: Rows) -> Rows:
    """Return the actors on land that the zones of an offending asset leave open."""
    shadow = tables["shadow"]
    open_zones = {row["fid"] for row in found if row["kind"] != "zones-overlap"}
    rows = shadow[(shadow["source"] == "split") & shadow["other_fid"].isin(open_zones)]
    return [
        not_judged(row["actor_layer"], row["fid"], _OPEN, named(tables, ZONE, row["other_fid"]))
        for row in rows.to_dict("records")
    ]


def _first(group: pd.DataFrame, column: str) -> int:
    return int(group[column].iloc[0])
