"""The contradictions of the sample's heritage register, and the zones that it lacks."""

from __future__ import annotations

from gisplan.testing.sample_defects import Draft


def plant_register(draft: Draft) -> None:
    """Register a relic as a historic building too, and write down the zone that another lacks."""
    heritage = draft.heritage
    relic = heritage.relics[-1]
    code = f"LJM{len(heritage.buildings) + 1:02d}"
    heritage.buildings.append(
        {
            "code": code,
            "name": relic["name"],
            "asset_class": "历史建筑",
            "designated_on": "2020-11-20",
            "era": relic["era"],
            "geometry": relic["geometry"],
        }
    )
    draft.plant("HER110", "heritage_body", code, "文物又登记为历史建筑", relic["code"])
    draft.plant("HER112", "heritage_body", "WW04", "文物保护单位没有建设控制地带")
