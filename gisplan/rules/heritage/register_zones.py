"""Heritage zones against the bodies that they belong to."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.rule import Params
from gisplan.model import Text
from gisplan.rules.heritage.actors import Rows
from gisplan.rules.heritage.doings import column
from gisplan.rules.heritage.register import (
    BODY,
    ZONE,
    around,
    classes,
    classes_of,
    contradiction,
    has_features,
    kinds,
)
from gisplan.rules.noise import counts

# Kinds of zone that lie around the body itself, and those of districts, which are drawn as zones
# and seldom as bodies.
_AROUND = ("Z2", "Z5")
_DISTRICT = ("Z6", "Z7")

_OUTSIDE = Text(
    "{what} {who} 不在自己的{other_what} {other} 内：{how}",
    "{what} {who} lies outside its own {other_what} {other}: {how}",
)
_WRONG_BODY = Text(
    "{what} {who} 登记的保护对象是 {other}（在 {measure:.1f} 米外），图上位于其中的却是 {inside}",
    "{what} {who} names {other}, {measure:.1f} m away, as its body; on the map it holds {inside}",
)
_WRONG_CLASS = Text(
    "{what} {who} 所属的保护对象 {other} 是{other_what}，类别与区划类型不符",
    "{what} {who} belongs to {other}, a {other_what}: class and kind of zone do not match",
)
_UNKNOWN_BODY = Text(
    "{what} {who} 所属的保护对象编号 {code} 在保护对象图层中没有",
    "{what} {who} belongs to body {code}, which the layer of bodies does not have",
)
_NO_BODY = Text(
    "{what} {who} 没有保护对象编号，范围内也没有相应的保护对象",
    "{what} {who} names no body, and there is none of its class in it",
)
_PLACE_OPEN = Text(
    "保护对象 {other} 不在自己的保护区划内，其真实的保护区划未知",
    "body {other} lies outside its own zone; where its zone is is not known",
)
_ASSET_OPEN = Text(
    "所在保护区划 {other} 找不到对应的保护对象",
    "the zone {other} that it meets has no body",
)


def judge_zones_of_bodies(tables: Tables, params: Params) -> tuple[Rows, Rows]:
    """Return bodies outside their zones, and zones of the wrong body or of none."""
    if not (has_features(tables, BODY) and has_features(tables, ZONE)):
        return [], []
    outside = _outside(tables, params)
    wrong, lost = _wrong_bodies(tables, params, outside)
    told = outside[~outside["body_fid"].isin(wrong)]
    found = [*lost, *(_outside_row(tables, row) for row in told.to_dict("records"))]
    found += _wrong_classes(tables)
    homeless, open_zones = _without_body(tables)
    away = outside["body_fid"][outside["distance_m"] > params.tolerance]
    bodies = {int(fid) for fid in away} | wrong
    open_actors = around(tables, bodies, params.reach, _PLACE_OPEN, frozenset())
    return found + homeless, open_actors + open_zones


def _outside(tables: Tables, params: Params) -> pd.DataFrame:
    """Return the rows of `body_out` of bodies that reach out of their zones by more than noise.

    A point or line is outside beyond the tolerance, or its own accuracy where that is worse.
    """
    rows = tables["body_out"]
    rows = rows[rows["kind"].isin(_AROUND)]
    accuracy = pd.to_numeric(column(tables, BODY, "accuracy"), errors="coerce").fillna(0.0)
    slack = rows["body_fid"].map(accuracy).clip(lower=params.tolerance)
    return rows[counts(rows, params) | (rows["distance_m"] > slack)]


def _outside_row(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    if row["distance_m"] > 0:
        measure, unit = float(row["distance_m"]), "m"
        how = Text(f"相距 {measure:,.1f} 米", f"{measure:,.1f} m away")
    else:
        measure, unit = float(row["area_m2"]), "m2"
        how = Text(f"超出 {measure:,.1f} 平方米", f"by {measure:,.1f} m2")
    return contradiction(
        tables,
        (BODY, int(row["body_fid"])),
        (ZONE, int(row["zone_fid"])),
        f"outside-zone/{row['kind']}",
        _OUTSIDE,
        measure=measure,
        unit=unit,
        measures={"area_m2": float(row["area_m2"]), "distance_m": float(row["distance_m"])},
        geometry=row["geometry"],
        params={"how": how},
    )


def _wrong_bodies(tables: Tables, params: Params, outside: pd.DataFrame) -> tuple[set[int], Rows]:
    """Return the zones that name a body elsewhere while another one of the class lies inside."""
    pairs, kind, asset = tables["body_zone"], kinds(tables), classes(tables)
    away = set(outside["body_fid"][outside["distance_m"] > params.tolerance])
    own = pairs[pairs["own"] & pairs["body_fid"].isin(away)]
    own = own[own["zone_fid"].map(kind).isin(_AROUND)]
    inside = _by_zone(pairs[~pairs["own"] & (pairs["share_body"] >= params.min_share)])
    wrong: set[int] = set()
    found: Rows = []
    for row in own.to_dict("records"):
        zone, body = int(row["zone_fid"]), int(row["body_fid"])
        others = [fid for fid in inside.get(zone, []) if asset[fid] in classes_of(kind[zone])]
        if not others:
            continue
        wrong.add(body)
        labels = sorted(tables.label(BODY, pd.Series(others)))
        shown = Text("、".join(labels[:5]), ", ".join(labels[:5]))
        found.append(
            contradiction(
                tables,
                (ZONE, zone),
                (BODY, body),
                "wrong-body",
                _WRONG_BODY,
                measure=float(row["distance_m"]),
                unit="m",
                params={"inside": shown},
            )
        )
    return wrong, found


def _by_zone(pairs: pd.DataFrame) -> dict[int, list[int]]:
    """Return the bodies of some pairs by zone."""
    found: dict[int, list[int]] = {}
    for zone, body in zip(pairs["zone_fid"], pairs["body_fid"], strict=True):
        found.setdefault(int(zone), []).append(int(body))
    return found


def _wrong_classes(tables: Tables) -> Rows:
    """Return the zones of a kind that is not drawn around the class of their body."""
    asset, kind, rows = classes(tables), kinds(tables), tables["asset"]
    found: Rows = []
    for zone, body in zip(rows["zone_fid"], rows["body_fid"], strict=True):
        due = classes_of(kind[zone])
        if body >= 0 and due and asset[body] is not None and asset[body] not in due:
            pair = (ZONE, int(zone)), (BODY, int(body))
            found.append(contradiction(tables, *pair, "wrong-class", _WRONG_CLASS))
    return found


def _without_body(tables: Tables) -> tuple[Rows, Rows]:
    """Return the zones whose body is not in the layer, and that who meets them is not judged."""
    asset, kind, pairs = classes(tables), kinds(tables), tables["body_zone"]
    declared = column(tables, ZONE, "body")
    there, inside = set(asset.dropna()), _by_zone(pairs)
    found: Rows = []
    for zone, how in zip(tables["asset"]["zone_fid"], tables["asset"]["how"], strict=True):
        due = classes_of(kind[zone])
        drawn = kind[zone] not in _DISTRICT or bool(there & due)
        if how == "unknown" and due and drawn:
            code = {"code": str(declared[zone])}
            found.append(_homeless(tables, int(zone), "unknown-body", _UNKNOWN_BODY, code))
        elif (
            how == "none"
            and kind[zone] in _AROUND
            and not any(asset[fid] in (None, *due) for fid in inside.get(int(zone), []))
        ):
            found.append(_homeless(tables, int(zone), "no-body", _NO_BODY, {}))
    aside = [
        {
            "layer": ZONE,
            "fid": row["fid"],
            "why_zh": _ASSET_OPEN.zh.format(other=row["params"]["who"]),
            "why_en": _ASSET_OPEN.en.format(other=row["params"]["who"]),
        }
        for row in found
    ]
    return found, aside


def _homeless(
    tables: Tables, zone: int, kind: str, message: Text, params: dict[str, Any]
) -> dict[str, Any]:
    return contradiction(tables, (ZONE, zone), None, kind, message, params=params)
