"""Heritage bodies against each other, and bodies drawn as points against the buildings."""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.rule import Params
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import Rows
from gisplan.rules.heritage.doings import column, known
from gisplan.rules.heritage.register import BODY, RELICS, classes, contradiction, named, not_judged

_TWO_CLASSES = Text(
    "{who} 登记为历史建筑，又与{other_what} {other} 为同一处：历史建筑不得同时是不可移动文物",
    "{who} is registered as a historic building and is the same place as {other_what} {other}:"
    " a historic building may not be a relic",
)
_TWICE = Text(
    "{what} {who} 与 {other} 名称、类别、级别相同，编号不同，相距 {measure:.1f} 米："
    "重复登记或者位置有误",
    "{what} {who} and {other} have one name, class and level, and two codes, {measure:.1f} m"
    " apart: registered twice, or in the wrong place",
)
_OFF = Text(
    "历史建筑 {who} 只有点位，{limit:.0f} 米内没有建筑基底，最近的{other_what} {other} 在"
    " {measure:.1f} 米处；核对点位",
    "historic building {who} is a point with no footprint within {limit:.0f} m; the nearest one,"
    " {other_what} {other}, is {measure:.1f} m away",
)
_ASSUMED = Text(
    "历史建筑 {who} 只有点位，疑似对应建筑 {other}（相距 {measure:.1f} 米）；请确认并补绘基底",
    "historic building {who} is a point, probably building {other} ({measure:.1f} m away); confirm"
    " it and draw the footprint",
)
_OPEN = Text(
    "与点状保护对象 {other} 的疑似对应建筑或者周边 10 米相交，其本体范围未知",
    "it meets the building that point {other} may stand for, or the 10 m around it; what the body"
    " covers is not known",
)


def judge_pairs(tables: Tables, params: Params) -> tuple[Rows, Rows]:
    """Return historic buildings that are relics too, and things that are registered twice."""
    pairs = tables["body_pair"]
    if pairs.empty:
        return [], []
    asset, codes = classes(tables), column(tables, BODY, "code")
    level = known(column(tables, BODY, "level"), "level")
    drawn_twice = _points_of_areas(tables)
    found: Rows = []
    for row in pairs.to_dict("records"):
        a, b = int(row["body_a"]), int(row["body_b"])
        if codes[a] == codes[b] and isinstance(codes[a], str):
            continue
        near = row["same_name"] and row["distance_m"] <= params.namesake
        one_place = near or max(row["share_a"], row["share_b"]) >= params.min_share
        mixed = {asset[a], asset[b]} & {*RELICS} and "LJ" in (asset[a], asset[b])
        if mixed and one_place:
            first, other = (a, b) if asset[a] == "LJ" else (b, a)
            found.append(_pair(tables, first, other, "two-classes", _TWO_CLASSES, row))
        elif (
            row["same_name"]
            and asset[a] == asset[b] is not None
            and level[a] == level[b] is not None
            and (a, b) not in drawn_twice
        ):
            twice = _pair(tables, a, b, "registered-twice", _TWICE, row)
            found.append({**twice, "severity": Severity.WARNING})
    return found, []


def _pair(
    tables: Tables, a: int, b: int, kind: str, message: Text, row: dict[str, Any]
) -> dict[str, Any]:
    measures = {"distance_m": float(row["distance_m"])}
    return contradiction(
        tables,
        (BODY, a),
        (BODY, b),
        kind,
        message,
        measure=float(row["distance_m"]),
        unit="m",
        measures=measures,
        sources=("historic-cities-regulation-524#47",) if kind == "two-classes" else None,
    )


def _points_of_areas(tables: Tables) -> set[tuple[int, int]]:
    """Return the pairs, in both orders, of which one body is the point and one the footprint."""
    rows = tables["stand_in"]
    rows = rows[rows["how"] == "body"]
    pairs = [(int(a), int(b)) for a, b in zip(rows["body_fid"], rows["other_fid"], strict=True)]
    return {*pairs, *((b, a) for a, b in pairs)}


def judge_points(tables: Tables, params: Params) -> tuple[Rows, Rows]:
    """Return historic buildings drawn as points with the building that each may be.

    Not judged is whoever meets what stands for a point and not the point, whatever its class.
    """
    rows = tables["stand_in"]
    asset = classes(tables)
    found: Rows = []
    for row in rows[rows["body_fid"].map(asset) == "LJ"].to_dict("records"):
        body, other = int(row["body_fid"]), int(row["other_fid"])
        off = row["distance_m"] > params.snap
        if other < 0 or (row["how"] == "body" and not off):
            continue  # no buildings in the plan, or its footprint is in the layer
        if row["how"] != "body" and row["distance_m"] > params.mapped:
            continue
        layer = BODY if row["how"] == "body" else "building"
        found.append(
            contradiction(
                tables,
                (BODY, body),
                (layer, other),
                "point-off-footprint" if off else "footprint-assumed",
                _OFF if off else _ASSUMED,
                measure=float(row["distance_m"]),
                unit="m",
                limit=float(params.snap),
                severity=Severity.WARNING if off else Severity.INFO,
                sources=("gisplan-proposal",),
            )
        )
    shadow = tables["shadow"]
    open_ = [
        not_judged(row["actor_layer"], row["fid"], _OPEN, named(tables, BODY, row["other_fid"]))
        for row in shadow[shadow["source"] == "stand_in"].to_dict("records")
    ]
    return found, open_
