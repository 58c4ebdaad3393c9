"""An accepted exception excuses nothing: it expired, meets no finding, or what it excused changed.

What it checks: every `[[waivers]]` and `[[exemptions]]` of `gisplan.toml` against the findings of
the run and its day. A waiver that states the measure which was accepted is void when it differs by
more than a tenth. And every `[[allowed_gaps]]`: one that expired, that has no gap at its place, or
whose gap is larger than declared.
Why it matters: an exception was granted for one thing; left standing it hides the next.
Left to others: what the exception excused stays a finding of its own rule.
"""

from __future__ import annotations

from gisplan.catalogue.excuses import excuse_name
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.declared_gaps import declared_gaps

RULE = Rule(
    code="SCH110",
    name="waiver-void",
    title=Text("例外说明失效", "waiver void"),
    severity=Severity.WARNING,
    message=Text("例外说明 {feature} 失效：{why}", "the waiver {feature} is void: {why}"),
    remedy=Text(
        "删去或更新 gisplan.toml 中的该条例外说明",
        "delete it from gisplan.toml, or bring it up to date",
    ),
    measures=("declared_gap",),
    sources=("gisplan-proposal",),
)
_GAP = Text("声明的允许空隙 {feature} 失效：{why}", "the allowed gap {feature} is void: {why}")
_GAP_REMEDY = Text(
    "删去或更新 gisplan.toml 中的该条 [[allowed_gaps]]",
    "delete this [[allowed_gaps]] from gisplan.toml, or bring it up to date",
)

_NO_FEATURE = Text("规划里没有这个要素", "the plan has no such feature")
_NO_FIELD = Text("所指图层没有这个字段", "the layer that it means has no such field")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return allowed gaps that are void; waivers and exemptions of what the plan does not have.

    The others that are void are known once there are findings: findings/build.py adds them.
    """
    if not (tables.waivers or tables.exemptions or tables.allowed_gaps):
        return skipped("没有例外说明", "the plan declares no waiver")
    labels = {label for frame in tables.attributes.values() for label in frame["_label"]}
    labels = labels.union(*tables.quarantined.values())
    gone = [w for w in tables.waivers if w.feature is not None and w.feature not in labels]
    rows = [_void(excuse_name(w), "unknown-feature", _NO_FEATURE) for w in gone]
    for exemption in tables.exemptions:
        specs = [tables.specs[name] for name in tables.attributes
                 if exemption.layer in (None, name)]  # fmt: skip
        known = {field for spec in specs for field in spec.fields}
        if not set(exemption.where) <= known:
            rows.append(_void(excuse_name(exemption), "unknown-field", _NO_FIELD))
    for gap in declared_gaps(tables):
        if gap.void:
            rows.append(
                _void(gap.name, gap.void, gap.why) | {"message": _GAP, "remedy": _GAP_REMEDY}
            )
    return judged(rows)


def _void(name: str, kind: str, why: Text) -> dict[str, object]:
    return {"feature": name, "kind": kind, "params": {"why": why}}
