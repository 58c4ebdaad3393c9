"""Small pictures of findings: what is in them, the same bytes each time, and no more than asked."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import shapely
from PIL import Image

from gisplan.model import Dossier
from gisplan.pipeline import open_plan, review
from gisplan.render.sheets import spots
from gisplan.render.thumbnail import SIZE, thumbnails
from gisplan.render.xlsx import write_xlsx


@pytest.fixture(scope="module")
def dossier(sample_home: Path) -> Dossier:
    return review(open_plan(sample_home), resolutions=False).dossier


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def reddish(png: bytes) -> int:
    red, green, blue = np.moveaxis(pixels(png), 2, 0)
    return int(((red - green > 40) & (red - blue > 40)).sum())


def test_every_finding_with_evidence_has_a_picture_that_shows_it(dossier: Dossier) -> None:
    made = thumbnails(dossier, 10_000)
    findings = dossier.findings
    placed = findings[findings.geometry.notna() & ~findings.geometry.is_empty]
    assert list(made) == list(placed["fingerprint"])
    for fingerprint in placed[placed["severity"] == "error"]["fingerprint"]:
        assert pixels(made[fingerprint]).shape == (SIZE[1], SIZE[0], 3)
        assert reddish(made[fingerprint]) > 20


def test_equal_findings_give_equal_pictures_and_only_so_many_are_made(dossier: Dossier) -> None:
    whole = thumbnails(dossier, 10_000)
    assert thumbnails(dossier, 10_000) == whole
    assert thumbnails(dossier, 3) == dict(list(whole.items())[:3])
    assert thumbnails(dossier, 0) == {}


def test_north_is_up_and_the_feature_is_beside_its_evidence(dossier: Dossier) -> None:
    findings = dossier.findings.copy()
    at = findings.index[findings["layer"] == "unit"][0]
    label = findings.at[at, "feature"]
    frame = dossier.plan.layers["unit"].frame
    unit = frame[frame["_label"] == label].geometry
    x0, y0, x1, y1 = unit.total_bounds
    top = unit.set_axis([0]).intersection(shapely.box(x0, y0 + 0.8 * (y1 - y0), x1, y1))
    findings.at[at, "geometry"] = top.to_crs("EPSG:4490").iloc[0]
    findings.at[at, "severity"], findings.at[at, "related"] = "error", None
    made = thumbnails(replace(dossier, findings=findings.loc[[at]]), 1)
    red, green, _ = np.moveaxis(pixels(made[findings.at[at, "fingerprint"]]), 2, 0)
    rows = np.flatnonzero((red - green > 40).sum(axis=1))
    assert rows.max() < SIZE[1] / 2  # all of it is in the upper half


@pytest.mark.parametrize(
    "evidence",
    [
        shapely.Point(123.4, 41.8),
        shapely.LineString([(123.4, 41.8), (123.401, 41.8)]),
        shapely.GeometryCollection(
            [shapely.Point(123.4, 41.8), shapely.box(123.4, 41.8, 123.41, 41.81)]
        ),
        shapely.Polygon([(123.4, 41.8), (123.41, 41.81), (123.41, 41.8), (123.4, 41.81)]),
        shapely.box(123.4, 41.8, 123.4000001, 41.9),
    ],
)  # fmt: skip
def test_any_evidence_of_an_unknown_feature_is_drawn(
    dossier: Dossier, evidence: shapely.Geometry
) -> None:
    findings = dossier.findings.iloc[[0]].copy()
    findings["geometry"] = [evidence]
    findings["severity"], findings["feature"], findings["related"] = "error", "nobody", None
    (png,) = thumbnails(replace(dossier, findings=findings), 1).values()
    assert reddish(png) > 10


def test_the_list_of_places_has_the_pictures_and_names_the_map_after_the_last(
    dossier: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_xlsx(dossier, tmp_path / "all.xlsx", "zh")
    sheet = openpyxl.load_workbook(tmp_path / "all.xlsx")["图斑清单"]
    assert len(sheet._images) == sheet.max_row - 1
    assert {image.anchor._from.row for image in sheet._images} == set(range(1, sheet.max_row))
    monkeypatch.setattr(spots, "DRAWN", 2)
    write_xlsx(dossier, tmp_path / "two.xlsx", "zh")
    sheet = openpyxl.load_workbook(tmp_path / "two.xlsx")["图斑清单"]
    assert len(sheet._images) == 2
    last = [row[-1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert last == [None] * 2 + ["见地图"] * (len(last) - 2)
