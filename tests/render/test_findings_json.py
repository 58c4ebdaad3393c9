"""findings.json: the contract, plain values, equal bytes."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from schema_check import errors

from gisplan.catalogue.home import layers_home
from gisplan.render.json import to_json, write_json
from gisplan.render.plain import clean
from gisplan.testing.dossier import FORMULA, SCRIPT, small_dossier

SCHEMA = json.loads((layers_home() / "schema" / "findings-1.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def document():
    return json.loads(to_json(small_dossier()))


def test_it_is_valid_by_the_published_schema(document):
    assert errors(document, SCHEMA, SCHEMA) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("schema",), "gisplan-findings/2"),
        (("findings", 0, "fingerprint"), "xyz"),
        (("findings", 0, "severity"), "fatal"),
        (("findings", 0, "message"), "one language"),
        (("findings", 0, "bbox"), [1.0, 2.0]),
        (("findings", 0, "extra"), 1),
        (("layers", 0, "read"), -1),
        (("layers", 0, "read"), True),
        (("verdicts", 0, "verdict"), "fine"),
        (("rules", 0, "outcome"), "ok"),
    ],
)
def test_the_schema_refuses_what_is_not_in_the_contract(place, value):
    document = json.loads(to_json(small_dossier()))
    target = document
    for part in place[:-1]:
        target = target[part]
    target[place[-1]] = value
    assert errors(document, SCHEMA, SCHEMA)


def test_every_field_of_the_contract_is_there(document):
    assert list(document)[:2] == ["schema", "run"]
    assert document["schema"] == "gisplan-findings/1"
    finding = next(row for row in document["findings"] if row["code"] == "BND101")
    assert finding["measure"] == 10000.0
    assert finding["measures"] == {"share": 0.04, "n_pieces": 1, "width_m": 38.46}
    assert finding["message"]["zh"] == "210102-GX001 超出 210102 10,000 平方米"
    assert finding["sources"][0]["verified"] is False
    assert finding["at"] == [finding["at"][0], finding["at"][1]]
    assert finding["bbox"][0] <= finding["at"][0] <= finding["bbox"][2]
    assert document["layers"][1] == {
        "layer": "unit",
        "tier": True,
        "read": 5,
        "checked": 4,
        "quarantined": 1,
        "repaired": 1,
    }
    rule = next(row for row in document["rules"] if row["code"] == "BND101")
    assert rule["filtered"] == {"pieces": 12, "area_m2": 3.4}
    assert document["run"]["inputs"][0]["encoding_from"] == "detected"


def test_every_verdict_and_finding_of_the_dossier_is_there_in_order(document):
    dossier = small_dossier()
    assert [v["unit"] for v in document["verdicts"]] == list(dossier.verdicts["unit"])
    prints = list(dossier.findings["fingerprint"])
    assert [f["fingerprint"] for f in document["findings"]] == prints


def test_what_has_no_place_and_no_measure_is_null(document):
    row = next(row for row in document["findings"] if row["code"] == "SRC108")
    names = ("at", "bbox", "measure", "limit", "related", "ruling", "waiver")
    assert {name: row[name] for name in names} == dict.fromkeys(names)


def test_hostile_text_is_data(document):
    texts = json.dumps(document, ensure_ascii=False)
    assert json.dumps(FORMULA)[1:-1] in texts
    assert SCRIPT in texts


def test_it_is_utf_8_with_unix_line_ends_on_every_system(tmp_path):
    path = tmp_path / "findings.json"
    write_json(small_dossier(), path)
    raw = path.read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"}\n")
    assert "盛京皇城片区".encode() in raw


def test_only_started_and_seconds_tell_equal_runs_apart():
    one, two = small_dossier(), small_dossier()
    assert to_json(one) == to_json(two)
    later = replace(two, run=replace(two.run, started="2027-01-01T00:00:00+00:00", seconds=9.0))
    lines = zip(to_json(one).splitlines(), to_json(later).splitlines(), strict=True)
    differing = [a.split(":")[0].strip() for a, b in lines if a != b]
    assert differing == ['"started"', '"seconds"']


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (np.float64(1.23456789), 1.234568),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (-0.0000001, 0.0),
        ({"a": np.float32(0.5), 1: (1, None)}, {"a": 0.5, "1": [1, None]}),
        (pd.Timestamp("2026-01-05"), "2026-01-05 00:00:00"),
        ({"b", "a"}, ["a", "b"]),
    ],
)
def test_values_become_what_json_can_hold(value, expected):
    assert json.loads(json.dumps(clean(value), allow_nan=False)) == expected
    assert str(clean(-0.0)) == "0.0"
