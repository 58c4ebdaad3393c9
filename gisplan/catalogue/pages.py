"""What a rule says of itself in both languages: `layers/rule_pages.toml` and the rule's module."""

from __future__ import annotations

from gisplan.catalogue.home import load_toml
from gisplan.catalogue.registry import RegisteredRule
from gisplan.catalogue.rule import Param
from gisplan.model import Text

FILE = "rule_pages.toml"
# the file's table of reasons; every other table is the page of the rule that it is named for
PARAMS = "params"
_HEADINGS = {"checks": "检查内容", "why": "为什么重要", "left": "由其他规则报告"}


def page_of(entry: RegisteredRule) -> Text:
    """Return the page of a rule: Chinese from the file, English from the rule's docstring.

    A rule that is being written and has no Chinese page yet shows the English one in both.
    """
    told = load_toml(FILE).get(entry.rule.code)
    if told is None:
        return Text(entry.page, entry.page)
    parts = [told["summary"]]
    parts += [f"{heading}：{told[key]}" for key, heading in _HEADINGS.items()]
    return Text("\n\n".join(parts), entry.page)


def reason_of(param: Param) -> Text:
    """Return why a parameter has its value; English in both where no Chinese is there yet."""
    return Text(load_toml(FILE)[PARAMS].get(param.why, param.why), param.why)
