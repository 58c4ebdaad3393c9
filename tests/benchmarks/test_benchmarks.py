"""The benchmark itself is right: its plans, its truth, its scores, its page. Nothing is timed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from tests.benchmarks import databases, ours, page, peers, run, truth, workload
from tests.benchmarks.one import LAYERS, OURS, engine_of, load, score

UNITS = 4_000  # 2 x 2 districts of 900 units
JUNCTIONS = 0.03
GEOMETRIC = ("J1", "J2", "J3", "J1+J2+J3", "J4", "J5")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a plan with all kinds of defects, and its references."""
    home = tmp_path_factory.mktemp("plan")
    layers = workload.make(UNITS, junctions=JUNCTIONS)
    workload.write(layers, home)
    truth.make_references(home, layers)
    return home


@pytest.fixture(scope="module")
def layers(folder: Path) -> dict[str, Any]:
    """Return its layers."""
    return load(folder, ("district", "unit", "heritage_zone", "heritage_body", "building"))


# --- the plans ------------------------------------------------------------------------------------


def test_a_clean_plan_is_a_coverage_whose_districts_are_the_unions_of_their_units() -> None:
    made = workload.make(UNITS, clean=True)
    units, districts = made["unit"], made["district"]
    assert shapely.coverage_is_valid(units.geometry.to_numpy())
    for code, rows in units.groupby("parent"):
        union = shapely.coverage_union_all(rows.geometry.to_numpy())
        own = districts.geometry[districts["code"] == code].item()
        assert shapely.equals(union, own)
        assert {tuple(v) for v in shapely.get_coordinates(own)} <= {
            tuple(v) for v in shapely.get_coordinates(rows.geometry.to_numpy())
        }
    assert not any(vars(made["truth"]).values())


def test_shapes_are_valid_and_on_a_grid_of_a_millimetre(layers: dict[str, Any]) -> None:
    for frame in layers.values():
        assert frame.is_valid.all()
        xy = shapely.get_coordinates(frame.geometry.to_numpy())
        np.testing.assert_array_equal(xy, np.round(xy, 3))


def test_every_kind_of_defect_is_planted_and_no_ring_crosses_itself(folder: Path) -> None:
    told = truth.planted(folder)
    assert set(told) == {"overlap", "spill", "duplicate", "gap", "sliver"}
    for rows in told.values():
        assert len(rows) >= 5
        assert shapely.is_valid(rows["geometry"].to_numpy(dtype=object)).all()


def test_slivers_are_2_to_30_cm_wide(folder: Path) -> None:
    rings = truth.planted(folder)["sliver"]["geometry"].to_numpy(dtype=object)
    width = 2 * shapely.area(rings) / shapely.length(rings)
    assert width.min() > 0.01
    assert width.max() < 0.31


def test_a_junction_is_a_vertex_that_only_one_of_two_neighbours_has() -> None:
    plain, more = workload.make(UNITS, clean=True), workload.make(UNITS, True, JUNCTIONS)
    count = {
        name: shapely.get_num_coordinates(made["unit"].geometry.to_numpy()).sum()
        for name, made in (("plain", plain), ("more", more))
    }
    assert count["more"] - count["plain"] == int(JUNCTIONS * len(more["unit"]))


def test_equal_orders_give_equal_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        workload.write(workload.make(UNITS, junctions=JUNCTIONS), tmp_path / name)
        digests.append(
            {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in (tmp_path / name).iterdir()
            }
        )
    assert digests[0] == digests[1]


# --- the truth and the engines --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("job", "engine"),
    [
        (job, engine)
        for job in GEOMETRIC
        for engine in run.ENGINES[job]
        if engine not in ("SedonaDB", "PostGIS")
    ],
)
def test_engines_find_what_is_planted_and_nothing_else(
    job: str, engine: str, layers: dict[str, Any], folder: Path
) -> None:
    if engine == "DuckDB":
        pytest.importorskip("duckdb_extension_spatial")
    asked = {name: layers[name] for name in LAYERS[job]}
    module = engine_of(engine)
    work = module.prepare(job, asked) if module is ours else module.prepare(engine, job, asked)
    got = score(job, work(), folder, asked, module.ELLIPSOID)
    assert (got.missing, got.extra) == (0, 0)
    assert got.error < 1e-4


