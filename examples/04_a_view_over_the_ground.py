"""A protected view to a tower: two units under it, one too high for the line of sight."""

from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import rasterio
from shapely import LineString, box

import gisplan

EAST, NORTH = 41_500_000, 4_630_000
LAYERS = {
    "district": {"code": ["210102"], "geometry": [box(0, 0, 1000, 400)]},
    "unit": {
        "code": ["210102-GX001", "210102-GX002"],
        "parent": ["210102", "210102"],
        "mode": ["M5", "M5"],
        "height": [24.0, 24.0],  # metres above the ground, as planned
        "geometry": [box(200, 150, 300, 250), box(700, 150, 800, 250)],
    },
    "view": {
        "code": ["V-1"],
        "name": ["望塔视廊"],
        "target_height": [60.0],  # of the tower, above the ground
        "geometry": [LineString([(50, 200), (950, 200)])],  # from the eye to what is seen
    },
}

with TemporaryDirectory() as folder:
    home = Path(folder)
    plan = ""
    for name, data in LAYERS.items():
        layer = gpd.GeoDataFrame(data, crs="EPSG:4529")
        layer.geometry = layer.translate(EAST, NORTH)
        layer.to_file(home / f"{name}.gpkg")
        plan += f'[layers.{name}]\npath = "{name}.gpkg"\n'
    heights = np.broadcast_to(42 + 0.005 * np.arange(5, 1000, 10), (40, 100))  # rises by 0.5 %
    with rasterio.open(
        home / "dem.tif", "w", driver="GTiff", width=100, height=40, count=1, dtype="float32",
        crs="EPSG:4529", transform=rasterio.Affine(10, 0, EAST, 0, -10, NORTH + 400),
    ) as raster:  # fmt: skip
        raster.write(heights.astype("float32"), 1)
    plan += '[layers.terrain]\npath = "dem.tif"\nunit = "m"\n'  # the file does not say it
    (home / "gisplan.toml").write_text(plan, encoding="utf-8")
    result = gisplan.review(gisplan.open_plan(home), select=["HER114"])

for finding in result.findings.itertuples():
    print(finding.code, finding.feature, finding.related, "·", finding.message_en)
    section = result.dossier.profiles[finding.fingerprint]
    ground = np.interp(section.at, section.distance, section.ground)
    print(f"  ground there {ground:.2f} m, above the sight {section.excess} m")
