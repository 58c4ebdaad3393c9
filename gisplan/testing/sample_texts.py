"""The two texts of the sample: `gisplan.toml`, and `planted.toml` with what must be found."""

from __future__ import annotations

from collections.abc import Iterable

from gisplan.findings.units import counts_for_unit
from gisplan.testing.sample_defects import Planted

PLAN = """# 合成数据：行政区代码和名称为辽宁省真实代码，所有图形均为程序生成，与实际位置无关。
# Synthetic: codes and names are Liaoning's, every shape is invented.
# Written by `python -m gisplan.testing.sample`; planted.toml lists every defect in it.

[plan]
name = "示例省城市更新规划传导（合成数据）"
working_crs = "EPSG:4529"
lang = "zh"

[layers.province]
path = "SHENG.shp"

[layers.city]
path = "SHI.shp"

[layers.district]
path = "QX.shp"

[layers.unit]
path = "GXDY.shp"

[layers.project]
path = "GXXM.gpkg|GXXM"

[layers.parcel]
path = "GXDK.shp"

[layers.building]
path = "JZ.shp"

[[layers.heritage_body]]
path = "BHDX_WW.shp"

[[layers.heritage_body]]
path = "BHDX_LJ.shp"

[[layers.heritage_body]]
path = "BHDX_LJD.shp"

[layers.heritage_zone]
path = "BHQH.shp"

[layers.control_line]
path = "KZX.shp"

[layers.indicator]
path = "指标表.csv"

[layers.register]
path = "规划登记表.xlsx"

[layers.city_guidance]
path = "城市分类指引.csv"

[layers.community]
path = "SQ.shp"

[layers.facility]
path = "GGSS.shp"

[layers.road]
path = "DL.shp"

[layers.exam_problem]
path = "TJWT.shp"

[layers.exam_value]
path = "体检指标表.csv"

[layers.item_list]
path = "项目清单.csv"

[layers.ndvi]
path = "植被指数.tif"

[layers.flood_depth]
path = "积水深度.tif"

[layers.terrain]
path = "地形高程.tif"

[layers.landcover]
path = "土地覆盖.tif"

[exam]
landcover = "worldcover"
"""

_HEAD = """# What a review of the sample must find: exactly these findings, no more and no fewer.
# Written by `python -m gisplan.testing.sample`.
"""

# strictest first: how the findings of a unit make its verdict
_BLOCKING = {"prohibited", "exception_only"}
_CONDITIONAL = {"approval", "consultation"}
_HERITAGE = "HER"


def planted_toml(
    planted: Iterable[Planted], repaired: Iterable[Planted], undetermined: Iterable[str]
) -> str:
    """Return planted.toml: findings, repairs without a finding, and verdicts that are not clear."""
    planted = sorted(planted)
    parts = [_HEAD]
    parts += [_entry("planted", item) for item in planted]
    parts += [_entry("repaired", item) for item in sorted(repaired)]
    verdicts = {**dict.fromkeys(undetermined, "undetermined"), **_verdicts(planted)}
    lines = [f'"{unit}" = "{verdict}"' for unit, verdict in sorted(verdicts.items())]
    parts.append("[verdicts] # every other unit is clear\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _entry(table: str, item: Planted) -> str:
    lines = [f"[[{table}]]"]
    for key in ("code", "layer", "feature", "related", "ruling", "note"):
        value = getattr(item, key)
        if value:
            lines.append(f'{key} = "{value}"')
    return "\n".join(lines) + "\n"


_UNIT_CODE = len("210102-GX001")


def _verdicts(planted: Iterable[Planted]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in planted:
        units = [item.feature] if item.layer == "unit" else []
        if item.code in {"GEO103", "GEO105", "USE104"}:
            units.append(item.related)
        if counts_for_unit(item.code) and item.layer in ("project", "parcel", "building"):
            units.append(item.feature[:_UNIT_CODE])
        for unit in units:
            if item.code == "SRC102":
                continue
            if not item.code.startswith(_HERITAGE) or item.ruling in _BLOCKING:
                found[unit] = "blocked"
            elif item.ruling in _CONDITIONAL:
                found.setdefault(unit, "conditional")
    return found
