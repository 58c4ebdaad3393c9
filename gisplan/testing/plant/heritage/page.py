"""Writes docs/recall-heritage.md: by rule and stage what was planted and found, and verdicts."""

from __future__ import annotations

from collections.abc import Mapping

from gisplan.catalogue.registry import registry
from gisplan.model import Text
from gisplan.testing.plant.heritage.check import Checked
from gisplan.testing.plant.heritage.kinds import KINDS
from gisplan.testing.plant.score import Tally

STAGE_TITLES = {
    "acting": Text("地块和建筑在保护范围内有建设行为（已确认）", "parcels and buildings act there"),
    "idle": Text("地块和建筑覆盖单元，但区内保留（降为提示）", "what lies there is kept"),
    "bare": Text("没有地块和建筑图层（潜在）", "no parcels, no buildings"),
}
_HEAD = """# 保护冲突查全率与查准率 · Recall and precision of heritage conflicts

在 {plans} 个随机规划中补充一份完整、无矛盾的保护名录（各级文物保护单位及保护范围、建设控制地带，
历史文化街区及核心保护范围、建设控制地带、紫线，历史建筑、历史城区、世界遗产、地下文物、工业遗产、
古树名木等），再把每种冲突各植入一个更新单元，三次审查：地块和建筑在区内有建设行为；地块和建筑
覆盖单元但区内保留；没有地块和建筑图层。更新方式、级别、类别随机。应有的裁定取自手工抄录的冲突矩阵
（`gisplan/testing/plant/heritage/law.py`），不取自规则。逐条比对规则代码、类别、裁定、要素与相关要素，
并比对每个单元的结论：未植入冲突的单元必须是“通过”，但保护区划位置不明的保护对象周边
（500 米或者 100 米内）应为“无法判定”。每个规划取四个区县。

景观视廊下铺有小块地形模型（平地或者斜面，随机），视线由视点画到对景。容许高度按两者之间的直线
手工算出（`gisplan/testing/plant/heritage/straight.py`），不取自量测代码；规划高度与容许限值（含容差）
最近只差 5 厘米。单元的规划高度不论区内是否保留都须征求意见，不降为提示。

Into {plans} random plans with a sound heritage register one conflict of every kind is planted, each
on a unit, and each plan is reviewed three times: with parcels and buildings that act where the unit
meets heritage, with such as cover the unit and are kept there, and without any. Mode, level and
class are chosen by chance. The ruling due comes from a matrix written out by hand, not from the
rules. Findings are compared by code, kind, ruling, feature and related feature, and the verdict of
every unit is compared: units that nothing was planted on must be clear, but for those around a body
of which nobody knows where its zone lies (within 500 m or 100 m): they must be undetermined. Four
districts of each plan are taken.

Under protected views lie small terrain models, of flat or of tilted ground by chance; view lines
run from the eye to what is seen. What a view leaves is worked out by hand from the straight line
between them, not by the measure; what is planned keeps as little as 5 cm from the limit with its
tolerance. A unit planned too high needs a consultation whatever is kept below the view.

`python -m gisplan.testing.plant.heritage --docs` 重新生成本页 · writes this page anew.
"""
_TABLE = (
    "\n| 规则 rule | 名称 title | 植入 planted | 查出 found | 查全率 recall | 误报 false "
    "| 查准率 precision |\n|---|---|--:|--:|--:|--:|--:|\n"
)
_VERDICTS = {
    "blocked": "不通过 blocked",
    "undetermined": "无法判定 undetermined",
    "conditional": "有条件通过 conditional",
    "clear": "通过 clear",
}


def page(stages: Mapping[str, Checked], plans: int) -> str:
    """Return the page of a run; `stages` has what became of all plans together, by stage."""
    lines = [_HEAD.format(plans=plans)]
    for stage, checked in stages.items():
        title = STAGE_TITLES[stage]
        lines.append(f"\n## {title.zh} · {title.en}\n")
        lines += [_TABLE, *_rows(checked)]
        due = "，".join(
            f"{word} {checked.verdicts[verdict]}"
            for verdict, word in _VERDICTS.items()
            if verdict in checked.verdicts
        )
        lines.append(f"\n应有结论 verdicts due: {due}；不符 wrong: {len(checked.wrong)}\n")
    lines.append(f"\n## 冲突种类 · Kinds of conflict ({len(KINDS)})\n\n")
    lines.append("| 规则 rule | 种类 kind | 做法 what is done |\n|---|---|---|\n")
    for kind in sorted(KINDS.values(), key=lambda kind: kind.name):
        lines.append(f"| {kind.code} | {kind.name.partition(' ')[2]} | {kind.does} |\n")
    return "".join(lines)


def _rows(checked: Checked) -> list[str]:
    rules = registry()
    lines = []
    for code in sorted(checked.score.rules):
        title = rules[code].rule.title
        lines.append(_row(code, f"{title.zh} · {title.en}", checked.score.rules[code]))
    return [*lines, _row("**合计 all**", "", checked.score.total)]


def _row(code: str, title: str, one: Tally) -> str:
    return (
        f"| {code} | {title} | {one.planted} | {one.found} | {one.recall:.3f} | {one.others} "
        f"| {one.precision:.3f} |\n"
    )
