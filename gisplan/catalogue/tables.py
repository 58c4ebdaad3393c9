"""Makes the tables that the rules see out of a plan and its measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.layers import layer_specs, raster_specs
from gisplan.model import Layer, Plan


def judged_tier(plan: Plan) -> str:
    """Return the tier whose features get verdicts: `unit`, else the lowest one in the plan.

    A plan without any tier is judged by the lowest tier of its chain, which has no features.
    """
    present = [tier.name for tier in plan.chain if tier.name in plan.layers]
    if "unit" in present:
        return "unit"
    return (present or [tier.name for tier in plan.chain])[-1]


def build_tables(
    plan: Plan,
    measures: Mapping[str, pd.DataFrame],
    judged: str,
    today: dt.date | None = None,
) -> Tables:
    """Return what the rules see of a plan: attributes, notes and measures, no shapes.

    Parameters
    ----------
    plan : Plan
        Normalised.
    measures : mapping of str to DataFrame
        Measure tables by name; `gisplan.measure` documents each.
    judged : str
        Name of the tier that verdicts are about, see `judged_tier`.
    today : date, optional
        Day of the run.

    Returns
    -------
    Tables
        `specs` holds also the layers that gisplan knows and the plan lacks, so that a rule can
        name what is missing.
    """
    specs = {**raster_specs(), **layer_specs()}
    specs = {**specs, **{tier.name: tier.spec for tier in plan.chain}}
    specs = {**specs, **{name: layer.spec for name, layer in plan.layers.items()}}
    return Tables(
        chain=plan.chain,
        specs=specs,
        attributes={name: _attributes(layer) for name, layer in plan.layers.items()},
        found={name: layer.found for name, layer in plan.layers.items()},
        quarantined={name: _quarantined(layer) for name, layer in plan.layers.items()},
        notes=plan.notes,
        judged=judged,
        waivers=plan.config.waivers,
        exemptions=plan.config.exemptions,
        allowed_gaps=plan.config.allowed_gaps,
        measures=measures,
        chain_declared=plan.config.tiers is not None,
        ellipsoidal_due=_is_cgcs2000(plan.working_crs),
        today=today,
    )


def _is_cgcs2000(crs: str) -> bool:
    """Return whether a CRS is one of the Gauss-Kruger zones of CGCS2000 (domain.md C.1)."""
    code = crs.removeprefix("EPSG:")
    return code.isdecimal() and 4491 <= int(code) <= 4554


def _attributes(layer: Layer) -> pd.DataFrame:
    return pd.DataFrame(layer.frame[[name for name in layer.frame if name != "geometry"]])


def _quarantined(layer: Layer) -> frozenset[str]:
    return frozenset() if layer.quarantine is None else frozenset(layer.quarantine["_label"])
