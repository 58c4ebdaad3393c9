"""Whose features are whose, where one area of a plan is reviewed: the area's, or others'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import shapely

from gisplan.catalogue.judgement import Tables
from gisplan.model import Part, Plan

Labels = Mapping[str, frozenset[str]]


class Owners(NamedTuple):
    """Labels of features by layer: `own` belong to the area, `others` to another one.

    Own are also those that may be the area's: nobody knows the parent, and they meet the area or
    have no place.
    """

    own: Labels
    others: Labels


def owners_of(plan: Plan, tables: Tables, part: Part) -> Owners:
    """Return what belongs to an area down the chain, and what belongs to other areas.

    Of features without a known parent those are others' that lie elsewhere, and in quarantine
    those whose code begins with that of another area.

    Parameters
    ----------
    plan : Plan
        As it was judged.
    tables : Tables
        With the measure `parents`.
    part : Part
        The area.

    Returns
    -------
    Owners
        Of the area's own tier and those above it all but the area itself are others'.
    """
    rank = {tier.name: tier.rank for tier in tables.chain}
    own: dict[str, frozenset[str]] = {part.layer: frozenset({part.label})}
    others: dict[str, frozenset[str]] = {}
    for tier in tables.tiers_present():
        if tier.rank <= rank[part.layer]:
            labels = frozenset(tables.attributes[tier.name]["_label"])
            others[tier.name] = labels - own.get(tier.name, frozenset())
    parents = tables["parents"]
    below = [name for name in parents["child_layer"].unique() if name not in others]
    for layer in sorted(below, key=lambda name: (rank.get(name, len(rank)), name)):
        rows = parents[(parents["child_layer"] == layer) & (parents["parent_fid"] >= 0)]
        labels_of = tables.attributes[layer]["_label"]
        mine: set[str] = set()
        theirs: set[str] = set()
        for above, group in rows.groupby("parent_layer"):
            named = tables.attributes[str(above)]["_label"].reindex(group["parent_fid"])
            inside = named.isin(own.get(str(above), frozenset())).to_numpy()
            outside = named.isin(others.get(str(above), frozenset())).to_numpy()
            fids = group["fid"].to_numpy()
            mine |= set(labels_of.reindex(fids[inside]))
            theirs |= set(labels_of.reindex(fids[outside & ~inside]))
        theirs |= _lying_elsewhere(plan, layer, part, mine | theirs)
        aside = tables.quarantined.get(layer, frozenset())
        theirs |= _coded_elsewhere(aside, others)
        others[layer] = frozenset(theirs - mine)
        own[layer] = frozenset({*labels_of, *aside}) - others[layer]
    return Owners(own, others)


def _lying_elsewhere(plan: Plan, layer: str, part: Part, known: set[str]) -> set[str]:
    """Return the labels of features of unknown parent that do not meet the area."""
    frame = plan.layers[layer].frame
    frame = frame[~frame["_label"].isin(known)]
    if not len(frame):
        return set()
    areas = plan.layers[part.layer].frame
    outline = shapely.union_all(areas.geometry[areas["_label"] == part.label].array)
    meets = shapely.intersects(outline, np.asarray(frame.geometry.array, dtype=object))
    return set(frame["_label"][~meets])


def _coded_elsewhere(aside: frozenset[str], others: Labels) -> set[str]:
    """Return the labels of features in quarantine whose code begins with that of another area."""
    known = frozenset[str]().union(*others.values())
    return {label for label in aside if any(label[:n] in known for n in range(1, len(label)))}
