"""Every indicator of the exam, each against a figure worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest

from gisplan.catalogue.exam import exam_indicators, facility_classes
from gisplan.catalogue.home import load_toml
from gisplan.pipeline import exam, open_plan
from tests.exam.tiny_city import at, layers, point, write_raster, written

KM2 = 1e6 * 0.9998**2  # the plane of the map is this much larger than the ground
# One facility of each class stands in the middle of the housing of S1 (200 by 100 m): the land of
# S1 lies within 112 m of it, that of S2 between 550 and 658 m. Walking, a way is 1.3 straight ones.
SERVED = {
    "B101": (100, 100), "B102": (100, 0), "C114": (100, 100), "C115": (100, 100),
    "S101": (100, 0), "S102": (100, 100), "S103": (100, 0), "S104": (100, 100),
    "S105": (100, 100), "S106": (100, 100), "S107": (100, 0), "S108": (100, 0),
    "S109": (100, 100), "S110": (100, 100), "S114": (100, 0),
}  # fmt: skip
# Of four communities one has the facility, and its size is enough.
LACKING = dict.fromkeys(("E101", "E102", "E103", "E104", "E105", "E106", "E107"), 3)
CITY = {
    "H101": 100 * 2_000 / 20_000,  # one of three buildings is of 1990
    "H102": 2,  # C and D; A is none
    "C101": 2.5 / 2,  # 25,000 people on 2 km2
    "C102": 3.0 / 2,  # 2 km and 1 km of road
    "C103": 100 * 1_200 / 2e6,  # three of 20 by 20 m
    "C104": 2.0 / 2,  # 20,000 m2 of floors
    "C105": 1,  # 99 m in 2022
    "C106": 10_000 / 25_000,  # a park of 100 by 100 m
    "C107": 20_000 / 25_000,
    "C108": 20_000 / 25_000,
    "C109": 100 / 9,  # 1 of 9 ha
    "C110": 50,  # one of the two of which it is said
    "C111": 100,  # the one of which it is said
    "C112": 100 / 3,  # 1 of 3 ha
    "C113": 88.5,
    "S111": 0.3,
    "S112": 50,  # the east is deep
    "S113": 24,  # 50 of 200 columns rise by 30 degrees; the first and last by less, to both sides
    "S115": 50,  # the west is grass
    "S116": 37.5,  # three quarters of the east
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("every")
    words = {name: entry["words"][0] for name, entry in load_toml("exam/facilities.toml").items()}
    kinds = sorted(facility_classes())
    facility = ([point(200, 150)] * len(kinds), {
        "code": [f"F{n}" for n in range(len(kinds))],
        "facility_type": [words[kind] for kind in kinds],
        "area": [20_000.0] * len(kinds), "state": ["existing"] * len(kinds),
    })  # fmt: skip
    built, fields = layers()["building"]
    changed = {
        "facility": facility, "road": (None, None),
        "building": (built, fields | {"danger": ["C", "D级", "A"]}),
        "heritage_body": (
            [at(10, 10, 20, 20), at(30, 10, 40, 20), at(50, 10, 60, 20)],
            {"code": ["H1", "H2", "H3"], "name": ["一", "二", "三"],
             "listed": ["是", "否", None], "vacant": ["是", None, None]},
        ),
        "parcel": (
            [at(600, 100, 700, 200), at(600, 300, 800, 400)],
            {"code": ["K1", "K2"], "low_efficiency": ["是", "否"]},
        ),
    }  # fmt: skip
    east = np.arange(220) * 10.0 - 100 + 5  # of the middles of columns; ten cells beyond the city
    north = 1000 - np.arange(120) * 10.0 + 100 - 5
    inside = np.broadcast_to(east > 1000, (120, 220))
    cover = np.where(inside, 50.0, 30.0)
    cover[np.ix_((north > 500) & (north < 1000), (east > 1000) & (east < 1500))] = 80
    slope = np.tile(np.clip(east, 0, 500) * np.tan(np.radians(30)), (120, 1))
    for name, cells in (
        ("ndvi", np.full((120, 220), 0.3)),
        ("landcover", cover),
        ("flood_depth", np.where(inside, 0.5, 0.0)),
        ("terrain", slope),
    ):
        write_raster(folder / f"{name}.tif", cells, 10.0, beyond=100.0)
    more = "".join(f'[layers.{name}]\npath = "{name}.tif"\n' for name in
                   ("ndvi", "flood_depth", "landcover"))  # fmt: skip
    more += '[layers.terrain]\npath = "terrain.tif"\nunit = "m"\n[exam]\nlandcover = "worldcover"\n'
    rows = [{"ZBDM": "C113", "QYBH": "210100", "ND": 2025, "SZ": 88.5}]
    plan = written(folder, changed=changed, more=more, tables={"exam_value": rows})
    roads, names = layers()["road"]
    return {
        "straight": exam(open_plan(plan)).dossier,
        "roads": exam(open_plan(written(folder, changed=changed | {"road": (roads, names)},
                                        more=more, tables={"exam_value": rows}))).dossier,
    }  # fmt: skip


def value(dossier, code, level, place):
    rows = dossier.values.set_index(["indicator", "level", "place"])["value"]
    return rows.get((code, level, place))


def test_no_indicator_goes_without_a_figure_on_paper(found):
    assert set(SERVED) | set(LACKING) | set(CITY) == set(exam_indicators())
    assert not set(SERVED) & set(CITY)
    assert not found["roads"].missing


@pytest.mark.parametrize("code", sorted(SERVED))
def test_coverage(found, code):
    own, other = (value(found["straight"], code, "community", place) for place in ("S1", "S2"))
    assert (own, other) == pytest.approx(SERVED[code], abs=1e-6)


@pytest.mark.parametrize("code", sorted(LACKING))
def test_communities_that_lack_one(found, code):
    dossier = found["straight"]
    assert value(dossier, code, "community", "S1") == 0
    assert value(dossier, code, "community", "S2") == 1
    assert value(dossier, code, "city", "210100") == LACKING[code]


@pytest.mark.parametrize("code", sorted(CITY))
def test_figures_of_the_city(found, code):
    got = value(found["roads"], code, "city", "210100")
    assert got == pytest.approx(CITY[code], rel=1e-6, abs=1e-9)
