"""A raster that the plan names: what is read of it, what is refused, what the result says."""

from __future__ import annotations

import os
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from shapely import box

from gisplan.errors import PlanError
from gisplan.inspection import inspect
from gisplan.pipeline import open_plan, review
from gisplan.read.inspect import inspect_path
from gisplan.read.write_plan_file import plan_file_text
from gisplan.render.facts import format_facts
from gisplan.testing.rasters import written

TRANSFORM = (250.0, 0.0, 41_500_000.0, 0.0, -250.0, 4_631_000.0)
HEIGHTS = np.arange(16.0).reshape(4, 4)
PLAN = """
[layers.city]
path = "city.gpkg"
[layers.district]
path = "district.gpkg"
[layers.terrain]
path = "dem.tif"
"""


def put(folder, more="", content=None, **options):
    """Write a plan with one raster; return its folder."""
    square = box(41_500_000, 4_630_000, 41_501_000, 4_631_000)
    for name, code in {"city": "210100", "district": "210102"}.items():
        frame = gpd.GeoDataFrame({"code": [code], "geometry": [square]}, crs="EPSG:4529")
        frame.to_file(folder / f"{name}.gpkg")
    given = {"transform": TRANSFORM, "crs": "EPSG:4529", **options}
    (folder / "dem.tif").write_bytes(written(HEIGHTS, **given) if content is None else content)
    (folder / "gisplan.toml").write_text(PLAN + more, encoding="utf-8")
    return folder


def codes(folder):
    return set(review(open_plan(folder)).findings["code"])


def terrain(folder):
    (raster,) = open_plan(folder).rasters["terrain"]
    return raster


def test_a_raster_stands_in_the_plan_and_among_its_inputs(tmp_path):
    plan = open_plan(put(tmp_path, unit="m"))
    (raster,) = plan.rasters["terrain"]
    assert (raster.width, raster.height, raster.nodata) == (4, 4, -9999.0)
    assert raster.transform == TRANSFORM
    assert (raster.unit, raster.unit_from, raster.metres) == ("m", "file", 1.0)
    record = next(record for record in plan.inputs if record.layer == "terrain")
    assert (record.path, record.driver, record.crs, record.crs_from, record.count) == (
        "dem.tif", "GTiff", "EPSG:4529", "file", 16,
    )  # fmt: skip
    assert len(record.sha256) == 64
    notices = [text.en for text in review(plan).dossier.notices]
    assert notices == ["raster dem.tif (terrain model): 4 x 4 cells, heights in m"]


def test_a_raster_that_no_rule_uses_says_so(tmp_path):
    plan = put(tmp_path)
    text = (plan / "gisplan.toml").read_text("utf-8").replace("layers.terrain", "layers.population")
    (plan / "gisplan.toml").write_text(text, encoding="utf-8")
    notices = [text.en for text in review(open_plan(plan)).dossier.notices]
    assert notices == [
        "raster dem.tif (population grid): for the city exam alone, no verdict rests on it"
    ]


@pytest.mark.parametrize(
    ("said", "metres"),
    [("m", 1.0), ("feet", 0.3048), ("US survey foot", 1200 / 3937), ("米", 1.0), ("kelvin", None)],
)
def test_the_unit_of_the_heights_is_that_of_the_band(tmp_path, said, metres):
    raster = terrain(put(tmp_path, unit=said))
    assert (raster.unit, raster.unit_from) == (said, "file")
    assert raster.metres == pytest.approx(metres, abs=1e-12)


def test_the_unit_of_the_heights_is_that_of_the_third_axis(tmp_path):
    raster = terrain(put(tmp_path, crs="EPSG:4529+6360"))  # NAVD88 height (US survey foot)
    assert raster.metres == pytest.approx(1200 / 3937)
    assert raster.crs.startswith("PROJCRS")
    assert "VERT" not in raster.crs


def test_the_plan_says_the_unit_where_the_file_does_not(tmp_path):
    assert terrain(put(tmp_path)).metres is None
    raster = terrain(put(tmp_path, 'unit = "ft"'))
    assert (raster.unit_from, raster.metres) == ("declared", 0.3048)


@pytest.mark.parametrize(
    ("more", "line"),
    [('unit = "公顷"', 8), ('[layers.unit]\npath = "city.gpkg"\nunit = "m"', 10)],
)
def test_a_unit_that_is_none_of_heights_is_refused_by_its_line(tmp_path, more, line):
    with pytest.raises(PlanError, match=f"line {line}"):
        open_plan(put(tmp_path, more))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_world_file_gives_the_place_where_the_tiff_has_none(tmp_path):
    plan = put(tmp_path, transform=(1.0, 0, 0, 0, 1.0, 0))
    assert codes(plan) == {"SRC101"}
    (plan / "dem.tfw").write_text("250\n0\n0\n-250\n41500125\n4630875\n")
    assert terrain(plan).transform == TRANSFORM


