"""One code stands for several features or rows.

What it checks: codes within a layer; in tables the whole key, such as tier, area, indicator and
year of the indicator table.
Why it matters: it is not said which of them the plan means, and sums count one area twice.
Left to others: one shape under two codes GEO105; no code SCH104.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.notes import layer_title
from gisplan.rules.schema.keys import has_value, key_fields

RULE = Rule(
    code="SCH105",
    name="code-duplicate",
    title=Text("编号重复", "code duplicate"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”中 {named} 出现 {measure:.0f} 次",
        "{named} occurs {measure:.0f} times in layer {title}",
    ),
    remedy=Text(
        "核对这些要素，改正编号或删去多余的要素",
        "look at these features; correct a code or delete what is too much",
    ),
    sources=("qc-practice",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per key that several rows of a layer share."""
    keys = {layer: key_fields(tables, layer) for layer in tables.attributes}
    if not any(keys.values()):
        return skipped("没有带编号字段的图层", "no layer has a field for its code")
    return judged(
        [row for layer, fields in keys.items() if fields for row in _shared(tables, layer, fields)]
    )


def _shared(tables: Tables, layer: str, fields: tuple[str, ...]) -> list[dict[str, object]]:
    frame = tables.attributes[layer]
    named = frame[has_value(frame["code"])]
    shared = named[named.duplicated(list(fields), keep=False)]
    rows = []
    for key, group in shared.groupby(list(fields), sort=True, dropna=False):
        parts = [_plain(part) for part in key if part == part and part is not None]
        rows.append(
            {
                "layer": layer,
                "fid": int(group.index[0]),
                "kind": "" if len(fields) == 1 else "/".join(parts),
                "measure": len(group),
                "limit": 1,
                "params": {"named": " ".join(parts), "title": layer_title(tables, layer)},
            }
        )
    return rows


def _plain(part: object) -> str:
    return f"{part:.0f}" if isinstance(part, float) else str(part)