def test_ellipsoidal_areas_are_scored_against_geodesics(layers: dict[str, Any]) -> None:
    units = {"unit": layers["unit"]}
    shapes = layers["unit"].geometry.to_numpy()
    answer = ours.prepare("J7", units)()
    assert truth.score_areas(answer, shapes).error < 1e-6
    assert truth.score_areas(shapely.area(shapes), shapes).error > 1e-6


def test_areas_on_the_ellipsoid_by_scale_agree_with_geodesics(layers: dict[str, Any]) -> None:
    shapes = layers["unit"].geometry.to_numpy()[:50]
    np.testing.assert_allclose(
        truth.areas(shapes, ellipsoid=True), truth.geodesic_area(shapes, 1.0), rtol=1e-6
    )


# --- broken answers -------------------------------------------------------------------------------


def test_a_pair_left_out_is_missing_and_one_made_up_is_extra(
    layers: dict[str, Any], folder: Path
) -> None:
    right = peers.tree_overlaps(layers, interiors_first=True)
    large = right.index[right["area"] > 1]
    assert truth.score_overlaps(right.drop(large[0]), folder, False).missing == 1
    made_up = pd.DataFrame({"a": ["x"], "b": ["y"], "area": [1.0]})
    assert truth.score_overlaps(pd.concat([right, made_up]), folder, False).extra == 1
    film = made_up.assign(area=truth.NOISE_M2)
    assert truth.score_overlaps(pd.concat([right, film]), folder, False).extra == 0


def test_an_area_that_is_off_is_told(layers: dict[str, Any], folder: Path) -> None:
    right = peers.tree_overlaps(layers, interiors_first=True)
    wrong = right.assign(
        area=right["area"] * np.where(right.index == right["area"].idxmax(), 1.5, 1)
    )
    assert truth.score_overlaps(wrong, folder, False).error == pytest.approx(0.5)


def test_a_gap_in_another_district_is_missing_and_extra(
    layers: dict[str, Any], folder: Path
) -> None:
    right = peers.union_gaps(layers)
    large = right["area"].idxmax()
    assert truth.score_gaps(right.drop(large), folder, False).missing == 1
    elsewhere = right.copy()
    elsewhere.loc[large, "district"] = "219999"
    got = truth.score_gaps(elsewhere, folder, False)
    assert (got.missing, got.extra) == (1, 1)


def test_a_spill_left_out_is_missing(layers: dict[str, Any], folder: Path) -> None:
    right = peers.prepared_outside(layers)
    assert truth.score_outside(right.iloc[:0], folder, False).missing == len(
        truth.planted(folder)["spill"]
    )


def test_zones_and_points_are_held_against_their_references(
    layers: dict[str, Any], folder: Path
) -> None:
    zones, near = peers.tree_zones(layers), peers.tree_near(layers)
    large = zones["area"].idxmax()
    assert truth.score_zones(zones.drop(large), folder, False).missing == 1
    assert truth.score_near(near.iloc[1:], folder, False).missing == 1
    assert truth.score_near(pd.concat([near, near.iloc[:1]]), folder, False).extra == 1


def test_without_a_reference_there_is_no_score(layers: dict[str, Any], tmp_path: Path) -> None:
    assert truth.score_zones(peers.tree_zones(layers), tmp_path, False) is None
    assert truth.score_near(peers.tree_near(layers), tmp_path, False) is None


def test_text_that_was_misread_is_missing() -> None:
    answer = pd.DataFrame({"name": ["沈阳", "½­"]})
    assert asdict(truth.score_text(answer, ["沈阳", "大连"])) == {
        "missing": 1,
        "extra": 0,
        "error": 0.0,
    }
    assert truth.score_text(answer[:1], ["沈阳", "大连"]).missing == 1


