"""The words of every result, in Chinese and English, and how its numbers are written.

All renderers take their words from here, so that a verdict has one name in the report, the map,
the workbook and on the terminal. Every Chinese text can be written in GBK.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gisplan.model import Filtered, Lang, Outcome, Ruling, Severity, Text, Verdict

SEVERITY: Mapping[str, Text] = {
    Severity.ERROR: Text("错误", "error"),
    Severity.WARNING: Text("警告", "warning"),
    Severity.INFO: Text("提示", "info"),
}
VERDICT: Mapping[str, Text] = {
    Verdict.BLOCKED: Text("不通过", "blocked"),
    Verdict.UNDETERMINED: Text("无法判定", "undetermined"),
    Verdict.CONDITIONAL: Text("有条件通过", "conditional"),
    Verdict.CLEAR: Text("通过", "clear"),
}
VERDICT_MEANING: Mapping[str, Text] = {
    Verdict.BLOCKED: Text("有错误级问题，须先整改", "an error-level finding; to be mended first"),
    Verdict.UNDETERMINED: Text(
        "可能改变结论的数据缺失、不可读或已隔离，不能判为通过",
        "data that could change the verdict is missing, unreadable or set aside",
    ),
    Verdict.CONDITIONAL: Text(
        "须先办理审批或征求意见", "an approval or a consultation is due first"
    ),
    Verdict.CLEAR: Text(
        "影响结论的检查均已完成，未发现问题",
        "all that weighs was judged, and nothing stands against it",
    ),
}
RULING: Mapping[str, Text] = {
    Ruling.PROHIBITED: Text("禁止", "prohibited"),
    Ruling.EXCEPTION_ONLY: Text(
        "原则禁止，法定例外须专门审批", "prohibited but for a legal exception"
    ),
    Ruling.APPROVAL: Text("须审批", "approval due"),
    Ruling.CONSULTATION: Text("须征求意见", "consultation due"),
    Ruling.NOTICE: Text("提示", "notice"),
}
RESOLUTION: Mapping[str, Text] = {
    "boundary": Text("调整范围", "change of boundary"),
    "mode": Text("调整更新方式", "change of mode"),
    "height": Text("降低规划高度", "lower height"),
    "keep": Text("保留建筑", "buildings to keep"),
}
OUTCOME: Mapping[str, Text] = {
    Outcome.PASSED: Text("通过", "passed"),
    Outcome.FAILED: Text("不通过", "failed"),
    Outcome.SKIPPED: Text("未检查", "not checked"),
    Outcome.NOT_JUDGED: Text("无法判定", "not judged"),
    Outcome.CRASHED: Text("检查出错", "crashed"),
}
STATE: Mapping[str, Text] = {
    "new": Text("待处理", "new"),
    "waived": Text("例外", "waived"),
    "open": Text("仍存在", "still open"),
    "worse": Text("加重", "worse"),
    "mended": Text("已整改", "mended"),
}
FAMILY: Mapping[str, Text] = {
    "SRC": Text("数据读取", "reading"),
    "SCH": Text("字段与编码", "fields and codes"),
    "GEO": Text("图形与拓扑", "geometry"),
    "BND": Text("边界与控制线传导", "boundaries and control lines"),
    "IND": Text("指标传导", "indicators"),
    "USE": Text("用途与强度", "land use and intensity"),
    "LST": Text("名录与隶属", "lists"),
    "TIM": Text("时序与版本", "timing and versions"),
    "POL": Text("更新政策", "renewal policy"),
    "HER": Text("历史文化保护", "heritage"),
    "EXM": Text("城市体检", "city exam"),
    "PUB": Text("公开发布", "publication"),
}
# How a unit of measure is written. ㎡ and not m²: GBK consoles cannot print the latter.
UNIT: Mapping[str, Text] = {
    "m2": Text("㎡", "m2"),
    "m": Text("m", "m"),
    "km2": Text("平方公里", "km2"),
    "ha": Text("公顷", "ha"),
    "share": Text("%", "%"),
    "ratio": Text("", ""),
    "count": Text("个", ""),
    "floor": Text("层", "floors"),
    "days": Text("天", "days"),
    "day": Text("天", "days"),
    "degree": Text("度", "degrees"),
    "years": Text("年", "years"),
}
_DASH = "—"


def word(words: Mapping[str, Text], key: object, lang: Lang) -> str:
    """Return the word for a key in the reader's language; an unknown key stands for itself."""
    if key is None or (isinstance(key, float) and math.isnan(key)):
        return _DASH
    text = words.get(str(key))
    return pick(text, lang) if text is not None else str(key)


