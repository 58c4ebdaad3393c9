"""The real layers, each reviewed by its plan file: what was found must stay found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from gisplan.pipeline import Result, open_plan, review

PLANS = Path(__file__).resolve().parents[2] / "examples" / "plans"
FOLDERS = {
    "koeln": "koeln",
    "koeln_zones": "koeln",
    "liaoning_tianditu": ".",
    "liaoning_amap": ".",
    "liaoning_gcj02": "liaoning_admin",
    "singapore_wgs84": "singapore_mp2019/wgs84",
    "singapore_svy21": "singapore_mp2019/svy21",
    "barcelona": "barcelona_chain",
    "prague": "prague_buildings",
    "anhui": "dirty_shp/nts",
    "slope_polygons": "raster_small",
}
# Rules of the first version; a rule that comes later may find more and has its own tests.
CODES = {"BND101", "BND102", "BND104", "GEO101", "GEO103", "GEO104", "GEO105", "HER108", "HER113",
         "LST102", "SCH101", "SCH105", "SRC101", "SRC104", "SRC108"}  # fmt: skip

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def reviewed(shared_data):
    made: dict[str, Result] = {}

    def of(name: str) -> Result:
        if name not in made:
            plan = open_plan(shared_data / FOLDERS[name], config=PLANS / f"{name}.toml")
            made[name] = review(plan)
        return made[name]

    return of


def test_every_plan_file_is_reviewed_here():
    assert {path.stem for path in PLANS.glob("*.toml")} == set(FOLDERS)


@pytest.mark.parametrize("name", FOLDERS)
def test_accounts_close_no_rule_crashes_and_nothing_is_clear_without_heritage(reviewed, name):
    result = reviewed(name)
    assert all(c.read == c.checked + c.quarantined for c in result.dossier.layers)
    assert not [run.code for run in result.dossier.rules if run.outcome == "crashed"]
    assert "clear" not in set(result.verdicts["verdict"])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("koeln", {"HER108": 51, "HER113": 43, "BND101": 33, "SCH105": 28, "GEO103": 5,
                   "BND102": 3, "GEO101": 3, "GEO104": 5}),
        ("koeln_zones", {"GEO103": 5, "BND101": 3, "GEO101": 1}),
        ("liaoning_tianditu", {"BND101": 3, "BND102": 3, "GEO103": 1, "GEO104": 1}),
        ("liaoning_amap", {}),
        ("liaoning_gcj02", {"BND101": 18, "BND102": 2}),
        ("singapore_wgs84", {"GEO101": 10, "BND101": 1, "BND102": 1}),
        ("singapore_svy21", {"BND101": 1, "BND102": 1}),
        ("barcelona", {}),
        ("prague", {}),
        ("anhui", {"SCH101": 1}),
        ("slope_polygons", {"LST102": 2, "SCH105": 1}),
    ],
)  # fmt: skip
def test_what_was_found_stays_found(reviewed, name, found):
    assert Counter(c for c in reviewed(name).findings["code"] if c in CODES) == found


def test_the_clean_control_has_nothing_but_its_undeclared_encoding(reviewed):
    findings = reviewed("barcelona").findings
    assert set(findings["severity"]) <= {"info"}
    assert set(findings["code"]) <= {"SRC102"}  # its area fields are planar, as is usual there


def test_districts_outside_their_city_by_as_much_as_others_measured(reviewed):
    findings = reviewed("liaoning_tianditu").findings
    outside = findings[findings["code"] == "BND101"].set_index("feature")["measure"]
    assert outside.to_dict() == pytest.approx(
        {"210781": 3_358_776, "211404": 1_251_711, "210711": 77_404}, rel=3e-3
    )
    uncovered = findings[findings["code"] == "BND102"]["measure"]
    assert uncovered.sum() == pytest.approx(785_123, rel=1e-3)


def test_listed_buildings_inside_and_near_the_renewal_areas(reviewed):
    findings = reviewed("koeln").findings
    counts = findings.groupby(["code", "feature"]).size()
    assert sorted(counts["HER108"]) == [1, 50]
    assert sorted(counts["HER113"]) == [8, 35]


def test_text_in_gbk_without_cpg_is_read(reviewed):
    names = reviewed("anhui").dossier.plan.layers["district"].frame["name"]
    assert {"天长市", "全椒县", "和县"} <= set(names)


def test_areas_are_not_those_of_web_mercator(reviewed):
    from gisplan.measure.ellipsoid import ellipsoidal_area

    plan = reviewed("prague").dossier.plan
    houses = plan.layers["house"].frame
    area = ellipsoidal_area(houses.geometry.to_numpy(), plan.working_crs).sum()
    assert area == pytest.approx(43_184, rel=1e-4)
