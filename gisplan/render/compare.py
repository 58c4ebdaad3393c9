"""Two rounds beside each other: for the terminal, for programs, as a workbook (版本对比表)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gisplan.model import Lang, Text
from gisplan.render import words
from gisplan.render.impact import impact_record
from gisplan.render.plain import clean
from gisplan.render.sheets.table import Column, Sheet
from gisplan.render.xlsx import write_sheets

if TYPE_CHECKING:
    import pandas as pd

    from gisplan.model import Difference

SCHEMA = "gisplan-compare/1"
KINDS: Mapping[str, Text] = {
    "kept": Text("保留", "kept"),
    "changed": Text("边界变化", "boundary changed"),
    "renumbered": Text("改号", "renumbered"),
    "split": Text("拆分", "split"),
    "merged": Text("合并", "merged"),
    "rearranged": Text("重划", "rearranged"),
    "removed": Text("调出", "removed"),
    "new": Text("调入", "new"),
}
_SHOWN = 20  # lines of one kind on the terminal


def compare_record(
    names: tuple[str, str], change: Difference, waived: int, layers: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the comparison as plain data: schema `gisplan-compare/1`."""
    record = impact_record(change) | {"schema": SCHEMA}
    return {
        "schema": SCHEMA,
        "old": names[0],
        "new_round": names[1],
        **{key: value for key, value in record.items() if key != "schema"},
        "waived_now": waived,
        "layers": layers,
    }


def layer_record(
    name: str, title: Text, groups: pd.DataFrame, fields: pd.DataFrame
) -> dict[str, Any]:
    """Return what changed in one layer: counts by kind, land in and out, the groups that moved."""
    counts = groups["kind"].value_counts()
    return {
        "layer": name,
        "title": {"zh": title.zh, "en": title.en},
        "counts": {kind: int(counts.get(kind, 0)) for kind in KINDS},
        "out_m2": clean(float(groups["out_m2"].sum())),
        "in_m2": clean(float(groups["in_m2"].sum())),
        "groups": [
            {key: clean(row[key]) for key in ("kind", "old", "new", "out_m2", "in_m2")}
            for row in groups.to_dict("records")
            if row["kind"] != "kept"
        ],
        "fields": [
            {"code": row["code"], "fields": list(row["fields"])}
            for row in fields.to_dict("records")
        ],
    }


def to_json(record: Mapping[str, Any]) -> str:
    """Return the record as JSON text."""
    return json.dumps(record, ensure_ascii=False, indent=1)


def format_compare(record: Mapping[str, Any], lang: Lang) -> str:
    """Return the comparison as text: findings first, then verdicts, then the layers."""
    zh = lang == "zh"
    lines = [
        f"{record['old']} → {record['new_round']}",
        f"问题：新增 {len(record['new'])} 个，加重 {len(record['worse'])} 个，"
        f"消除 {len(record['mended'])} 个，不变 {record['unchanged']} 个；"
        f"新列为例外 {record['waived_now']} 个"
        if zh
        else f"findings: {len(record['new'])} new, {len(record['worse'])} worse, "
        f"{len(record['mended'])} mended, {record['unchanged']} as before; "
        f"{record['waived_now']} waived now",
    ]
    heads = {
        "new": Text("新增", "new"),
        "worse": Text("加重", "worse"),
        "mended": Text("消除", "mended"),
    }
    for key, head in heads.items():
        rows = record[key]
        for row in rows[:_SHOWN]:
            before = ""
            if key == "worse":
                former = words.quantity(row["before"], row["unit"], lang)
                before = f"（{former} → {words.quantity(row['measure'], row['unit'], lang)}）"
            text = row["message"][lang]
            lines.append(f"  {words.pick(head, lang)} {row['code']} {text}{before}")
        if len(rows) > _SHOWN:
            more = len(rows) - _SHOWN
            lines.append(f"  …… 另有 {more} 个" if zh else f"  ... and {more} more")
    for row in record["verdicts"][:_SHOWN]:
        before, after = (
            words.word(words.VERDICT, row[key], lang) if row[key] else "—"
            for key in ("before", "after")
        )
        lines.append(f"  {row['unit']}: {before} → {after}")
    for layer in record["layers"]:
        parts = [
            f"{words.pick(KINDS[kind], lang)} {count}"
            for kind, count in layer["counts"].items()
            if count
        ]
        changed = len(layer["fields"])
        parts += (
            ([f"属性变更 {changed}"] if zh else [f"fields changed {changed}"]) if changed else []
        )
        land = f"−{words.area(layer['out_m2'], lang)} +{words.area(layer['in_m2'], lang)}"
        lines.append(f"{layer['title'][lang]}: {', '.join(parts)}; {land}")
        moved = [group for group in layer["groups"] if group["kind"] not in {"kept", "changed"}]
        for group in moved[:_SHOWN]:
            ends = " → ".join("、".join(group[end]) or "—" for end in ("old", "new"))
            lines.append(f"  {words.pick(KINDS[group['kind']], lang)} {ends}")
    return "\n".join(lines)


