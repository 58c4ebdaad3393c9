"""Rents grow faster than renewal may make them.

What it checks: the yearly growth of rents (住房租金年度涨幅) that cities and units state, in per
cent.
Why it matters: who cannot pay the new rent has to leave; the circular sets a ceiling for the city.
Left to others: resettlement POL104. A figure under 0.2 may be a share and is not judged.
"""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text

RULE = Rule(
    code="POL105",
    name="rent-growth-exceeded",
    title=Text("租金涨幅超限", "rent growth exceeded"),
    severity=Severity.ERROR,
    needs=("city.rent_growth|judged.rent_growth",),
    params={
        "max_growth": Param(5.0, unit="%", why="5 % a year, 建科〔2021〕63号"),
        "tolerance": Param(0.01, unit="%", why="0.01 percentage points"),
    },
    sources=("jianke-2021-63",),
    message=Text(
        "{title} {feature} 租金年涨幅 {measure:.2f}%，超过 {limit:g}%（可作例外说明）",
        "{title} {feature}: rents grow by {measure:.2f} % a year, above {limit:g} % (a reasoned "
        "exception can waive it)",
    ),
    remedy=Text(
        "控制租金涨幅，增加保障性租赁住房，或写明理由作例外说明",
        "hold rents down, provide subsidised homes, or give reasons for an exception",
    ),
)
_SHARE = 0.2  # 0.05 is 5 % to some and a twentieth of a per cent to others


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the cities and units whose rents grow too fast."""
    layers = [
        layer
        for layer in dict.fromkeys(("city", tables.judged))
        if "rent_growth" in tables.found.get(layer, frozenset())
    ]
    rows = [
        (layer, int(fid), float(value))
        for layer in layers
        for fid, value in tables.attributes[layer]["rent_growth"].items()
        if pd.notna(value)
    ]
    if not rows:
        return skipped("没有租金年涨幅", "nobody states how rents grow")
    doubtful = [(layer, fid) for layer, fid, value in rows if 0 < abs(value) < _SHARE]
    return judged(
        [
            {
                "layer": layer,
                "fid": fid,
                "measure": value,
                "limit": params.max_growth,
                "unit": "%",
                "params": {"title": tables.specs[layer].title},
            }
            for layer, fid, value in rows
            if value > params.max_growth + params.tolerance + 1e-9
        ],
        [
            {
                "layer": layer,
                "fid": fid,
                "why_zh": "租金年涨幅像是小数，请写百分数（5 表示 5%）",
                "why_en": "the growth of rents looks like a share; state per cent (5 is 5 %)",
            }
            for layer, fid in doubtful
        ],
    )