def test_without_a_crs_it_is_no_part_of_the_plan_and_a_finding(tmp_path):
    plan = put(tmp_path, crs=None)
    assert open_plan(plan).rasters == {}
    result = review(open_plan(plan))
    assert set(result.findings["code"]) == {"SRC104"}
    assert result.exit_status == 2
    assert set(result.verdicts["verdict"]) == {"undetermined"}


def test_a_declared_crs_holds_where_the_file_has_none(tmp_path):
    plan = open_plan(put(tmp_path, 'crs = "EPSG:4529"', crs=None))
    assert list(plan.rasters) == ["terrain"]
    record = next(record for record in plan.inputs if record.layer == "terrain")
    assert record.crs_from == "declared"


def test_a_declared_crs_that_the_file_contradicts_is_a_finding(tmp_path):
    assert codes(put(tmp_path, 'crs = "EPSG:4528"', unit="m")) == {"SRC105"}


def test_a_raster_of_elsewhere_is_a_finding_and_leaves_no_unit_clear(tmp_path):
    plan = put(tmp_path, unit="m", transform=(250.0, 0, 41_600_000.0, 0, -250.0, 4_631_000.0))
    result = review(open_plan(plan))
    assert set(result.findings["code"]) == {"SRC105"}
    assert set(result.verdicts["verdict"]) == {"undetermined"}


def test_another_datum_than_the_plan_is_told(tmp_path):
    transform = (0.003, 0.0, 123.0, 0.0, -0.003, 41.83)
    assert codes(put(tmp_path, crs="EPSG:4214", transform=transform)) >= {"SRC111"}


def test_of_several_bands_the_first_is_used_and_that_is_said(tmp_path):
    plan = put(tmp_path, count=3, photometric="MINISBLACK")
    notices = [text.en for text in review(open_plan(plan)).dossier.notices]
    assert "dem.tif: it has 3 bands, only the first is used" in notices


def in_colours():
    return written(HEIGHTS, TRANSFORM, "EPSG:4529", count=3, dtype="uint8", photometric="RGB",
                   nodata=None)  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"not a raster",
        b"",
        b"II*\0" + bytes(60),
        b'<VRTDataset rasterXSize="1" rasterYSize="1"/>',
        written(HEIGHTS, TRANSFORM, "EPSG:4529")[:60],
        in_colours(),
    ],
    ids=["text", "empty", "header-only", "vrt", "cut", "picture"],
)
def test_what_is_no_raster_of_heights_is_a_finding_and_leaves_nothing_fully_judged(
    tmp_path, content
):
    result = review(open_plan(put(tmp_path, content=content)))
    assert set(result.findings["code"]) == {"SRC101"}
    assert result.exit_status == 2


def test_other_formats_of_rasters_are_refused_with_advice(tmp_path):
    plan = put(tmp_path)
    (plan / "dem.asc").write_text("ncols 1\nnrows 1\n")
    text = (plan / "gisplan.toml").read_text("utf-8").replace("dem.tif", "dem.asc")
    (plan / "gisplan.toml").write_text(text, encoding="utf-8")
    (message,) = review(open_plan(plan)).findings["message_en"]
    assert "save it as GeoTIFF" in message


def test_what_lies_beside_a_raster_is_not_read(tmp_path):
    plan = put(tmp_path, unit="m")
    aux = "<PAMDataset><PAMRasterBand band='1'><UnitType>ft</UnitType></PAMRasterBand></PAMDataset>"
    (plan / "dem.tif.aux.xml").write_text(aux)
    assert terrain(plan).unit == "m"


def test_a_mask_beside_a_raster_is_not_passed_over(tmp_path):
    plan = put(tmp_path, unit="m")
    (plan / "dem.tif.msk").write_bytes(written(HEIGHTS, TRANSFORM, None))
    assert codes(plan) == {"SRC101"}


def test_a_block_over_the_limit_is_refused_and_the_message_says_how_to_raise_it(tmp_path):
    plan = put(tmp_path, "[limits]\nraster_mib = 0.00001")
    (message,) = review(open_plan(plan)).findings["message_en"]
    assert "raster_mib" in message


