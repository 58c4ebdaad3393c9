"""What `gisplan fix` did, as a list: for a spreadsheet, for a program, for the terminal."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gisplan.model import Lang, Text
from gisplan.render.plain import clean
from gisplan.render.rows import neutral

if TYPE_CHECKING:
    from gisplan.fix.mend import Change
    from gisplan.fix.run import Fixed

_HEADINGS = (
    Text("图层", "layer"),
    Text("要素", "feature"),
    Text("文件", "file"),
    Text("记录", "record"),
    Text("修改", "change"),
    Text("修改前面积（㎡）", "area before (m2)"),
    Text("修改后面积（㎡）", "area after (m2)"),
    Text("面积变化（㎡）", "change of area (m2)"),
    Text("最大移动（m）", "largest move (m)"),
    Text("字段", "field"),
    Text("原值", "was"),
    Text("新值", "is"),
)


def write_csv(done: Fixed, path: Path, lang: Lang) -> None:
    """Write the changes, one a line, UTF-8 with a mark for spreadsheets; formulas are neutral."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([text.zh if lang == "zh" else text.en for text in _HEADINGS])
        writer.writerows([neutral(cell) for cell in _cells(it, lang)] for it in done.changes)


def _cells(change: Change, lang: Lang) -> list[Any]:
    areas: list[Any] = [None, None, None]
    if change.before_m2 is not None and change.after_m2 is not None:
        areas = [change.before_m2, change.after_m2, change.after_m2 - change.before_m2]
    return [
        change.layer,
        change.feature,
        change.path,
        change.record + 1,
        change.what.zh if lang == "zh" else change.what.en,
        *(None if area is None else round(area, 3) + 0.0 for area in areas),
        None if change.shift_m is None else round(change.shift_m, 4),
        change.column,
        change.before,
        change.after,
    ]


def write_document(done: Fixed, head: Mapping[str, Any], files: Sequence[str], path: Path) -> None:
    """Write everything for a program; `files` are what the plan consists of."""
    document = {
        **head,
        "files": list(files),
        "findings_gone": done.gone,
        "layers": [clean(_texts(asdict(it))) for it in done.totals],
        "changes": [clean(_texts(asdict(it))) for it in done.changes],
        "left": [clean(_texts(asdict(it))) for it in done.left],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("what", "why", "title"):
        if name in row:
            zh, en = row[name]
            row[name] = {"zh": zh, "en": en}
    return row


def format_fixed(done: Fixed, lang: Lang) -> str:
    """Return the account for the terminal: layers with areas, kinds of change, what is left."""
    zh = lang == "zh"
    lines = []
    for it in done.totals:
        title, change = it.title.zh if zh else it.title.en, it.after_m2 - it.before_m2
        lines.append(
            f"{title}：修改 {it.changed} / {it.features} 个，面积 {it.before_m2:,.1f} → "
            f"{it.after_m2:,.1f} ㎡（{change:+,.3f}）"
            if zh
            else f"{title}: {it.changed} of {it.features} changed, area {it.before_m2:,.1f} -> "
            f"{it.after_m2:,.1f} m2 ({change:+,.3f})"
        )
    kinds: dict[str, int] = {}
    for one in done.changes:
        what = one.what.zh if zh else one.what.en
        kinds[what] = kinds.get(what, 0) + 1
    lines += [f"  {what} {count}" for what, count in sorted(kinds.items())]
    if not done.changes:
        lines.append("没有需要修改的内容" if zh else "nothing to mend")
    lines.append(f"消除问题 {done.gone} 条" if zh else f"{done.gone} findings are gone")
    if done.left:
        lines.append(
            f"未修改 {len(done.left)} 项：" if zh else f"{len(done.left)} left as they are:"
        )
        for left in done.left[:20]:
            named = " ".join(filter(None, (left.layer, left.feature)))
            lines.append(f"  {named}：{left.why.zh}" if zh else f"  {named}: {left.why.en}")
    return "\n".join(lines)
