"""Real layers: the one that is in GCJ-02 is found out, and no other is taken for one.

The layers of Cologne, Barcelona, Singapore and Prague are put onto Liaoning as they are, metre by
metre: outside China nothing is looked for.
"""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Transformer

from gisplan.normalise.agreement import Drawn
from gisplan.normalise.shift_moves import Plane
from gisplan.normalise.shift_proof import prove_shift

pytestmark = pytest.mark.real

TOWNS = {  # folder, files, CRS in metres, where in Liaoning it is put
    "koeln": (
        "koeln",
        ["Stadtbezirk.shp", "Stadtteil.shp", "Stadtviertel.shp", "sanierungsgebiete.shp",
         "fnp_aktuell.shp", "naturschutz.shp", "Denkmalliste_geo.csv"],
        None, (123.43, 41.80, 4529),
    ),
    "barcelona": (
        "barcelona_chain",
        ["Districtes.shp", "Barris.shp", "AEB.shp", "SecCens.shp"],
        25831, (121.61, 38.91, 4529),
    ),
    "singapore": (
        "singapore_mp2019/wgs84",
        ["MP2019-region.shp", "MP2019-planning-area.shp", "MP2019-subzone.shp"],
        3414, (124.39, 40.13, 4529),
    ),
    "prague": (
        "prague_buildings",
        ["bubenec.gpkg|buildings", "bubenec.gpkg|plots", "bubenec.gpkg|streets"],
        32633, (120.45, 41.57, 4528),
    ),
}  # fmt: skip


def read(home, name, crs):
    if name.endswith(".csv"):
        table = pd.read_csv(home / name, sep=";")
        frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326)
    else:
        file, _, layer = name.partition("|")
        frame = gpd.read_file(home / file, layer=layer or None)
    shapes = frame.to_crs(crs).geometry
    return np.asarray(shapely.force_2d(shapes[~(shapes.isna() | shapes.is_empty)].array))


def layers_of(home, names, crs, place):
    """Return the layers of a town, put onto Liaoning; all but their place is real."""
    crs = crs or gpd.read_file(home / names[0]).crs
    found = {name: read(home, name, crs) for name in names}
    middle = np.array(shapely.box(*shapely.total_bounds(np.concatenate(list(found.values())))
                                  ).centroid.coords[0])  # fmt: skip
    lon, lat, target = place
    to = np.array(Transformer.from_crs(4490, target, always_xy=True).transform(lon, lat))
    put = {
        name: Drawn(shapely.transform(shapes, lambda points: points - middle + to))
        for name, shapes in found.items()
    }
    return put, Plane(CRS.from_epsg(target))


def test(one, two, plane):
    return prove_shift(*sorted((one, two), key=lambda drawn: len(drawn.vertices)), plane)


test.__test__ = False


@pytest.mark.parametrize("town", TOWNS)
def test_real_layers_in_their_place_raise_no_alarm(shared_data, town):
    folder, names, crs, place = TOWNS[town]
    drawn, plane = layers_of(shared_data / folder, names, crs, place)
    pairs = list(combinations(drawn, 2))
    assert [pair for pair in pairs if test(*(drawn[name] for name in pair), plane)] == []
    assert len(pairs) >= 3


@pytest.fixture(scope="module")
def liaoning(shared_data):
    def drawn(name):
        frame = gpd.read_file(shared_data / "liaoning_admin" / f"{name}.geojson").to_crs(4529)
        return Drawn(np.asarray(frame.geometry.array))

    names = [f"{who}_{tier}" for who in ("tianditu", "amap") for tier in ("city", "district")]
    names.append("cnmaps_gcj02_district_shenyang_dalian")
    return {name: drawn(name) for name in names}


def test_the_real_districts_of_liaoning_raise_no_alarm(liaoning):
    plane = Plane(CRS.from_epsg(4529))
    names = [name for name in liaoning if "gcj02" not in name]
    for pair in combinations(names, 2):  # two offices, whose outlines differ by many metres
        assert test(*(liaoning[name] for name in pair), plane) is None, pair


@pytest.mark.parametrize(
    ("other", "kind"),
    [("amap_district", "vertices"), ("amap_city", "vertices"), ("tianditu_district", "outline"),
     ("tianditu_city", "outline")],
)  # fmt: skip
def test_the_real_districts_in_undeclared_gcj02_are_found(liaoning, other, kind):
    shifted = liaoning["cnmaps_gcj02_district_shenyang_dalian"]
    west, south, east, north = shapely.total_bounds(shifted.shapes)
    against = liaoning[other].about(west - 1500, south - 1500, east + 1500, north + 1500)
    pair = sorted((shifted, against), key=lambda drawn: len(drawn.vertices))
    proof = prove_shift(*pair, Plane(CRS.from_epsg(4529)))
    assert proof is not None
    assert (proof.hypothesis.system, proof.kind) == ("GCJ-02", kind)
    assert proof.hypothesis.of_target is (pair[1] is shifted)
    assert proof.residual_m <= 20
