"""A planned height cuts a protected view (规划高度遮挡景观视廊).

What it checks: units, projects, parcels and buildings to be built that stand under a protected view
line or in a view cone. The line of sight runs straight from the eye (1.6 m above the ground unless
the view says more) to the height of what is seen, over the terrain model; where it leaves least
room, the planned height may not be more than that. A height cap, or a cap of elevation, that the
protection plan states for the view holds as well. Existing obstructions are told from the surface.
Why it matters: one tower in a view ends it, and no later plan gets it back.
What follows: a consultation (论证、征求意见), which is this tool's reading and no article of a law.
Left to others: caps of heritage zones HER105. The Earth's curvature is left out (0.2 m at 3 km).
Not judged: no terrain model, no unit of its heights, cells without data, a view line that bends, a
cone without a viewpoint, nothing seen or without height, or an actor that builds without a height.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.matrix import approval_route
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Filtered, Ruling, Severity, Text
from gisplan.rules.heritage.actors import records, stage_of, with_actors
from gisplan.rules.heritage.doings import column
from gisplan.rules.heritage.figures import metres
from gisplan.rules.heritage.offence import STAGE_WORDS, clean, with_name
from gisplan.rules.noise import NOISE_PARAMS, counts

RULE = Rule(
    code="HER114",
    name="view-blocked",
    title=Text("规划高度遮挡景观视廊", "view blocked"),
    severity=Severity.WARNING,
    measures=("sight", "parents", "plot"),
    needs=("judged", "view"),
    params={
        **NOISE_PARAMS,
        "tolerance": Param(0.1, unit="m", why="heights are stated to a decimetre"),
    },
    sources=("gbt50357-2018", "gisplan-proposal"),
    message=Text(
        "{stage_word}{title} {who} 规划高度 {measure:.1f} 米，视线 {other} 在距视点 {at:.0f} 米处"
        "只容许 {limit:.1f} 米，高出视线 {excess:.1f} 米{today}",
        "{stage_word}{title} {who} is planned {measure:.1f} m high; view {other} leaves"
        " {limit:.1f} m at {at:.0f} m from the eye, so it is cut by {excess:.1f} m{today}",
    ),
    remedy=Text(
        "降低视廊内的规划高度，或者调整建筑布局让出视廊，并做视线分析",
        "lower what is planned in the view, or place it beside the view; add a sight analysis",
    ),
)
_CAP = Text(
    "{stage_word}{title} {who} 规划高度 {measure:.1f} 米，超过景观视廊 {other} 的高度控制"
    " {limit:.1f} 米，超高 {excess:.1f} 米",
    "{stage_word}{title} {who} is planned {measure:.1f} m high, {excess:.1f} m above the cap of"
    " {limit:.1f} m of view {other}",
)
_ELEVATION = Text(
    "{stage_word}{title} {who} 规划高度 {measure:.1f} 米，地面高程 {ground:.1f} 米，超过景观视廊"
    " {other} 的高程控制，此处只容许 {limit:.1f} 米，超高 {excess:.1f} 米",
    "{stage_word}{title} {who} is planned {measure:.1f} m high on ground at {ground:.1f} m, above"
    " the cap of elevation of view {other}: {limit:.1f} m are left, exceeded by {excess:.1f} m",
)
# A protection plan asks that a height in a view be argued for: no law forbids it outright.
_ROUTE = "plan-consult"
_MESSAGES = {"": None, "cap": _CAP, "elevation": _ELEVATION}
_WHY = {
    "bent": Text("视线有折点，应当是直线", "the view line bends"),
    "parts": Text("由几部分组成，或者首尾相接", "it has several parts, or no ends"),
    "viewpoint": Text("视点不明", "its viewpoint is not known"),
    "target": Text("对景高度未知", "the height of what is seen is not known"),
    "terrain": Text("缺少地形模型（terrain）", "there is no terrain model"),
    "unit": Text("地形模型的高程单位未确定", "the unit of the terrain model is not certain"),
    "ends": Text("视点或者对景处没有地形高程", "the terrain has no height at the eye or the end"),
    "outside": Text("地形模型没有覆盖", "the terrain model does not cover it"),
    "nodata": Text("地形模型此处无数据", "the terrain model has no data there"),
}
# Views of which no line of sight can be drawn: a cap that they state is then all that they ask.
_NO_SIGHT = ("bent", "parts", "viewpoint", "target")
_BUILD_NOTHING = ("M1", "M2", "M4")
_SLACK = 1e-9  # 9.1 - 9.0 is not 0.1 to the last bit


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the actors that are planned higher than a view allows."""
    views = tables.attributes["view"]
    if not len(views):
        return skipped("图层“景观视廊”没有可用要素", "no usable feature in: protected view")
    rows = tables["sight"]
    rows = rows[rows["actor_layer"].isin(_layers(tables))].reset_index(drop=True)
    thin = (rows["area_m2"] > 0) & ~counts(rows, params)
    noise = Filtered(int(thin.sum()), round(float(rows.loc[thin, "area_m2"].sum()), 3))
    rows = _with_limits(tables, rows[~thin].reset_index(drop=True))
    over = rows["height"] - rows["limit"] > params.tolerance + _SLACK
    silent = rows["height"].isna() & rows["builds"]
    unsure = rows["height"].notna() & ~over & rows["open"]
    return judged(
        [_offender(tables, row) for row in records(rows[over])],
        [_aside(row) for row in records(rows[silent | unsure])],
        noise,
    )


