"""The measures on real layers, beside figures that others measured with other means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan

pytestmark = pytest.mark.real
TABLES = ["area", "parents", "nesting", "outside", "overlap", "duplicate", "uncovered"]


def read(path: Path, crs: str, **names: str) -> gpd.GeoDataFrame:
    """Return a file in `crs`, its columns renamed, its invalid shapes mended as truth.json did."""
    frame = gpd.read_file(path)
    frame = frame.to_crs(crs)
    shapes = shapely.make_valid(
        shapely.force_2d(frame.geometry.values), method="structure", keep_collapsed=False
    )
    columns = {new: frame[old] for new, old in names.items()}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def sums(table: pd.DataFrame, keys: list[str]) -> list[float]:
    """Return the areas over 1 m2 by key, largest first."""
    found = table.groupby(keys)["area_m2"].sum()
    return sorted(found[found > 1], reverse=True)


def close(wanted: Any) -> Any:
    # a thousandth or 1 m2, as the README of the data says
    return pytest.approx(wanted, rel=1e-3, abs=1.0)


def test_districts_of_liaoning(shared_data: Path) -> None:
    home = shared_data / "liaoning_admin"
    truth = json.loads((home / "truth.json").read_text(encoding="utf-8"))["tianditu"]
    layers = {}
    for name, above in (("province", None), ("city", "province"), ("district", "city")):
        fields = {"code": f"{name}_adcode", "name": f"{name}_name"}
        if above:
            fields["parent"] = f"{above}_adcode"
        layers[name] = read(home / f"tianditu_{name}.geojson", "EPSG:4529", **fields)
    plan = make_plan(layers)
    tables = measure_plan(plan, TABLES, "district", jobs=2)

    assert set(tables["parents"]["how"]) == {"declared"}
    overlaps = truth["tiers"]["district"]["overlaps"]["largest"]
    assert sums(tables["overlap"], ["fid_a", "fid_b"]) == close([area for *_, area in overlaps])
    outside = truth["chain"]["district->city"]["outside_largest"]
    assert sums(tables["outside"], ["fid"]) == close([area for _, _, area, _ in outside])
    area = tables["area"].groupby("layer")["area_m2"].sum() / 1e6
    for name in layers:
        assert area[name] == pytest.approx(truth["tiers"][name]["area_km2"], rel=1e-5)

    # truth.json takes the named children alone; with 南票区 where it lies, less is left over
    gaps = tables["uncovered"]
    city = layers["city"]["code"]
    wanted = {code: area for code, area, _ in truth["chain"]["district->city"]["uncovered"]}
    left = {
        scope: {
            city[fid]: area for fid, area in rows.groupby("parent_fid")["area_m2"].sum().items()
        }
        for scope, rows in gaps.groupby("scope")
    }
    assert left["own"] == close(wanted)
    assert sum(left["own"].values()) == pytest.approx(785_123.34, rel=1e-5)
    assert left["any"] == close({**wanted, "211400": 330.97})
    assert gaps.loc[gaps["scope"] == "any", "enclosed"].tolist() == [True, False, False]


def test_cologne(shared_data: Path) -> None:
    home = shared_data / "koeln"
    truth = json.loads((home / "truth.json").read_text(encoding="utf-8"))
    crs = gpd.read_file(home / "Stadtbezirk.shp").crs.to_wkt()
    list_ = pd.read_csv(home / "Denkmalliste_geo.csv", sep=";", encoding="utf-8")
    points = gpd.points_from_xy(list_["lon"], list_["lat"], crs="EPSG:4326").to_crs(crs)
    teile = read(home / "Stadtteil.shp", crs, code="STT_NR")
    plan = make_plan(
        {
            "bezirk": read(home / "Stadtbezirk.shp", crs, code="STB_NR"),
            "teil": teile,
            "viertel": read(home / "Stadtviertel.shp", crs, code="STV_NR"),
            "unit": read(home / "sanierungsgebiete.shp", crs, code="Arbeitstit"),
            "heritage_body": gpd.GeoDataFrame(
                {"code": list_["denkmalnummer"].astype(str)}, geometry=points
            ),
        },
        tiers=["bezirk", "teil", "viertel"],
        partitions=["bezirk", "teil"],
        crs=crs,
    )
    tables = measure_plan(plan, [*TABLES, "near"], "unit")

    # nobody declares a parent: codes are built on the upper tier's, and place agrees
    parents = tables["parents"].groupby(["child_layer", "how"]).size().to_dict()
    assert parents == {("teil", "code"): 86, ("viertel", "code"): 371, ("unit", "none"): 4}
    for name, file in (
        ("bezirk", "Stadtbezirk"),
        ("teil", "Stadtteil"),
        ("viertel", "Stadtviertel"),
    ):
        wanted = truth["tiers"][file]["overlaps"]
        found = tables["overlap"][tables["overlap"]["layer"] == name]
        areas = sums(found, ["fid_a", "fid_b"])
        assert len(areas) == wanted["pairs"]
        assert sum(areas) == close(wanted["area_m2"])
    outside = tables["outside"][tables["outside"]["child_layer"] == "teil"]
    wanted = truth["chain"]["Stadtteil->Stadtbezirk"]
    assert len(sums(outside, ["fid"])) == wanted["children_outside_named_parent"]
    assert sum(sums(outside, ["fid"])) == close(wanted["outside_area_m2"])
    gaps = tables["uncovered"]
    left = gaps[(gaps["child_layer"] == "teil") & (gaps["scope"] == "own")]
    assert left["area_m2"].sum() == close(wanted["uncovered_area_m2"])
    holes = gaps[gaps["child_layer"] == "bezirk"]
    assert (holes["area_m2"] > 1).sum() == truth["tiers"]["Stadtbezirk"]["gaps"]["holes"]
    near = tables["near"].groupby("fid")
    counts = sorted(zip(near["inside"].sum(), near["distance_m"].agg(lambda d: (d <= 50).sum()),
                        strict=True))  # fmt: skip
    assert counts[-2:] == [(1, 9), (50, 85)]


@pytest.mark.parametrize("edition", ["svy21", "wgs84"])
def test_singapore_in_both_editions(shared_data: Path, edition: str) -> None:
    home = shared_data / "singapore_mp2019"
    truth = json.loads((home / "truth.json").read_text(encoding="utf-8"))[edition]["chain"]
    files = {path.stem.lower(): path for path in (home / edition).glob("*.shp")}

    def find(word: str) -> Path:
        return next(path for stem, path in sorted(files.items()) if word in stem)

    crs = "EPSG:3414"
    plan = make_plan(
        {
            "region": read(find("region"), crs, code="REGION_C"),
            "area": read(find("planning"), crs, code="PLN_AREA_C", parent="REGION_C"),
            "subzone": read(find("subzone"), crs, code="SUBZONE_C", parent="PLN_AREA_C"),
        },
        tiers=["region", "area", "subzone"],
        partitions=["area", "subzone"],
        crs=crs,
    )
    tables = measure_plan(plan, TABLES, "subzone")
    outside = tables["outside"]
    wanted = [area for _, _, area, _ in truth["planning_area->region"]["outside_largest"]]
    found = sums(outside[outside["child_layer"] == "area"], ["fid"])
    assert found == close(wanted)
    assert sums(outside[outside["child_layer"] == "subzone"], ["fid"]) == []
    for name in ("area", "subzone"):
        own = tables["overlap"][tables["overlap"]["layer"] == name]
        assert sums(own, ["fid_a", "fid_b"]) == pytest.approx([2.13], abs=0.01)
    gaps = tables["uncovered"]
    assert sums(gaps[gaps["child_layer"] == "subzone"], ["parent_fid"]) == []
    own = gaps[(gaps["child_layer"] == "area") & (gaps["scope"] == "own")]
    left = [area for _, area, _ in truth["planning_area->region"]["uncovered"]]
    assert sums(own, ["parent_fid"]) == close(left)


def test_barcelona_is_clean(shared_data: Path) -> None:
    home, crs = shared_data / "barcelona_chain", "EPSG:25831"
    plan = make_plan(
        {
            "terme": read(home / "TermeMunicipal.shp", crs, code="TERME"),
            "districte": read(home / "Districtes.shp", crs, code="DISTRICTE"),
            "barri": read(home / "Barris.shp", crs, code="BARRI", parent="DISTRICTE"),
            "aeb": read(home / "AEB.shp", crs, code="AEB", parent="BARRI"),
            "sec": read(home / "SecCens.shp", crs, code="SEC_CENS"),
        },
        tiers=["terme", "districte", "barri", "aeb", "sec"],
        partitions=["districte", "barri", "aeb", "sec"],
        crs=crs,
    )
    tables = measure_plan(plan, TABLES, "sec")
    for name in ("outside", "overlap", "duplicate", "uncovered"):
        assert tables[name].empty, name
    nesting = tables["nesting"]
    assert (nesting["actual_fid"] == nesting["parent_fid"]).all()
    assert nesting["named_share"].eq(1).all()
    area = tables["area"].groupby("layer")["area_m2"].sum()
    # five tiers of the same ground
    assert area.to_numpy() == pytest.approx(area.iloc[0], rel=1e-9)
