"""The x and y of a layer are exchanged.

What it checks: coordinates that fit no system, or lie far from all other layers, but fit once x
and y are exchanged: northing first as in CAD drawings, latitude first as EPSG:4490 lists its axes.
Why it matters: read as it stands, the layer lies in another country or nowhere. It is put right
only where that puts its vertices within a metre onto those of a layer whose place is known, and a
warning says so; else it is not judged.
Left to others: no system at all SRC104 as well; another zone SRC105.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes, layer_title, text_of

RULE = Rule(
    code="SRC106",
    name="axes-swapped",
    title=Text("坐标轴颠倒", "axes swapped"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”（{feature}）的 x 与 y 似乎颠倒，未参加审查；{why}",
        "x and y of layer {title} ({feature}) seem to be exchanged, it was left out: {why}",
    ),
    remedy=Text(
        "向数据提供单位核实坐标顺序，以东坐标（经度）在前重新导出",
        "ask the issuer for the order of the coordinates; export again, east (longitude) first",
    ),
    sources=("epsg-cgcs2000",),
)
_CONFIRMED = Text(
    "图层“{title}”（{feature}）的 x 与 y 颠倒，已对调后参加审查；{why}",
    "x and y of layer {title} ({feature}) are exchanged; they were put right and judged: {why}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per file with exchanged axes; a warning where that was proved."""

    def offence(note: Note) -> dict[str, object]:
        found: dict[str, object] = {
            "feature": note.path,
            "params": {"title": layer_title(tables, note.layer), "why": text_of(note, "why")},
        }
        if not note.detail["confirmed"]:
            return found
        return found | {
            "kind": "confirmed",
            "severity": Severity.WARNING,
            "message": _CONFIRMED,
        }

    return judge_notes(tables, tables.notes_of("axes_exchanged"), offence)
