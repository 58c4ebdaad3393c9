"""A small plan and made-up rules: what the findings stage does, without measures or real rules."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, box

from gisplan.catalogue.judgement import judged
from gisplan.catalogue.rule import Rule
from gisplan.catalogue.tables import build_tables
from gisplan.findings import build as stage
from gisplan.model import Outcome, RuleRun, RunRecord, Severity, Text
from gisplan.testing.plans import make_plan

EAST, NORTH = 41_533_000.0, 4_629_000.0
A, B, C = "210102-GX001", "210102-GX002", "210102-GX003"


def square(x, y, size=100):
    return box(EAST + x, NORTH + y, EAST + x + size, NORTH + y + size)


def parents(*rows):
    columns = ["child_layer", "fid", "parent_layer", "declared", "parent_fid", "how"]
    return pd.DataFrame(list(rows), columns=columns)


IN_DISTRICT = [("unit", fid, "district", "210102", 0, "declared") for fid in range(3)]


def _layers():
    units = gpd.GeoDataFrame(
        {"code": [A, B, C], "name": ["甲", "乙", "丙"], "parent": ["210102"] * 3},
        geometry=[square(0, 0), square(100, 0), square(200, 0)],
    )
    return {
        "district": gpd.GeoDataFrame({"code": ["210102"]}, geometry=[square(0, 0, 300)]),
        "unit": units,
        "project": gpd.GeoDataFrame({"code": [f"{A}-P001"]}, geometry=[square(10, 10, 20)]),
        "heritage_zone": gpd.GeoDataFrame({"code": ["Z1"]}, geometry=[square(10, 10, 10)]),
        "heritage_body": gpd.GeoDataFrame(
            {"code": ["H1"]}, geometry=[Point(EAST + 50, NORTH + 50)]
        ),
    }


def _rule(code, severity):
    return Rule(
        code=code,
        name=code.lower(),
        title=Text(f"{code} 标题", f"{code} title"),
        severity=severity,
        message=Text(
            "{feature} 与 {related}：{measure:.1f}", "{feature} and {related}: {measure:.1f}"
        ),
        remedy=Text("整改", "mend"),
        sources=("historic-cities-regulation-524#28",),
    )


ERRORS = ("BND101", "BND106", "GEO103", "HER101", "HER102", "HER104", "POL102", "SRC108")
RULES = {
    **{code: _rule(code, Severity.ERROR) for code in ERRORS},
    **{code: _rule(code, Severity.WARNING) for code in ("SCH108", "SCH110")},
    **{code: _rule(code, Severity.INFO) for code in ("HER113", "GEO110")},
}


def _silent(code):
    answer = judged()
    return RuleRun(code, Outcome.PASSED, 0, answer.offenders, answer.not_judged)


class Case:
    """A plan to which offenders, notes and the rest are added before it is built."""

    def __init__(self):
        self.layers = _layers()
        self.options = {}
        self.measures = {"parents": parents(*IN_DISTRICT)}
        self.runs = {}
        self.waivers = ()
        self.exemptions = ()
        self.rules = {}
        self.started = "2026-06-15T08:00:00+00:00"
        self.crs = "EPSG:4529"

    def offend(self, code, *rows):
        answer = judged(list(rows))
        self.runs[code] = RuleRun(
            code, Outcome.FAILED, len(rows), answer.offenders, answer.not_judged
        )
        return self

    def run(self, code, outcome, why=None, not_judged=()):
        answer = judged(not_judged=list(not_judged))
        self.runs[code] = RuleRun(code, outcome, 0, answer.offenders, answer.not_judged, why)
        return self

    def plan(self):
        plan = make_plan(self.layers, crs=self.crs, **self.options)
        config = replace(
            plan.config,
            waivers=tuple(self.waivers),
            exemptions=tuple(self.exemptions),
            rules=self.rules,
        )
        return replace(plan, config=config)

    def build(self):
        plan = self.plan()
        tables = build_tables(plan, self.measures, "unit")
        self.runs.setdefault("SCH110", _silent("SCH110"))
        record = RunRecord("0.1.0", self.started, 1.0, "local", self.crs, {}, ())
        return stage.build_dossier(plan, tables, list(self.runs.values()), record)

    def verdict(self, unit):
        rows = self.build().verdicts.set_index("unit")
        return rows.loc[unit]
