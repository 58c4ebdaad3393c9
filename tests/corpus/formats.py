"""Writes sheets in the formats beside shapefile that offices send."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.corpus.base import CRS, Sheet, wkt
from tests.corpus.shapefile import Ring

POINT, LINE, POLYGON, COLLECTION = 1, 2, 3, 7
SHAPEFILE = ("shp", "shx", "dbf", "prj", "cpg")


def wkb(kind: int, body: bytes) -> bytes:
    """Return a shape in the well-known binary form, low byte first."""
    return struct.pack("<BI", 1, kind) + body


def points(ring: Sequence[Sequence[float]]) -> bytes:
    """Return the count and the points of a ring or line."""
    return struct.pack("<I", len(ring)) + b"".join(struct.pack(f"<{len(p)}d", *p) for p in ring)


def polygon(rings: Sequence[Sequence[Sequence[float]]], kind: int = POLYGON) -> bytes:
    """Return a polygon; kind 1003 is one with heights, 2003 with measures."""
    return wkb(kind, struct.pack("<I", len(rings)) + b"".join(points(ring) for ring in rings))


def collection(*shapes: bytes, kind: int = COLLECTION) -> bytes:
    """Return a collection; kind 6 is a multipolygon, 12 a multisurface."""
    return wkb(kind, struct.pack("<I", len(shapes)) + b"".join(shapes))


def write_gpkg(
    path: Path,
    sheets: Mapping[str, Sheet],
    shapes: Mapping[tuple[str, int], bytes | None] | None = None,
    srs: int = 4529,
) -> None:
    """Write a GeoPackage of several layers; `shapes` holds WKB or raw blobs in place of rings."""
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path)
    base.executescript(
        """
        PRAGMA application_id = 1196444487; PRAGMA user_version = 10300;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,
            organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL,
            definition TEXT NOT NULL, description TEXT);
        CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL,
            identifier TEXT UNIQUE, description TEXT DEFAULT '',
            last_change DATETIME NOT NULL DEFAULT '2025-01-01T00:00:00.000Z',
            min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
        CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
            geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT, m TINYINT,
            PRIMARY KEY (table_name, column_name));
        """
    )
    rows = [
        (CRS, 4529, "EPSG", 4529, wkt(4529), ""),
        ("undefined", -1, "NONE", -1, "undefined", ""),
        ("undefined", 0, "NONE", 0, "undefined", ""),
    ]
    if srs not in (4529, -1, 0):
        rows.append((f"EPSG:{srs}", srs, "EPSG", srs, wkt(srs), ""))
    base.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", rows)
    for name, sheet in sheets.items():
        _write_table(base, name, sheet, shapes or {}, srs)
    base.commit()
    base.close()


def _write_table(
    base: sqlite3.Connection,
    name: str,
    sheet: Sheet,
    shapes: Mapping[tuple[str, int], bytes | None],
    srs: int,
) -> None:
    types = {"C": "TEXT", "N": "REAL", "D": "DATE"}
    columns = "".join(f', "{f.name}" {types[f.type]}' for f in sheet.fields)
    spatial = sheet.shapes is not None
    base.execute(
        f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY{", geom POLYGON" * spatial}{columns})'
    )
    kind = "features" if spatial else "attributes"
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?,?,?,?)",
        (name, kind, name, srs if spatial else None),
    )
    if spatial:
        base.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?,?,?,?,?,?)",
            (name, "geom", "GEOMETRY", srs, 2, 2),
        )
    marks = ", ".join("?" * (len(sheet.fields) + spatial + 1))
    for number, row in enumerate(sheet.rows):
        values = [row.get(f.name) for f in sheet.fields]
        blob: list[bytes | None] = []
        if sheet.shapes is not None:
            blob = [gpkg_blob(shapes.get((name, number), polygon(sheet.shapes[number])), srs)]
        base.execute(f'INSERT INTO "{name}" VALUES ({marks})', [number + 1, *blob, *values])


def gpkg_blob(shape: bytes | None, srs: int = 4529) -> bytes | None:
    """Return a shape as a GeoPackage stores it; what is no WKB is stored as it is."""
    if shape is None or shape[:1] != b"\x01":
        return shape
    return b"GP\x00\x01" + struct.pack("<i", srs) + shape


def feature(row: Mapping[str, Any], geometry: Any) -> dict[str, Any]:
    """Return a feature of GeoJSON."""
    return {"type": "Feature", "properties": dict(row), "geometry": geometry}


def rings_json(shape: Sequence[Ring], way: Any = None) -> dict[str, Any]:
    """Return a polygon of GeoJSON; `way` takes a point into degrees."""
    from tests.corpus.kinds.crs import to

    way = way or to("EPSG:4490")
    return {
        "type": "Polygon",
        "coordinates": [[[round(c, 10) for c in way(*p)] for p in ring] for ring in shape],
    }


def geojson(sheet: Sheet, geometries: Mapping[int, Any] | None = None) -> str:
    """Return a sheet as GeoJSON in degrees; `geometries` stand in place of the rings."""
    assert sheet.shapes is not None
    given = geometries or {}
    features = [
        feature(row, given[n] if n in given else rings_json(shape))
        for n, (row, shape) in enumerate(zip(sheet.rows, sheet.shapes, strict=True))
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def write_gdal(path: Path, sheet: Sheet, driver: str, **options: Any) -> None:
    """Write a sheet with a driver of GDAL."""
    import geopandas as gpd
    import shapely

    assert sheet.shapes is not None
    frame = gpd.GeoDataFrame(
        sheet.rows,
        geometry=[shapely.Polygon(shape[0], shape[1:]) for shape in sheet.shapes],
        crs=CRS,
    )
    frame.to_file(path, driver=driver, engine="pyogrio", **options)


def drop_shapefile(plan: Path, stem: str) -> None:
    """Take a shapefile of the plan away, as another file takes its place."""
    for ending in SHAPEFILE:
        (plan / f"{stem}.{ending}").unlink()
