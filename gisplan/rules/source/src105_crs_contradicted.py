"""The coordinates cannot be in the coordinate system that is declared for them.

What it checks: coordinates that are nowhere or far outside the area of the declared system (metres
called degrees, a zone's number too many or too few), that lie far from all other layers, or that
other layers prove to be in another system; and a `crs` in `gisplan.toml` that is another than the
file's own. What the coordinates would fit is listed.
Why it matters: a zone too far and the plan lies in the sea, or in the neighbouring city. Such a
layer is not judged; one that lies far away is judged where it says, and leaves no unit clear.
Left to others: no coordinate system at all SRC104, exchanged axes SRC106, single features that lie
elsewhere SRC108, a shift like that of web maps SRC107.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes, layer_title, text_of

RULE = Rule(
    code="SRC105",
    name="crs-contradicted",
    title=Text("坐标系与坐标不符", "coordinate system contradicted"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”（{feature}）声明的坐标系为 {declared}：{why}",
        "layer {title} ({feature}) is declared to be in {declared}: {why}",
    ),
    remedy=Text(
        "向数据提供单位核实坐标系，更正 .prj 或 gisplan.toml 中的 crs",
        "ask the issuer for the coordinate system; correct the .prj, or crs in gisplan.toml",
    ),
    sources=("epsg-cgcs2000",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per file whose coordinate system is contradicted."""

    def offence(note: Note) -> dict[str, object]:
        return {
            "feature": note.path,
            "params": {
                "title": layer_title(tables, note.layer),
                "declared": str(note.detail["declared"]),
                "why": _why(note),
            },
        }

    return judge_notes(tables, tables.notes_of("crs_contradicted"), offence)


def _why(note: Note) -> Text:
    if "why_zh" in note.detail:
        return text_of(note, "why")
    found = note.detail.get("found")
    return Text(f"文件自身的坐标系为 {found}", f"the file itself says {found}")