def test_a_raster_in_an_archive_outlives_its_unpacking(tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    put(folder, unit="m")
    packed = tmp_path / "plan.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    raster = terrain(packed)
    assert isinstance(raster.source, bytes)
    with rasterio.MemoryFile(raster.source) as memory, memory.open() as data:
        assert (data.read(1) == HEIGHTS).all()


def test_inspect_shows_what_a_raster_is(tmp_path):
    files = {file.facts.path: file for file in inspect(put(tmp_path, unit="ft")).files}
    facts = files["dem.tif"].facts
    assert (facts.driver, facts.crs, facts.fault) == ("GTiff", "EPSG:4529", None)
    assert facts.extent == (41_500_000.0, 4_630_000.0, 41_501_000.0, 4_631_000.0)
    assert facts.notes[0].en == "a raster of 4 x 4 cells, heights in ft"
    assert files["dem.tif"].title.en == "terrain model"
    assert files["dem.tif"].account is None


def test_inspect_tells_of_cells_and_unit_and_no_records_or_fields(tmp_path):
    plan = put(tmp_path)
    (plan / "gisplan.toml").unlink()
    text = format_facts(inspect(plan), "zh")
    ours = text[text.index("dem.tif") :].partition("\n\n")[0]
    assert "栅格 4 × 4" in ours
    assert "高程单位" in ours
    assert "EPSG:4529" in ours
    assert "字段" not in ours
    assert "条" not in ours
    assert "0 个不读入" in text


@pytest.mark.parametrize(
    ("name", "layer"),
    [("DEM", "terrain"), ("沈阳DSM_1m", "surface"), ("数字高程模型", "terrain"), ("底图", None),
     ("地形图", None), ("modem", None)],
)  # fmt: skip
def test_a_raster_is_known_by_its_name_without_a_plan_file(tmp_path, name, layer):
    plan = put(tmp_path, unit="m")
    (plan / "gisplan.toml").unlink()
    (plan / "dem.tif").rename(plan / f"{name}.tif")
    opened = open_plan(plan)
    assert list(opened.rasters) == ([layer] if layer else [])
    told = {note.path: note.kind for note in opened.notes if note.path.endswith(".tif")}
    assert told == {f"{name}.tif": "recognised" if layer else "unrecognised"}


def test_a_picture_that_is_called_like_a_raster_of_heights_is_left_out(tmp_path):
    plan = put(tmp_path, content=in_colours())
    (plan / "gisplan.toml").unlink()
    opened = open_plan(plan)
    assert opened.rasters == {}
    (note,) = [note for note in opened.notes if note.path == "dem.tif"]
    assert note.kind == "unrecognised"
    assert "picture" in note.detail["reason_en"]


def test_what_init_writes_of_a_raster_can_be_read(tmp_path):
    plan = put(tmp_path, unit="m")
    (plan / "gisplan.toml").unlink()
    text = plan_file_text(inspect_path(plan), "en", "plan")
    assert '[layers.terrain]\npath = "dem.tif"\n# unit = "m"' in text
    (plan / "gisplan.toml").write_text(text, encoding="utf-8")
    assert terrain(plan).path == "dem.tif"
    declared = put(tmp_path, 'unit = "ft"')
    again = plan_file_text(open_plan(declared).config, "en")
    assert 'unit = "ft"' in again


def sparse(path, **options):
    """Write a raster of ten thousand million cells that takes up a few kilobytes."""
    with rasterio.open(
        path, "w", driver="GTiff", width=100_000, height=100_000, count=1, dtype="float32",
        crs="EPSG:4529", transform=rasterio.Affine(0.01, 0, 41_500_000, 0, -0.01, 4_631_000),
        sparse_ok=True, **options,
    ):  # fmt: skip
        pass
    assert path.stat().st_size < 8_000_000


def test_a_raster_that_is_huge_when_unpacked_is_read_by_its_header_alone(tmp_path):
    plan = put(tmp_path)
    sparse(plan / "dem.tif", tiled=True, blockxsize=1024, blockysize=1024)
    assert terrain(plan).width == 100_000


def test_a_block_that_would_fill_the_memory_is_refused(tmp_path):
    plan = put(tmp_path)
    sparse(plan / "dem.tif", tiled=False, blockysize=20_000)
    (row,) = review(open_plan(plan)).findings.to_dict("records")
    assert row["code"] == "SRC101"
    assert "raster_mib" in row["message_en"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_that_lead_out_of_the_plan_are_not_followed(tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    plan = put(folder, unit="m")
    secret = tmp_path / "secret.txt"
    secret.write_text("250\n0\n0\n-250\n41500125\n4630875\n")
    (plan / "dem.tfw").symlink_to(secret)
    assert "SRC101" in codes(plan)
    (plan / "dem.tfw").unlink()
    (plan / "dem.tif").rename(tmp_path / "dem.tif")
    (plan / "dem.tif").symlink_to(tmp_path / "dem.tif")
    with pytest.raises(PlanError, match="link"):
        open_plan(plan)
