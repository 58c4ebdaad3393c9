"""Random provinces: cities and districts that tile, on borders that all tiers share."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.catalogue.codes import codelist
from gisplan.testing.sample_blocks import Town, make_town
from gisplan.testing.sample_mesh import district_shapes

# 3-degree zones 40 to 42 of CGCS2000 with the zone in the easting, and without
ZONES = {"EPSG:4528": 40_500_000, "EPSG:4529": 41_500_000, "EPSG:4530": 42_500_000,
         "EPSG:4549": 500_000, "EPSG:4550": 500_000, "EPSG:4551": 500_000}  # fmt: skip
PROVINCE = "210000"
_SPACING = 3_600.0  # m between the seeds of the cells that make up districts


@dataclass
class Places:
    """The tiers above the units, and the street grid in each district."""

    crs: str
    province: gpd.GeoDataFrame
    cities: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    towns: dict[str, Town]

    @property
    def city_of(self) -> dict[str, str]:
        """District code -> city code."""
        return dict(zip(self.districts["code"], self.districts["parent"], strict=True))


def make_places(rng: np.random.Generator) -> Places:
    """Return a province of two or three cities with seven to nine districts."""
    crs = str(rng.choice(list(ZONES)))
    codes = _codes(rng)
    shapes = _shapes(rng, crs, codes)
    names = {code: entry.title.zh for code, entry in codelist("admin").items()}

    def tier(own: list[str], geometry: NDArray[np.object_]) -> gpd.GeoDataFrame:
        fields = {"code": own, "name": [names[code] for code in own]}
        return gpd.GeoDataFrame(fields, geometry=geometry, crs=crs)

    flat = [code for own in codes.values() for code in own]
    districts = tier(flat, shapes).assign(parent=[city for city in codes for _ in codes[city]])
    joined = [
        shapely.coverage_union_all(shapes[(districts["parent"] == city).to_numpy()])
        for city in codes
    ]
    cities = tier(list(codes), np.array(joined)).assign(parent=PROVINCE)
    province = tier([PROVINCE], np.array([shapely.coverage_union_all(np.array(joined))]))
    numbers = rng.choice(100_000, len(flat), replace=False)
    towns = {
        code: make_town(shape, int(number))
        for code, shape, number in zip(flat, shapes, numbers, strict=True)
    }
    return Places(crs, province, cities, districts, towns)


def _codes(rng: np.random.Generator) -> dict[str, list[str]]:
    """Return cities of the province with some of their districts."""
    known = [code for code in codelist("admin") if code.startswith(PROVINCE[:2])]
    below = {
        city: [code for code in known if code[:4] == city[:4] and code != city]
        for city in known
        if city.endswith("00") and city != PROVINCE
    }
    roomy = sorted(city for city, codes in below.items() if len(codes) >= 4)
    counts = [(4, 3), (4, 4), (3, 3, 2), (3, 2, 4), (3, 3, 3)][rng.integers(5)]
    cities = sorted(rng.choice(roomy, len(counts), replace=False).tolist())
    return {
        city: sorted(rng.choice(below[city], count, replace=False).tolist())
        for city, count in zip(cities, counts, strict=True)
    }


def _shapes(rng: np.random.Generator, crs: str, codes: dict[str, list[str]]) -> NDArray[np.object_]:
    """Return one polygon a district, somewhere in the zone, at any size and angle."""
    scale, angle = rng.uniform(0.85, 1.25), rng.uniform(0, 2 * np.pi)
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    away = rng.uniform(15_000, 95_000) * rng.choice([-1, 1])
    origin = np.round([ZONES[crs] + away, rng.uniform(4_420_000, 4_760_000)], 3)
    for _ in range(20):
        cells, owner = _cells(rng, [len(own) for own in codes.values()])
        try:
            return district_shapes(cells, owner, owner.max() + 1, lambda xy: xy @ turn + origin)
        except ValueError:  # a district in two parts
            continue
    raise ValueError("no mesh of whole districts: choose another seed")


def _cells(
    rng: np.random.Generator, counts: list[int]
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Return Voronoi cells within a ragged outline, and the district that each belongs to."""
    wide, high = 3.2 * len(counts), 3.1 * max(counts)
    x, y = np.meshgrid(np.arange(-wide - 1, wide + 2), np.arange(-high - 1, high + 2))
    seeds = np.column_stack([x.ravel(), y.ravel()]) + rng.uniform(-0.34, 0.34, (x.size, 2))
    cells = np.array(
        shapely.voronoi_polygons(shapely.MultiPoint(seeds * _SPACING), ordered=True).geoms,
        dtype=object,
    )
    direction = np.arctan2(seeds[:, 1], seeds[:, 0])
    reach = 1 + 0.06 * np.sin(3 * direction + rng.uniform(0, 6)) + 0.04 * np.cos(5 * direction)
    inside = (np.abs(seeds / [wide / 2 + 0.4, high / 2 + 0.4]) ** 4).sum(axis=1) ** 0.25 < reach
    sites = np.array(
        [
            [3.2 * (i - (len(counts) - 1) / 2), high * ((j + 0.5) / count - 0.5)]
            for i, count in enumerate(counts)
            for j in range(count)
        ]
    )
    sites += rng.uniform(-0.25, 0.25, sites.shape)
    distance = np.hypot(*(seeds[inside, None, :] - sites[None, :, :]).transpose(2, 0, 1))
    return cells[inside], distance.argmin(axis=1)