# --- runs and the page ----------------------------------------------------------------------------


def test_a_run_in_its_own_process_tells_time_memory_and_score(folder: Path) -> None:
    took = run.run_once("J3", "shapely", folder, UNITS, 120)
    assert (took["missing"], took["extra"]) == (0, 0)
    assert took["peak"] >= took["before"] > 0.02
    assert took["cpu"] >= 0


def test_what_does_not_finish_or_fails_is_told(folder: Path, tmp_path: Path) -> None:
    assert run.run_once("J3", "shapely", folder, UNITS, 0.01)["failed"] == "not finished in 0.01 s"
    assert run.run_once("J3", "shapely", tmp_path, UNITS, 120)["failed"] == "status 1"


def test_a_peer_that_is_not_there_is_skipped_with_its_reason() -> None:
    assert run.skipped(OURS, None) == ""
    assert run.skipped("PostGIS", None) != ""


def _line(engine: str, cpu: float, turn: int = 0, **more: Any) -> dict[str, Any]:
    line = {"size": 100_000, "job": "J1", "engine": engine, "turn": turn, "junctions": 0.0}
    line |= {"cpu": cpu, "wall": cpu, "before": 0.1, "peak": 0.2}
    line |= {"missing": 0, "extra": 0, "error": 0.0}
    line |= {"date": "2026-11-26", "cores": 2, "system": "Linux", "versions": {"Python": "3"}}
    return {**line, **more}


def test_the_page_tells_medians_ratios_and_whether_targets_are_met() -> None:
    lines = [_line(OURS, cpu, turn) for turn, cpu in enumerate((1.0, 2.0, 90.0))]
    text = page.tables([*lines, _line("geopandas", 40.0)])
    assert "| 100,000 | gisplan | 2.00 | 2.00 | 1.00 |" in text
    assert "| 100,000 | geopandas | 40.00 | 40.00 | 20.00 |" in text
    assert "| J1 | 100,000 | ≥ 20× less CPU than geopandas | 20.00× | met |" in text
    text = page.tables([*lines, _line("geopandas", 39.0)])
    assert "| 19.50× | shortfall |" in text
    assert "| J4 | 100,000 | ≥ 3.5× less CPU than geopandas | – | not measured |" in text


def test_one_wrong_answer_of_ours_is_a_shortfall() -> None:
    text = page.tables([_line(OURS, 1.0), _line(OURS, 1.0, 1, missing=1)])
    assert "| J1 at 100,000 | shortfall |" in text


def test_growth_is_the_exponent_between_sizes() -> None:
    lines = [_line(OURS, 1.0, size=10_000), _line(OURS, 10.0), _line(OURS, 200.0, size=1_000_000)]
    text = page.tables(lines)
    assert "| J1 | 10,000 | 100,000 | 1.00 | met |" in text
    assert "| J1 | 100,000 | 1,000,000 | 1.30 | shortfall |" in text


def test_what_stands_around_the_tables_stays(tmp_path: Path) -> None:
    results, target = tmp_path / "results.jsonl", tmp_path / "page.md"
    results.write_text(json.dumps(_line(OURS, 1.0)) + "\n", encoding="utf-8")
    target.write_text(f"# Head\n{page.BEGIN}\nold\n{page.END}\ntail\n", encoding="utf-8")
    page.write_page(target, results)
    text = target.read_text(encoding="utf-8")
    assert text.startswith("# Head\n")
    assert text.endswith(f"{page.END}\ntail\n")
    assert "old" not in text
    target.write_text("# Head\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        page.write_page(target, results)


def test_every_job_has_a_title_and_every_target_a_job() -> None:
    assert set(run.ENGINES) == set(page.JOBS)
    assert {target.job for target in page.TARGETS} <= set(page.JOBS)
    assert set(databases.JOBS) <= set(run.ENGINES)
