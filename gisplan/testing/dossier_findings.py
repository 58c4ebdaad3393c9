"""The findings of the small dossier, written by hand: every severity, ruling words, a waiver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Point

from gisplan.findings.frame import findings_frame
from gisplan.model import Text
from gisplan.testing.dossier_plan import (
    ASIDE,
    BLOCKED,
    CLEAR,
    CONDITIONAL,
    CRS,
    EAST,
    FORMULA,
    NORTH,
    SCRIPT,
    UNKNOWN,
    square,
)

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def hand_made_findings() -> gpd.GeoDataFrame:
    """Return eight findings in EPSG:4490, sorted."""
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
    strip = square(-20, 0, 20, 500)
    rows = [
        _finding(
            "BND101", "error", None, "unit", BLOCKED, "district", "210102", 10000.0, "m2", 1.0,
            Text(f"{BLOCKED} 超出 210102 10,000 平方米", f"{BLOCKED} leaves 210102 by 10,000 m2"),
            [advice], strip, {"share": 0.04, "n_pieces": 1, "width_m": 38.46},
        ),
        _finding(
            "HER101", "error", "prohibited", "unit", BLOCKED, "heritage_zone", "Z-001", 40000.0,
            "m2", None,
            Text("盛京皇城片区 新建扩建进入核心保护范围", "new build in the core protection zone"),
            [law], square(100, 100, 200, 200),
            {"share_actor": 0.16, "share_zone": 1.0, "route_zh": "不予批准"},
        ),
        _finding(
            "SRC108", "error", None, "unit", ASIDE, None, None, None, "", None,
            Text(f"{ASIDE} 无法检查：坐标为无穷大", f"{ASIDE} not judged: infinite coordinates"),
            [], None, {},
        ),
        _finding(
            "POL102", "error", None, "unit", CONDITIONAL, None, None, 0.31, "share", 0.2,
            Text("拆除比例 31% 超过 20%", "demolition share 31% is over 20%"),
            [{**law, "key": "jianke-2021-63", "title": "建科〔2021〕63号", "article": ""}],
            square(0, 520), {"demolish_area": 31000.0, "existing_area": 100000.0},
            {"reason": "危房集中，市政府同意", "by": "市自然资源局", "until": "2027-12-31"},
        ),
        _finding(
            "HER104", "warning", "approval", "unit", CONDITIONAL, "heritage_zone", "Z-002",
            45000.0, "m2", None,
            Text(f"{SCRIPT} 位于建设控制地带，须审批", f"{SCRIPT} is in a control zone: approval"),
            [law], square(300, 560, 150, 300), {"share_actor": 0.18, "share_zone": 1.0},
        ),
        _finding(
            "SCH108", "warning", None, "unit", UNKNOWN, None, FORMULA, None, "", None,
            Text(f"{UNKNOWN} 的名称与编号不符：{FORMULA}", f"{UNKNOWN} is not named {FORMULA}"),
            [], square(500, 0), {},
        ),
        _finding(
            "HER113", "info", "notice", "unit", CLEAR, "heritage_body", "B-001", 20.0, "m", 50.0,
            Text("浑河湾片区 距中心庙 20 m", "浑河湾片区 is 20 m from 中心庙"),
            [law], Point(EAST + 1040, NORTH + 700), {},
        ),
        _finding(
            "GEO101", "info", None, "unit", UNKNOWN, None, None, None, "", None,
            Text("自相交，已修复", "self-intersection, repaired"),
            [], LineString([(EAST + 600, NORTH + 100), (EAST + 700, NORTH + 200)]), {},
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
    project = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
    moved = shapely.transform(
        shape, lambda xy: np.column_stack(project.transform(xy[:, 0], xy[:, 1])).round(9)
    )
    return shapely.normalize(moved)
