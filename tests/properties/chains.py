"""Random small chains with planted defects: spills, overlaps, gaps, films, codes that are wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from gisplan.model import Plan
from gisplan.testing.drawing import draw

SIDE = 400  # metres of a district; borders between districts wander by up to a tenth
N = 3  # districts along each side of the city

Ring = list[list[float]]


def random_chain(seed: int) -> Plan:
    """Return a city of nine districts with units, parcels, zones, a register, and defects."""
    chance = np.random.default_rng(seed)
    corners = _corners(chance)
    districts, units, parcels = [], [], []
    for row in range(N):
        for column in range(N):
            code = f"2101{row * N + column + 2:02d}"
            ring = [corners[row + i][column + j] for i, j in ((0, 0), (0, 1), (1, 1), (1, 0))]
            districts.append({"code": code, "parent": "210100", "poly": ring})
            west, south = SIDE * column + 60, SIDE * row + 60
            for n in range(2):
                unit = f"{code}-GX{n + 1:03d}"
                box = [west + 140 * n, south, west + 140 * (n + 1), south + 200]
                units.append({"code": unit, "parent": code, "mode": f"M{chance.integers(1, 8)}",
                              "poly": _ring(*box)})  # fmt: skip
                inner = [box[0] + 20, south + 20, box[2] - 20, south + 120]
                parcels.append({"code": f"{unit}-D1", "parent": unit, "poly": _ring(*inner)})
    _plant(chance, districts, units)
    side = N * SIDE
    return draw(
        {
            "tiers": ["city", "district", "unit"],
            "city": [{"code": "210100", "parent": "210000", "poly": _ring(0, 0, side, side)}],
            "district": districts,
            "unit": units,
            "parcel": parcels,
            "control_line": _lines(chance),
            "heritage_zone": _zones(chance),
            "heritage_body": [{"code": "B1", "level": "国家级", "box": [700, 700, 712, 709]}],
            "register": _register(districts),
        }
    )


def _corners(chance: np.random.Generator) -> list[list[list[float]]]:
    """Return the corners of the districts, by row and column; those of the city stay."""

    def at(place: int) -> float:
        inside = 0 < place < N
        return float(SIDE * place + (chance.integers(-40, 41) if inside else 0))

    return [[[at(column), at(row)] for column in range(N + 1)] for row in range(N + 1)]


def _ring(west: float, south: float, east: float, north: float) -> Ring:
    return [[west, south], [east, south], [east, north], [west, north]]


def _plant(
    chance: np.random.Generator, districts: list[dict[str, Any]], units: list[dict[str, Any]]
) -> None:
    """Put one defect of each kind into units of their own."""
    spill, overlap, film, apart, orphan, twin, wrong, blank = (
        units[2 * n] for n in chance.permutation(N * N)[:8]
    )
    _push(spill, 0, -float(chance.integers(150, 200)))
    _push(overlap, 1, float(chance.integers(2, 60)))
    _push(film, 1, 0.25)
    _push(apart, 1, -0.25)
    orphan["parent"] = "210199"
    twin["code"] = units[1]["code"] if twin is not units[0] else units[3]["code"]
    wrong["parent"] = next(d["code"] for d in districts if d["code"] != wrong["parent"])
    blank["code"] = blank["code"].replace("GX", "GZ")
    # a hole between two districts in the middle, and one of them beyond the city
    middle = districts[N * N // 2]["poly"]
    middle[0] = [middle[0][0] + float(chance.integers(20, 60)), middle[0][1] + 30.0]
    east = districts[N - 1]["poly"]
    east[1] = [east[1][0] + float(chance.integers(3, 30)), east[1][1]]


def _push(unit: dict[str, Any], side: int, by: float) -> None:
    """Move the west (0) or east (1) side of a unit."""
    ring = unit["poly"]
    for corner in ((0, 3), (1, 2))[side]:
        ring[corner] = [ring[corner][0] + by, ring[corner][1]]


def _lines(chance: np.random.Generator) -> list[dict[str, Any]]:
    lost = float(chance.integers(2, 40))
    return [
        {"code": "G1", "kind": "green", "tier": "city", "box": [300, 500, 500, 600]},
        {"code": "G2", "kind": "green", "tier": "district", "box": [300, 500, 500 - lost, 600]},
        {"code": "E1", "kind": "ecological_redline", "tier": "city", "box": [900, 100, 1000, 200]},
    ]


def _zones(chance: np.random.Generator) -> list[dict[str, Any]]:
    return [
        {"code": f"Z{n}", "zone": zone, "level": "国家级", "poly": _ring(x, y, x + 90, y + 70)}
        for n, (zone, x, y) in enumerate(
            (str(chance.choice(["Z1", "Z2", "Z5"])), *map(float, chance.integers(0, 1000, 2)))
            for _ in range(4)
        )
    ]


def _register(districts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    import datetime as dt

    def row(tier: str, code: str, year: int, based_on: str | None) -> dict[str, Any]:
        return {"tier": tier, "code": code, "version": f"{year}版", "based_on": based_on,
                "approved_on": dt.date(year, 5, 1), "status": "approved"}  # fmt: skip

    lower = [
        row("district", d["code"], 2020 + n, "2021版" if n % 2 else "2019版")
        for n, d in enumerate(districts)
    ]
    return [row("city", "210100", 2021, None), *lower]
