"""A layer lies off another one as the coordinates of Chinese web maps do.

What it checks: whether taking off the GCJ-02 or BD-09 shift fits a layer to another one far better
than leaving it: vertices that both share, one outline, features inside areas, monuments within
their zones.
Why it matters: points taken from an online map lie 400 to 700 m off (BD-09: 1.4 km), so that a
monument stands in the wrong unit and the one that holds it looks free. Coordinates are not
converted: the formula is not official, and areas would change.
Left to others: another zone or datum SRC105. A layer that has nothing in common with the others
cannot be tested.
"""

from __future__ import annotations

from math import hypot

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes, layer_title

RULE = Rule(
    code="SRC107",
    name="shifted-like-gcj02",
    title=Text("疑似 GCJ-02 偏移", "shifted like GCJ-02"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”（{feature}）整体向东偏约 {east} 米、向北偏约 {north} 米，"
        "与 {like} 的偏移一致；{why}",
        "layer {title} ({feature}) lies about {east} m east and {north} m north of its place, as"
        " {like} coordinates do: {why}",
    ),
    remedy=Text(
        "向数据提供单位索取未加偏移的 CGCS2000 坐标数据；"
        "{like} 的公式并非官方公布，不要自行纠偏后送审",
        "ask the issuer for the data in CGCS2000, without the shift; the formula of {like} is not"
        " official, do not convert the layer yourself",
    ),
    sources=("gcj02-shift",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per file that is shifted."""

    def offence(note: Note) -> dict[str, object]:
        detail = note.detail
        return {
            "feature": note.path,
            "related_layer": detail["against"],
            "kind": str(detail["like"]),
            "measure": hypot(detail["east"], detail["north"]),
            "unit": "m",
            "measures": {"residual_m": detail["residual"]},
            "params": {
                "title": layer_title(tables, note.layer),
                "like": detail["like"],
                "east": detail["east"],
                "north": detail["north"],
                "why": _why(tables, note),
            },
        }

    return judge_notes(tables, tables.notes_of("shifted"), offence)


def _why(tables: Tables, note: Note) -> Text:
    """Return what shows the shift, in figures."""
    detail = note.detail
    if detail["evidence"] == "follows":
        by = layer_title(tables, detail["by"])
        return Text(
            f"它与同样偏移的图层“{by.zh}”（{detail['by_path']}）界址点重合",
            f"it shares vertices with layer {by.en} ({detail['by_path']}), which is shifted",
        )
    title = layer_title(tables, detail["against"])
    zh, en = _SHOWN[detail["evidence"]]
    of, fit, before = detail["of"], detail["fit"], detail["before"]
    other_zh = f"图层“{title.zh}”（{detail['against_path']}）"
    other_en = f"layer {title.en} ({detail['against_path']})"
    return Text(
        f"去除偏移后，{of} 个{zh[0]}中有 {fit} 个{zh[1].format(other=other_zh)}，"
        f"去除前为 {before} 个",
        f"without the shift {fit} of {of} {en[0]} {en[1].format(other=other_en)}, with it {before}",
    )


_SHOWN = {
    "vertices": (
        ("抽查的界址点", "与{other}的界址点重合"),
        ("sampled vertices meet those of", "{other}"),
    ),
    "outline": (
        ("抽查的界址点", "距{other}的边界不足 20 米"),
        ("sampled vertices come within 20 m of an edge of", "{other}"),
    ),
    "inside": (
        ("抽查的要素", "与{other}的要素为内外包含关系"),
        ("sampled features come to lie inside, or to hold, those of", "{other}"),
    ),
    "pairs": (
        ("保护对象", "位于{other}中为其划定的区划之内或 150 米以内"),
        ("monuments come within 150 m of the middle of their zones in", "{other}"),
    ),
}
