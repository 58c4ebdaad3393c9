"""Contacts of actors with heritage zones and purple lines, and what is known of each zone."""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables
from gisplan.model import Text
from gisplan.rules.heritage.doings import column, known


def zone_contacts(tables: Tables) -> pd.DataFrame:
    """Return `relate`, and `works` and `built` of buildings, with what is known of each zone.

    Further columns: other_layer, other_fid, other (label), other_name, zone (None: unknown), level
    (None: unknown), what (Text), shape (area, line or point), measure, unit, share, width.
    """
    return tables.once("zone_contacts", lambda: _zone_contacts(tables))


def _zone_contacts(tables: Tables) -> pd.DataFrame:
    relate = _relate(tables)
    parts = []
    for layer, group in relate.groupby("zone_layer", sort=True):
        zone = _kinds(tables, layer)
        level = _levels(tables, layer)
        parts.append(
            group.assign(
                other_layer=layer,
                other_fid=group["zone_fid"],
                other=tables.label(layer, group["zone_fid"]),
                other_name=list(column(tables, layer, "name").reindex(group["zone_fid"])),
                zone=list(zone.reindex(group["zone_fid"])),
                level=list(level.reindex(group["zone_fid"])),
            )
        )
    extra = ["other_layer", "other_fid", "other", "other_name", "zone", "level"]
    rows = pd.concat(parts) if parts else relate.assign(**dict.fromkeys(extra))
    area = rows["area_m2"].astype(float).fillna(0.0)
    length = rows["length_m"].astype(float).fillna(0.0)
    shape = pd.Series("point", index=rows.index, dtype=object)
    shape = shape.mask(length > 0, "line").mask(area > 0, "area")
    measure = pd.Series(0.0, index=rows.index).mask(length > 0, length).mask(area > 0, area)
    return rows.assign(
        shape=shape,
        measure=measure,
        unit=shape.map({"area": "m2", "line": "m", "point": ""}),
        share=rows["share_actor"].astype(float).fillna(0.0),
        width=rows["width_m"].astype(float).fillna(0.0),
        what=[_what(zone) for zone in rows["zone"]],
    ).reset_index(drop=True)


def _relate(tables: Tables) -> pd.DataFrame:
    """Return the contacts of units, projects, parcels and buildings that a heritage rule judges."""
    relate, built = tables["relate"], tables["built"]
    tables_of = [relate[relate["zone_layer"] != "planning_zone"], tables["works"], built]
    return pd.concat([rows for rows in tables_of if len(rows)] or [relate[:0]], ignore_index=True)


def _kinds(tables: Tables, layer: str) -> pd.Series:
    """Return the zone code of each feature; of the control lines only the purple ones are zones."""
    if layer == "control_line":
        kind = known(column(tables, layer, "kind"), "control_line")
        return kind.map(
            lambda code: "Z9" if code == "purple" else "" if isinstance(code, str) else None
        )
    return known(column(tables, layer, "zone"), "zone")


def _levels(tables: Tables, layer: str) -> pd.Series:
    """Return the level of each zone; where it states none, that of the body it protects."""
    level = known(column(tables, layer, "level"), "level")
    if "heritage_body" not in tables.attributes or layer != "heritage_zone":
        return level
    bodies = tables.attributes["heritage_body"]
    named = bodies[bodies["code"].notna() & bodies["level"].isin(codelist("level"))]
    of_body = named.drop_duplicates("code").set_index("code")["level"]
    found = column(tables, layer, "body").map(of_body).astype(object)
    level = level.where(level.notna(), found)
    return level.where(level.notna(), None)


def _what(zone: object) -> Text:
    entry = codelist("zone").get(str(zone))
    return entry.title if entry else Text("保护区划或者控制线", "zone or line")


def has_purple_lines(tables: Tables) -> bool:
    """Return whether the plan has control lines of the kind purple."""
    if "control_line" not in tables.attributes:
        return False
    return bool((_kinds(tables, "control_line") == "Z9").any())
