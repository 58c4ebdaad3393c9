"""Draws small plans from a few lines of YAML, for the cases of the rules.

A drawing is a mapping. Every key that is not one of OPTIONS names a tier, layer or table of the
plan and holds its rows; a row holds standard fields and one shape:

    tiers: [district, unit]
    district: [{code: "210102", box: [0, 0, 1000, 1000]}]
    unit: [{code: "210102-GX001", parent: "210102", box: [0, 0, 100, 100], mode: M2}]
    indicator: [{tier: unit, code: "210102-GX001", indicator: far, target: 2.0}]

Shapes, in metres east and north of a point on the central meridian of EPSG:4529, where plane and
ellipsoid agree: `box` [west, south, east, north], `poly` and `line` (lists of pairs), `point`
(a pair), `wkt`. A table's row has none. A row of a heritage layer may hold `pessimistic`, a
mapping with one shape: what the feature could be at its largest.

`scale` is a denominator, "by-tier", or one for each tier that states its own.

`surface` and `terrain` are rasters of heights that a formula describes (gisplan.testing.rasters):

    terrain: {plane: [40, 0, 0], walls: [{box: [0, 0, 10, 100], height: 30}], unit: m}

`waivers`, `exemptions` and `allowed_gaps` are lists of what `gisplan.toml` would say; but `at` of
an allowed gap is a point as drawn, in metres.

A field that no row names is a field that the source lacks; a row that leaves out a field that
another row names has no value there. A label is the code, else made of the place; a row without
code may choose its own by `_label`, in every row of its layer. Dates are written 2030-12-31.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import Transformer
from shapely.affinity import translate

from gisplan.catalogue.layers import layer_specs, make_chain, raster_specs
from gisplan.catalogue.notes import KINDS
from gisplan.catalogue.scales import with_scales
from gisplan.model import AllowedGap, Exemption, LayerSpec, Note, Plan, Waiver
from gisplan.testing.plans import make_plan
from gisplan.testing.rasters import made_raster

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

BASE = (41_500_000.0, 4_630_000.0)
CRS = "EPSG:4529"
OPTIONS = (
    "tiers", "partitions", "scale", "notes", "quarantine", "waivers", "exemptions", "allowed_gaps",
)  # fmt: skip
SHAPES = ("box", "poly", "line", "point", "wkt")


def draw(drawing: Mapping[str, Any]) -> Plan:
    """Return the plan of a drawing; ValueError says which layer and row is drawn wrongly."""
    tiers = drawing.get("tiers")
    specs = {**layer_specs(), **{tier.name: tier.spec for tier in make_chain(tiers)}}
    rasters = raster_specs()
    rows = {name: value for name, value in drawing.items() if name not in {*OPTIONS, *rasters}}
    for name in rows:
        if name not in specs:
            raise ValueError(f"{name} is neither a layer nor one of {', '.join(OPTIONS)}")
    plan = make_plan(
        {name: _frame(name, specs[name], value) for name, value in rows.items()},
        tiers=tiers,
        crs=CRS,
        notes=[_note(note) for note in drawing.get("notes", ())],
        quarantine={
            name: _aside(name, value) for name, value in drawing.get("quarantine", {}).items()
        },
        partitions=drawing.get("partitions"),
        pessimistic={name: _pessimistic(name, value) for name, value in rows.items()},
    )
    waivers = tuple(Waiver(**entry) for entry in drawing.get("waivers", ()))
    exemptions = tuple(Exemption(**entry) for entry in drawing.get("exemptions", ()))
    gaps = tuple(
        AllowedGap(**entry | {"at": _degrees(entry["at"])})
        for entry in drawing.get("allowed_gaps", ())
    )
    scale = drawing.get("scale")
    own = scale if isinstance(scale, Mapping) else {}
    grids = {
        name: (made_raster(name, drawing[name], BASE, CRS),) for name in rasters if name in drawing
    }
    return replace(
        plan,
        config=replace(plan.config, waivers=waivers, exemptions=exemptions, allowed_gaps=gaps),
        chain=with_scales(plan.chain, None if own else scale, own),
        rasters=grids,
    )


def _degrees(at: Sequence[float]) -> tuple[float, float]:
    to_degrees = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
    lon, lat = to_degrees.transform(BASE[0] + at[0], BASE[1] + at[1])
    return float(lon), float(lat)


def _shape(row: Mapping[str, Any], where: str) -> BaseGeometry | None:
    """Return the shape of a row in the working CRS, None where it has none."""
    named = [name for name in SHAPES if name in row]
    if len(named) > 1:
        raise ValueError(f"{where} has two shapes: {', '.join(named)}")
    if not named:
        return None
    value = row[named[0]]
    made = {
        "box": lambda: shapely.box(*value),
        "poly": lambda: shapely.Polygon(value),
        "line": lambda: shapely.LineString(value),
        "point": lambda: shapely.Point(value),
        "wkt": lambda: shapely.from_wkt(value),
    }[named[0]]()
    return translate(made, *BASE)


def _fields(row: Mapping[str, Any], spec: LayerSpec, where: str) -> dict[str, Any]:
    fields = {key: value for key, value in row.items() if key not in (*SHAPES, "pessimistic")}
    for key, value in fields.items():
        if key == "_label":
            continue
        if key not in spec.fields:
            raise ValueError(f"{where}: layer {spec.name} has no field {key}")
        kind = spec.fields[key].type
        if kind in {"text", "code"} and value is not None and not isinstance(value, str):
            raise ValueError(f"{where}: {key} is text, write it in quotes: {value!r}")
    return fields


def _frame(
    name: str, spec: LayerSpec, rows: Sequence[Mapping[str, Any]]
) -> gpd.GeoDataFrame | pd.DataFrame:
    places = [f"{name}[{i}]" for i in range(len(rows))]
    fields = [_fields(row, spec, where) for row, where in zip(rows, places, strict=True)]
    named = list(dict.fromkeys(key for row in fields for key in row))
    columns = {
        key: pd.Series([row.get(key) for row in fields], dtype=_dtype(spec, key)) for key in named
    }
    frame = pd.DataFrame(columns, index=range(len(rows)))
    if spec.kind == "table":
        return frame
    shapes = [_shape(row, where) for row, where in zip(rows, places, strict=True)]
    for shape, where in zip(shapes, places, strict=True):
        if shape is None:
            raise ValueError(f"{where} has no shape; one of {', '.join(SHAPES)}")
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs=CRS))


def _dtype(spec: LayerSpec, field: str) -> str:
    kind = spec.fields[field].type if field in spec.fields else "text"
    return {"number": "float64", "integer": "float64", "date": "datetime64[us]"}.get(kind, "object")


def _pessimistic(name: str, rows: Sequence[Mapping[str, Any]]) -> dict[int, BaseGeometry]:
    found = {}
    for fid, row in enumerate(rows):
        if "pessimistic" in row:
            shape = _shape(row["pessimistic"], f"{name}[{fid}].pessimistic")
            if shape is None:
                raise ValueError(f"{name}[{fid}].pessimistic has no shape")
            found[fid] = shape
    return found


def _note(entry: Mapping[str, Any]) -> Note:
    if entry["kind"] not in KINDS:
        raise ValueError(f"no kind of note: {entry['kind']}")
    shape = _shape(entry, f"note {entry['kind']}")
    fields = {key: value for key, value in entry.items() if key not in SHAPES}
    return Note(**fields, geometry=shape)


def _aside(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the quarantine of a layer; a row may hold its columns and a pessimistic shape."""
    shapes = [_shape(row, f"quarantine {name}[{i}]") for i, row in enumerate(rows)]
    fields = [{key: value for key, value in row.items() if key not in SHAPES} for row in rows]
    frame = pd.DataFrame(fields, index=range(len(rows)))
    return frame.assign(geometry=pd.Series(shapes, dtype=object))
