"""Whose findings are whose: the features of the tier above the judged one that each concerns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from gisplan.model import Dossier, Layer
from gisplan.render import words


class District(NamedTuple):
    """A feature of the tier above the judged one: who has to answer for what lies in it."""

    label: str
    name: str


class Districts(NamedTuple):
    """The districts of a plan, by label; `of_finding` has for each finding numbers in `listed`."""

    layer: str
    listed: tuple[District, ...]
    of_finding: tuple[tuple[int, ...], ...]
    of_unit: dict[str, int]


def districts_of(dossier: Dossier) -> Districts:
    """Return the districts, and which of them each finding and each unit concerns.

    A finding concerns the districts of the units whose verdicts it counts for; else the district
    that it names; else the one that its place lies in. What none of these tells concerns no
    district: it is a matter of the tiers above, or of the plan as a whole. Without a tier above
    the judged one there are no districts.
    """
    layer = _layer_above(dossier)
    if layer is None:
        return Districts("", (), ((),) * len(dossier.findings), {})
    labels = layer.frame["_label"].tolist()
    names = layer.frame["name"].tolist() if "name" in layer.frame else [None] * len(labels)
    known = {
        label: District(label, "" if words.missing(name) else str(name))
        for label, name in zip(labels[::-1], names[::-1], strict=True)
    }
    listed = tuple(known[label] for label in sorted(known))
    number = {one.label: place for place, one in enumerate(listed)}
    of_unit, of_print = _by_units(dossier, number)
    found: list[set[int]] = []
    findings = dossier.findings
    columns = (
        findings[name].tolist()
        for name in ("fingerprint", "layer", "feature", "related_layer", "related")
    )
    for fingerprint, name, feature, related_layer, related in zip(*columns, strict=True):
        own = set(of_print.get(fingerprint, ()))
        for layer_name, label in ((name, feature), (related_layer, related)):
            if not own and layer_name == layer.name and label in number:
                own.add(number[label])
        found.append(own)
    _by_place(dossier, layer, number, found)
    return Districts(layer.name, listed, tuple(tuple(sorted(own)) for own in found), of_unit)


def _layer_above(dossier: Dossier) -> Layer | None:
    judged = dossier.plan.layers.get(dossier.judged)
    if judged is None or judged.tier is None:
        return None
    above = [
        layer
        for layer in dossier.plan.layers.values()
        if layer.tier is not None and layer.tier.rank < judged.tier.rank
    ]
    return max(above, key=lambda layer: layer.tier.rank if layer.tier else -1, default=None)


def _by_units(
    dossier: Dossier, number: dict[str, int]
) -> tuple[dict[str, int], dict[str, set[int]]]:
    """Return the district of each unit, and those of each fingerprint that counts for units."""
    of_unit: dict[str, int] = {}
    of_print: dict[str, set[int]] = {}
    verdicts = dossier.verdicts
    columns = (verdicts[name].tolist() for name in ("unit", "parent"))
    prints = (verdicts[name].tolist() for name in ("reasons", "others"))
    for unit, parent, reasons, others in zip(*columns, *prints, strict=True):
        place = number.get(parent)
        if place is None:
            continue
        of_unit.setdefault(unit, place)
        for fingerprint in (*reasons, *others):
            of_print.setdefault(fingerprint, set()).add(place)
    return of_unit, of_print


def _by_place(
    dossier: Dossier, layer: Layer, number: dict[str, int], found: list[set[int]]
) -> None:
    """Add the district that the place of a finding lies in, where nothing else tells one."""
    from pyproj import Transformer

    lon, lat = (dossier.findings[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    rows = [row for row, own in enumerate(found) if not own and np.isfinite(lon[row])]
    if not rows:
        return
    turned = Transformer.from_crs("EPSG:4490", dossier.plan.working_crs, always_xy=True)
    points = shapely.points(*turned.transform(lon[rows], lat[rows]))
    shapes = np.asarray(layer.frame.geometry.array, dtype=object)
    point, fid = shapely.STRtree(shapes).query(points, predicate="intersects")
    labels = layer.frame["_label"].tolist()
    rank = layer.tier.rank if layer.tier else 0
    above = {tier.name for tier in dossier.plan.chain if tier.rank < rank}
    named = dossier.findings["layer"].tolist()
    for place, district in zip(point.tolist(), fid.tolist(), strict=True):
        if named[rows[place]] not in above:  # a finding about a city is not one district's
            found[rows[place]].add(number[labels[district]])
