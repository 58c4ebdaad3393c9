"""Features set aside that belong to a unit or could lie in it: projects, parcels, buildings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely

from gisplan.catalogue.judgement import Tables
from gisplan.findings.messages import layer_title
from gisplan.findings.units import Units
from gisplan.model import Layer, Plan, Text

BELOW = ("project", "parcel", "building")


def units_near_aside(plan: Plan, tables: Tables, units: Units) -> Iterator[tuple[str, Text]]:
    """Yield each unit that a feature set aside could concern, and why.

    A project, parcel or building belongs to the unit that its code begins with, else to those that
    its pessimistic shape meets. Where the place is unknown it could concern any unit that meets
    heritage: inside another one it changes nothing. Heritage, control lines and neighbours set
    aside are in the table `doubt`.
    """
    judged = plan.layers.get(units.judged)
    if judged is None:
        return
    below = {tier.name for tier in plan.chain if tier.rank > _rank(plan, units.judged)}
    for name in sorted((below | {*BELOW}) & set(plan.layers)):
        layer = plan.layers[name]
        if name == units.judged or layer.quarantine is None:
            continue
        title = layer_title(name, tables.specs) or Text(name, name)
        for row in layer.quarantine.to_dict("records"):
            why = Text(
                f"{title.zh} {row['_label']} 已隔离：{row['reason_zh']}",
                f"{title.en} {row['_label']} was set aside: {row['reason_en']}",
            )
            for label in sorted(_concerned(row, judged, units)):
                yield label, why


def _rank(plan: Plan, name: str) -> int:
    return next((tier.rank for tier in plan.chain if tier.name == name), len(plan.chain))


def _concerned(row: dict[str, Any], judged: Layer, units: Units) -> set[str]:
    code, shape = row["code"], row["geometry"]
    if isinstance(code, str):
        named = {unit for unit in units.all() if code.startswith(unit)}
        if named:
            return named
    if shape is None or shape.is_empty:
        zones, bodies = units.meeting("heritage_zone"), units.meeting("heritage_body")
        if zones is None or bodies is None:
            return units.all()
        return zones | bodies
    meets = judged.frame["geometry"].array.intersects(shape)
    near = set(judged.frame["_label"][meets])
    for fid, pessimistic in judged.pessimistic.items():
        if shapely.intersects(pessimistic, shape):
            near.add(judged.frame["_label"].iloc[fid])
    return near
