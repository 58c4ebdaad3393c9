"""A child asks less of an indicator than its parent (下级放宽指标要求).

What it checks: where the parent's row is binding (约束性) the child's row is not anticipatory or
advisory; the bound is not turned round, nor an exact value made a bound; and a cap on a share or
rate that is not rolled up (容积率、比例) is not raised, a floor on one not lowered.
Why it matters: an obligation that is softened on its way down is not met at the bottom.
Left to others: bounds that are rolled up IND102 to IND107; a row that is not there IND101. A cell
that a child leaves empty inherits what the parent says. A word that nobody knows is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.indicators import shortened
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.catalogue.units import is_ratio
from gisplan.model import Severity, Text
from gisplan.rules.indicator import rows as shared

RULE = Rule(
    code="IND109",
    name="requirement-loosened",
    title=Text("下级放宽指标要求", "requirement loosened"),
    severity=Severity.ERROR,
    measures=("handed",),
    needs=("indicator", "indicator.nature|indicator.requirement"),
    params={
        "points": Param(0.01, unit="percentage points", why="shares are stated to two decimals"),
        "rounding": Param(0.005, why="half the last digit of two-decimal tables"),
    },
    sources=("transmission-chain", "approval-system-practice"),
    message=Text(
        "{feature} 将指标“{indicator}”的{what}由上级 {related} 的“{above}”改为“{below}”",
        "{feature} turns the {what} of {indicator} from {above}, as {related} has it, into {below}",
    ),
    remedy=Text(
        "恢复上级规定的指标属性和要求，或者先按程序调整上级指标",
        "restore what the tier above demands, or have its indicator changed first",
    ),
)
_STRENGTH = {"binding": 3, "anticipatory": 2, "advisory": 1}
_NATURE = Text("指标属性", "nature")
_REQUIREMENT = Text("规划要求", "requirement")
_BOUND = Text("限值", "bound")
# what a child may make of the parent's requirement without asking less
_AS_STRICT = {
    "at_most": {"at_most", "equal", "range"},
    "at_least": {"at_least", "equal", "range"},
    "equal": {"equal"},
    "range": {"range", "equal"},
}


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the rows that soften what the parent's row demands."""
    handed = tables["handed"]
    if handed.empty:
        return skipped(*shared.ONE_TIER)
    table = shared.cells(tables)
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for pair in shared.pairs(tables):
        parent, child = table[pair["parent_row"]], table[pair["child_row"]]
        if parent["rollup"] != "none" and _says_the_same(parent, child):
            continue
        known = _Softened(tables, pair, parent, child, params)
        offenders += known.offenders()
        if known.strange:
            entry = {**child, "parent_layer": shared.TABLE, "parent_fid": pair["child_row"]}
            words = shortened(known.strange)
            why = Text(f"“{words.zh}”无法识别", f"nobody knows {words.en}")
            aside.append(shared.aside(entry, why))
    return judged(offenders, aside)


def _says_the_same(parent: dict[str, Any], child: dict[str, Any]) -> bool:
    """Tell whether a child repeats its parent word for word, in words that are known."""
    return all(
        parent[name] == child[name] and parent[name] in codelist(name)
        for name in ("nature", "requirement")
    )


class _Softened:
    """What one child's row makes of its parent's."""

    def __init__(
        self,
        tables: Tables,
        pair: dict[str, Any],
        parent: dict[str, Any],
        child: dict[str, Any],
        params: Params,
    ) -> None:
        self._tables, self._pair, self._params = tables, pair, params
        self._parent, self._child = parent, child
        words = [("nature", parent), ("nature", child), ("requirement", parent),
                 ("requirement", child)]  # fmt: skip
        said = [(name, shared.text(row[name])) for name, row in words]
        self.strange = sorted({word for name, word in said if word and word not in codelist(name)})

    def offenders(self) -> list[dict[str, Any]]:
        """Return an offence for each way in which the child asks less."""
        found = []
        above, below = self._both("nature")
        if above == "binding" and below in _STRENGTH and _STRENGTH[below] < _STRENGTH[above]:
            found.append(self._offender("nature", _NATURE, _title("nature", above, below)))
        above, below = self._both("requirement")
        as_strict = _AS_STRICT.get(above, {below})
        if below in codelist("requirement") and below not in as_strict:
            titles = _title("requirement", above, below)
            found.append(self._offender("requirement", _REQUIREMENT, titles))
        if self._relaxed(above):
            found.append(self._bound())
        return found

    def _both(self, name: str) -> tuple[str, str]:
        return shared.text(self._parent[name]), shared.text(self._child[name])

    def _relaxed(self, requirement: str) -> bool:
        """Tell whether a bound on a share or rate, which holds of any area alike, is relaxed."""
        unit = shared.text(self._parent["unit"])
        if self._parent["rollup"] != "none" or not is_ratio(unit):
            return False
        if pd.isna(self._pair["value"]) or pd.isna(self._parent["target"]):
            return False
        off = shared.misses(self._pair["value"], requirement, self._parent["target"])
        slack = shared.tolerance(self._parent["unit"], self._params.points, self._params.rounding)
        return off is not None and off > slack * (1 + 1e-9)

    def _bound(self) -> dict[str, Any]:
        unit = shared.text(self._parent["unit"])
        values = [f"{value:.6g} {unit}" for value in (self._parent["target"], self._pair["value"])]
        titles = Text(values[0], values[0]), Text(values[1], values[1])
        figures = {"measure": self._pair["value"], "limit": self._parent["target"], "unit": unit}
        return {**self._offender("bound", _BOUND, titles), **figures}

    def _offender(self, kind: str, what: Text, titles: tuple[Text, Text]) -> dict[str, Any]:
        pair = self._pair
        upper = (pair["parent_layer"], pair["parent_fid"], pair["parent_code"])
        lower = {"parent_layer": pair["child_layer"], "parent_fid": pair["child_fid"],
                 "parent_code": pair["child"]}  # fmt: skip
        return {
            **shared.end(lower),
            "related_layer": upper[0],
            "related": shared.label(self._tables, *upper),
            "kind": f"{kind}:{self._child['kind']}",
            "severity": shared.severity_of(self._parent["nature"]),
            "params": {
                "indicator": shared.called(self._parent),
                "what": what,
                "above": titles[0],
                "below": titles[1],
            },
        }


def _title(codes: str, above: str, below: str) -> tuple[Text, Text]:
    return codelist(codes)[above].title, codelist(codes)[below].title
