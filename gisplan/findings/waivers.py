"""Accepted exceptions (例外说明) and exempt classes (豁免): what they excuse, which are void."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gisplan.catalogue.excuses import excuse_name
from gisplan.model import Exemption, Text, Waiver

_CHANGED = 0.1  # of the measure that was accepted: more, and it is another defect
_METRES_A_DEGREE = 111_320.0
_UNUSED = Text("没有对应的问题", "it meets no finding")

Rows = Sequence[dict[str, Any]]


class Void(NamedTuple):
    """A waiver or exemption that excuses nothing: what to call it, and why."""

    name: str
    kind: str  # expired | unused | changed
    why: Text


def apply_waivers(rows: Rows, waivers: Sequence[Waiver], today: dt.date) -> list[Void]:
    """Mark the findings that a waiver excuses; return the waivers that excuse none.

    A waiver holds through its last day. It names a fingerprint, or a code with a feature or a
    place or both, and may name the related feature; two features of a pair may stand in either
    order. One that states the measure which was accepted is void where that differs by a tenth.
    """
    void = []
    for waiver in waivers:
        met = [row for row in rows if _meets(waiver, row)]
        same = [row for row in met if not _has_changed(waiver, row)]
        if waiver.until is not None and waiver.until < today:
            void.append(Void(excuse_name(waiver), "expired", _expired(waiver.until)))
        elif not met:
            void.append(Void(excuse_name(waiver), "unused", _UNUSED))
        elif not same:
            void.append(Void(excuse_name(waiver), "changed", _changed(waiver, met[0])))
        else:
            _excuse(same, waiver)
    return void


def apply_exemptions(
    rows: Rows,
    exemptions: Sequence[Exemption],
    attributes: Callable[[Mapping[str, Any]], Sequence[Mapping[Any, Any]]],
    today: dt.date,
) -> list[Void]:
    """Mark the findings on features of an exempt class; return the exemptions that excuse none.

    Parameters
    ----------
    attributes : callable
        Finding -> the standard fields of its features; empty where it is about none.
    """
    void = []
    for exemption in exemptions:
        met = [
            row
            for row in rows
            if row["code"].startswith(exemption.rule)
            and exemption.layer in (None, row["layer"])
            and _all_have(exemption.where, attributes(row))
        ]
        if exemption.until is not None and exemption.until < today:
            void.append(Void(excuse_name(exemption), "expired", _expired(exemption.until)))
        elif not met:
            void.append(Void(excuse_name(exemption), "unused", _UNUSED))
        else:
            _excuse(met, exemption)
    return void


def _all_have(where: Mapping[str, Any], features: Sequence[Mapping[Any, Any]]) -> bool:
    return bool(features) and all(
        field in feature and _same(feature[field], value)
        for feature in features
        for field, value in where.items()
    )


def _same(own: Any, wanted: Any) -> bool:
    if isinstance(own, float) and isinstance(wanted, int | float):
        return math.isclose(own, float(wanted), rel_tol=1e-9)
    return str(own) == str(wanted)


def _excuse(rows: Rows, by: Waiver | Exemption) -> None:
    for row in rows:
        if row["state"] != "waived":
            row["state"] = "waived"
            until = None if by.until is None else by.until.isoformat()
            row["waiver"] = {"reason": by.reason, "by": by.by, "until": until}


def _meets(waiver: Waiver, row: Mapping[str, Any]) -> bool:
    if waiver.fingerprint is not None:
        return bool(row["fingerprint"] == waiver.fingerprint)
    if waiver.code is None or row["code"] != waiver.code:
        return False
    if waiver.feature is None and waiver.at is None:
        return False
    if waiver.at is not None and not _is_near(waiver.at, waiver.within, row):
        return False
    if waiver.feature is None:
        return True
    if waiver.related is None:
        return bool(row["feature"] == waiver.feature)
    wanted = (waiver.feature, waiver.related)
    return wanted in ((row["feature"], row["related"]), (row["related"], row["feature"]))


def _is_near(at: tuple[float, float], within: float, row: Mapping[str, Any]) -> bool:
    """Return whether a finding is shown at most so many metres from a place."""
    lon, lat = row.get("lon"), row.get("lat")
    if lon is None or lat is None or math.isnan(lon) or math.isnan(lat):
        return False
    east = (lon - at[0]) * _METRES_A_DEGREE * math.cos(math.radians(at[1]))
    return math.hypot(east, (lat - at[1]) * _METRES_A_DEGREE) <= within


def _has_changed(waiver: Waiver, row: Mapping[str, Any]) -> bool:
    if waiver.measure is None:
        return False
    measure = row["measure"]
    if measure is None or math.isnan(measure):
        return True
    return bool(abs(measure - waiver.measure) > _CHANGED * abs(waiver.measure) + 1e-9)


def _expired(until: dt.date) -> Text:
    return Text(f"已于 {until} 到期", f"it expired on {until}")


def _changed(waiver: Waiver, row: Mapping[str, Any]) -> Text:
    measure = row["measure"]
    now = "?" if measure is None or math.isnan(measure) else f"{measure:,.6g}"
    return Text(
        f"批准时为 {waiver.measure:,.6g}，现为 {now}，变化超过一成，须重新说明",
        f"{waiver.measure:,.6g} was accepted and it is {now} now, more than a tenth apart; "
        "give reasons anew",
    )