def _layers(tables: Tables) -> list[str]:
    """Return the layers that are held against views: those that state heights, else the judged one.

    Heights of buildings are those of today but where the building is to be built.
    """
    acting = [*(tier.name for tier in tables.tiers_present()), "parcel"]
    stated = [name for name in acting if "height" in tables.found.get(name, ())]
    return [*(stated or [tables.judged]), "building"]


def _with_limits(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with height, limit, which limit it is, and whether one that holds is open."""
    rows = with_actors(tables, rows)
    cap = metres(column(tables, "view", "height_cap")).reindex(rows["view_fid"]).to_numpy()
    elevation = pd.to_numeric(column(tables, "view", "elevation_cap"), errors="coerce")
    top = elevation.astype(float).reindex(rows["view_fid"]).to_numpy()
    limits = pd.DataFrame(
        {"": rows["allowed_m"], "cap": cap, "elevation": top - rows["high_ground_m"]}
    )
    stated = ~np.isnan(cap) | ~np.isnan(top)
    needless = rows["why"].isin(_NO_SIGHT) & stated
    gaps = (rows["n_unknown"] > 0) | (rows["n_samples"] == 0)
    return rows.assign(
        height=_heights(tables, rows),
        builds=_builds(rows),
        limit=limits.min(axis=1),
        kind=limits.fillna(np.inf).idxmin(axis=1),
        open=((rows["why"] != "") & ~needless) | (~np.isnan(top) & gaps),
        other=tables.label("view", rows["view_fid"]),
        other_name=list(column(tables, "view", "name").reindex(rows["view_fid"])),
    )


def _builds(rows: pd.DataFrame) -> pd.Series:
    """Return who may build: all but those whose mode builds nothing; buildings to be built do."""
    return ~rows["mode"].isin(_BUILD_NOTHING) | (rows["actor_layer"] == "building")


def _heights(tables: Tables, rows: pd.DataFrame) -> pd.Series:
    found = pd.Series(np.nan, index=rows.index)
    for layer, group in rows.groupby("actor_layer", sort=True):
        stated = metres(column(tables, str(layer), "height"))
        found[group.index] = stated.reindex(group["fid"]).to_numpy()
    return found


def _offender(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    excess = row["height"] - row["limit"]
    stage = stage_of(row["actor_layer"])
    names = (
        "at_m", "length_m", "ground_m", "high_ground_m", "sight_m", "existing_m", "existing_at_m",
    )  # fmt: skip
    figures = {name: row[name] for name in names}
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "related_layer": "view",
        "related": row["other"],
        "kind": row["kind"],
        "measure": row["height"],
        "limit": row["limit"],
        "unit": "m",
        "measures": {**clean({"excess_m": excess, **figures}), "stage": stage},
        "ruling": Ruling.CONSULTATION,
        "route": approval_route(_ROUTE),
        "message": _MESSAGES[row["kind"]],
        "params": {
            "stage_word": STAGE_WORDS[stage],
            "title": tables.specs[row["actor_layer"]].title,
            "who": with_name(row["label"], row["name"]),
            "other": with_name(row["other"], row["other_name"]),
            "excess": excess,
            "at": row["at_m"],
            "ground": row["high_ground_m"],
            "today": _today(row["existing_m"], row["existing_at_m"]),
        },
        "geometry": row["geometry"],
    }


def _today(metres: float | None, at: float | None) -> Text:
    """Return whether the view is blocked already."""
    if metres is None:
        return Text(
            "；现状是否遮挡未知（没有地表模型）", "; whether it is blocked today is not known"
        )
    if metres <= 0:
        return Text("；现状没有遮挡", "; nothing blocks it today")
    return Text(
        f"；现状在距视点 {at:.0f} 米处已被遮挡 {metres:.1f} 米",
        f"; it is blocked today by {metres:.1f} m at {at:.0f} m from the eye",
    )


def _aside(row: dict[str, Any]) -> dict[str, Any]:
    if row["height"] is None:
        why = Text(
            f"没有规划高度，是否遮挡景观视廊 {row['other']} 无法判定",
            f"its planned height is not known, and it stands in view {row['other']}",
        )
    else:
        word = _WHY[row["why"] or "nodata"]
        why = Text(f"景观视廊 {row['other']}：{word.zh}", f"view {row['other']}: {word.en}")
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": why.zh,
        "why_en": why.en,
    }
