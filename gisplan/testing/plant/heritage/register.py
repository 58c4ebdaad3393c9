"""A sound heritage register: bodies and zones of every class, where no unit meets them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.testing.plant.draft import Key, on_millimetre
from gisplan.testing.plant.heritage.ground import Ground
from gisplan.testing.plant.heritage.law import LEVEL_NAMES
from gisplan.testing.plant.shapes import disc

PLAN = "保护规划（2020—2035年）"
_ALONE = ("Z8", "Z10", "Z11", "Z14")  # zones that need no body


def make_register(ground: Ground) -> None:
    """Draw relics of all levels, districts, towns, buildings and everything else, all sound."""
    for level in LEVEL_NAMES:
        if level != "unlisted":
            relic(ground, ground.spot(), level)
    district(ground, ground.spot(), with_body=True)
    district(ground, ground.spot(), with_body=False)
    listed_building(ground, ground.spot())
    crowd = ground.spot()
    for n, name in enumerate(("未定级不可移动文物", "工业遗产", "传统风貌建筑")):
        ground.body(name, disc(crowd + np.array([45.0 * n - 45, 0]), 12))
    for name, kind, zone in (
        ("历史城区", "Z10", "历史城区"),
        ("世界文化遗产", "Z14", "缓冲区"),
        ("地下文物埋藏区", "Z11", "地下文物埋藏区"),
    ):
        place = ground.spot()
        _, code = ground.body(name, disc(place, 30))
        ground.zone(kind, disc(place, 60), f"{code}{zone}", body=code, height_cap=18.0)
    place = ground.spot()
    ground.zone("Z8", disc(place, 40), height_cap=24.0)
    ground.add("heritage_body", shapely.Point(place), code=ground.next_code("GS"),
               name="古槐", asset_class="古树名木", level="一级")  # fmt: skip
    ground.add("view", shapely.LineString([place, place + np.array([40.0, 0.0])]),
               code=ground.next_code("SL"), name="古槐视廊", height_cap=24.0)  # fmt: skip


def ring(outer: Any, inner: Any) -> Any:
    """Return an area without another, on the millimetre grid."""
    return on_millimetre(shapely.difference(outer, inner))


def relic(
    ground: Ground, place: NDArray[np.float64], level: str | None, size: float = 15
) -> tuple[Key, Key, Key]:
    """Draw a relic with protection and construction-control zone; return the keys of the three."""
    body, code = ground.body("文物保护单位", disc(place, size), LEVEL_NAMES.get(level or ""))
    inner = disc(place, 40)
    z2 = ground.zone("Z2", inner, f"{code}保护范围", body=code, height_cap=9.0)
    z3 = ground.zone(
        "Z3", ring(disc(place, 65), inner), f"{code}建设控制地带", body=code, height_cap=12.0
    )
    return body, z2, z3


def district(ground: Ground, place: NDArray[np.float64], with_body: bool) -> tuple[Key, Key]:
    """Draw a historic district: core, control zone and purple line; return keys of the zones."""
    inner, outer = disc(place, 40), disc(place, 70)
    name, code = ground.next_code("老街"), None
    if with_body:
        _, code = ground.body("历史文化街区", outer)
    z6 = ground.zone("Z6", inner, f"{name}核心保护范围", body=code, plan=PLAN)
    z7 = ground.zone("Z7", ring(outer, inner), f"{name}建设控制地带", body=code, plan=PLAN)
    purple_line(ground, outer)
    return z6, z7


def purple_line(ground: Ground, shape: Any) -> Key:
    """Draw a purple line as a control line of the city."""
    code = ground.next_code("ZX")
    return ground.add("control_line", shape, code=code, kind="purple", name=code, tier="市级")


def listed_building(
    ground: Ground, place: NDArray[np.float64], size: float = 12
) -> tuple[Key, Key]:
    """Draw a historic building with its protection zone; return the keys of both."""
    body, code = ground.body("历史建筑", disc(place, size))
    return body, ground.zone("Z5", disc(place, 40), f"{code}历史建筑保护范围", body=code)
