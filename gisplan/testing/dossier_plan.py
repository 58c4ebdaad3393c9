"""The plan of the small dossier: a district with four units, heritage, a project, indicators."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, Polygon, box

from gisplan.model import InputRecord, Plan
from gisplan.testing.plans import make_plan

FORMULA = "=cmd|' /C calc'!A0"
SCRIPT = "<script>alert(1)</script>"

CRS = "EPSG:4529"
EAST, NORTH = 41_533_000.0, 4_629_000.0  # Shenyang
BLOCKED = "210102-GX001"
UNKNOWN = "210102-GX002"
CONDITIONAL = "210102-GX003"
CLEAR = "210102-GX004"
ASIDE = "210102-GX005"


def square(x: float, y: float, width: float = 500, height: float = 500) -> Polygon:
    """Return a rectangle, metres from the corner of the district."""
    return box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def small_plan() -> Plan:
    """Return a district with four units, one set aside, heritage, a project and indicators."""
    units = gpd.GeoDataFrame(
        {
            "code": [BLOCKED, UNKNOWN, CONDITIONAL, CLEAR],
            "name": ["盛京皇城片区", "方城南片区", SCRIPT, "浑河湾片区"],
            "parent": ["210102"] * 4,
            "mode": ["M6", "M3", "M2", "M2"],
            "responsible": ["和平区政府", FORMULA, None, "和平区政府"],
        },
        geometry=[square(-20, 0), square(500, 0), square(0, 520), square(520, 520)],
        crs=CRS,
    )
    projects = gpd.GeoDataFrame(
        {"code": [f"{BLOCKED}-P001"], "name": ["北中街更新项目"], "parent": [BLOCKED]},
        geometry=[square(100, 100, 150, 150)],
        crs=CRS,
    )
    district = gpd.GeoDataFrame(
        {"code": ["210102"], "name": ["和平区"]}, geometry=[square(0, 0, 1200, 1100)], crs=CRS
    )
    zones = gpd.GeoDataFrame(
        {
            "code": ["Z-001", "Z-002"],
            "name": ["沈阳方城历史文化街区核心保护范围", "沈阳方城历史文化街区建设控制地带"],
            "zone": ["Z6", "Z7"],
            "level": ["province", "province"],
        },
        geometry=[square(100, 100, 200, 200), square(300, 560, 150, 300)],
        crs=CRS,
    )
    bodies = gpd.GeoDataFrame(
        {"code": ["B-001"], "name": ["中心庙"], "level": ["city"]},
        geometry=[Point(EAST + 1040, NORTH + 700)],
        crs=CRS,
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
            "_label": [ASIDE],
            "code": [ASIDE],
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
        crs=CRS,
        quarantine={"unit": aside},
        pessimistic={"unit": {1: square(500, 0)}},
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
