"""Reads what people wrote into a `findings.xlsx`: replies, reasons, names, states (问题—整改台账).

Rows may be sorted or filtered and columns moved or added: a row is known by its fingerprint, a
column by its heading.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from gisplan.errors import ReadError
from gisplan.model import Reply
from gisplan.read.limits import DEFAULT, Limits
from gisplan.read.workbook import Workbook

_HEADS = {
    "fingerprint": ("指纹", "fingerprint"),
    "code": ("规则编号", "rule"),
    "feature": ("要素标识码", "feature"),
    "description": ("错误描述", "description"),
    "waived": ("是否例外", "waived"),
    "state": ("处理状态", "state"),
    "mending": ("整改情况", "mending"),
    "exception": ("例外说明", "waiver"),
    "by": ("复核人", "reviewed by"),
    "until": ("例外有效期", "waived until"),
}
_REPLIES = ("state", "mending", "exception", "by", "until")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_QUOTED = re.compile(r"'(?=[=+\-@＝＋－＠])")


def read_ledger(
    path: Path,
    own: Iterable[str] = (),
    unset: Iterable[str] = (),
    limits: Limits = DEFAULT,
) -> dict[str, Reply]:
    """Return the rows of a workbook that have a fingerprint, with what people wrote there.

    Parameters
    ----------
    path : Path
        A `findings.xlsx`, as written or edited.
    own : iterable of str
        Headings that gisplan writes itself; text in any other column is a reply as well.
    unset : iterable of str
        States that gisplan writes where nobody has said one.
    limits : Limits
        Of the size.

    Returns
    -------
    dict of str to Reply
        By fingerprint. Where several sheets or rows reply to a finding, what is filled in wins
        over what is blank, and of two texts the first.

    Raises
    ------
    ReadError
        No workbook, or no sheet of it has a column of fingerprints.
    """
    own = {word for words in _HEADS.values() for word in words} | set(own)
    unset = set(unset)
    found: dict[str, Reply] = {}
    seen = False
    with Workbook(path, limits) as book:
        for sheet in book.worksheets:
            rows = sheet.iter_rows(values_only=True)
            header = [_text(value) for value in next(rows, ())]
            heads = _columns(header)
            if "fingerprint" not in heads:
                continue
            seen = True
            names = dict(enumerate(header))
            for row in rows:
                reply = _reply(row, heads, names, own, unset)
                if reply is not None:
                    former = found.get(reply.fingerprint)
                    found[reply.fingerprint] = reply if former is None else _joined(former, reply)
    if not seen:
        raise ReadError(
            f"{path.name}：没有“指纹”列，不是 gisplan 的 findings.xlsx，或者该列已被删去",
            f"{path.name}: no column fingerprint; it is no findings.xlsx of gisplan, or the column "
            "was deleted",
        )
    return found


def _columns(header: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, text in enumerate(header):
        for name, words in _HEADS.items():
            if text in words:
                found.setdefault(name, number)
    return found


def _reply(
    row: Sequence[object],
    heads: dict[str, int],
    names: dict[int, str],
    own: set[str],
    unset: set[str],
) -> Reply | None:
    def cell(name: str) -> str:
        at = heads.get(name)
        return "" if at is None or at >= len(row) else _text(row[at])

    fingerprint = cell("fingerprint").lower()
    if not _FINGERPRINT.fullmatch(fingerprint):
        return None
    more = tuple(
        (names[number], _text(value))
        for number, value in enumerate(row)
        if names.get(number) and names[number] not in own and _text(value)
    )
    waived = cell("waived") in {"是", "yes"}
    texts = {name: cell(name) for name in _REPLIES}
    if texts["state"] in unset:
        texts["state"] = ""
    if waived:  # what stands there is what the plan says already
        texts["exception"] = ""
    return Reply(
        fingerprint=fingerprint,
        code=cell("code"),
        feature=cell("feature"),
        description=cell("description"),
        more=more,
        **texts,
    )


def _joined(first: Reply, second: Reply) -> Reply:
    texts = {
        name: getattr(first, name) or getattr(second, name)
        for name in ("code", "feature", "description", *_REPLIES)
    }
    more = (*first.more, *(pair for pair in second.more if pair not in first.more))
    return Reply(fingerprint=first.fingerprint, more=more, **texts)


def _text(value: object) -> str:
    """Return a cell as people see it; the sign that keeps a text from running goes."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _QUOTED.sub("", str(value).strip(), count=1)
