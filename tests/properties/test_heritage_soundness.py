"""`clear` is proved: spoil one heritage input at a time, and no unit stays clear that rested on it.

A plan whose conflicts are known is written to files. Each heritage file is then removed, cut,
blanked or garbled as a whole, and each of its columns, shapes and cells alone.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gisplan.errors import GisplanError
from gisplan.pipeline import open_plan, review

CRS = "EPSG:4529"
X, Y = 41_530_000.0, 4_630_000.0
FREE = "210102-GX001"
# units that heritage law speaks to: their mode, and why
CONCERNED = {
    "210102-GX002": "M5",  # a core zone
    "210102-GX003": "M2",  # a control zone of a district
    "210102-GX004": "M3",  # a relic and its zones
    "210102-GX005": "M3",  # a purple line that is a control line
    "210102-GX006": "M2",  # a historic building
    "210102-GX007": "M5",  # relics underground
    "210102-GX008": "M5",  # a view, cut by what is planned 60 m high
}


def box(column, x0, y0, x1, y1):
    """Return a box in metres from the corner of a unit's plot; plots are 1,000 m apart."""
    x = X + 1000.0 * column
    return shapely.box(x + x0, Y + y0, x + x1, Y + y1)


def frame(rows):
    return gpd.GeoDataFrame(rows, crs=CRS)


def units():
    modes = {FREE: "M2", **CONCERNED}
    rows = [
        {"code": code, "name": f"单元{n}", "parent": "210102", "mode": mode}
        for n, (code, mode) in enumerate(modes.items())
    ]
    rows[-1]["height"] = 60.0
    return frame([row | {"geometry": box(n, 0, 0, 300, 300)} for n, row in enumerate(rows)])


def zones():
    rows = [
        ("HX1", "东关街核心", "Z6", "JQ1", None, box(1, 100, 100, 400, 400)),
        ("JK1", "东关街建控", "Z7", "JQ1", None, box(2, 100, 100, 400, 400)),
        ("BH1", "白塔保护范围", "Z2", "WW1", "national", box(3, 100, 100, 200, 200)),
        (
            "JK2",
            "白塔建控",
            "Z3",
            "WW1",
            "national",
            box(3, 50, 50, 250, 250).difference(box(3, 100, 100, 200, 200)),
        ),
        ("DX1", "地下遗存", "Z11", None, None, box(6, 100, 100, 400, 400)),
    ]
    names = ("code", "name", "zone", "body", "level", "geometry")
    return frame([dict(zip(names, row, strict=True)) for row in rows])


def relics():
    rows = [("WW1", "白塔", "WW", "national", box(3, 140, 140, 160, 160).centroid)]
    names = ("code", "name", "asset_class", "level", "geometry")
    return frame([dict(zip(names, row, strict=True)) for row in rows])


def buildings():
    rows = [("LJ1", "银行旧址", "LJ", None, box(5, 140, 140, 160, 160))]
    names = ("code", "name", "asset_class", "level", "geometry")
    return frame([dict(zip(names, row, strict=True)) for row in rows])


def purple():
    rows = [
        {"code": "ZX1", "name": "紫线", "kind": "purple", "geometry": box(4, 100, 100, 400, 400)}
    ]
    return frame(rows)


def view():
    line = shapely.LineString([(X + 6950, Y + 150), (X + 7350, Y + 150)])
    return frame([{"code": "SL1", "name": "望塔", "target_height": 20.0, "geometry": line}])


HERITAGE = {
    "zones.shp": ("heritage_zone", zones),
    "relics.gpkg": ("heritage_body", relics),
    "buildings.geojson": ("heritage_body", buildings),
    "purple.shp": ("control_line", purple),
    "view.gpkg": ("view", view),
}


def write(path, layer):
    driver = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON"}[path.suffix]
    if driver == "GeoJSON":
        layer = layer.to_crs("EPSG:4490")
    pyogrio.write_dataframe(layer, path, driver=driver, encoding="UTF-8")


