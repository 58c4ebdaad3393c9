"""Writes docs/recall.md: by rule what was planted, what of it was found, and what else was."""

from __future__ import annotations

from gisplan.catalogue.registry import registry
from gisplan.model import Text
from gisplan.testing.plant.kinds import KINDS
from gisplan.testing.plant.score import FAMILIES, Score

# rules of the chain that nothing can be planted for in a plan that lies in memory, and why
LEFT_OUT = {
    "SCH109": Text(
        "文字在文件字段的字节上限处被截断，只有读取文件时才能发现；见 tests/corpus",
        "a text cut at the limit of its field is seen while a file is read only; see tests/corpus",
    ),
}
_HEAD = """# 缺陷查全率与查准率 · Recall and precision

在 {plans} 个随机生成、无任何问题的规划（省、市、区县、更新单元、项目，含地块、建筑、两级控制线、
指标表、登记表、清单、分类指引、规划分区、保护对象与区划）中，每种缺陷各植入一处，再整体审查。
逐条比对规则代码、类别、图层、要素与相关要素：植入的是否查出（查全率），查出的是否都是植入的
（查准率）。植入前的 {plans} 个规划审查结果为 {clean} 条。某种缺陷在某个规划中找不到合适位置的，
不计入，共 {refused} 次。

Into {plans} random plans without a single problem (province to projects, with parcels, buildings,
control lines of two tiers, indicators, register, lists, guidance, planning zones and heritage) one
defect of every kind is planted, then each plan is reviewed as a whole. Findings are compared by
code, kind, layer, feature and related feature: is everything planted found (recall), and is
everything found planted (precision)? Before planting, the {plans} plans have {clean} findings. A
kind that finds no place in a plan is not counted there: {refused} times.

`python -m gisplan.testing.plant --docs` 重新生成本页 · writes this page anew.

"""
_TABLE = (
    "| 规则 rule | 名称 title | 植入 planted | 查出 found | 查全率 recall | 误报 false "
    "| 查准率 precision |\n|---|---|--:|--:|--:|--:|--:|\n"
)
_KINDS = """
## 未列入的规则 · Rules left out

SRC 各规则和下列规则只有读取文件时才能触发 · SRC and the following are raised by reading alone:

{left_out}

## 缺陷种类 · Kinds of defect ({count})

| 规则 rule | 种类 kind | 做法 what is done |
|---|---|---|
"""


def page(score: Score, plans: int, clean: int, refused: int) -> str:
    """Return the page of a run.

    Parameters
    ----------
    score : Score
        Of all plans together.
    plans, clean, refused : int
        Plans; findings in them before planting; times that a kind found no place.
    """
    rules = registry()
    lines = [_HEAD.format(plans=plans, clean=clean, refused=refused), _TABLE]
    for code in sorted(score.rules):
        one, title = score.rules[code], rules[code].rule.title
        rates = [f"{rate:.3f}" for rate in (one.recall, one.precision)]
        lines.append(
            f"| {code} | {title.zh} · {title.en} | {one.planted} | {one.found} | {rates[0]} "
            f"| {one.others} | {rates[1]} |\n"
        )
    total = score.total
    lines.append(
        f"| **合计 all** | | {total.planted} | {total.found} | {total.recall:.3f} "
        f"| {total.others} | {total.precision:.3f} |\n"
    )
    left = "\n".join(f"- {code}：{why.zh} · {why.en}" for code, why in LEFT_OUT.items())
    lines.append(_KINDS.format(left_out=left, count=len(KINDS)))
    for kind in sorted(KINDS.values(), key=lambda kind: kind.name):
        lines.append(f"| {kind.code} | {kind.name.partition(' ')[2]} | {kind.does} |\n")
    return "".join(lines)


def chain_rules() -> set[str]:
    """Return the codes of the rules of the chain."""
    return {code for code in registry() if code.startswith(FAMILIES)}
