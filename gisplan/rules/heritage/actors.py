"""Who acts on the ground: units, projects and parcels by their mode, buildings by their action."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from gisplan.catalogue.actions import strictest_mode
from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.model import Text
from gisplan.rules.demolition import demolition_share
from gisplan.rules.heritage.doings import ACTION_LAYERS, ACTS, KEPT, column, doings, unit_of

DEMOLISHING = ("M4", "M5", "M6")
ALTERING = ("M1", "M2", "M3", "M7")
ALL_MODES = (*ALTERING, *DEMOLISHING)
SCREENING, ACTION = "screening", "action"

HERITAGE_MEASURES = (
    "relate", "near", "works", "struck", "built", "area", "contact", "inside", "nesting", "parents",
    "plot",
)  # fmt: skip

Rows = list[dict[str, Any]]


def stage_of(layer: str) -> str:
    """Return the stage of a finding: screening of a unit or project, else a confirmed action."""
    return ACTION if layer in ACTION_LAYERS else SCREENING


def with_actors(tables: Tables, contacts: pd.DataFrame) -> pd.DataFrame:
    """Return the contacts of what acts, with what is known of it.

    Left out are parcels and buildings that are kept, and buildings of which no action is known.
    Further columns: mode (None: missing or unknown; of several that with the strictest ruling in
    the zone), action, name, label. Needs the measures `parents` and `plot`.

    Parameters
    ----------
    contacts : DataFrame
        Columns actor_layer and fid, also zone and level where a mode is to be chosen by them; its
        other columns are kept.
    """
    parts = []
    for layer, group in contacts.groupby("actor_layer", sort=True):
        done = doings(tables, layer)
        done = done[(done["state"] != KEPT) & ((done["state"] == ACTS) | (layer != "building"))]
        group = group[group["fid"].isin(done.index)]
        rows = done.reindex(group["fid"])
        parts.append(
            group.assign(
                mode=_modes(group, list(rows["modes"])),
                action=list(rows["action"]),
                name=list(column(tables, layer, "name").reindex(group["fid"])),
                label=tables.label(layer, group["fid"]),
            )
        )
    parts = [part for part in parts if len(part)]
    if not parts:
        return contacts.iloc[:0].assign(mode=None, action=None, name=None, label="")
    return pd.concat(parts).sort_index()


def _modes(contacts: pd.DataFrame, modes: list[tuple[str, ...]]) -> pd.Series:
    zones = contacts["zone"] if "zone" in contacts else [None] * len(contacts)
    levels = contacts["level"] if "level" in contacts else [None] * len(contacts)
    chosen = [_mode(*three) for three in zip(modes, zones, levels, strict=True)]
    return pd.Series(chosen, index=contacts.index, dtype=object)


def _mode(modes: tuple[str, ...], zone: object, level: object) -> str | None:
    if len(modes) < 2 or zone not in codelist("zone"):
        return modes[0] if modes else None
    return strictest_mode(modes, str(zone), level if isinstance(level, str) else None)


def how(row: dict[str, Any]) -> Text:
    """Return by what mode an actor is judged, in words."""
    if row["mode"] is None:
        return Text("更新方式：未知", "mode unknown")
    mode = codelist("mode")[row["mode"]].title
    if row["action"] is None:
        return Text(f"更新方式：{mode.zh}", mode.en)
    action = codelist("action")[row["action"]].title
    return Text(f"处置方式：{action.zh}，按“{mode.zh}”判定", f"{action.en}, judged as {mode.en}")


def actor_shares(tables: Tables) -> dict[tuple[str, int], float]:
    """Return the share of floor area that is demolished, by actor; what lies in a unit has its.

    Needs the measure `parents`. What is not known is not in the answer.
    """
    layers = [tier.name for tier in tables.tiers_present()]
    shares = {
        (layer, int(fid)): float(value)
        for layer in layers
        for fid, value in demolition_share(tables.attributes[layer]).dropna().items()
    }
    below = {*layers, *ACTION_LAYERS} - {tables.judged}
    for layer in sorted(below & set(tables.attributes)):
        for fid, unit in unit_of(tables, layer).items():
            if (tables.judged, unit) in shares:
                shares.setdefault((layer, int(fid)), shares[tables.judged, unit])
    return shares


def records(rows: pd.DataFrame) -> Rows:
    """Return the rows as dicts in which what is not known is None, whatever the column's type."""
    empty = rows.isna()
    lacking = [name for name in rows if empty[name].any()]
    found: Rows = rows.assign(
        **{str(name): rows[name].astype(object).where(~empty[name], None) for name in lacking}
    ).to_dict("records")
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
