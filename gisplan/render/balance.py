"""The balance of indicators, ready to print: what is asked above, what is done below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.indicators import shortened
from gisplan.model import BalanceRow, Dossier, Text
from gisplan.render.rows import cited, layer_title, records

JUDGEMENT = {
    "agrees": Text("一致", "agrees"),
    "differs": Text("不一致", "differs"),
    "explain": Text("需说明", "to be explained"),
    "unchecked": Text("未检查", "not checked"),
}
OUTCOME_OF = {
    "agrees": "passed",
    "differs": "failed",
    "explain": "not_judged",
    "unchecked": "skipped",
}
_ORDER = ("differs", "explain", "unchecked", "agrees")


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One line of the table 上级要求 / 下级落实 / 差值 / 单位 / 判定 / 依据."""

    tier: Text
    area: str
    indicator: str
    year: str
    asked: Text
    done: str
    difference: str
    unit: str
    missing: Text
    judgement: Text
    outcome: str  # colours the judgement
    sources: Text
    why: Text


def balance_lines(dossier: Dossier) -> list[BalanceLine]:
    """Return the balance, what differs first; each judgement keeps the order of the dossier."""
    rows = sorted(dossier.balance, key=lambda row: _ORDER.index(row.judgement))
    return [_line(dossier, row) for row in rows]


def _line(dossier: Dossier, row: BalanceRow) -> BalanceLine:
    demand = codelist("requirement").get(row.requirement)
    word = demand.title if demand else Text("", "")
    asked = _number(row.asked)
    return BalanceLine(
        tier=layer_title(dossier, row.tier),
        area=row.area,
        indicator=f"{row.indicator} {row.name}".strip(),
        year="" if row.year is None else str(row.year),
        asked=Text(f"{word.zh} {asked}".strip(), f"{word.en} {asked}".strip()),
        done=_number(row.done),
        difference=_number(row.difference, "+"),
        unit=row.unit,
        missing=shortened(row.missing) if row.missing else Text("", ""),
        judgement=JUDGEMENT[row.judgement],
        outcome=OUTCOME_OF[row.judgement],
        sources=Text(cited(row.sources, "zh"), cited(row.sources, "en")),
        why=row.why or Text("", ""),
    )


def _number(value: float | None, sign: str = "") -> str:
    return "" if value is None else f"{round(value, 4) + 0.0:{sign},.10g}"


Found = dict[tuple[Any, Any], list[dict[str, Any]]]


def indicator_hits(dossier: Dossier) -> Found:
    """Return the findings on indicators by area; the gravest come first."""
    found: Found = {}
    for row in records(dossier.findings):
        if row["code"].startswith("IND") and row["kind"]:
            found.setdefault((row["layer"], row["feature"]), []).append(row)
    return found


def hits_on(found: Found, tier: Any, area: Any, indicator: Any, year: Any) -> list[dict[str, Any]]:
    """Return the findings on a row, whose kind is the indicator, its year or a word before it."""
    names = [f"{indicator}", f"{indicator}@{year:.0f}" if isinstance(year, float) else ""]
    return [hit for hit in found.get((tier, area), []) if _last(hit["kind"], names)]


def _last(kind: str, names: list[str]) -> bool:
    return any(kind == name or kind.endswith(f":{name}") for name in names if name)
