"""Sections of a plan, measured on their own, give the tables of the whole plan, bit for bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from measure_shapes import X, Y, layer, line, point, square
from test_measure_as_plain import FOLDERS, PLANS
from test_measure_engine import messy_plan, same

from gisplan.measure.apart import FIDS, Tables, measure_apart, measure_section
from gisplan.measure.engine import MEASURES, measure_plan
from gisplan.measure.overlay import Workers
from gisplan.measure.scene import Scene
from gisplan.measure.sections import Division, Section, upper_tier
from gisplan.model import Plan
from gisplan.pipeline import open_plan
from gisplan.testing.plans import make_plan
from gisplan.testing.plant import clean_plan, plant


def assert_as_whole(plan: Plan, judged: str, **options: Any) -> Tables:
    whole = measure_plan(plan, MEASURES, judged)
    apart = measure_apart(plan, MEASURES, judged, **{"size": 0, **options})
    assert list(apart) == list(whole)
    for name in MEASURES:
        same(whole[name], apart[name])
    return whole


def sections(plan: Plan, judged: str, size: int = 0) -> list[Section]:
    scene = Scene(plan, judged, Workers())
    parents = measure_plan(plan, ["parents"], judged)["parents"]
    return list(Division(scene, parents, {"": 10.0, "heritage_body": 500.0}, size).sections())


def scattered_plan() -> Plan:
    """Return a plan in which hardly anything lies where it is filed, and one district is empty."""
    rng = np.random.default_rng(11)
    at = rng.uniform(-300, 3300, (60, 2))
    units = [square(x, y, 130) for x, y in at]
    units[3], units[4] = units[2], shapely.union(units[4], square(2500, 2500, 90))
    parents = [None if i % 9 == 0 else f"21010{2 + i % 4}" for i in range(60)]
    projects = [shape.buffer(-20) if i % 3 else shape.buffer(15) for i, shape in enumerate(units)]
    codes = [f"GX{i:03d}" for i in range(60)]
    return make_plan(
        {
            "city": layer([square(0, 0, 3000)], ["210100"]),
            "district": layer(
                [
                    square(0, 0, 1500), square(1500, 0, 1500), square(0, 1490, 1500, 1510),
                    square(1500, 1500, 1500), square(4000, 0, 100),
                ],
                [f"21010{2 + i}" for i in range(5)],
                parent=["210100"] * 5,
            ),
            "unit": layer(units, codes, parent=parents),
            "project": layer(projects, [f"P{i:03d}" for i in range(60)], parent=codes),
            "building": layer([square(x, y, 12) for x, y in at + 40], range(60)),
            "parcel": layer([square(x, y, 60, 20) for x, y in at - 9], range(60)),
            "heritage_zone": layer(
                [square(1300, 1300, 400), point(700, 700), line((0, 0), (3000, 3000))], range(3)
            ),
            "heritage_body": layer([point(1490, 800), square(1000, 1990, 30)], range(2)),
            "control_line": layer([square(-50, 900, 3000, 70)], ["L"], kind=["blue"]),
        },
        partitions=["district", "unit", "project"],
    )  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"jobs": 3}, {"size": 200}], ids=["one", "jobs", "groups"])
def test_a_plan_in_which_every_table_has_rows(options: dict[str, Any]) -> None:
    assert_as_whole(messy_plan(), "unit", **options)


@pytest.mark.parametrize(("judged", "size"), [("unit", 0), ("project", 60), ("district", 0)])
def test_features_that_lie_elsewhere_than_they_are_filed(judged: str, size: int) -> None:
    tables = assert_as_whole(scattered_plan(), judged, size=size)
    empty = tables["uncovered"].query("parent_layer == 'district' and parent_fid == 4")
    assert set(empty["scope"]) == {"own", "any"}, "a district without units is all uncovered"


def test_a_random_plan_with_planted_defects() -> None:
    assert_as_whole(plant(clean_plan(1), 1).plan, "unit", size=100)


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "judged"),
    [("liaoning_tianditu", "district"), ("singapore_wgs84", "planning_area")],
)
def test_real_layers(shared_data: Path, name: str, judged: str) -> None:
    plan = open_plan(shared_data / FOLDERS[name], config=PLANS / f"{name}.toml")
    assert_as_whole(plan, judged)


def test_a_plan_whose_judged_tier_has_no_parents_is_measured_whole() -> None:
    plan = make_plan({"unit": layer([square(0, 0, 10), square(20, 0, 10)])})
    assert upper_tier(Scene(plan, "unit")) == ""
    assert_as_whole(plan, "unit")


@pytest.mark.parametrize("layers", [{}, {"unit": layer([])}, {"district": layer([])}])
def test_a_plan_with_nothing_to_measure(layers: dict[str, Any]) -> None:
    assert_as_whole(make_plan(layers), "unit")


def test_every_feature_is_owned_by_one_section() -> None:
    plan = scattered_plan()
    owned: dict[str, list[int]] = {}
    for section in sections(plan, "unit"):
        for name, fids in section.about.rows.items():
            owned.setdefault(name, []).extend(section.fids[name][fids].tolist())
    assert set(owned) == {"unit", "project", "parcel", "building"}
    for name, fids in owned.items():
        assert sorted(fids) == list(range(len(plan.layers[name].frame)))


def test_a_section_holds_no_more_than_what_is_near() -> None:
    held = {len(section.fids["building"]) for section in sections(scattered_plan(), "unit")}
    assert max(held) < 50


def test_small_parents_share_a_section() -> None:
    plan = scattered_plan()
    assert len(sections(plan, "unit")) == 5
    assert len(sections(plan, "unit", size=100)) == 3  # two of the five, on average, hold 96
    assert len(sections(plan, "unit", size=10_000)) == 1


def test_what_a_section_makes_of_a_neighbour_is_left_out() -> None:
    """Rows are those of the owner, though a measure forgets to ask whose they are."""
    plan = scattered_plan()

    def forgetful(
        held: Iterable[Section], names: tuple[str, ...]
    ) -> Iterator[tuple[Section, Tables]]:
        for section in held:
            scene = Scene(section.plan, "unit", Workers())
            scene.about = None
            yield section, {"area": MEASURES["area"].make(scene)}

    whole = measure_plan(plan, ["area"], "unit")["area"]
    same(whole, measure_apart(plan, ["area"], "unit", run=forgetful, size=0)["area"])


def test_each_table_that_is_made_of_sections_says_what_its_fids_are_of() -> None:
    assert set(FIDS) == {name for name, measure in MEASURES.items() if measure.reach is not None}
    for section in sections(messy_plan(), "unit"):
        for name, table in measure_section(section, FIDS).items():
            numbers = {c for c in table.columns if c.endswith("fid") or c.startswith("fid_")}
            assert numbers == set(FIDS[name])


def test_an_area_does_not_depend_on_what_is_beside_it() -> None:
    """An area has the same bits beside a shape whose edges are cut as it has alone."""
    from gisplan.measure.ellipsoid import ellipsoidal_area

    rng, origin = np.random.default_rng(3), np.array([X, Y])
    small = np.array(
        [shapely.Polygon(rng.uniform(0, 90, (3, 2)) + origin) for _ in range(200)], dtype=object
    )
    beside = np.append(small, square(0, 0, 12_345.678))
    alone, together = (ellipsoidal_area(shapes, "EPSG:4529") for shapes in (small, beside))
    assert (alone == together[:-1]).all()


def test_shapes_that_geos_holds_on_a_grid_are_measured_as_read_from_a_file() -> None:
    """What is sent to a worker has lost its grid; so has what is measured here."""
    slant = shapely.Polygon([(X + 3, Y + 10), (X + 133.337, Y + 61.007), (X + 3, Y + 57)])
    gridded = [shapely.set_precision(shape, 0.001) for shape in (square(0, 0, 100), slant)]
    free = shapely.from_wkb(shapely.to_wkb(gridded))
    assert shapely.intersection(*gridded).area != shapely.intersection(*free).area
    made = [
        measure_plan(make_plan({"unit": layer(shapes)}), ["overlap"], "unit")["overlap"]
        for shapes in (gridded, list(free))
    ]
    same(*made)
