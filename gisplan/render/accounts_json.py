"""The books of a run as findings.json has them."""

from __future__ import annotations

from typing import Any

from gisplan.model import Accounts, Text
from gisplan.render.plain import clean


def accounts_document(accounts: Accounts) -> dict[str, Any]:
    """Return the books as plain values; records count from 0, as in the files."""

    def words(text: Text) -> dict[str, str]:
        return {"zh": text.zh, "en": text.en}

    def at(place: tuple[float, float] | None) -> list[float] | None:
        return None if place is None else [clean(value, 7) for value in place]

    return {
        "quarantined": [
            {
                "layer": row.layer,
                "path": row.path,
                "record": row.record,
                "feature": row.feature,
                "features": row.features,
                "reason": words(row.reason),
                "at": at(row.place),
            }
            for row in accounts.aside
        ],
        "repaired": [
            {
                "layer": row.layer,
                "path": row.path,
                "record": row.record,
                "feature": row.feature,
                "what": words(row.what),
                "area_before_m2": clean(row.before_m2),
                "area_after_m2": clean(row.after_m2),
                "at": at(row.place),
            }
            for row in accounts.mended
        ],
        "cells": [
            {
                "layer": row.layer,
                "path": row.path,
                "field": row.field,
                "kind": row.kind,
                "count": row.count,
                "examples": [
                    {"record": record, "before": before, "after": after}
                    for record, before, after in row.examples
                ],
            }
            for row in accounts.cells
        ],
        "fields": [
            {
                "layer": row.layer,
                "path": row.path,
                "fields": {name: list(columns) for name, columns in sorted(row.fields.items())},
                "unused": list(row.unused),
            }
            for row in accounts.fields
        ],
        "left_out": [
            {
                "layer": row.layer,
                "path": row.path,
                "unreadable": row.unreadable,
                "reason": words(row.reason),
            }
            for row in accounts.left_out
        ],
    }
