"""A layer is in another datum, and no good way from it is known.

What it checks: layers in Beijing 54, Xi'an 80 or another datum than the working system's, where
PROJ knows no transformation (places may be off by some 100 m) or only a rough one (its own figure).
Why it matters: a monument some ten metres off stands in another plot. The official parameters are
not public; without them a layer is used as it is, and leaves no unit clear.
Left to others: WGS 84 is taken for CGCS2000, they differ by less than a metre. No system SRC104.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes, layer_title

RULE = Rule(
    code="SRC111",
    name="datum-uncertain",
    title=Text("基准转换无可靠参数", "datum shift uncertain"),
    severity=Severity.WARNING,
    message=Text(
        "图层“{title}”（{feature}）的坐标系 {source} 与工作坐标系基准不同，"
        "没有可靠的转换参数，位置可差约 {measure:.0f} 米",
        "layer {title} ({feature}) is in {source}, another datum than the working system's, and no"
        " good transformation is known: places may be off by about {measure:.0f} m",
    ),
    remedy=Text(
        "向数据提供单位索取 CGCS2000 坐标的数据，或由测绘部门用官方参数转换",
        "ask the issuer for the data in CGCS2000, or have it transformed with official parameters",
    ),
    sources=("epsg-cgcs2000",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per file whose places are uncertain; the measure is by how much."""

    def offence(note: Note) -> dict[str, object]:
        return {
            "feature": note.path,
            "measure": float(note.detail["metres"]),
            "unit": "m",
            "params": {
                "title": layer_title(tables, note.layer),
                "source": _name(str(note.detail["from"])),
            },
        }

    return judge_notes(tables, tables.notes_of("datum_uncertain"), offence)


def _name(crs: str) -> str:
    """Return how a CRS is called: its code, or the name that its definition begins with."""
    return crs.split('"')[1] if '["' in crs else crs
