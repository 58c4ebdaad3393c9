"""One heritage finding: ruling, articles, approval route, names and words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.matrix import SEVERITY_OF, Cell
from gisplan.model import Ruling, Text
from gisplan.rules.heritage.actors import ACTION, SCREENING, how, stage_of
from gisplan.rules.heritage.evidence import Evidence

STAGE_WORDS = {
    SCREENING: Text("潜在冲突：", "potential: "),
    ACTION: Text("已确认冲突：", "confirmed: "),
}
RULING_WORDS = {
    Ruling.PROHIBITED: Text("禁止", "prohibited"),
    Ruling.EXCEPTION_ONLY: Text(
        "原则禁止，法定例外须专门审批", "prohibited but for a legal exception"
    ),
    Ruling.APPROVAL: Text("须审批", "approval due"),
    Ruling.CONSULTATION: Text("须征求意见", "consultation due"),
    Ruling.NOTICE: Text("提示", "notice"),
}
_FIRST_STEP = {
    Ruling.PROHIBITED: Text(
        "调整更新方式或者范围，避开该区域。", "Change the mode or the extent. "
    ),
    Ruling.EXCEPTION_ONLY: Text(
        "优先调整更新方式或者范围；属于法定例外的，办理专门审批。",
        "Change the mode or the extent; for a legal exception obtain the special approval. ",
    ),
    Ruling.APPROVAL: Text("实施前办理审批。", "Obtain the approval before the works. "),
    Ruling.CONSULTATION: Text(
        "实施前征求意见并论证。", "Consult and give reasons before the works. "
    ),
    Ruling.NOTICE: Text("核对位置和范围。", "Check place and extent. "),
}
NOTHING = Text("", "")
NO_ACTION = Text(
    "{title} {who}（{how}）涉及{what} {other}，该范围内未见建设行为",
    "{title} {who} ({how}) takes in {what} {other}; no works are seen there",
)
NO_ACTION_AREA = Text(
    "{title} {who}（{how}）与{what} {other} 重叠 {measure:,.1f} 平方米，占其面积 {share:.1%}，"
    "该范围内未见建设行为",
    "{title} {who} ({how}) overlaps {what} {other} by {measure:,.1f} m2, {share:.1%} of itself;"
    " no works are seen there",
)
NO_ACTION_ROUTE = Text(
    "核实该范围内确无建设行为；方案调整时重新核查",
    "make sure that nothing is built there; check again when the scheme changes",
)


def with_name(label: object, name: object) -> str:
    """Return a label with the name of the feature, where it has one that is not the label."""
    named = isinstance(name, str) and name and name != label
    return f"{label} {name}" if named else str(label)


def remedy(ruling: Ruling, route: Text | None) -> Text:
    """Return what to do, with the approval route where there is one."""
    step = _FIRST_STEP[ruling]
    if route is None:
        return Text(step.zh.rstrip("。"), step.en.rstrip(" ."))
    return Text(f"{step.zh}路径：{route.zh}", f"{step.en}Route: {route.en}")


def offence(
    tables: Tables,
    row: dict[str, Any],
    cell: Cell,
    message: Text,
    kind: str = "",
    measures: dict[str, Any] | None = None,
    evidence: Evidence | None = None,
) -> dict[str, Any]:
    """Return the offender of a contact that the matrix rules on.

    Parameters
    ----------
    row : dict
        A contact: actor_layer, fid, label, name, mode, action, other_layer, other, other_name,
        what (Text: what the other is), measure, unit, geometry.
    cell : Cell
        What the matrix says, its ruling and route as they are to be shown.
    evidence : Evidence, optional
        What the action data show of it, where it is a contact of the judged tier.
    """
    stage = stage_of(row["actor_layer"])
    mode = codelist("mode")[row["mode"]].title if row["mode"] else Text("未知", "unknown")
    notes = [cell.condition.text] if cell.condition else []
    if cell.level_unknown:
        notes.append(Text("级别未知，按最严情形", "level unknown, the strictest case"))
    if evidence is not None and evidence.note is not None:
        notes.append(evidence.note)
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "related_layer": row["other_layer"],
        "related": row["other"],
        "kind": kind,
        "measure": row["measure"],
        "unit": row["unit"],
        "measures": {**clean(measures or {}), "stage": stage, **_shown(evidence)},
        "severity": SEVERITY_OF[cell.ruling],
        "ruling": cell.ruling,
        "sources": cell.sources,
        "message": message,
        "remedy": _with_missing(_remedy(cell), tables, evidence),
        "geometry": row["geometry"],
        "route": {"key": cell.route_key, "steps": cell.steps} if cell.route_key else None,
        "params": {
            "title": tables.specs[row["actor_layer"]].title,
            "who": with_name(row["label"], row["name"]),
            "other": with_name(row["other"], row["other_name"]),
            "what": row["what"],
            "name": row["name"] if isinstance(row["name"], str) else "",
            "related_name": row["other_name"] if isinstance(row["other_name"], str) else "",
            "mode": mode,
            "how": how(row),
            "stage_word": STAGE_WORDS[stage],
            "ruling_word": RULING_WORDS[cell.ruling],
            "condition": _in_brackets(notes),
            "share": row.get("share", 0.0),
            "width": row.get("width", 0.0),
            "distance": row.get("distance_m", 0.0),
            "level_unknown": cell.level_unknown,
        },
    }


def _in_brackets(notes: list[Text]) -> Text:
    if not notes:
        return NOTHING
    zh, en = "；".join(note.zh for note in notes), "; ".join(note.en for note in notes)
    return Text(f"（{zh}）", f" ({en})")


def _remedy(cell: Cell) -> Text:
    """Return what to do: first step and route of the matrix; else what the rule itself says."""
    return remedy(cell.ruling, cell.route) if cell.route_key else cell.route


def _shown(evidence: Evidence | None) -> dict[str, Any]:
    if evidence is None:
        return {}
    missing = {"missing_layers": list(evidence.missing)} if evidence.missing else {}
    return {"evidence": evidence.reason, **missing}


def _with_missing(text: Text, tables: Tables, evidence: Evidence | None) -> Text:
    """Return a remedy that also says which layers would tell whether anything is done there."""
    if evidence is None or evidence.nothing_done or not evidence.missing:
        return text
    titles = [tables.specs[name].title for name in evidence.missing]
    zh, en = "、".join(t.zh for t in titles), ", ".join(t.en for t in titles)
    return Text(
        f"{text.zh}。缺少{zh}图层中该单元的行为数据，补充后可以核实",
        f"{text.en}. What is done there is not in the layers: {en}; with them it can be confirmed",
    )


def clean(measures: dict[str, Any]) -> dict[str, Any]:
    """Return figures as plain floats, None for NaN; texts, counts and lists stay as they are."""
    return {key: _plain(value) for key, value in measures.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | list | dict) and not isinstance(value, bool):
        return value
    return None if pd.isna(value) else float(value)
