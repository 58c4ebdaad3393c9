"""Accepted exceptions (例外说明): which findings they excuse, and which of them no longer hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gisplan.model import Text, Waiver


def apply_waivers(
    findings: Iterable[dict[str, Any]], waivers: Sequence[Waiver], today: dt.date
) -> tuple[Text, ...]:
    """Mark the findings that a waiver excuses; return what to say of waivers that excuse none.

    A waiver holds through its last day. It names a fingerprint, or a code and a feature, and may
    name the related feature; two features of a pair may stand in either order.
    """
    rows = list(findings)
    notices = []
    for waiver in waivers:
        met = [row for row in rows if _meets(waiver, row)]
        if waiver.until is not None and waiver.until < today:
            notices.append(
                Text(
                    f"例外说明已于 {waiver.until} 到期，不再生效：{_name(waiver)}",
                    f"waiver expired on {waiver.until} and no longer holds: {_name(waiver)}",
                )
            )
            continue
        if not met:
            notices.append(
                Text(
                    f"例外说明没有对应的问题：{_name(waiver)}",
                    f"waiver meets no finding: {_name(waiver)}",
                )
            )
        for row in met:
            if row["state"] != "waived":
                row["state"] = "waived"
                row["waiver"] = {
                    "reason": waiver.reason,
                    "by": waiver.by,
                    "until": None if waiver.until is None else waiver.until.isoformat(),
                }
    return tuple(notices)


def _meets(waiver: Waiver, row: Mapping[str, Any]) -> bool:
    if waiver.fingerprint is not None:
        return bool(row["fingerprint"] == waiver.fingerprint)
    if waiver.code is None or waiver.feature is None or row["code"] != waiver.code:
        return False
    if waiver.related is None:
        return bool(row["feature"] == waiver.feature)
    wanted = (waiver.feature, waiver.related)
    return wanted in ((row["feature"], row["related"]), (row["related"], row["feature"]))


def _name(waiver: Waiver) -> str:
    words = [waiver.fingerprint, waiver.code, waiver.feature, waiver.related]
    return " ".join(word for word in words if word)
