"""A public map has no approval number (审图号).

What it checks: maps asked for with `--audience public`, for `--map-approval-no`.
Why it matters: a map shown to the public must have been examined, and must show its number where
readers see it. Without one the map is not written.
Left to others: what a public map may not show PUB102. A map for internal use is not checked.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.publish.terms import not_public, public_maps

RULE = Rule(
    code="PUB101",
    name="map-approval-number-missing",
    title=Text("公开地图无审图号", "public map without an approval number"),
    severity=Severity.ERROR,
    message=Text(
        "公开地图没有审图号，不予输出",
        "a public map without an approval number is not written",
    ),
    remedy=Text(
        "送审后用 --map-approval-no 填写审图号；仅内部使用的用 --audience internal",
        "have the map examined and give --map-approval-no, or use --audience internal",
    ),
    sources=("map-regulation-664#第十五条、第二十二条",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender for a public map without a number."""
    maps = public_maps(tables)
    if not maps:
        return not_public()
    return judged([{"feature": ""} for note in maps if not note.detail["approval_number"]])
