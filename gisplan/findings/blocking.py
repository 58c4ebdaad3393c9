"""Which heritage contacts block something, by the rows of both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.model import Plan, Ruling, Severity

BARRED = (Ruling.PROHIBITED, Ruling.EXCEPTION_ONLY)
CONTACT = ("fingerprint", "code", "limit", "actor_layer", "fid", "other_layer", "other_fid")


def blocking_contacts(findings: pd.DataFrame, plan: Plan, tables: Tables) -> pd.DataFrame:
    """Return the contacts behind the heritage findings that block, one row per pair of rows.

    Parameters
    ----------
    findings : DataFrame
        Final, as in `Dossier.findings`. Waived ones block nothing.

    Returns
    -------
    DataFrame
        Columns CONTACT. other_fid is -1 where the other side has no shape in the plan.
    """
    barred = (
        findings["ruling"].isin([ruling.value for ruling in BARRED])
        & (findings["severity"] == Severity.ERROR.value)
        & (findings["state"] != "waived")
    )
    labels = _Labels(plan, tables)
    rows = [
        row
        for finding in findings[barred].drop(columns="geometry").to_dict("records")
        for row in _contacts(finding, labels)
    ]
    return pd.DataFrame(rows, columns=list(CONTACT))


def _contacts(finding: Mapping[Any, Any], labels: _Labels) -> Iterator[dict[str, Any]]:
    other = finding["related_layer"] or ""
    for fid in labels.rows(finding["layer"], finding["feature"]):
        for other_fid in labels.rows(other, finding["related"]) or [-1]:
            yield {
                "fingerprint": finding["fingerprint"],
                "code": finding["code"],
                "limit": finding["limit"],
                "actor_layer": finding["layer"],
                "fid": fid,
                "other_layer": other,
                "other_fid": other_fid,
            }


class _Labels:
    """Finds the rows of features by label; of layers without shapes there are none."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self._spatial = {name for name, layer in plan.layers.items() if "geometry" in layer.frame}
        self._tables = tables
        self._made: dict[str, dict[str, list[int]]] = {}

    def rows(self, layer: str, label: str | None) -> list[int]:
        if layer not in self._spatial or not label:
            return []
        if layer not in self._made:
            found: dict[str, list[int]] = {}
            for fid, own in self._tables.attributes[layer]["_label"].items():
                found.setdefault(own, []).append(int(fid))
            self._made[layer] = found
        return self._made[layer].get(label, [])
