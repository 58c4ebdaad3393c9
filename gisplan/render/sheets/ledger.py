"""整改台账: every reply of this round and former ones, also to findings that are gone."""

from __future__ import annotations

from gisplan.model import Dossier, Lang, Text
from gisplan.render.sheets.conflicts import COLUMNS as CONFLICTS
from gisplan.render.sheets.errors import COLUMNS as ERRORS
from gisplan.render.sheets.errors import STATES
from gisplan.render.sheets.spots import COLUMNS as SPOTS
from gisplan.render.sheets.table import Column, Sheet
from gisplan.render.words import STATE, pick

TITLE = Text("整改台账", "ledger")
OPEN = Text("仍存在", "still open")
OTHER = "其他栏目"
GONE = Text("本次审查已不存在", "gone in this round")
OUTSIDE = Text("本次结果中没有（只审查了部分区域）", "not in this result, which is of one area")
_COLUMNS = [
    Column(Text("规则编号", "rule"), 10),
    Column(Text("要素标识码", "feature"), 22),
    Column(Text("错误描述", "description"), 60, wrap=True),
    Column(Text("本次结果", "this round"), 18),
    Column(Text("处理状态", "state"), 12, choices=STATES),
    Column(Text("整改情况", "mending"), 40, wrap=True),
    Column(Text("例外说明", "waiver"), 30, wrap=True),
    Column(Text("例外有效期", "waived until"), 12),
    Column(Text("复核人", "reviewed by"), 12),
    Column(Text(OTHER, "other columns"), 40, wrap=True),
    Column(Text("指纹", "fingerprint"), 20),
]


def own_headings() -> frozenset[str]:
    """Return the headings of gisplan's own columns in the sheets that people reply in.

    其他栏目 is none of them: what stands there came from people.
    """
    columns = [*ERRORS, *CONFLICTS, *SPOTS, *_COLUMNS]
    return frozenset(word for c in columns if c.title.zh != OTHER for word in c.title)


def unset_states() -> frozenset[str]:
    """Return the states that gisplan writes itself."""
    return frozenset(word for key in ("new", "waived") for word in STATE[key])


def ledger_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return the replies, those to findings that are still open first."""
    gone = OUTSIDE if dossier.plan.part else GONE
    now = set(dossier.findings["fingerprint"])
    replies = [reply for reply in dossier.ledger.values() if reply.said]
    sheet = Sheet(TITLE, _COLUMNS)
    for reply in sorted(replies, key=lambda r: (r.fingerprint not in now, r.code, r.feature)):
        still = reply.fingerprint in now
        place = sheet.add(
            reply.code,
            reply.feature,
            reply.description,
            pick(OPEN if still else gone, lang),
            reply.state,
            reply.mending,
            reply.exception,
            reply.until,
            reply.by,
            "；".join(
                text if head in {OTHER, "other columns"} else f"{head}：{text}"
                for head, text in reply.more
            ),
            reply.fingerprint,
        )
        if not still and gone is GONE:
            sheet.fills[place] = (3, "#d1e7dd")
    return sheet
