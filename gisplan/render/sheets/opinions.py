"""审查意见表 and 专家意见表: what the reviewer sends back, and what experts say."""

from __future__ import annotations

from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Lang, Text, Verdict
from gisplan.render.palette import VERDICT_FILL
from gisplan.render.rows import messages
from gisplan.render.sheets.table import MOST_ROWS, Column, Sheet
from gisplan.render.words import VERDICT, pick, word

REVIEW = Text("审查意见表", "opinion of review")
EXPERTS = Text("专家意见表", "opinions of experts")
EMPTY_LINES = 12  # for experts to write in
TAKEN = (
    Text("采纳", "taken"), Text("部分采纳", "taken in part"), Text("不采纳", "not taken"),
)  # fmt: skip
_REVIEW_COLUMNS = [
    Column(Text("审查事项", "subject"), 26, wrap=True),
    Column(Text("审查结论", "conclusion"), 14),
    Column(Text("存在问题", "what is wrong"), 70, wrap=True),
    Column(Text("修改要求", "what is asked for"), 60, wrap=True),
    Column(Text("编制单位回复", "reply"), 40, wrap=True),
    Column(Text("复核意见", "checked again"), 30, wrap=True),
    Column(Text("审查人", "reviewer"), 12),
    Column(Text("日期", "date"), 12),
]
_EXPERT_COLUMNS = [
    Column(Text("专家", "expert"), 14),
    Column(Text("专业", "field"), 16),
    Column(Text("意见", "opinion"), 70, wrap=True),
    Column(Text("采纳情况", "taken or not"), 12, choices=TAKEN),
    Column(Text("理由", "reason"), 50, wrap=True),
]


def review_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return a row for each unit that is not clear: what is wrong, what is asked for.

    The machine's conclusion is for checking by people; reply, check and signature are left empty.
    """
    sheet = Sheet(REVIEW, _REVIEW_COLUMNS)
    says = messages(dossier, lang)
    rank = {key: place for place, key in enumerate(says)}  # the weightiest come first
    asked = _asked(dossier, lang)
    open_ones = dossier.verdicts[dossier.verdicts["verdict"] != Verdict.CLEAR.value]
    for row in open_ones.head(MOST_ROWS + 1).to_dict("records"):
        reasons = sorted((key for key in row["reasons"] if key in says), key=rank.__getitem__)
        wrong = [says[key] for key in reasons]
        place = sheet.add(
            f"{row['unit']} {row['name']}".strip(),
            word(VERDICT, row["verdict"], lang),
            "\n".join([*wrong, *row[f"unknown_{lang}"]]),
            "\n".join(dict.fromkeys(asked[key] for key in reasons if asked.get(key))),
            None,
            None,
            None,
            None,
        )
        sheet.fills[place] = (1, VERDICT_FILL[Verdict(row["verdict"])])
        sheet.links[place] = (0, f"unit={row['unit']}")
    return sheet


def _asked(dossier: Dossier, lang: Lang) -> dict[str, str]:
    """Return fingerprint -> what is asked for; what the rule says where the finding is silent."""
    columns = (
        dossier.findings[name].tolist() for name in ("fingerprint", "code", f"remedy_{lang}")
    )
    rules = registry()
    return {
        key: remedy or (pick(rules[code].rule.remedy, lang) if code in rules else "")
        for key, code, remedy in zip(*columns, strict=True)
    }


def experts_sheet(_dossier: Dossier, _lang: Lang) -> Sheet:
    """Return the form for opinions of experts, with whether each was taken up and why."""
    sheet = Sheet(EXPERTS, _EXPERT_COLUMNS)
    for _ in range(EMPTY_LINES):
        sheet.add(None, None, None, None, None)
    return sheet
