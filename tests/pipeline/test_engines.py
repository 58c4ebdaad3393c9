"""Engines and the cache: whichever is asked for, the same bytes; and one line where it fails."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from gisplan.errors import EngineError
from gisplan.measure import cluster, engines
from gisplan.measure.apart import FIDS, Run, Tables, measure_apart, measure_section
from gisplan.measure.cluster import measure_packed, run_on_dask
from gisplan.measure.engine import measure_plan
from gisplan.measure.packing import (
    BrokenPackageError,
    pack_section,
    pack_tables,
    unpack_section,
    unpack_tables,
)
from gisplan.measure.remembered import remembering
from gisplan.measure.sections import Section
from gisplan.measure.versions import versions
from gisplan.model import Plan
from gisplan.pipeline import open_plan, review
from gisplan.render.json import to_json
from gisplan.store import Store

distributed = pytest.importorskip("distributed")
NAMES = tuple(FIDS)


def same(one: Tables, other: Tables) -> None:
    for name in one:
        shapes = [
            t["geometry"].to_list() if "geometry" in t else [] for t in (one[name], other[name])
        ]
        assert shapely.to_wkb(shapes[0]).tolist() == shapely.to_wkb(shapes[1]).tolist()
        pd.testing.assert_frame_equal(
            one[name].drop(columns="geometry", errors="ignore"),
            other[name].drop(columns="geometry", errors="ignore"),
            check_exact=True,
        )


def findings(plan: Plan, **options: Any) -> str:
    """Return findings.json without what may differ."""
    dossier = review(plan, resolutions=False, **options).dossier
    return to_json(replace(dossier, run=replace(dossier.run, started="", seconds=0.0)))


@pytest.fixture(scope="module")
def sample(sample_home: Path) -> Plan:
    return open_plan(sample_home)


@pytest.fixture(scope="module")
def whole(sample: Plan) -> Tables:
    return measure_plan(sample, NAMES, "unit")


@pytest.fixture(scope="module")
def held(sample: Plan) -> list[Section]:
    """Return the sections of the sample, one a district."""
    seen: list[Section] = []

    def run(them: Iterable[Section], names: tuple[str, ...]) -> Iterator[tuple[Section, Tables]]:
        seen.extend(them)
        yield from ()

    measure_apart(sample, NAMES, "unit", run=run, size=0)
    return seen


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the address of a cluster of two workers."""
    with cluster._local_cluster(2) as own:
        yield own.scheduler_address


def watched(measured: list[str]) -> Run:
    """Return what measures sections here, and writes down which."""

    def run(them: Iterable[Section], names: tuple[str, ...]) -> Iterator[tuple[Section, Tables]]:
        for section in them:
            measured.append(cluster._name(section))
            yield section, measure_section(section, names)

    return run


# --- bytes ------------------------------------------------------------------------------------


def test_a_section_comes_back_from_its_bytes_and_measures_the_same(held: list[Section]) -> None:
    for section in held:
        packed = pack_section(section)
        again = unpack_section(packed)
        assert pack_section(again) == packed
        tables = measure_section(section, NAMES)
        same(tables, measure_section(again, NAMES))
        same(tables, unpack_tables(pack_tables(tables), NAMES))


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-9], lambda b: b[:50] + b"x" + b[51:], lambda b: b""]
)
def test_bytes_that_are_not_whole_are_never_unpacked(held: list[Section], spoil: Any) -> None:
    with pytest.raises(BrokenPackageError):
        unpack_section(spoil(pack_section(held[0])))


def test_tables_of_another_name_or_with_other_columns_are_refused() -> None:
    packed = pack_tables({"area": pd.DataFrame({"layer": ["unit"]})})
    for names in (["area"], ["part"]):
        with pytest.raises(BrokenPackageError):
            unpack_tables(packed, names)


# --- the cache --------------------------------------------------------------------------------


def test_editing_one_district_measures_one_district_again(
    sample: Plan, whole: Tables, tmp_path: Path
) -> None:
    measured: list[str] = []
    run = remembering(watched(measured), Store(tmp_path / "c"))
    same(whole, measure_apart(sample, NAMES, "unit", run=run, size=0))
    assert len(measured) == len(set(measured)) == len(sample.layers["district"].frame)
    measured.clear()
    same(whole, measure_apart(sample, NAMES, "unit", run=run, size=0))
    assert measured == []

    edited = edit_inside(sample)
    same(
        measure_plan(edited, NAMES, "unit"),
        measure_apart(edited, NAMES, "unit", run=run, size=0),
    )
    assert len(measured) == 1


