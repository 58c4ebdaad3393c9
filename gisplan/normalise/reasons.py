"""Why a cell could not be read, and what its author should do: the words behind SCH103."""

from __future__ import annotations

from typing import NamedTuple

from gisplan.model import Text


class Reason(NamedTuple):
    """Why a value was not read, and what to do about it."""

    why: Text
    todo: Text

    def detail(self) -> dict[str, str]:
        """Return the reason as a note holds it."""
        return {
            "why_zh": self.why.zh,
            "why_en": self.why.en,
            "todo_zh": self.todo.zh,
            "todo_en": self.todo.en,
        }


DIGITS_LOST = Reason(
    Text("位数过多的编号被存成了数值，末尾数字已丢失", "a long code kept as a number lost digits"),
    Text(
        "把该列设为文本类型，从原始资料重新填写完整编号",
        "make the column text and fill in the whole codes from the source",
    ),
)
APPROXIMATE = Reason(
    Text("是约数", "it is only approximate"), Text("填写确定的数值", "fill in the exact number")
)
RANGE = Reason(
    Text("是区间，不是一个数", "it is a range, not one number"),
    Text("填写一个数值，区间写入备注", "fill in one number and put the range into the remark"),
)
BOUND = Reason(
    Text("是限值，不是一个数", "it is a bound, not one number"),
    Text("只填写数值，限定词写入备注", "fill in the number alone, the bound into the remark"),
)
MASKED = Reason(
    Text("被星号或井号遮盖", "it is hidden by asterisks or hash signs"),
    Text(
        "加宽原表的列或解除遮盖后重新导出",
        "widen the column of the table or unmask it, export anew",
    ),
)
NEGATIVE = Reason(
    Text("面积、高度不能为负", "an area or a height cannot be negative"),
    Text("填写实际数值，未知的留空", "fill in the true number; leave it empty where unknown"),
)
OTHER_UNIT = Reason(
    Text("所写单位与字段单位不同", "its unit is not the field's"),
    Text("换算为字段的单位，只填写数值", "convert it to the unit of the field, the number alone"),
)
PERCENT = Reason(
    Text("百分数含义不明：可能是 0.35，也可能是 35", "a percentage may mean 0.35 or 35"),
    Text(
        "不带百分号，按字段的单位填写", "fill in the number in the field's unit, without the sign"
    ),
)
COMMA = Reason(
    Text("逗号或句点含义不明：千分位或小数点", "its comma or point may group digits or end them"),
    Text("去掉千分位，小数点用“.”", "leave out the grouping and write the decimals after a point"),
)
NOTHING_OR_NONE = Reason(
    Text("分不清是零还是没有资料", "it may mean zero or not known"),
    Text(
        "确实没有的填 0，不清楚的留空", "write 0 where there is none, nothing where it is unknown"
    ),
)
NOT_FINITE = Reason(
    Text("是无穷大或非数值", "it is infinite or no number"),
    Text("重新计算该字段", "compute the field anew"),
)
NOT_WHOLE = Reason(
    Text("应为整数", "it should be whole"), Text("填写整数", "fill in a whole number")
)
TWO_DIGIT_YEAR = Reason(
    Text("年份只有两位", "its year has two digits only"),
    Text("写全四位年份，如 2024-07-06", "write the year with four digits: 2024-07-06"),
)
DAY_OR_MONTH = Reason(
    Text("分不清月和日的次序", "its day and month cannot be told apart"),
    Text("按年-月-日填写，如 2024-07-06", "write year, month, day: 2024-07-06"),
)
MONTH_CUT = Reason(
    Text(
        "存成了小数，2024.10 和 2024.1 无法区分", "kept as a number, 2024.10 and 2024.1 look alike"
    ),
    Text("把该列设为文本类型，按 2024-10 填写", "make the column text and write 2024-10"),
)
NO_SUCH_DAY = Reason(
    Text("没有这一天", "there is no such day"),
    Text("核对月份和日期", "check the month and the day"),
)
