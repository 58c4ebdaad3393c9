"""The statement of coverage in words: each heritage source, and whom none speaks about."""

from __future__ import annotations

from gisplan.catalogue.codes import codelist
from gisplan.model import Coverage, Dossier, HeritageSource, Lang, Text
from gisplan.render.rows import layer_title
from gisplan.render.words import number, quantity

UNDECLARED = Text("来源未声明覆盖范围", "its source declares no coverage")
NOTE = Text(
    "来源的覆盖范围以规划中的声明（covers）为准；未声明的，只能证明其要素所在的范围，"
    "不能证明范围内没有遗漏。",
    "A source covers what the plan declares (covers); without that only the extent of its features"
    " is known, which is no proof that nothing is missing in it.",
)
_CODES = {"heritage_zone": "zone", "heritage_body": "asset_class"}


def source_line(dossier: Dossier, source: HeritageSource) -> Text:
    """Return one source: layer, file, how much of what, its dates, and what it covers."""
    return Text(_line(dossier, source, "zh"), _line(dossier, source, "en"))


def _line(dossier: Dossier, source: HeritageSource, lang: Lang) -> str:
    zh = lang == "zh"
    title = layer_title(dossier, source.layer)
    head = f"{title.zh if zh else title.en} {source.path}"
    parts = [f"{source.features} 个要素" if zh else f"{source.features} features"]
    kinds = [f"{_kind(source.layer, kind, lang)} {number(n)}" for kind, n in source.kinds]
    if kinds:
        parts[0] += f"（{'、'.join(kinds)}）" if zh else f" ({', '.join(kinds)})"
    if source.first and source.last:
        days = f"{source.first.isoformat()} — {source.last.isoformat()}"
        parts.append(f"批准或公布日期 {days}" if zh else f"approved or designated {days}")
    if source.valid_on:
        day = source.valid_on.isoformat()
        parts.append(f"数据截至 {day}" if zh else f"up to {day}")
    parts.append(_covers(source, lang))
    if source.extent is not None and source.covers is None:
        west, south, east, north = (f"{value:.4f}" for value in source.extent)
        parts.append(
            f"要素范围 {west}–{east}，{south}–{north}"
            if zh
            else f"its features lie within {west}-{east}, {south}-{north}"
        )
    return f"{head}：{'；'.join(parts)}" if zh else f"{head}: {'; '.join(parts)}"


def _kind(layer: str, kind: str, lang: Lang) -> str:
    entry = codelist(_CODES[layer]).get(kind)
    if entry is None:
        return kind
    return entry.title.zh if lang == "zh" else entry.title.en


def _covers(source: HeritageSource, lang: Lang) -> str:
    if source.covers is None:
        return UNDECLARED.zh if lang == "zh" else UNDECLARED.en
    codes = ", ".join(source.covers) or "—"
    said = f"声明覆盖 {codes}" if lang == "zh" else f"declared to cover {codes}"
    if source.missing:
        names = ", ".join(source.missing)
        said += f"（规划中没有 {names}）" if lang == "zh" else f" (not in the plan: {names})"
    return said


def unspoken_lines(dossier: Dossier, layer: str, feature: str) -> tuple[Text, ...]:
    """Return for one feature what the coverage says of it, one line for each heritage layer."""
    coverage: Coverage = dossier.coverage
    lines = []
    for name in dict.fromkeys(source.layer for source in coverage.sources):
        title = layer_title(dossier, name)
        if name not in coverage.declared:
            lines.append(Text(f"{title.zh}：{UNDECLARED.zh}", f"{title.en}: {UNDECLARED.en}"))
            continue
        left = [
            row
            for row in coverage.unspoken
            if (row.source_layer, row.layer, row.feature) == (name, layer, feature)
        ]
        if left:
            share = max(row.share for row in left)
            area = sum(row.area_m2 for row in left)
            lines.append(
                Text(
                    f"{title.zh}：未覆盖 {quantity(share, 'share', 'zh')}"
                    f"（{quantity(area, 'm2', 'zh')}）",
                    f"{title.en}: {quantity(share, 'share', 'en')} is not covered"
                    f" ({quantity(area, 'm2', 'en')})",
                )
            )
        else:
            lines.append(Text(f"{title.zh}：全部覆盖", f"{title.en}: covered as a whole"))
    return tuple(lines)
