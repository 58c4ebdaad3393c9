"""What heritage law says of a mode in a zone, written out by hand from the brief of the domain.

It is the oracle of the planted conflicts: nothing here is read from the rules or from
`layers/matrix.toml`, which the rules go by. D.3 of the brief for all zones but Z14, which is D.2's
"assess and consult".
"""

from __future__ import annotations

MODES = ("M1", "M2", "M3", "M4", "M5", "M6", "M7")
LEVELS = ("national", "province", "city", "county")
LEVEL_NAMES = {
    "national": "全国重点文物保护单位",
    "province": "省级文物保护单位",
    "city": "市级文物保护单位",
    "county": "县级文物保护单位",
    "unlisted": "未定级",
}
# One letter a mode, M1 to M7: P prohibited, X prohibited but for a legal exception, A approval,
# C consultation, N notice, - nothing.
_ROWS = {
    "Z1 national": "AXAPPPX",
    "Z1 listed": "AXAXXPX",
    "Z1 unlisted": "AACXXPA",
    "Z2": "AXXAXXX",
    "Z3": "NAAAAAA",
    "Z4": "AAAXXAA",
    "Z5": "NCCCAAC",
    "Z6": "AAAAXPC",
    "Z7": "NCCCAAC",
    "Z8": "-NNNCCN",
    "Z9": "NCCAXAC",
    "Z10": "-NCCCCN",
    "Z11": "-NNCAAA",
    "Z12": "NNCXXXA",
    "Z13": "-NCXXCC",
    "Z14": "NNCCCCC",
}
_RULINGS = {
    "P": "prohibited",
    "X": "exception_only",
    "A": "approval",
    "C": "consultation",
    "N": "notice",
    "-": "",
}
STRICT = ("prohibited", "exception_only")
DUE = ("approval", "consultation")
IN_A_VIEW = "consultation"  # of who is planned higher than a view leaves
SLACK = 0.1  # m: heights are stated to a decimetre
# Class of a body -> the zone that it stands for.
ZONE_OF_CLASS = {
    "文物保护单位": "Z1",
    "未定级不可移动文物": "Z1",
    "历史建筑": "Z4",
    "工业遗产": "Z13",
    "传统风貌建筑": "Z13",
    "地下文物埋藏区": "Z11",
}
_DEMOLISHING = ("M4", "M5", "M6")
# What is done to a building where the land has a mode, and the mode that it is judged by.
ACTIONS = {
    "M1": ("改", "M1"),
    "M2": ("改", "M2"),
    "M3": ("改", "M3"),
    "M4": ("拆", "M4"),
    "M5": ("拆", "M5"),
    "M6": ("建", "M6"),
    "M7": ("建", "M7"),
}


def ruling(zone: str, mode: str, level: str | None = None) -> str:
    """Return the ruling of a mode in a zone, "" where the law says nothing.

    level : of a relic (Z1), None where it is not known: then the strictest of all levels
    """
    at = MODES.index(mode)
    if zone != "Z1":
        return _RULINGS[_ROWS[zone][at]]
    rows = {"national": "national", "unlisted": "unlisted"}
    if level is not None:
        return _RULINGS[_ROWS[f"Z1 {rows.get(level, 'listed')}"][at]]
    letters = [_ROWS[f"Z1 {row}"][at] for row in ("national", "listed", "unlisted")]
    return _RULINGS[min(letters, key="PXACN-".index)]


def rule_of(zone: str, mode: str) -> str:
    """Return the code of the rule that speaks of a mode in a zone, or on a body."""
    if zone in ("Z1", "Z4", "Z13"):
        altering = "HER102" if zone == "Z1" else "HER108"
        return "HER103" if mode in _DEMOLISHING else altering
    return {
        "Z2": "HER102",
        "Z3": "HER104",
        "Z5": "HER109",
        "Z6": "HER101",
        "Z7": "HER104",
        "Z8": "HER104",
        "Z9": "HER109",
        "Z10": "HER104",
        "Z11": "HER111",
        "Z14": "HER104",
    }[zone]