def write_terrain(path):
    """Write flat ground at 40 m around the view."""
    corner = rasterio.transform.from_origin(X + 6800, Y + 600, 25, 25)
    profile = {"driver": "GTiff", "height": 40, "width": 40, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", **profile, crs=CRS, transform=corner) as raster:
        raster.write(np.full((1, 40, 40), 40, dtype="float32"))


def write_plan(home, spoilt=None, layer=None):
    """Write the plan, one of its heritage layers replaced by `layer`."""
    home.mkdir(parents=True, exist_ok=True)
    district = frame([{"code": "210102", "geometry": box(0, -100, -100, 7900, 900)}])
    write(home / "district.gpkg", district)
    write(home / "unit.gpkg", units())
    lines = ['[plan]\nname = "证明"\nworking_crs = "EPSG:4529"\n']
    lines += [f'[layers.{name}]\npath = "{name}.gpkg"\n' for name in ("district", "unit")]
    write_terrain(home / "terrain.tif")
    lines.append('[layers.terrain]\npath = "terrain.tif"\nunit = "m"\n')
    for name, (kind, make) in HERITAGE.items():
        write(home / name, layer if name == spoilt else make())
        lines.append(f'[[layers.{kind}]]\npath = "{name}"\n')
    (home / "gisplan.toml").write_text("\n".join(lines), encoding="utf-8")


def clear_units(home):
    """Return the units that a review calls clear; none where it says that it cannot be done."""
    try:
        result = review(open_plan(home))
    except GisplanError:
        return set()
    verdicts = result.verdicts
    return set(verdicts.loc[verdicts["verdict"] == "clear", "unit"])


def test_the_plan_as_it_is_has_one_clear_unit(tmp_path):
    write_plan(tmp_path)
    assert clear_units(tmp_path) == {FREE}


# --- a whole file -----------------------------------------------------------------------------


def remove(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def zero(path):
    path.write_bytes(bytes(path.stat().st_size))


def cut(share):
    def change(path):
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    change.__name__ = f"cut-at-{share}"
    return change


def other_zone(path):
    path.write_text(pyproj.CRS("EPSG:4528").to_wkt("WKT1_ESRI"), encoding="utf-8")


WHOLE = [remove, empty, zero, cut(0.2), cut(0.5), cut(0.9)]
PLACES = [(name, change) for name in HERITAGE for change in WHOLE]
PLACES += [
    (name, change) for name in ("zones.prj", "purple.prj") for change in (remove, empty, other_zone)
]
# the shapes are still there: who is far from all of them may be clear
TABLES = [(name, change) for name in ("zones.dbf", "purple.dbf") for change in WHOLE]


def ids(spoilt):
    return [f"{name}-{change.__name__}" for name, change in spoilt]


@pytest.mark.parametrize(("name", "change"), PLACES, ids=ids(PLACES))
def test_no_unit_is_clear_with_a_heritage_file_spoilt(tmp_path, name, change):
    write_plan(tmp_path)
    change(tmp_path / name)
    assert clear_units(tmp_path) == set()


@pytest.mark.parametrize(("name", "change"), TABLES, ids=ids(TABLES))
def test_no_unit_becomes_clear_with_the_table_of_a_heritage_file_spoilt(tmp_path, name, change):
    write_plan(tmp_path)
    change(tmp_path / name)
    assert clear_units(tmp_path) <= {FREE}


@pytest.mark.parametrize(
    "change", [remove, empty, zero, cut(0.2), cut(0.9)], ids=lambda c: c.__name__
)
def test_no_unit_becomes_clear_with_the_terrain_spoilt(tmp_path, change):
    write_plan(tmp_path)
    change(tmp_path / "terrain.tif")
    assert clear_units(tmp_path) <= {FREE}


@pytest.mark.parametrize("name", HERITAGE)
def test_no_unit_is_clear_with_a_heritage_layer_that_has_no_feature(tmp_path, name):
    write_plan(tmp_path, name, HERITAGE[name][1]().iloc[:0])
    assert clear_units(tmp_path) == set()


# --- a column, a shape, a cell ----------------------------------------------------------------

CELLS = (None, "", "不详", "??", "99", "Z99", "0")


def lost(shape):
    return None


def collapsed(shape):
    """Return a polygon whose hole is its shell: what repairs make nothing of."""
    outline = shapely.box(*shape.buffer(1).bounds).exterior
    return shapely.Polygon(outline, [outline])


def bow_tie(shape):
    """Return a bow-tie of area 0 over the same place."""
    x0, y0, x1, y1 = shape.buffer(1).bounds
    return shapely.Polygon([(x0, y0), (x1, y1), (x1, y0), (x0, y1)])


def nowhere(shape):
    return shapely.from_wkt("POLYGON EMPTY")


SHAPES = (lost, collapsed, bow_tie, nowhere)


def blank(layer, column, rows, value):
    layer[column] = layer[column].astype(object)
    layer.loc[layer.index[rows], column] = value
    return layer


@st.composite
def spoilt_layers(draw):
    """Return the name of a heritage file and its layer with a part of it spoilt."""
    name = draw(st.sampled_from(sorted(HERITAGE)))
    layer = HERITAGE[name][1]()
    rows = draw(
        st.lists(st.integers(0, len(layer) - 1), min_size=1, max_size=len(layer), unique=True)
    )
    column = draw(st.sampled_from([*layer.columns]))
    if column == "geometry":
        change = draw(st.sampled_from(SHAPES))
        shapes = layer.geometry.to_numpy(dtype=object).copy()
        shapes[rows] = [change(shape) for shape in shapes[rows]]
        return name, layer.set_geometry(gpd.GeoSeries(shapes, crs=CRS))
    return name, blank(layer, column, rows, draw(st.sampled_from(CELLS)))


@settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(spoilt=spoilt_layers(), number=st.uuids())
def test_no_unit_becomes_clear_where_a_cell_or_a_shape_is_spoilt(tmp_path, spoilt, number):
    home = tmp_path / number.hex
    write_plan(home, *spoilt)
    assert clear_units(home) <= {FREE}
