"""What is passed down the chain, ready to print: 上级要求 beside 下级落实, one line a kind."""

from __future__ import annotations

from dataclasses import dataclass

from gisplan.model import Dossier, Text, Transmission
from gisplan.render.balance import JUDGEMENT, OUTCOME_OF
from gisplan.render.rows import cited, layer_title

KIND = {
    "boundary": Text("边界", "boundary"),
    "code": Text("名录", "list"),
    "list": Text("名录", "list"),
    "timing": Text("时序", "timing"),
    "mode": Text("政策", "policy"),
    "line": Text("控制线", "control line"),
    "line-copy": Text("控制线", "control line"),
}
_CONTENT = {
    "boundary": Text("范围和公共边界", "extent and common boundaries"),
    "code": Text("编号隶属于上级", "codes under their parents"),
    "list": Text("上级清单在下级落实", "items of the upper list taken up"),
    "timing": Text("批准次序、规划期和引用版本", "order of approval, periods, versions cited"),
    "mode": Text("更新方式在上级允许范围内", "renewal modes that the tier above allows"),
    "line": Text("建设和用地不占用控制线", "construction and land use keep off control lines"),
    "line-copy": Text("下级落图与上级一致", "copies below are as the originals"),
}
_PIECES = Text("个", "features")
NOTE = Text(
    "落实数为没有问题的下级要素个数。同类规则全部检查、未发现问题才为“一致”；缺少数据的为“未检查”。",
    "Done is the number of features below without a finding. Only where every rule of the kind "
    "ran and found nothing does it agree; where data lack it was not checked.",
)


@dataclass(frozen=True, slots=True)
class TransmissionLine:
    """One line: from which tier to which, what, how much is due and done, and how it is judged."""

    upper: Text
    lower: Text
    kind: Text
    content: Text
    asked: int
    done: int | None  # None where it was not checked
    difference: int | None
    unit: Text
    judgement: Text
    outcome: str  # colours the judgement
    fill: str  # differs, explain or "", as the workbook colours it
    sources: Text
    remarks: Text


def transmission_lines(dossier: Dossier) -> list[TransmissionLine]:
    """Return what each tier passes down besides indicators, top first as in the dossier."""
    return [_line(dossier, row) for row in dossier.transmission]


def _line(dossier: Dossier, row: Transmission) -> TransmissionLine:
    known = row.judgement != "unchecked"
    wanting = row.failed + row.explain
    return TransmissionLine(
        upper=layer_title(dossier, row.upper),
        lower=layer_title(dossier, row.lower),
        kind=KIND[row.kind],
        content=_CONTENT[row.kind],
        asked=row.features,
        done=row.features - wanting if known else None,
        difference=-wanting if known else None,
        unit=_PIECES,
        judgement=JUDGEMENT[row.judgement],
        outcome=OUTCOME_OF[row.judgement],
        fill=row.judgement if row.judgement in {"differs", "explain"} else "",
        sources=Text(cited(row.sources, "zh"), cited(row.sources, "en")),
        remarks=_remarks(row),
    )


def _remarks(row: Transmission) -> Text:
    """Return how many fail or are to be explained, and which rules stand behind the line."""
    zh, en = [], []
    for count, said in (
        (row.failed, Text("不一致 {} 个", "{} differ")),
        (row.explain, Text("需说明 {} 个", "{} to be explained")),
        (row.above, Text("另涉及上级要素 {} 个", "{} features above concerned")),
        (row.aside, Text("无法判定 {} 个", "{} not judged")),
    ):
        if count:
            zh.append(said.zh.format(count))
            en.append(said.en.format(count))
    if row.why is not None and row.judgement == "unchecked":
        return Text("；".join([*zh, row.why.zh]), "; ".join([*en, row.why.en]))
    for codes, said in (
        (row.rules, Text("已检查 {}", "checked by {}")),
        (row.unchecked, Text("未检查 {}", "not checked by {}")),
    ):
        if codes:
            zh.append(said.zh.format("、".join(codes)))
            en.append(said.en.format(", ".join(codes)))
    return Text("；".join(zh), "; ".join(en))