def pick(text: Text | Mapping[str, str] | None, lang: Lang) -> str:
    """Return a text in the reader's language; "" for None."""
    if text is None:
        return ""
    if isinstance(text, Mapping):
        return text[lang]
    return text.zh if lang == "zh" else text.en


def family(code: str, lang: Lang) -> str:
    """Return the name of a rule's family: "BND101" -> 边界与控制线传导."""
    return word(FAMILY, code[:3], lang)


def unit_name(unit: str | None, lang: Lang) -> str:
    """Return how a unit of measure is written: "m2" -> ㎡; an unknown one stands for itself."""
    return word(UNIT, unit, lang) if unit else ""


def crs_name(crs: str | None) -> Text:
    """Return how a CRS is written: its code; of one without a code its name, marked as such."""
    if not crs:
        return Text("—", "—")
    if '["' not in crs:
        return Text(crs, crs)
    name = crs.split('"')[1]
    return Text(f"{name}（无代码，按文件参数）", f"{name} (no code; as the file defines it)")


def missing(value: Any) -> bool:
    """Return whether a cell holds nothing: None, NaN or NaT."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas.NA has no truth
        return True


def number(value: Any) -> str:
    """Return a number for a reader: thousands marked, no more digits than it bears; — for none.

    From 100 on one decimal, below that three significant digits: 1,234.5, 12.3, 0.0123.
    """
    if missing(value):
        return _DASH
    if isinstance(value, bool | str):
        return str(value)
    value = float(value)
    if math.isinf(value):
        return str(value)
    if value == round(value):
        return f"{value:,.0f}"
    size = abs(value)
    decimals = 1 if size >= 100 else max(2 - math.floor(math.log10(size)), 0)
    text = f"{value:,.{min(decimals, 9)}f}".rstrip("0").rstrip(".")
    return text if text not in {"-0", ""} else "0"


def quantity(value: Any, unit: str | None, lang: Lang) -> str:
    """Return a number with its unit: "812.4 ㎡", "3.1%"; a share is stored as 0…1; — for none."""
    if missing(value):
        return _DASH
    if unit == "share":
        return f"{number(float(value) * 100)}%"
    name = unit_name(unit, lang)
    if name in {"%", "‰"}:
        return f"{number(value)}{name}"
    return f"{number(value)} {name}".rstrip()


def filtered(left_out: Filtered, lang: Lang) -> str:
    """Return what a rule left out as digitising noise: "12 处，共 3.4 ㎡"."""
    size = quantity(left_out.area_m2, "m2", lang)
    pieces = number(left_out.pieces)
    return f"{pieces} 处，共 {size}" if lang == "zh" else f"{pieces} pieces, {size} together"


def area(m2: Any, lang: Lang) -> str:
    """Return an area as offices read it: m2 below one hectare, else hectares as well."""
    if missing(m2) or abs(float(m2)) < 10_000:
        return quantity(m2, "m2", lang)
    hectares = f"{float(m2) / 10_000:,.2f}"
    if lang == "zh":
        return f"{quantity(round(float(m2)), 'm2', lang)}（{hectares} 公顷）"
    return f"{quantity(round(float(m2)), 'm2', lang)} ({hectares} ha)"
