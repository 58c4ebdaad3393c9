"""Why a feature of uncertain shape leaves an actor in doubt, in words."""

from __future__ import annotations

from gisplan.model import Text

WHY_REPAIRED = Text(
    "“{other}”图形有误，经修复；按其最大可能范围，与本要素相交或相距 50 米以内",
    "{other} was invalid and repaired; the largest shape that it could mean meets this feature or"
    " lies within 50 m of it",
)
WHY_REPAIRED_LINE = Text(
    "“{other}”图形有误，经修复；按其最大可能范围，与本要素相交",
    "{other} was invalid and repaired; the largest shape that it could mean meets this feature",
)
WHY_QUARANTINED = Text(
    "“{other}”无法判定，已隔离（{reason_zh}）；其可能范围与本要素相交或相距 50 米以内",
    "{other} could not be judged and was set aside ({reason_en}); it may meet this feature or lie"
    " within 50 m of it",
)
WHY_NOWHERE = Text(
    "“{other}”无法判定，已隔离（{reason_zh}），位置不明，可能涉及任何要素",
    "{other} could not be judged and was set aside ({reason_en}); its place is unknown, so it may"
    " concern every feature",
)
WHY_OWN = Text(
    "本要素图形有误，经修复；按其最大可能范围，与“{other}”相交",
    "this feature was invalid and repaired; the largest shape that it could mean meets {other}",
)
WHY_SMALLER = Text(
    "“{other}”图形有误，经修复；按其最小可能范围，本要素有一部分不在其中",
    "{other} was invalid and repaired; part of this feature lies outside the smallest shape that it"
    " could mean",
)
WHY_BESIDE = Text(
    "相邻的“{other}”图形有误，经修复；按其最大可能范围，与本要素重叠",
    "its neighbour {other} was invalid and repaired; the largest shape that it could mean overlaps"
    " this feature",
)
WHY_OWN_BESIDE = Text(
    "本要素图形有误，经修复；按其最大可能范围，与相邻的“{other}”重叠",
    "this feature was invalid and repaired; the largest shape that it could mean overlaps its"
    " neighbour {other}",
)
WHY_BESIDE_ASIDE = Text(
    "相邻的“{other}”无法判定，已隔离（{reason_zh}）；其可能范围与本要素重叠",
    "its neighbour {other} could not be judged and was set aside ({reason_en}); it may overlap this"
    " feature",
)


def fill(text: Text, other: str, reason_zh: object = "", reason_en: object = "") -> Text:
    """Return a text with the label and the reason put in, which may hold braces themselves."""

    def put(template: str) -> str:
        out = template.replace("{reason_zh}", str(reason_zh)).replace("{reason_en}", str(reason_en))
        return out.replace("{other}", other)

    return Text(put(text.zh), put(text.en))
