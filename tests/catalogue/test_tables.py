"""What the rules are told of a plan beside its attributes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gisplan.catalogue.tables import build_tables
from gisplan.testing.plans import make_plan


@pytest.mark.parametrize(
    ("crs", "due"),
    [
        ("EPSG:4490", False),  # geographic
        ("EPSG:4491", True),
        ("EPSG:4529", True),
        ("EPSG:4554", True),
        ("EPSG:4555", False),
        ("EPSG:25831", False),
        ("PROJCRS[]", False),
    ],
)
def test_areas_on_the_ellipsoid_are_due_in_the_zones_of_cgcs2000(crs: str, due: bool) -> None:
    plan = replace(make_plan({}), working_crs=crs)
    assert build_tables(plan, {}, "unit").ellipsoidal_due is due
