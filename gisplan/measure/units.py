"""Units of measure as Chinese plans write them, and what turns one into another."""

from __future__ import annotations

import unicodedata

# Each kind of quantity: the spellings of its units (as `_plain` leaves them) and their size.
# Things counted are kinds of their own: 3 户 and 3 个 do not add up.
_KINDS: dict[str, dict[str, float]] = {
    "area": {
        "m2 平方米 平米 sqm squaremetre squaremetres squaremeter squaremeters": 1.0,
        "ha 公顷 hm2 hectare hectares": 1e4,
        "km2 平方千米 平方公里 sqkm": 1e6,
        "亩 市亩 mu": 1e4 / 15,
        "dm2 平方分米": 1e-2,
    },
    "length": {
        "m 米 metre metres meter meters": 1.0,
        "km 千米 公里": 1e3,
        "cm 厘米": 1e-2,
        "mm 毫米": 1e-3,
    },
    "volume": {"m3 立方米 方": 1.0},
    "mass": {"kg 千克 公斤": 1.0, "t 吨": 1e3},
    "money": {"元 人民币元 cny rmb yuan": 1.0, "10kcny": 1e4},
    "ratio": {"% 百分比 百分数 percent pct": 1e-2, "‰ 千分比": 1e-3, "1 无 无量纲 比值 比率": 1.0},
    "count": {"个 处 项 座 宗 片 条 所 count": 1.0},
    "building": {"栋 幢 building buildings": 1.0},
    "dwelling": {"套 dwelling dwellings": 1.0},
    "household": {"户 household households": 1.0},
    "person": {"人 person persons people": 1.0},
    "bed": {"床 张 bed beds": 1.0},
    "place": {"个车位 车位 泊位 space spaces": 1.0},
    "time": {"年 a year years": 1.0},
}
_SIZES: dict[str, tuple[str, float]] = {
    word: (kind, size)
    for kind, units in _KINDS.items()
    for words, size in units.items()
    for word in words.split()
}
# 万平方米, 亿元: a number before a unit.
_TIMES = {"十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "10k": 1e4, "百万": 1e6, "亿": 1e8}


def conversion(unit: str | None, into: str | None) -> float | None:
    """Return the factor that turns values in one unit into another, None when there is none.

    Parameters
    ----------
    unit, into : str or None
        As a table has them: m2, ㎡, 公顷, 万平方米, 亩, 户, 万元, %, 平方米/人. Unknown units
        convert into themselves only. A missing unit converts into a missing one only: nobody
        knows what it is.
    """
    a, b = _plain(unit), _plain(into)
    if a == b:
        return 1.0
    if not a or not b:
        return None
    known_a, known_b = _parse(a), _parse(b)
    if known_a is None or known_b is None or known_a[0] != known_b[0]:
        return None
    return known_a[1] / known_b[1]


def _plain(unit: str | None) -> str:
    if unit is None or unit != unit:  # NaN differs from itself
        return ""
    text = unicodedata.normalize("NFKC", str(unit)).casefold()  # ㎡ -> m2, ％ -> %
    for sign in (" ", "^", ".", "·", "(", ")", "\u3000"):
        text = text.replace(sign, "")
    return text


def _parse(unit: str) -> tuple[str, float] | None:
    """Return kind and size of a unit; of a quotient "area/person" and the quotient."""
    if "/" in unit:
        parts = [_parse(part) for part in unit.split("/")]
        if len(parts) != 2 or parts[0] is None or parts[1] is None:
            return None
        return f"{parts[0][0]}/{parts[1][0]}", parts[0][1] / parts[1][1]
    if unit in _SIZES:
        return _SIZES[unit]
    for word in sorted(_TIMES, key=len, reverse=True):
        rest = unit.removeprefix(word)
        if rest != unit and rest in _SIZES:
            kind, size = _SIZES[rest]
            return kind, _TIMES[word] * size
    return None
