"""Random plans without a single finding: a whole chain with everything that the rules look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gisplan.model import LayerSource, Plan, PlanConfig
from gisplan.testing.plant import beside, tables
from gisplan.testing.plant.draft import FILE, Draft
from gisplan.testing.plant.fabric import make_fabric
from gisplan.testing.plant.places import make_places


def clean_plan(seed: int) -> Plan:
    """Return a random plan in which the rules of the chain find nothing.

    Codes and names are Liaoning's, every shape is invented. Number and size of the areas, their
    borders, place, angle, zone and years depend on the seed alone.
    """
    return clean_draft(seed).finish()[0]


def clean_draft(seed: int) -> Draft:
    """Return the rows of the clean plan of a seed, not yet normalised."""
    rng = np.random.default_rng([seed, 1])
    places = make_places(rng)
    year = int(rng.integers(2022, 2027))
    fabric = make_fabric(rng, places, year)
    facilities = beside.make_facilities(rng, places, fabric)
    problems = beside.make_problems(rng, places, fabric, year)
    bodies, zones, listed = beside.make_heritage(rng, places, year)
    frames = {
        "province": places.province,
        "city": places.cities.assign(rent_growth=rng.uniform(1, 4, len(places.cities)).round(1)),
        "district": places.districts.assign(
            allowed_modes=tables.allowed_in(rng, len(places.districts))
        ),
        "unit": fabric.units.drop(columns="_use"),
        "project": fabric.projects,
        "parcel": fabric.parcels,
        "building": fabric.buildings,
        "control_line": beside.make_lines(rng, places, fabric.units),
        "planning_zone": beside.make_zones(places),
        "heritage_body": bodies,
        "heritage_zone": zones,
        "heritage_list": listed,
        "facility": facilities,
        "exam_problem": problems,
        "indicator": tables.make_indicators(rng, places, fabric, year),
        "register": tables.make_register(places, year),
        "item_list": tables.make_lists(rng, fabric, year),
        "city_guidance": tables.make_guidance(places),
    }
    sources = tuple(LayerSource(layer=name, path=f"{name}.gpkg") for name in frames)
    config = PlanConfig(root=Path(), layers=sources, working_crs=places.crs)
    rows = {
        name: pd.DataFrame(frame).astype(object).assign(**{FILE: f"{name}.gpkg"})
        for name, frame in frames.items()
    }
    return Draft(places.crs, config, rng, rows)
