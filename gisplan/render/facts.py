"""What `gisplan inspect` prints: a table of the files, what is wrong with each, what is done."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from gisplan.model import Issue, Lang, Text
from gisplan.render.columns import WIDE, beside, printable, width, wrap
from gisplan.render.words import crs_name, number, pick

_HEAD = (
    Text("文件，读作什么", "file, and what it is"),
    Text("问题", "what is wrong"),
    Text("如何处理", "what would be done"),
)
_LEAST, _MOST = 60, 160  # cells of a line
_SHARES = (0.32, 0.34)  # of a line, for the first two columns
_RASTER = "GTiff"  # has cells, no records and no fields; its first note tells how many
_DRIVERS = {"ESRI Shapefile": "Shapefile"}
_KINDS = {
    "point": Text("点", "points"),
    "line": Text("线", "lines"),
    "polygon": Text("面", "areas"),
}
_ORIGINS = {
    "declared": Text("已声明", "declared"),
    "cpg": Text(".cpg", ".cpg"),
    "ldid": Text(".dbf 语言标记", ".dbf language byte"),
    "detected": Text("检测", "detected"),
    "format": Text("格式规定", "by format"),
    "file": Text("文件自带", "from the file"),
}
_NO_LAYER = Text("未识别为任何图层", "taken for no layer")
_NO_CRS = Text("没有坐标系", "no CRS")
_NOTHING = Text("未发现", "nothing")
_READ = Text("照读", "read as it is")
_NO_CELLS = Text("（没有字段）", "(no fields)")


def format_facts(inspection: Any, lang: Lang, columns: int = 100, wide: str = WIDE) -> str:
    """Return the table of an inspection for a terminal, and its sum in a last line.

    Parameters
    ----------
    inspection : Inspection
        From `gisplan.inspection.inspect`.
    lang : str
        zh or en.
    columns : int
        Cells of a line; from 60 to 160 are used.
    wide : str
        Classes of signs that take two cells: WIDE_IN_GBK for a console in GBK.
    """
    total = min(max(columns, _LEAST), _MOST) - 1  # a full line makes some consoles skip one
    first, second = (int(total * share) for share in _SHARES)
    widths = (first, second, total - first - second - 4)
    lines = beside([pick(text, lang) for text in _HEAD], widths, wide)
    lines.append("  ".join("-" * cells for cells in widths))
    for file in inspection.files:
        lines += _file(file, lang, widths, wide)
        lines.append("")
    return "\n".join([*lines, *_sum(inspection, lang, total, wide)])


def _file(file: Any, lang: Lang, widths: Sequence[int], wide: str) -> list[str]:
    issues = [(pick(i.wrong, lang), pick(i.done, lang)) for i in file.issues]
    if not issues:
        issues = [(pick(_NOTHING, lang), pick(_READ, lang) if file.layer else "")]
    # each fact on lines of its own beside the issues, which are as tall as they are
    left = [line for text in _facts(file, lang) for line in _hanging(text, widths[0], wide)]
    right = [line for pair in issues for line in beside(pair, widths[1:], wide)]
    lines = [
        (cell + " " * (widths[0] + 2 - width(cell, wide)) + other).rstrip()
        for cell, other in zip_longest(left, right, fillvalue="")
    ]
    return lines + _whole(file, lang, sum(widths) + 4, wide)


def _hanging(text: str, cells: int, wide: str) -> list[str]:
    """Return a fact as lines: those after the file's name, which stands out, are indented."""
    if text.startswith("\t"):
        return ["  " + line for line in wrap(text, cells - 2, wide)]
    return wrap(text, cells, wide)


