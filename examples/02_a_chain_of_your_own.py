"""A chain by configuration alone: two tiers with names of our own, one strip outside."""

from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
from shapely import box

import gisplan

REGIONS = {"code": ["N", "S"], "geometry": [box(0, 500, 1000, 1000), box(0, 0, 1000, 500)]}
AREAS = {
    "code": ["N1", "N2", "S1"],
    "parent": ["N", "N", "S"],
    "geometry": [box(0, 500, 500, 1000), box(500, 500, 1000, 1000), box(0, 0, 1000, 502)],
}
PLAN = """
[chain]
tiers = ["region", "area"]
[layers.region]
path = "region.gpkg"
[layers.area]
path = "area.gpkg"
partitions_parent = true
"""

with TemporaryDirectory() as folder:
    home = Path(folder)
    for name, data in {"region": REGIONS, "area": AREAS}.items():
        layer = gpd.GeoDataFrame(data, crs="EPSG:4529")
        layer.geometry = layer.translate(41_500_000, 4_630_000)
        layer.to_file(home / f"{name}.gpkg")
    (home / "gisplan.toml").write_text(PLAN, encoding="utf-8")
    result = gisplan.review(gisplan.open_plan(home))

for finding in result.findings.itertuples():
    print(finding.code, finding.feature, finding.related, "·", finding.message_en)
