"""A layer does not say which coordinate system it is in.

What it checks: layers without a .prj or the like, and without a crs in `gisplan.toml`.
Why it matters: Liaoning alone lies in three zones; a guess moves the plan by hundreds of
kilometres or, worse, by a few hundred metres. Every system that the coordinates fit is listed. The
layer is judged only where one of them alone puts its vertices within a metre onto those of a layer
that says its system: then a warning tells which and why. Else it is left out.
Left to others: a declared system that the coordinates contradict SRC105; exchanged axes SRC106.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes, layer_title, text_of

RULE = Rule(
    code="SRC104",
    name="crs-missing",
    title=Text("坐标系缺失", "coordinate system missing"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”（{feature}）没有坐标系，未参加审查；{why}",
        "layer {title} ({feature}) has no coordinate system and was left out: {why}",
    ),
    remedy=Text(
        "向数据提供单位核实坐标系，补 .prj 文件，或在 gisplan.toml 写明 crs",
        "ask the issuer for the coordinate system, add a .prj, or state crs in gisplan.toml",
    ),
    sources=("epsg-cgcs2000",),
)
_CONFIRMED = Text(
    "图层“{title}”（{feature}）没有坐标系，按 {chosen} 参加审查；{why}",
    "layer {title} ({feature}) has no coordinate system and was judged as {chosen}: {why}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per layer without a coordinate system; a warning where it was proved."""

    def offence(note: Note) -> dict[str, object]:
        title = layer_title(tables, note.layer)
        told: dict[str, object] = {"title": title, "why": _why(note)}
        if note.kind == "crs_missing":
            return {"feature": note.path, "params": told}
        return {
            "feature": note.path,
            "kind": "confirmed",
            "severity": Severity.WARNING,
            "message": _CONFIRMED,
            "params": told | {"chosen": str(note.detail["chosen"])},
        }

    return judge_notes(tables, tables.notes_of("crs_missing", "crs_confirmed"), offence)


def _why(note: Note) -> Text:
    if "why_zh" in note.detail:
        return text_of(note, "why")
    names = [str(name) for name in note.detail.get("candidates") or ()]
    if not names:
        return Text("没有已知坐标系符合其坐标", "no known one fits its coordinates")
    return Text("坐标符合 " + "、".join(names), "its coordinates fit " + ", ".join(names))
