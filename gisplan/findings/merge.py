"""Offenders of the rules -> one draft for each defect."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.registry import RegisteredRule
from gisplan.model import RuleRun, Ruling, Severity, Text

_WEIGHT: dict[str, int] = {severity.value: n for n, severity in enumerate(Severity)}
_STRICTNESS: dict[str, int] = {ruling.value: n for n, ruling in enumerate(Ruling)}
_RULED = {
    Ruling.PROHIBITED: Severity.ERROR,
    Ruling.EXCEPTION_ONLY: Severity.ERROR,
    Ruling.APPROVAL: Severity.WARNING,
    Ruling.CONSULTATION: Severity.WARNING,
    Ruling.NOTICE: Severity.INFO,
}
Draft = dict[str, Any]
_AS_IS = {str, int, bool, type(None), Text}  # most cells: told by type before anything is asked


def merge_offenders(
    runs: Iterable[RuleRun],
    tables: Tables,
    rules: Mapping[str, RegisteredRule],
    settings: Mapping[str, Mapping[str, Any]],
) -> list[Draft]:
    """Return one draft per (code, kind, layer, feature, related_layer, related).

    Measures in m2 are summed, others are the largest; figures and words are those of the offender
    with the largest measure; severity and ruling are the strictest; `shapes` holds the evidence
    of all, `fids` the rows they name.
    """
    groups: dict[tuple[Any, ...], list[Draft]] = {}
    for run in runs:
        for row in run.offenders.to_dict("records"):
            draft = _draft(run.code, row, tables, rules[run.code], settings.get(run.code, {}))
            groups.setdefault(_key(draft), []).append(draft)
    return [_join(groups[key]) for key in sorted(groups, key=repr)]


def _key(draft: Draft) -> tuple[Any, ...]:
    names = ("code", "kind", "layer", "feature", "related_layer", "related")
    return tuple(draft[name] for name in names)


def _draft(
    code: str,
    row: Mapping[str, Any],
    tables: Tables,
    entry: RegisteredRule,
    setting: Mapping[str, Any],
) -> Draft:
    values = {name: plain(value) for name, value in row.items() if name != "geometry"}
    fid = -1 if values["fid"] is None else int(values["fid"])
    layer = values["layer"] or ""
    feature = values["feature"]
    if not feature and fid >= 0 and layer in tables.attributes:
        feature = tables.attributes[layer]["_label"].get(fid)
    ruling = values["ruling"] or None
    return {
        **values,
        "code": code,
        "kind": values["kind"] or "",
        "layer": layer,
        "feature": str(feature or ""),
        "related_layer": values["related_layer"] or None,
        "related": str(values["related"]) if values["related"] not in (None, "") else None,
        "unit": values["unit"] or "",
        "measures": values["measures"] or {},
        "params": values["params"] or {},
        "ruling": None if ruling is None else Ruling(ruling).value,
        "severity": _severity(values["severity"], setting, ruling, entry),
        "sources": tuple(values["sources"] or entry.rule.sources),
        "message": values["message"] or entry.rule.message,
        "remedy": values["remedy"] or entry.rule.remedy,
        "fids": [fid] if fid >= 0 else [],
        "shapes": _shapes(row["geometry"]),
    }


def _severity(
    own: str | None, setting: Mapping[str, Any], ruling: str | None, entry: RegisteredRule
) -> str:
    # A rule that tells graver cases from lighter ones keeps the difference; but where a ruling
    # sets the severity, the plan's own word comes before it.
    if own and not (ruling and "severity" in setting):
        return Severity(own).value
    if "severity" in setting:
        return Severity(setting["severity"]).value
    if ruling:
        return _RULED[Ruling(ruling)].value
    return entry.rule.severity.value


def _join(drafts: list[Draft]) -> Draft:
    if len(drafts) == 1:
        return drafts[0]
    ordered = sorted(drafts, key=_size, reverse=True)
    first = dict(ordered[0])
    sizes = [draft["measure"] for draft in ordered if draft["measure"] is not None]
    if sizes:
        first["measure"] = sum(sizes) if first["unit"] == "m2" else max(sizes)
    first["severity"] = min((draft["severity"] for draft in ordered), key=_WEIGHT.__getitem__)
    rulings = [draft["ruling"] for draft in ordered if draft["ruling"]]
    first["ruling"] = min(rulings, key=_STRICTNESS.__getitem__) if rulings else None
    first["route"] = _route(ordered)
    first["sources"] = tuple(dict.fromkeys(key for draft in ordered for key in draft["sources"]))
    first["fids"] = sorted({fid for draft in ordered for fid in draft["fids"]})
    first["shapes"] = [shape for draft in ordered for shape in draft["shapes"]]
    return first


def _route(drafts: Iterable[Draft]) -> dict[str, Any] | None:
    """Return the route of the strictest ruling, with the steps of all."""
    routed = [draft for draft in drafts if draft["route"] and draft["ruling"]]
    if not routed:
        return None
    strictest = min(routed, key=lambda draft: _STRICTNESS[draft["ruling"]])
    steps = dict.fromkeys(step for draft in routed for step in draft["route"]["steps"])
    return {"key": strictest["route"]["key"], "steps": list(steps)}


def _size(draft: Draft) -> tuple[float, str]:
    # The second part settles ties without asking for the order of the rows.
    measure = float("-inf") if draft["measure"] is None else float(draft["measure"])
    words = [draft["measures"], draft["params"], draft["limit"]]
    return measure, json.dumps(words, sort_keys=True, default=str, ensure_ascii=False)


def _shapes(value: Any) -> list[Any]:
    found = value if isinstance(value, list | tuple) else [value]
    return [shape for shape in found if shape is not None and shape == shape]


def plain(value: Any) -> Any:
    """Return a cell as Python has it: numpy numbers unwrapped, NaN and NaT as None."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is float:
        return value if value == value else None
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        if hasattr(value, "_fields"):  # a named tuple stays one
            return value
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    if hasattr(value, "item"):
        value = value.item()
    try:
        return None if value is None or bool(value != value) else value
    except TypeError:  # pandas.NA has no truth
        return None