def write_compare_xlsx(record: Mapping[str, Any], path: Path, lang: Lang) -> None:
    """Write the comparison as a workbook: 问题变化, 结论变化, 版本对比表, 属性变更."""
    sheets = (_findings(record, lang), _verdicts(record, lang), _layers(record, lang),
              _fields(record, lang))  # fmt: skip
    write_sheets(sheets, f"{record['old']} → {record['new_round']}", path, lang)


def _findings(record: Mapping[str, Any], lang: Lang) -> Sheet:
    sheet = Sheet(
        Text("问题变化", "Findings"),
        [
            Column(Text("变化", "Change"), 10), Column(Text("规则编号", "Rule"), 10),
            Column(Text("等级", "Severity"), 10), Column(Text("要素", "Feature"), 22),
            Column(Text("关联要素", "Related"), 22), Column(Text("原实测值", "Before"), 14),
            Column(Text("现实测值", "Now"), 14), Column(Text("单位", "Unit"), 8),
            Column(Text("错误描述", "Description"), 70, wrap=True),
            Column(Text("指纹", "Fingerprint"), 20),
        ],
    )  # fmt: skip
    heads = {"new": Text("新增", "new"), "worse": Text("加重", "worse"),
             "mended": Text("消除", "mended")}  # fmt: skip
    for key, head in heads.items():
        for row in record[key]:
            before = row.get("before") if key == "worse" else None
            now = None if key == "mended" else row["measure"]
            before = row["measure"] if key == "mended" else before
            sheet.add(
                words.pick(head, lang), row["code"],
                words.word(words.SEVERITY, row["severity"], lang), row["feature"],
                row["related"], before, now, words.unit_name(row["unit"], lang),
                row["message"][lang], row["fingerprint"],
            )  # fmt: skip
    return sheet


def _verdicts(record: Mapping[str, Any], lang: Lang) -> Sheet:
    sheet = Sheet(
        Text("结论变化", "Verdicts"),
        [
            Column(Text("单元", "Unit"), 22), Column(Text("名称", "Name"), 30),
            Column(Text("原结论", "Before"), 16), Column(Text("现结论", "Now"), 16),
        ],
    )  # fmt: skip
    for row in record["verdicts"]:
        sheet.add(
            row["unit"], row["name"],
            *(words.word(words.VERDICT, row[k], lang) if row[k] else None
              for k in ("before", "after")),
        )  # fmt: skip
    return sheet


def _layers(record: Mapping[str, Any], lang: Lang) -> Sheet:
    sheet = Sheet(
        Text("版本对比表", "Layers"),
        [
            Column(Text("图层", "Layer"), 18), Column(Text("变化", "Change"), 14),
            Column(Text("原编号", "Old codes"), 40, wrap=True),
            Column(Text("现编号", "New codes"), 40, wrap=True),
            Column(Text("调出面积（㎡）", "Land out, m2"), 18),
            Column(Text("调入面积（㎡）", "Land in, m2"), 18),
        ],
    )  # fmt: skip
    for layer in record["layers"]:
        for group in layer["groups"]:
            sheet.add(
                layer["title"][lang], words.pick(KINDS[group["kind"]], lang),
                "、".join(group["old"]), "、".join(group["new"]), group["out_m2"], group["in_m2"],
            )  # fmt: skip
    return sheet


def _fields(record: Mapping[str, Any], lang: Lang) -> Sheet:
    sheet = Sheet(
        Text("属性变更", "Fields"),
        [
            Column(Text("图层", "Layer"), 18),
            Column(Text("编号", "Code"), 22),
            Column(Text("变更字段", "Fields"), 60, wrap=True),
        ],
    )
    for layer in record["layers"]:
        for row in layer["fields"]:
            sheet.add(layer["title"][lang], row["code"], "、".join(row["fields"]))
    return sheet
