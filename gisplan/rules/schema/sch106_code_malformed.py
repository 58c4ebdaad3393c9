"""A code is not in the pattern of its tier.

What it checks: codes of the tiers that declare a pattern, such as 210102-GX001 for a unit; the
pattern is `code_pattern` of the tier, and a plan may set its own.
Why it matters: systems up and down the chain find each other by the code alone.
Left to others: no code SCH104; a well-formed code that is on no list SCH107; lost zeros, inner
spaces, small letters, and O or l for 0 or 1 are repaired where that can be proved.
"""

from __future__ import annotations

import re

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text, Tier
from gisplan.rules.schema.keys import fits_pattern, has_value

RULE = Rule(
    code="SCH106",
    name="code-malformed",
    title=Text("编号格式不符", "code malformed"),
    severity=Severity.ERROR,
    message=Text(
        "{file} 中的{title}编号 {feature} 不符合格式 {pattern}{hint}",
        "{feature} in {file} does not fit the pattern of {title} codes, {pattern}{hint}",
    ),
    remedy=Text(
        "按编码规则改正；本规划另有编码规则的，在 gisplan.toml 写明 code_pattern",
        "correct the code; if the plan has its own rule, state code_pattern in gisplan.toml",
    ),
    sources=("gbt-2260", "mnr-database-2021"),
)
_LETTERS = Text(
    "；其中字母 O、l 疑为数字 0、1", "; a letter O or l in it may stand for the digit 0 or 1"
)
# beside a digit, where nobody would see the difference
_LIKE_DIGITS = re.compile(r"\d[OolI]|[OolI]\d")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features whose code does not fit."""
    tiers = [
        tier
        for tier in tables.tiers_present()
        if tier.code_pattern is not None and "code" in tables.found[tier.name]
    ]
    if not tiers:
        return skipped("没有规定编号格式的层级", "no tier demands a pattern of its codes")
    return judged([row for tier in tiers for row in _malformed(tables, tier)])


def _malformed(tables: Tables, tier: Tier) -> list[dict[str, object]]:
    codes = tables.attributes[tier.name]["code"]
    codes = codes[has_value(codes)]
    return [
        {
            "layer": tier.name,
            "fid": int(fid),
            "params": {
                "file": tables.attributes[tier.name]["_path"][fid],
                "title": tier.title,
                "pattern": tier.code_pattern,
                "hint": _LETTERS if _LIKE_DIGITS.search(str(code)) else Text("", ""),
            },
        }
        for fid, code in codes.items()
        if not fits_pattern(tables, tier.name, str(code))
    ]
