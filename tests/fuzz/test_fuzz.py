"""A short run of the fuzzer; `python tests/fuzz/long_run.py 10000` is the long one."""

from __future__ import annotations

import pytest
from harness import RECORDS, Mutant, Reader, broken_promise, make_seeds, run
from seeds import LAYER, SEEDS

# Mutants that once broke a promise: each is a case for good.
FOUND = {
    "xlsx": [7, 17, 107],  # damage that zlib, not zipfile, comes upon
    "csv-utf8": [2163, 2219],  # two rows that became one were taken for the header
    "csv-gbk": [2242, 2480],  # so were these; and two names of columns became one
    "fgb": [584, 1134],  # GDAL calls the damage the end of the file
    "gpkg": [5617, 5732],  # SQLite quotes damaged bytes in its message
    "geojson": [5778, 5928],  # what is no Feature any more is passed over by GDAL
}


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    reader.close()


def test_sound_plans_are_read_whole(reader, tmp_path):
    for name, home in make_seeds(tmp_path).items():
        answer = reader.ask(home)
        assert answer["end"] == "read", (name, answer)
        layer = answer["layers"][LAYER.get(name, "unit")]
        assert (layer["read"], len(layer["codes"])) == (RECORDS, RECORDS), name
        assert not {kind for kind, _, _ in answer["notes"]} & {"count_mismatch", "quarantined"}


def test_mutants_never_crash_hang_or_lose_a_record_unsaid(reader):
    ends, broken = run(reader, range(20_000, 20_150))
    assert broken == []
    assert {end.split()[0] for end in ends} == set(SEEDS)


@pytest.mark.parametrize("name", FOUND)
def test_what_once_broke_a_promise_keeps_it(reader, name):
    _ends, broken = run(reader, FOUND[name], [name])
    assert broken == []


def test_the_harness_notices_what_it_is_for():
    mutant = Mutant("shp-gbk", 0, "更新单元.shp", "flip", raw=b"", was=b"")
    sound = {"read": RECORDS, "checked": RECORDS, "aside": 0, "codes": []}
    answer = {"end": "read", "layers": {"unit": sound}, "counts": {"a": RECORDS}, "notes": []}
    assert broken_promise(mutant, answer) is None
    lost = {**answer, "layers": {"unit": {**sound, "checked": RECORDS - 1}}}
    assert "read, not" in broken_promise(mutant, lost)
    fewer = {**sound, "read": RECORDS - 1, "checked": RECORDS - 1}
    silent = {**answer, "layers": {"unit": fewer}, "counts": {"a": RECORDS - 1}}
    assert "nothing said" in broken_promise(mutant, silent)
    told = {**silent, "notes": [["count_mismatch", "unit", "a"]]}
    assert broken_promise(mutant, told) is None
    assert broken_promise(mutant, {"end": "hang"}).startswith("hang")
