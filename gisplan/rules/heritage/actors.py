"""Who acts on the ground: units, projects and parcels, each with its own renewal mode."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.rules.demolition import demolition_share

DEMOLISHING = ("M4", "M5", "M6")
ALTERING = ("M1", "M2", "M3", "M7")
ALL_MODES = (*ALTERING, *DEMOLISHING)

Rows = list[dict[str, Any]]


def column(tables: Tables, layer: str, name: str) -> pd.Series:
    """Return a column of a layer by fid, all None where the layer lacks it."""
    frame = tables.attributes[layer]
    if name in frame:
        return frame[name].astype(object)
    return pd.Series(None, index=frame.index, dtype=object)


def known(values: pd.Series, codes: str) -> pd.Series:
    """Return the values that a code list knows, None for the others."""
    return values.where(values.isin(codelist(codes)), None)


def with_actors(tables: Tables, contacts: pd.DataFrame) -> pd.DataFrame:
    """Return contacts with what is known of their actors: mode (None: missing or unknown), name.

    Parameters
    ----------
    contacts : DataFrame
        Columns actor_layer and fid; its other columns are kept.
    """
    parts = []
    for layer, group in contacts.groupby("actor_layer", sort=True):
        mode = known(column(tables, layer, "mode"), "mode")
        parts.append(
            group.assign(
                mode=list(mode.reindex(group["fid"])),
                name=list(column(tables, layer, "name").reindex(group["fid"])),
                label=tables.label(layer, group["fid"]),
            )
        )
    if not parts:
        return contacts.assign(mode=None, name=None, label="")
    return pd.concat(parts).sort_index()


def actor_shares(tables: Tables) -> dict[tuple[str, int], float]:
    """Return the share of floor area that is demolished, by actor; a parcel has its unit's.

    Needs the measure `parents`. What is not known is not in the answer.
    """
    layers = [tier.name for tier in tables.tiers_present()]
    shares = {
        (layer, int(fid)): float(value)
        for layer in layers
        for fid, value in demolition_share(tables.attributes[layer]).dropna().items()
    }
    parents = tables["parents"]
    rows = zip(
        parents["child_layer"],
        parents["fid"].astype(int),
        parents["parent_layer"],
        parents["parent_fid"].astype(int),
        strict=True,
    )
    for child, fid, parent, above in rows:
        inherits = parent == tables.judged and (parent, above) in shares
        if inherits and child != tables.judged:
            shares.setdefault((child, fid), shares[parent, above])
    return shares


def records(rows: pd.DataFrame) -> Rows:
    """Return the rows as dicts in which what is not known is None, whatever the column's type."""
    found: Rows = rows.to_dict("records")
    for row, empty in zip(found, rows.isna().to_dict("records"), strict=True):
        row.update({str(key): None for key, nothing in empty.items() if nothing})
    return found


def no_level(row: dict[str, Any]) -> dict[str, Any]:
    """Return that an actor cannot be judged because the level of what it meets is not known."""
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"{row['what'].zh} {row['other']} 的级别未知，要求或者审批路径无法确定",
        "why_en": f"the level of {row['what'].en} {row['other']} is not known",
    }


def no_mode(row: dict[str, object]) -> dict[str, object]:
    """Return the row of an actor that cannot be judged because its mode is not known."""
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"更新方式未填写或者无法识别，与 {row['other']} 的关系无法判定",
        "why_en": f"its renewal mode is missing or unknown, and it meets {row['other']}",
    }


def answer(tables: Tables, wanted: Iterable[str], *parts: tuple[Rows, Rows]) -> Judgement:
    """Return a judgement of offenders and what was not judged, each of the latter once.

    It is skipped where nothing was found and a layer of `wanted` has no feature: an empty layer
    does not show that there is no conflict.
    """
    offenders = [row for found, _ in parts for row in found]
    aside: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in (row for _, found in parts for row in found):
        aside.setdefault((row["layer"], row["fid"], row["why_en"]), row)
    empty = [name for name in wanted if not len(tables.attributes.get(name, ()))]
    if empty and not offenders and not aside:
        titles = [tables.specs[name].title for name in empty]
        return skipped(
            f"没有可用的要素：{'、'.join(title.zh for title in titles)}；不能证明没有冲突",
            f"no usable feature in: {', '.join(title.en for title in titles)}; this proves nothing",
        )
    return judged(offenders, list(aside.values()))
