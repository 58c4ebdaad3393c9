"""What would resolve the heritage conflicts that block: computed and offered, never applied."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.findings import offers
from gisplan.findings.blocking import blocking_contacts
from gisplan.findings.evidence import to_degrees
from gisplan.findings.offers import HEIGHT, VIEW, Actor, Offer
from gisplan.findings.other_modes import lighter_modes
from gisplan.findings.units import Units
from gisplan.model import Plan

RESOLUTION_COLUMNS = (
    "kind",
    "layer",
    "feature",
    "units",
    "clears",
    "offered",
    "text_zh",
    "text_en",
    "values",
    "needs",
)
Changes = Mapping[tuple[str, int, str], Any]
Again = Callable[[Changes, Mapping[str, Collection[int]]], pd.DataFrame | None]
Measured = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Means:
    """What resolutions are found with; the pipeline hands it in from the other stages.

    again : offenders of the heritage rules among some rows, where some cells are changed;
        None where a rule crashed, and then neither mode nor buildings are offered
    clearance, standing : `measure.clearance`, for contacts that are asked about
    """

    again: Again
    clearance: Measured
    standing: Measured


def draw_resolutions(
    plan: Plan, tables: Tables, findings: gpd.GeoDataFrame, means: Means
) -> gpd.GeoDataFrame:
    """Return what would clear each feature that a heritage conflict blocks.

    Kinds: boundary (its outline without the zones), mode (the nearest less intense one that the
    matrix allows), height (the lowest cap), keep (buildings not to be demolished). What cannot
    help is listed as well, with `offered` false and the reason.

    Returns
    -------
    GeoDataFrame
        RESOLUTION_COLUMNS and geometry in EPSG:4490 (the new outline, the buildings to keep; else
        None), sorted by layer, feature and kind. `units`: whom it concerns. `clears`: the
        fingerprints that would be gone. `needs`: what is due under the new mode.
    """
    contacts = blocking_contacts(findings, plan, tables)
    units = Units(tables)
    found: list[tuple[Actor, Offer]] = []

    def again(changes: Changes) -> pd.DataFrame | None:
        return means.again(changes, _families(units, changes))

    if len(contacts):
        by_actor = dict(iter(contacts.groupby(["actor_layer", "fid"], sort=True)))
        actors = {key: offers.actor(tables, key, rows) for key, rows in by_actor.items()}
        kept = _kept_buildings(tables, contacts, means.standing, again)
        outlines = _outlines(contacts, actors, means)
        views = _views(findings)
        labels = dict(tables.attributes["building"]["_label"]) if kept else {}
        modes = lighter_modes(actors, again)
        for key, one in actors.items():
            made = [
                offers.boundary(one, outlines.get(key)),
                offers.mode(one, modes.get(key)),
                offers.height(one, views.get((one.layer, one.label))),
                offers.keep(one, kept.get(key), labels),
            ]
            found += [(one, offer) for offer in made if offer is not None]
    return _frame(plan, units, found)


def _views(findings: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return the lowest height that views leave, by layer and feature."""
    rows = findings[(findings["code"] == VIEW) & findings["limit"].notna()]
    lowest = rows.groupby(["layer", "feature"])["limit"].min()
    return {(str(key[0]), str(key[1])): float(limit) for key, limit in lowest.items()}


def _families(units: Units, changes: Changes) -> dict[str, set[int]]:
    """Return the rows of all that may be judged by some changed cells."""
    changed: dict[str, set[int]] = {}
    for layer, fid, _ in changes:
        changed.setdefault(layer, set()).add(fid)
    found: dict[str, set[int]] = {}
    for layer, fids in changed.items():
        for name, rows in units.family(layer, fids).items():
            found.setdefault(name, set()).update(rows)
    return found


