"""A figure lies outside the band that the guidance gives for the city's class.

What it checks: for each row of the city guidance with an indicator and a bound: the city's own row
of the indicator table, and where the indicator is a field of the units (far, height, density,
green_ratio and the like) each unit in the city.
Why it matters: the province gives each class of city its own measure; what lies outside needs a
reason.
Left to others: modes that the guidance does not allow POL101; what the tier above demands IND102.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.codes import admin_prefix
from gisplan.rules.notes import field_title

RULE = Rule(
    code="POL106",
    name="guidance-missed",
    title=Text("偏离分类指引", "guidance missed"),
    severity=Severity.WARNING,
    needs=("city_guidance.indicator",),
    sources=("transmission-chain",),
    message=Text(
        "{feature} 的{field}为 {measure:g}，{city}的指引为 {band}",
        "{feature} has {field} {measure:g}; the guidance for {city} is {band}",
    ),
    remedy=Text(
        "按所在城市类别的指引调整，或说明理由",
        "follow the guidance for the city's class, or say why not",
    ),
)


class _Band(NamedTuple):
    city: str
    name: str
    indicator: str
    low: float
    high: float


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the cities and units that lie outside their band."""
    bands = list(_bands(tables.attributes["city_guidance"]))
    if not bands:
        return skipped("指引没有指标的上下限", "the guidance gives no bounds of an indicator")
    found = [value for band in bands for value in _values(tables, band)]
    if not found:
        return skipped(
            "指标表和单元没有指引所列的指标",
            "neither the indicator table nor units have the figures",
        )
    return judged([_offender(tables, *hit) for hit in found if not _within(hit[0], hit[3])])


def _bands(guidance: pd.DataFrame) -> Iterator[_Band]:
    for row in guidance.to_dict("records"):
        bounds = [float(row[side]) if pd.notna(row[side]) else None for side in ("low", "high")]
        if (
            isinstance(row["code"], str)
            and isinstance(row["indicator"], str)
            and any(bound is not None for bound in bounds)
        ):
            low = float("-inf") if bounds[0] is None else bounds[0]
            high = float("inf") if bounds[1] is None else bounds[1]
            name = row["name"] if isinstance(row["name"], str) else row["code"]
            yield _Band(row["code"], name, row["indicator"], low, high)


def _values(tables: Tables, band: _Band) -> Iterator[tuple[_Band, str, int, float]]:
    """Yield what the guidance is held against: band, layer, fid, value."""
    table = tables.attributes.get("indicator")
    if table is not None:
        own = table[(table["code"] == band.city) & (table["indicator"] == band.indicator)]
        for fid, value in own["target"].dropna().items():
            yield band, "indicator", int(fid), float(value)
    units = tables.attributes.get(tables.judged)
    spec = tables.specs[tables.judged].fields.get(band.indicator)
    if units is None or spec is None or spec.type not in {"number", "integer"}:
        return
    prefix = admin_prefix(band.city)
    inside = units["code"].astype("string").str.startswith(prefix).fillna(False)
    for fid, value in units.loc[inside.astype(bool), band.indicator].dropna().items():
        yield band, tables.judged, int(fid), float(value)


def _within(band: _Band, value: float) -> bool:
    slack = 1e-9 * max(1.0, abs(value))
    return band.low - slack <= value <= band.high + slack


def _offender(tables: Tables, band: _Band, layer: str, fid: int, value: float) -> dict[str, object]:
    field: Any = band.indicator
    if layer == "indicator":
        name = tables.attributes[layer].get("name")
        field = field if name is None or pd.isna(name[fid]) else str(name[fid])
    else:
        field = field_title(tables, layer, band.indicator)
    return {
        "layer": layer,
        "fid": fid,
        "feature": band.city if layer == "indicator" else "",
        "related_layer": "city_guidance",
        "related": band.city,
        "kind": band.indicator,
        "measure": value,
        "limit": band.low if value < band.low else band.high,
        "params": {"field": field, "city": band.name, "band": _shown(band)},
    }


def _shown(band: _Band) -> Text:
    if band.low == float("-inf"):
        return Text(f"不高于 {band.high:g}", f"{band.high:g} at most")
    if band.high == float("inf"):
        return Text(f"不低于 {band.low:g}", f"{band.low:g} at least")
    return Text(f"{band.low:g}—{band.high:g}", f"{band.low:g} to {band.high:g}")
