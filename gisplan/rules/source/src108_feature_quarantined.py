"""A feature was set aside because no rule can judge it.

What it checks: features that could neither be used nor repaired, each with the reason.
Why it matters: what is set aside has not been checked, and may be what matters most.
Left to others: no shape at all GEO102; a broken shape GEO101; lines for areas GEO109; a
whole file whose place is unknown SRC104 or SRC105.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.notes import judge_notes, key_of, layer_title, text_of

RULE = Rule(
    code="SRC108",
    name="feature-quarantined",
    title=Text("要素被隔离", "feature quarantined"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”的要素 {feature} 已隔离，未参加审查：{reason}",
        "{feature} of layer {title} was set aside and not checked: {reason}",
    ),
    remedy=Text(
        "在源数据中修正该要素后再次审查",
        "mend the feature in the source and review anew",
    ),
    sources=("qc-practice",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per feature set aside that no other rule reports."""
    told = {
        key_of(note)
        for note in tables.notes_of("empty_geometry", "invalid_geometry", "wrong_geometry_type")
    }
    files = {
        (note.layer, note.path)
        for note in tables.notes_of("crs_missing", "crs_contradicted", "axes_exchanged")
        if not note.detail.get("confirmed")
    }
    return judge_notes(
        tables,
        [
            note
            for note in tables.notes_of("quarantined")
            if key_of(note) not in told and (note.layer, note.path) not in files
        ],
        lambda note: {
            "params": {
                "reason": text_of(note, "reason"),
                "title": layer_title(tables, note.layer),
            }
        },
    )