def edit_inside(plan: Plan) -> Plan:
    """Return a plan of which one unit, 100 m or more from other districts, has lost a corner."""
    layer = plan.layers["unit"]
    frame = layer.frame.copy()
    shapes = frame["geometry"].to_numpy(copy=True)
    districts = plan.layers["district"].frame["geometry"].to_numpy()
    near = [int((shapely.distance(districts, shape) < 100).sum()) for shape in shapes]
    fid = near.index(1)
    x, y = shapely.get_coordinates(shapes[fid])[0]
    shapes[fid] = shapely.difference(shapes[fid], shapely.box(x - 3, y - 3, x + 3, y + 3))
    frame["geometry"] = shapes
    return replace(plan, layers={**plan.layers, "unit": replace(layer, frame=frame)})


def test_fids_may_shift_and_attributes_change_without_measuring_again(
    sample: Plan, tmp_path: Path
) -> None:
    """The key is what measures look at: not the numbers of rows, not names and dates."""
    measured: list[str] = []
    run = remembering(watched(measured), Store(tmp_path / "c"))
    measure_apart(sample, NAMES, "unit", run=run, size=0)
    layer = sample.layers["unit"]
    other = replace(layer, frame=layer.frame.assign(name="x"))
    measured.clear()
    plan = replace(sample, layers={**sample.layers, "unit": other})
    measure_apart(plan, NAMES, "unit", run=run, size=0)
    assert measured == []


def test_an_entry_that_is_damaged_is_measured_again_and_never_believed(
    sample: Plan, whole: Tables, tmp_path: Path
) -> None:
    measured: list[str] = []
    run = remembering(watched(measured), Store(tmp_path / "c"))
    measure_apart(sample, NAMES, "unit", run=run, size=0)
    cut, turned, empty, *sound = sorted((tmp_path / "c").iterdir())
    cut.write_bytes(cut.read_bytes()[:100])
    turned.write_bytes(turned.read_bytes()[:-1] + bytes([turned.read_bytes()[-1] ^ 1]))
    empty.write_bytes(b"")
    measured.clear()
    same(whole, measure_apart(sample, NAMES, "unit", run=run, size=0))
    assert len(measured) == 3
    assert sound


def test_an_entry_filed_under_another_key_is_not_believed(tmp_path: Path) -> None:
    store = Store(tmp_path / "c")
    store.put("one", b"1")
    store.put("two", b"2")
    store._path("one").write_bytes(store._path("two").read_bytes())
    assert (store.get("one"), store.get("two")) == (None, b"2")


@pytest.mark.skipif(os.name == "nt", reason="rights of a POSIX system")
def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    store = Store(tmp_path / "c")
    store.put("one", b"1")
    (tmp_path / "c").chmod(0o777)
    assert store.get("one") is None
    store.put("two", b"2")
    (tmp_path / "c").chmod(0o700)
    assert (store.get("one"), store.get("two")) == (None, None)