def _facts(file: Any, lang: Lang) -> list[str]:
    facts = file.facts
    found = [printable(facts.path)]
    if facts.fault is not None:
        return found
    taken = pick(_NO_LAYER, lang)
    if file.layer:
        title = pick(file.title, lang)
        taken = f"{title} ({file.layer})" if title and title != file.layer else file.layer
    found.append(f"\t{taken}")
    kinds = "/".join(pick(_KINDS[kind], lang) for kind in facts.geometry if kind in _KINDS)
    rows = (
        f"{number(facts.count)} 条"
        if lang == "zh"
        else f"{number(facts.count)} record{'s' if facts.count != 1 else ''}"
    )
    if facts.driver == _RASTER:
        rows = pick(facts.notes[0], lang)
    driver = _DRIVERS.get(facts.driver, facts.driver)
    found.append("\t" + " · ".join(filter(None, [driver, kinds, rows])))
    if facts.encoding and facts.encoding_from != "format":
        found.append(f"\t{_from(facts.encoding, facts.encoding_from, lang)}")
    if facts.geometry or facts.driver == _RASTER:
        crs = _from(pick(crs_name(facts.crs), lang), facts.crs_from, lang) if facts.crs else ""
        found.append(f"\t{crs or pick(_NO_CRS, lang)}")
    _, _, aside, mended = file.account or (0, 0, 0, 0)
    for n, zh, en in ((aside, "隔离", "set aside"), (mended, "修复", "repaired")):
        if n:
            found.append(f"\t{zh} {n} 个" if lang == "zh" else f"\t{n} {en}")
    return found


def _from(value: str, origin: str | None, lang: Lang) -> str:
    if not origin:
        return value
    where = pick(_ORIGINS.get(origin, Text(origin, origin)), lang)
    return f"{value}（{where}）" if lang == "zh" else f"{value} ({where})"


def _whole(file: Any, lang: Lang, cells: int, wide: str) -> list[str]:
    """Return what needs the whole line: why it was taken for its layer, extent, fields."""
    facts = file.facts
    if facts.fault is not None:
        return []
    texts = []
    if facts.why is not None and not file.declared and file.layer == facts.layer:
        texts.append((Text("依据", "because"), pick(facts.why, lang)))
    if facts.extent is not None:
        texts.append((Text("范围", "extent"), " ".join(map(_figure, facts.extent))))
    standard = {source: name for name, source in facts.mapping.items()}
    fields = [
        f"{name}={standard[name]}" if name in standard else name for name in map(str, facts.fields)
    ]
    if facts.driver != _RASTER:
        texts.append((Text("字段", "fields"), ", ".join(fields) or pick(_NO_CELLS, lang)))
    lines = []
    for head, text in texts:
        label = pick(head, lang) + ("：" if lang == "zh" else ": ")
        first, *rest = wrap(label + text, cells - 2, wide)
        lines += [
            f"  {first}",
            *(f"    {line}" for line in wrap(" ".join(rest), cells - 4, wide) if rest),
        ]
    return lines


def _figure(value: float) -> str:
    return f"{value:.6g}" if abs(value) < 1000 else f"{value:.1f}"


def _sum(inspection: Any, lang: Lang, cells: int, wide: str) -> list[str]:
    files = inspection.files
    wrong = sum(bool(file.issues) for file in files)
    rasters = sum(file.facts.driver == _RASTER and file.layer is not None for file in files)
    unread = sum(file.account is None for file in files) - rasters
    accounts = [file.account for file in files if file.account is not None]
    read, checked, aside, mended = (
        (sum(column) for column in zip(*accounts, strict=True)) if (accounts) else (0, 0, 0, 0)
    )
    asks = _asks(files)
    if lang == "zh":
        said = (
            f"共 {len(files)} 个文件，{wrong} 个有问题，{unread} 个不读入。"
            f"审查会读取 {read} 个要素：检查 {checked}，隔离 {aside}，修复 {mended}。"
        )
        more = f"有 {asks} 处要您核实或修改。" if asks else ""
        crs = f"工作坐标系 {pick(crs_name(inspection.working_crs), lang)}。"
    else:
        said = (
            f"{len(files)} files, {wrong} with something wrong, {unread} not read. A review would "
            f"read {read} features: {checked} checked, {aside} set aside, {mended} repaired. "
        )
        more = f"{asks} things are for you to check or mend. " if asks else ""
        crs = f"Working CRS {pick(crs_name(inspection.working_crs), lang)}."
    text = said + more + (crs if inspection.working_crs else "")
    if inspection.trouble is not None:
        head = "作为规划无法打开：" if lang == "zh" else "cannot be opened as a plan: "
        text = f"{head}{pick(inspection.trouble, lang)}"
    return wrap(text, cells, wide)


def _asks(files: Sequence[Any]) -> int:
    def asked(issue: Issue) -> bool:
        return issue.act == "ask"

    return sum(asked(issue) for file in files for issue in file.issues)
