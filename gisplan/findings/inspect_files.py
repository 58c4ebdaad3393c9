"""What is wrong with a file as a whole, and what is done: words for `gisplan inspect`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gisplan.model import Issue, LayerSpec, Note, Text

Words = Callable[[list[Note], LayerSpec | None], Issue]

_FROM = {
    "declared": Text("在 gisplan.toml 中", "what gisplan.toml says"),
    "cpg": Text("在 .cpg 中", "what the .cpg says"),
    "ldid": Text("按 .dbf 语言标记", "what the language byte of the .dbf says"),
    "default": Text("没有声明，格式默认", "nothing is declared, the default"),
}


def said(note: Note, name: str = "reason") -> Text:
    """Return a text that a note holds in both languages as `name_zh` and `name_en`."""
    return Text(*(str(note.detail.get(f"{name}_{lang}", "")) for lang in ("zh", "en")))


def _unreadable(notes: list[Note], _: LayerSpec | None) -> Issue:
    why = said(notes[0])
    return Issue(
        "file_unreadable",
        len(notes),
        "left_out",
        Text(f"读不出：{why.zh}", f"cannot be read: {why.en}"),
        Text(
            "不参加审查，结论不能判为通过；请重新导出或补齐",
            "left out, and no unit can be clear; export or complete it",
        ),
    )


def _unrecognised(notes: list[Note], spec: LayerSpec | None) -> Issue:
    why = said(notes[0])
    zh, _, todo_zh = why.zh.partition("，请")
    en, _, todo_en = why.en.partition("; ")
    return Issue(
        "unrecognised",
        len(notes),
        "left_out",
        Text(zh, en),
        Text(
            f"不读入；请{todo_zh}" if todo_zh else "不读入",
            f"not read; {todo_en}" if todo_en else "not read",
        ),
    )


def _crs_missing(notes: list[Note], _: LayerSpec | None) -> Issue:
    detail = notes[0].detail
    fits = [str(code) for code in detail.get("candidates") or ()]
    shown = fits[0] if fits else "EPSG:…"
    why = said(notes[0], "why")
    return Issue(
        "crs_missing",
        len(notes),
        "ask",
        Text(
            "没有坐标系" + (f"；{why.zh}" if why.zh else ""),
            "no CRS" + (f"; {why.en}" if why.en else ""),
        ),
        Text(
            f'整个文件不参加审查；核实后在 gisplan.toml 写明 crs = "{shown}" 或补 .prj',
            f'the whole file is left out; ask its author, then state crs = "{shown}" in'
            " gisplan.toml or add a .prj",
        ),
    )


def _crs_contradicted(notes: list[Note], _: LayerSpec | None) -> Issue:
    detail, why = notes[0].detail, said(notes[0], "why")
    if not why.zh:
        pair = f"{detail.get('declared', '?')} / {detail.get('found', '?')}"
        why = Text(f"声明的坐标系与文件自带的不同：{pair}", f"declared and own CRS differ: {pair}")
    return Issue(
        "crs_contradicted",
        len(notes),
        "ask",
        Text(f"坐标与坐标系不符：{why.zh}", f"coordinates contradict the CRS: {why.en}"),
        Text(
            "照文件自带的坐标系读取，结论不能判为通过；请核对坐标系",
            "read in the file's own CRS, and no unit can be clear; check the CRS",
        ),
    )


def _datum(notes: list[Note], _: LayerSpec | None) -> Issue:
    detail = notes[0].detail
    return Issue(
        "datum_uncertain",
        len(notes),
        "ask",
        Text(f"从 {detail['from']} 转换没有可靠参数", f"no reliable shift from {detail['from']}"),
        Text(
            f"近似转换，位置可差约 {detail['metres']} 米，结论不能判为通过；请提供转换后的数据",
            f"shifted roughly, positions may be {detail['metres']} m off and no unit can be clear;"
            " hand in shifted data",
        ),
    )


def _recovered(notes: list[Note], spec: LayerSpec | None) -> Issue:
    detail = notes[0].detail
    source = _FROM.get(str(detail["from"]), Text(str(detail["from"]), str(detail["from"])))
    found = detail["found"]
    where = Text(f"字段 {notes[0].column}：", f"{notes[0].column}: ") if notes[0].column else None
    zh, en = (where.zh, where.en) if where else ("", "")
    return Issue(
        "encoding_recovered",
        len(notes),
        "read",
        Text(
            f"{zh}编码{source.zh}为 {detail['declared']}，实为 {found}",
            f"{en}encoding: {source.en} is {detail['declared']}, in fact {found}",
        ),
        Text(
            f"按 {found} 读取；可补一个写明 {found} 的 .cpg",
            f"read as {found}; a .cpg that says so would help others",
        ),
    )


def _doubtful(notes: list[Note], _: LayerSpec | None) -> Issue:
    detail = notes[0].detail
    return Issue(
        "encoding_doubtful",
        len(notes),
        "ask",
        Text(
            f"编码可能是 {detail['used']}，也可能是 {detail['other']}",
            f"encoding may be {detail['used']} or {detail['other']}",
        ),
        Text(
            f"按 {detail['used']} 读取；请在 gisplan.toml 用 encoding 写明",
            f"read as {detail['used']}; state encoding in gisplan.toml",
        ),
    )


def _companion(notes: list[Note], _: LayerSpec | None) -> Issue:
    missing = sorted({str(note.detail["missing"]) for note in notes})
    reasons = [said(note) for note in notes]
    lone = Text("、".join(missing), ", ".join(missing))
    return Issue(
        "companion_missing",
        len(missing),
        "ask",
        Text(
            "；".join(dict.fromkeys(r.zh for r in reasons if r.zh)) or f"缺 {lone.zh}",
            "; ".join(dict.fromkeys(r.en for r in reasons if r.en)) or f"no {lone.en}",
        ),
        Text(
            "按现有内容读取；请把同名的全部文件一并提交",
            "read from what is there; hand in all files of one name together",
        ),
    )


def _counts(notes: list[Note], _: LayerSpec | None) -> Issue:
    counts = notes[0].detail["counts"]
    shown = ", ".join(f"{name} {count}" for name, count in counts.items())
    return Issue(
        "count_mismatch",
        len(notes),
        "ask",
        Text(f"记录数不一致：{shown}", f"record counts differ: {shown}"),
        Text(
            "能对上的读取，其余隔离，结论不能判为通过；请重新导出",
            "what matches is read, the rest set aside, and no unit can be clear; export anew",
        ),
    )


def _raster(notes: list[Note], _: LayerSpec | None) -> Issue:
    return Issue(
        "raster_not_used",
        len(notes),
        "read",
        Text("栅格", "a raster"),
        Text("只供城市体检使用", "for the city exam alone"),
    )


FILES: Mapping[str, Words] = {
    "file_unreadable": _unreadable,
    "unrecognised": _unrecognised,
    "crs_missing": _crs_missing,
    "crs_contradicted": _crs_contradicted,
    "datum_uncertain": _datum,
    "count_mismatch": _counts,
    "companion_missing": _companion,
    "encoding_doubtful": _doubtful,
    "encoding_recovered": _recovered,
    "raster_not_used": _raster,
}
