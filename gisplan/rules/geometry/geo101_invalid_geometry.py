"""A shape is invalid: its outline crosses itself, or the like.

What it checks: every area as stored; the place of the fault, whether it could be repaired, and how
much area the repair gained or lost.
Why it matters: the area of a bow-tie is not defined, so each software has its own. What was
repaired is checked as repaired; what was not is set aside.
Left to others: no shape at all GEO102; lines where areas are due GEO109.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes, layer_title

RULE = Rule(
    code="GEO101",
    name="invalid-geometry",
    title=Text("图形无效", "invalid geometry"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”的 {feature} 图形无效（{reason}），已修复，面积变化 {measure:.2f} ㎡",
        "{feature} of layer {title} is invalid ({reason}); repaired, which changed its area by "
        "{measure:.2f} m2",
    ),
    remedy=Text(
        "在源数据中修正该处边界，并核对修复后的范围是否为本意",
        "mend the outline in the source, and look whether the repaired shape is what is meant",
    ),
    sources=("ogc-sfa", "qc-practice"),
)
_SET_ASIDE = Text(
    "图层“{title}”的 {feature} 图形无效（{reason}），无法修复，未参加审查",
    "{feature} of layer {title} is invalid ({reason}), cannot be repaired and was set aside",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per invalid shape."""

    def offence(note: Note) -> dict[str, object]:
        detail = note.detail
        what = str(detail.get("reason", ""))
        told = {"reason": Text(str(detail.get("reason_zh", what)), what)}
        told["title"] = layer_title(tables, note.layer)
        if not detail.get("repaired"):
            return {"message": _SET_ASIDE, "params": told}
        before, after = float(detail["area_before_m2"]), float(detail["area_after_m2"])
        return {
            "measure": round(abs(after - before), 3),
            "unit": "m2",
            "measures": {"area_before_m2": round(before, 3), "area_after_m2": round(after, 3)},
            "params": told,
        }

    return judge_notes(tables, tables.notes_of("invalid_geometry"), offence)