def _outlines(
    contacts: pd.DataFrame, actors: Mapping[Any, Actor], means: Means
) -> dict[Any, dict[str, Any]]:
    """Return what is left of each actor without the zones; caps of height need no new outline."""
    spatial = contacts[(contacts["other_fid"] >= 0) & (contacts["actor_layer"] != "building")]
    keys = pd.MultiIndex.from_frame(spatial[["actor_layer", "fid"]])
    only_height = np.array([actors[key].only_height for key in keys], dtype=bool)
    asked = spatial[(spatial["code"] != HEIGHT) | only_height]
    if asked.empty:
        return {}
    rows = means.clearance(asked).to_dict("records")
    clears = asked.groupby(["actor_layer", "fid"])["fingerprint"].agg(lambda s: sorted(set(s)))
    return {
        (row["actor_layer"], row["fid"]): {
            **row,
            "clears": clears[(row["actor_layer"], row["fid"])],
        }
        for row in rows
    }


def _kept_buildings(
    tables: Tables,
    contacts: pd.DataFrame,
    stands: Measured,
    again: Callable[[Changes], pd.DataFrame | None],
) -> dict[Any, dict[str, Any]]:
    """Return for each actor the buildings that clear it if they are kept, and what that clears."""
    contacts = contacts[contacts["code"] != HEIGHT]  # a cap holds whatever is kept
    if "building" not in tables.attributes or contacts.empty:
        return {}
    action = tables.attributes["building"]["action"]
    standing = stands(contacts[contacts["other_fid"] >= 0])
    own = contacts[contacts["actor_layer"] == "building"]
    own = own.assign(building_fid=own["fid"], geometry=None)
    standing = pd.concat([own[standing.columns], standing], ignore_index=True)
    standing = standing[standing["building_fid"].map(action) == "demolish"]
    if standing.empty:
        return {}
    fids = sorted({int(fid) for fid in standing["building_fid"]})
    after = again({("building", fid, "action"): "keep" for fid in fids})
    if after is None:
        return {}
    barred = after[after["ruling"].isin(offers.BARRED)]
    still = set(zip(barred["layer"], barred["fid"], barred["code"], barred["related"], strict=True))
    found: dict[Any, dict[str, Any]] = {}
    pairs = standing.groupby(["actor_layer", "fid", "other_layer", "other_fid"], sort=True)
    for row in contacts.to_dict("records"):
        key = row["actor_layer"], row["fid"]
        pair = (*key, row["other_layer"], row["other_fid"])
        other = _other_label(tables, row)
        gone = (*key, row["code"], other) not in still
        if gone and pair in pairs.groups:
            entry = found.setdefault(key, {"clears": set(), "fids": set()})
            entry["clears"].add(row["fingerprint"])
            entry["fids"] |= set(pairs.get_group(pair)["building_fid"])
    return found


def _other_label(tables: Tables, contact: Mapping[Any, Any]) -> str | None:
    if contact["other_fid"] < 0:
        return None
    return str(tables.attributes[contact["other_layer"]]["_label"][contact["other_fid"]])


def _frame(plan: Plan, units: Units, found: list[tuple[Actor, Offer]]) -> gpd.GeoDataFrame:
    rows = sorted(found, key=lambda row: (row[0].layer, row[0].label, row[1].kind, row[0].fid))
    shapes = np.full(len(rows), None, dtype=object)
    shapes[:] = [offer.shape(plan) for _, offer in rows]
    cells: dict[str, list[Any]] = {name: [] for name in RESOLUTION_COLUMNS}
    for one, offer in rows:
        concerned = sorted(units.of_label(one.layer, one.label))
        values = (offer.kind, one.layer, one.label, concerned, sorted(offer.clears), offer.offered)
        texts = (offer.text.zh, offer.text.en, offer.values, offer.needs)
        for name, value in zip(RESOLUTION_COLUMNS, (*values, *texts), strict=True):
            cells[name].append(value)
    columns = {name: _objects(values) for name, values in cells.items()}
    return gpd.GeoDataFrame(columns, geometry=to_degrees(shapes, plan.working_crs), crs="EPSG:4490")


def _objects(values: list[Any]) -> pd.Series:
    held = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        held[place] = value
    return pd.Series(held, dtype=object)
