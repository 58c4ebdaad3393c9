"""What lies beside the plan and must never be seen in a result, in formats that GDAL follows."""

from __future__ import annotations

import json

from tests.corpus.base import EAST, NORTH, box, wkt
from tests.corpus.case import TOKEN, Canaries
from tests.corpus.shapefile import Field, write_dbf, write_shp


def write_canaries(canaries: Canaries) -> None:
    """Write a secret text, and layers that would pass for a unit layer where they are let in."""
    home = canaries.home
    home.mkdir(parents=True, exist_ok=True)
    (home / "secret.txt").write_text(f"{TOKEN}\n", encoding="ascii")
    (home / "secret.csv").write_text(
        f"DYBH,DYMC,SJDM,GXFS,X,Y\n210102-GX001,{TOKEN},210102,M2,{EAST + 200},{NORTH + 200}\n",
        encoding="ascii",
    )
    codes = {"DYBH": "210102-GX001", "DYMC": TOKEN, "SJDM": "210102", "GXFS": "M2"}
    write_shp(home / "secret.shp", [box(100, 100, 400, 400)])
    fields = [Field(name, "C", 20) for name in codes]
    write_dbf(home / "secret.dbf", fields, [codes])
    (home / "secret.prj").write_text(wkt(4529), encoding="ascii")
    ring = [[123.40, 41.80], [123.41, 41.80], [123.41, 41.81], [123.40, 41.80]]
    feature = {
        "type": "Feature",
        "properties": codes,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    (home / "secret.geojson").write_text(json.dumps(collection), encoding="ascii")
