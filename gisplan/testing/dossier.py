"""A small dossier made by hand, for tests of everything that is drawn from one.

It stands still: no stage of the pipeline made it, so a renderer's test fails only when the
renderer changes. Two texts in it are hostile on purpose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Point, Polygon, box

from gisplan.catalogue.judgement import judged
from gisplan.findings.frame import findings_frame, verdicts_frame
from gisplan.model import (
    Dossier,
    InputRecord,
    LayerCount,
    Outcome,
    Plan,
    RuleRun,
    RunRecord,
    Text,
)
from gisplan.testing.plans import make_plan

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

FORMULA = "=cmd|' /C calc'!A0"
SCRIPT = "<script>alert(1)</script>"

_CRS = "EPSG:4529"
_EAST, _NORTH = 41_533_000.0, 4_629_000.0  # Shenyang
_BLOCKED = "210102-GX001"
_UNKNOWN = "210102-GX002"
_CONDITIONAL = "210102-GX003"
_CLEAR = "210102-GX004"
_ASIDE = "210102-GX005"


def _square(x: float, y: float, width: float = 500, height: float = 500) -> Polygon:
    return box(_EAST + x, _NORTH + y, _EAST + x + width, _NORTH + y + height)


def small_plan() -> Plan:
    """Return a district with four units, one set aside, heritage, a project and indicators."""
    units = gpd.GeoDataFrame(
        {
            "code": [_BLOCKED, _UNKNOWN, _CONDITIONAL, _CLEAR],
            "name": ["盛京皇城片区", "方城南片区", SCRIPT, "浑河湾片区"],
            "parent": ["210102"] * 4,
            "mode": ["M6", "M3", "M2", "M2"],
            "responsible": ["和平区政府", FORMULA, None, "和平区政府"],
        },
        geometry=[_square(-20, 0), _square(500, 0), _square(0, 520), _square(520, 520)],
        crs=_CRS,
    )
    projects = gpd.GeoDataFrame(
        {"code": [f"{_BLOCKED}-P001"], "name": ["北中街更新项目"], "parent": [_BLOCKED]},
        geometry=[_square(100, 100, 150, 150)],
        crs=_CRS,
    )
    district = gpd.GeoDataFrame(
        {"code": ["210102"], "name": ["和平区"]}, geometry=[_square(0, 0, 1200, 1100)], crs=_CRS
    )
    zones = gpd.GeoDataFrame(
        {
            "code": ["Z-001", "Z-002"],
            "name": ["沈阳方城历史文化街区核心保护范围", "沈阳方城历史文化街区建设控制地带"],
            "zone": ["Z6", "Z7"],
            "level": ["province", "province"],
        },
        geometry=[_square(100, 100, 200, 200), _square(300, 560, 150, 300)],
        crs=_CRS,
    )
    bodies = gpd.GeoDataFrame(
        {"code": ["B-001"], "name": ["中心庙"], "level": ["city"]},
        geometry=[Point(_EAST + 1040, _NORTH + 700)],
        crs=_CRS,
    )
    indicators = pd.DataFrame(
        {
            "tier": ["district"],
            "code": ["210102"],
            "indicator": ["A01"],
            "name": ["更新单元总面积"],
            "unit": ["ha"],
            "target": [100.0],
        }
    )
    aside = pd.DataFrame(
        {
            "_label": [_ASIDE],
            "code": [_ASIDE],
            "reason_zh": ["坐标为无穷大"],
            "reason_en": ["infinite coordinates"],
        }
    )
    plan = make_plan(
        {
            "district": district,
            "unit": units,
            "project": projects,
            "heritage_body": bodies,
            "heritage_zone": zones,
            "indicator": indicators,
        },
        crs=_CRS,
        quarantine={"unit": aside},
        pessimistic={"unit": {1: _square(500, 0)}},
    )
    inputs = tuple(
        InputRecord(
            path=f"{name}.shp",
            sha256=f"{number:064x}",
            layer=name,
            driver="ESRI Shapefile",
            count=layer.read,
            encoding="GB18030",
            encoding_from="detected",
            crs="EPSG:4490",
            crs_from="file",
            fields=tuple(sorted(layer.found)),
        )
        for number, (name, layer) in enumerate(plan.layers.items(), start=1)
    )
    config = replace(plan.config, name="沈阳市和平区更新单元规划（测试）")
    return replace(plan, config=config, inputs=inputs)


def small_dossier() -> Dossier:
    """Return the dossier of `small_plan`: every verdict, severity and outcome occurs in it.

    Verdicts: 210102-GX001 blocked, GX002 undetermined, GX003 conditional (its name is a script
    tag), GX004 clear, GX005 quarantined and blocked. A formula hides in a finding's related name
    and in the message that cites it.
    """
    plan = small_plan()
    findings = _findings()
    by_code = findings.groupby("code").size()
    print_of = {code: list(rows["fingerprint"]) for code, rows in findings.groupby("code")}
    verdicts = verdicts_frame(
        [
            _verdict(
                _BLOCKED,
                "盛京皇城片区",
                "blocked",
                2,
                0,
                [*print_of["BND101"], *print_of["HER101"]],
            ),
            _verdict(
                _UNKNOWN,
                "方城南片区",
                "undetermined",
                0,
                0,
                [],
                Text("HER102：保护区划没有级别，无法判定", "HER102: a zone without level"),
            ),
            _verdict(
                _CONDITIONAL,
                SCRIPT,
                "conditional",
                0,
                1,
                [*print_of["HER104"], *print_of["POL102"]],
                Text(
                    "须审批：历史文化街区建设控制地带内建设",
                    "approval due: works in a control zone",
                ),
            ),
            _verdict(_CLEAR, "浑河湾片区", "clear", 0, 0, []),
            _verdict(
                _ASIDE,
                "",
                "blocked",
                1,
                0,
                print_of["SRC108"],
                Text("要素已隔离：坐标为无穷大", "set aside: infinite coordinates"),
            ),
        ]
    )
    runs = [
        _run(code, Outcome.FAILED, int(count), values={"min_area": 1.0} if code == "BND101" else {})
        for code, count in by_code.items()
    ]
    runs += [
        _run("SCH104", Outcome.PASSED),
        _run("TIM101", Outcome.SKIPPED, why=Text("缺少图层“规划名录”", "missing: layer register")),
        _run("HER102", Outcome.NOT_JUDGED, 1, Text("1 个要素无法判定", "1 feature not judged")),
        _run("IND104", Outcome.CRASHED, why=Text("KeyError: 'x'", "KeyError: 'x'")),
    ]
    record = RunRecord(
        gisplan="0.1.0",
        started="2026-01-05T08:00:00+00:00",
        seconds=1.25,
        engine="local",
        working_crs=_CRS,
        libraries={"geos": "3.14.1", "proj": "9.5.1", "gdal": "3.11.4"},
        inputs=plan.inputs,
    )
    counts = tuple(
        LayerCount(
            layer=name,
            tier=layer.tier is not None,
            read=layer.read,
            checked=len(layer.frame),
            quarantined=layer.read - len(layer.frame),
            repaired=layer.repaired,
        )
        for name, layer in plan.layers.items()
    )
    return Dossier(
        plan=plan,
        run=record,
        layers=counts,
        rules=tuple(sorted(runs, key=lambda run: run.code)),
        findings=findings,
        verdicts=verdicts,
        judged="unit",
        notices=(Text("例外说明未用到：GEO103 X", "waiver met no finding: GEO103 X"),),
    )


def _run(
    code: str,
    outcome: Outcome,
    count: int = 0,
    why: Text | None = None,
    values: dict[str, Any] | None = None,
) -> RuleRun:
    nothing = judged()
    unjudged = nothing.not_judged
    if outcome is Outcome.NOT_JUDGED:
        row = {
            "layer": "unit",
            "fid": 1,
            "why_zh": "保护区划没有级别",
            "why_en": "zone without level",
        }
        unjudged = judged(not_judged=[row]).not_judged
    return RuleRun(code, outcome, count, nothing.offenders, unjudged, why, values or {})


def _verdict(
    unit: str,
    name: str,
    verdict: str,
    errors: int,
    approvals: int,
    reasons: list[str],
    why: Text | None = None,
) -> dict[str, Any]:
    return {
        "unit": unit,
        "name": name,
        "verdict": verdict,
        "errors": errors,
        "approvals": approvals,
        "reasons": sorted(reasons),
        "why_zh": [why.zh] if why else [],
        "why_en": [why.en] if why else [],
        "parent": "210102",
    }


def _findings() -> gpd.GeoDataFrame:
    law = {
        "key": "historic-cities-regulation-524",
        "title": "历史文化名城名镇名村保护条例",
        "title_en": "Regulation on the Protection of Historic Cities, Towns and Villages",
        "article": "28",
        "verified": True,
    }
    advice = {
        "key": "transmission-chain",
        "title": "规划传导关系（建议）",
        "title_en": "Transmission chain (proposed)",
        "article": "",
        "verified": False,
    }
    strip = _square(-20, 0, 20, 500)
    rows = [
        _finding(
            "BND101", "error", None, "unit", _BLOCKED, "district", "210102", 10000.0, "m2", 1.0,
            Text(f"{_BLOCKED} 超出 210102 10,000 平方米", f"{_BLOCKED} leaves 210102 by 10,000 m2"),
            [advice], strip, {"share": 0.04, "n_pieces": 1, "width_m": 38.46},
        ),
        _finding(
            "HER101", "error", "prohibited", "unit", _BLOCKED, "heritage_zone", "Z-001", 40000.0,
            "m2", None,
            Text("盛京皇城片区 新建扩建进入核心保护范围", "new build in the core protection zone"),
            [law], _square(100, 100, 200, 200),
            {"share_actor": 0.16, "share_zone": 1.0, "route_zh": "不予批准"},
        ),
        _finding(
            "SRC108", "error", None, "unit", _ASIDE, None, None, None, "", None,
            Text(f"{_ASIDE} 无法检查：坐标为无穷大", f"{_ASIDE} not judged: infinite coordinates"),
            [], None, {},
        ),
        _finding(
            "POL102", "error", None, "unit", _CONDITIONAL, None, None, 0.31, "share", 0.2,
            Text("拆除比例 31% 超过 20%", "demolition share 31% is over 20%"),
            [{**law, "key": "jianke-2021-63", "title": "建科〔2021〕63号", "article": ""}],
            _square(0, 520), {"demolish_area": 31000.0, "existing_area": 100000.0},
            {"reason": "危房集中，市政府同意", "by": "市自然资源局", "until": "2027-12-31"},
        ),
        _finding(
            "HER104", "warning", "approval", "unit", _CONDITIONAL, "heritage_zone", "Z-002",
            45000.0, "m2", None,
            Text(f"{SCRIPT} 位于建设控制地带，须审批", f"{SCRIPT} is in a control zone: approval"),
            [law], _square(300, 560, 150, 300), {"share_actor": 0.18, "share_zone": 1.0},
        ),
        _finding(
            "SCH108", "warning", None, "unit", _UNKNOWN, None, FORMULA, None, "", None,
            Text(f"{_UNKNOWN} 的名称与编号不符：{FORMULA}", f"{_UNKNOWN} is not named {FORMULA}"),
            [], _square(500, 0), {},
        ),
        _finding(
            "HER113", "info", "notice", "unit", _CLEAR, "heritage_body", "B-001", 20.0, "m", 50.0,
            Text("浑河湾片区 距中心庙 20 m", "浑河湾片区 is 20 m from 中心庙"),
            [law], Point(_EAST + 1040, _NORTH + 700), {},
        ),
        _finding(
            "GEO101", "info", None, "unit", _UNKNOWN, None, None, None, "", None,
            Text("自相交，已修复", "self-intersection, repaired"),
            [], LineString([(_EAST + 600, _NORTH + 100), (_EAST + 700, _NORTH + 200)]), {},
        ),
    ]  # fmt: skip
    return findings_frame(rows)


def _finding(
    code: str,
    severity: str,
    ruling: str | None,
    layer: str,
    feature: str,
    related_layer: str | None,
    related: str | None,
    measure: float | None,
    unit: str,
    limit: float | None,
    message: Text,
    sources: list[dict[str, Any]],
    shape: BaseGeometry | None,
    measures: dict[str, Any],
    waiver: dict[str, Any] | None = None,
) -> dict[str, Any]:
    degrees = None if shape is None else _to_degrees(shape)
    at = None if degrees is None else degrees.point_on_surface()
    return {
        "fingerprint": f"{_hash_of(code, feature):016x}",
        "code": code,
        "severity": severity,
        "ruling": ruling,
        "state": "waived" if waiver else "new",
        "layer": layer,
        "feature": feature,
        "related_layer": related_layer,
        "related": related,
        "measure": measure,
        "unit": unit,
        "limit": limit,
        "measures": measures,
        "message_zh": message.zh,
        "message_en": message.en,
        "remedy_zh": "请核对并整改",
        "remedy_en": "check and mend it",
        "sources": sources,
        "lon": None if at is None else round(at.x, 7),
        "lat": None if at is None else round(at.y, 7),
        "bbox": None if degrees is None else [round(v, 7) for v in degrees.bounds],
        "waiver": waiver,
        "geometry": degrees,
    }


def _hash_of(*words: str) -> int:
    """Return a number that stands still from one process to the next."""
    total = 0
    for byte in "|".join(words).encode():
        total = (total * 1_099_511_628_211 + byte) % 2**64
    return total


def _to_degrees(shape: BaseGeometry) -> BaseGeometry:
    project = Transformer.from_crs(_CRS, "EPSG:4490", always_xy=True)
    moved = shapely.transform(
        shape, lambda xy: np.column_stack(project.transform(xy[:, 0], xy[:, 1])).round(9)
    )
    return shapely.normalize(moved)