def test_a_cache_that_cannot_be_written_changes_nothing(
    sample: Plan, whole: Tables, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    run = remembering(watched([]), Store(tmp_path / "file" / "c"))
    same(whole, measure_apart(sample, NAMES, "unit", run=run, size=0))
    assert (tmp_path / "file").read_text() == "mine"


def test_what_was_not_used_for_longest_goes_when_the_cache_is_full(tmp_path: Path) -> None:
    store = Store(tmp_path / "c", most_bytes=2_500)
    for number, key in enumerate("abc"):
        store.put(key, bytes(1_000))
        os.utime(store._path(key), (number, number))
    (tmp_path / "c" / "other.txt").write_text("not ours")
    assert store.get("a") is not None  # used now
    store.tidy()
    assert [store.get(key) is not None for key in "abc"] == [True, False, True]
    assert (tmp_path / "c" / "other.txt").exists()


# --- findings ---------------------------------------------------------------------------------


def test_findings_are_the_same_bytes_by_every_way(
    sample: Plan, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GISPLAN_CACHE", str(tmp_path))
    expected = findings(sample)
    assert expected.count("fingerprint") > 20
    monkeypatch.setattr(engines, "CACHED_FROM", 0)
    monkeypatch.setattr(engines, "SIZE", 400)
    assert findings(sample, cache=True) == expected  # cold
    assert len(list((tmp_path / "measures").iterdir())) > 1
    assert findings(sample, cache=True) == expected  # warm
    assert findings(sample, engine=f"dask={address}") == expected


# --- Dask -------------------------------------------------------------------------------------


def test_a_cluster_of_this_machine_measures_the_same(sample: Plan, whole: Tables) -> None:
    run = run_on_dask(None, 2)
    same(whole, measure_apart(sample, NAMES, "unit", run=run, size=0))


def test_a_worker_that_dies_is_replaced_and_nothing_is_lost(
    sample: Plan, whole: Tables, address: str
) -> None:
    with distributed.Client(address, set_as_default=False) as client:
        doomed = list(client.run(os.getpid).values())
    plain = run_on_dask(address, 2)

    def deadly(them: Iterable[Section], names: tuple[str, ...]) -> Iterator[tuple[Section, Tables]]:
        for number, answer in enumerate(plain(them, names)):
            if number == 0:
                os.kill(doomed[0], signal.SIGKILL)
            yield answer

    same(whole, measure_apart(sample, NAMES, "unit", run=deadly, size=0))


def test_a_section_that_takes_its_workers_with_it_ends_in_one_line(
    held: list[Section], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "measure_packed", _dies)
    with pytest.raises(EngineError, match=r"section 21.*lost 3 times, perhaps for lack of memory"):
        list(run_on_dask(address, 2)(held[:1], NAMES))


def _dies(*_: object) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def _too_large(*_: object) -> bytes:
    raise MemoryError


def _odd(*_: object) -> bytes:
    raise ZeroDivisionError("by nought")


def _broken(*_: object) -> bytes:
    return b"not what was asked for"


@pytest.mark.parametrize(
    ("task", "line"),
    [(_too_large, "memory of its worker"), (_odd, "by nought; --engine local"),
     (_broken, "did not arrive whole")],
)  # fmt: skip
def test_what_goes_wrong_on_a_worker_is_one_line(
    held: list[Section], address: str, monkeypatch: pytest.MonkeyPatch, task: Any, line: str
) -> None:
    monkeypatch.setattr(cluster, "measure_packed", task)
    with pytest.raises(EngineError, match=line) as caught:
        list(run_on_dask(address, 2)(held[:1], NAMES))
    assert "\n" not in caught.value.text.zh + caught.value.text.en


def test_a_worker_with_other_versions_is_refused(held: list[Section]) -> None:
    wanted = {**versions(), "geos": "3.0.0"}
    with pytest.raises(EngineError, match=r"geos .* \(3\.0\.0\)"):
        measure_packed(pack_section(held[0]), NAMES, wanted)


def test_a_dead_address_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_S", 1)
    with pytest.raises(EngineError, match="no Dask cluster answers"):
        list(run_on_dask("tcp://127.0.0.1:9", 1)([], NAMES))


def test_a_cluster_without_workers_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_S", 1)
    with (
        cluster._local_cluster(0) as own,
        pytest.raises(EngineError, match="no workers"),
    ):
        list(run_on_dask(own.scheduler_address, 1)([], NAMES))


def test_an_error_comes_whole_from_another_process() -> None:
    error = pickle.loads(pickle.dumps(EngineError("中文", "English")))
    assert (type(error), error.text) == (EngineError, ("中文", "English"))


@pytest.mark.parametrize("engine", ["", "spark", "dask=", "local=x", "DASK"])
def test_an_engine_that_is_not_there_is_refused(engine: str) -> None:
    with pytest.raises(EngineError, match="--engine dask"):
        engines.check_engine(engine)


def test_a_missing_library_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    assert engines.check_engine("local") is None
    with pytest.raises(EngineError, match=r"needs distributed.*gisplan\[dask\]"):
        engines.check_engine("dask")


def test_small_plans_are_not_kept(
    sample: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GISPLAN_CACHE", str(tmp_path / "cache"))
    findings(sample, cache=True)
    assert not (tmp_path / "cache").exists()
