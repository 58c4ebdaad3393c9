"""Runs of sound records: what a few broken records may cost."""

from __future__ import annotations

import pytest

from gisplan.read import runs
from gisplan.read.runs import sound_runs


class Layer:
    """Records of which some stop a bulk read."""

    def __init__(self, broken):
        self.broken, self.attempts = set(broken), 0

    def read(self, begin, count):
        self.attempts += 1
        if self.broken & set(range(begin, begin + count)):
            raise ValueError("broken")
        return list(range(begin, begin + count))


def read(broken, total, **options):
    layer = Layer(broken)
    found, left = sound_runs(layer.read, total, **options)
    records = [record for _begin, run in found for record in run]
    assert [begin for begin, _run in found] == [run[0] for _begin, run in found]
    assert sorted(records + left) == list(range(total))
    assert records == sorted(records)
    assert left == sorted(left)
    return layer.attempts, left


@pytest.mark.parametrize("broken", [[], [0], [99_999], [5, 6, 7], [1, 50_000, 99_999]])
def test_broken_records_are_singled_out_in_few_attempts(broken):
    attempts, left = read(broken, 100_000)
    assert left == broken
    assert attempts <= 1 + 2 * 17 * len(broken)


def test_no_record_of_no_layer():
    assert read([], 0) == (0, [])


def test_the_smallest_run_is_left_whole():
    _attempts, left = read([40], 100, smallest=10)
    assert 40 in left
    assert len(left) <= 10


def test_when_hundreds_are_broken_the_attempts_end(monkeypatch):
    monkeypatch.setattr(runs, "_MOST_ATTEMPTS", 50)
    attempts, left = read(range(0, 10_000, 2), 10_000)
    assert attempts == 50
    assert len(left) >= 5_000
