"""What the rules on control lines share: who meets a line of a kind, by how much, to do what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params
from gisplan.model import Filtered, Text
from gisplan.rules.heritage.doings import column
from gisplan.rules.noise import counts
from gisplan.rules.notes import layer_title

LINES = "control_line"
Row = dict[str, Any]


def no_lines(tables: Tables, kind: str) -> Judgement | None:
    """Return why a rule on lines of a kind cannot be judged, None where the plan has such lines."""
    kinds = values(tables, LINES, "kind") if LINES in tables.attributes else pd.Series(dtype=object)
    if (kinds == kind).any():
        return None
    title = codelist("control_line")[kind].title
    return skipped(f"没有{title.zh}图层", f"the plan has no {title.en}")


def values(tables: Tables, layer: str, field: str) -> pd.Series:
    """Return a field of a layer by fid; None where there is no value, or the layer lacks it."""
    own = column(tables, layer, field)
    return own.where(own.notna(), None)


def builds(mode: object) -> bool | None:
    """Return whether a renewal mode means construction; None where the mode is not known."""
    entry = codelist("mode").get(str(mode)) if mode is not None else None
    return None if entry is None else bool(entry.extra["builds"])


def contacts(tables: Tables, table: str, kind: str, params: Params) -> tuple[list[Row], Filtered]:
    """Return who meets a line of a kind by more than noise, and what was left out as noise.

    Rows have what `table` (relate, built) has, `label` of the actor and of the line (`line`). An
    area counts by area and width, a line by its length, a point by lying inside.
    """
    rows = tables[table]
    kinds = values(tables, LINES, "kind")
    rows = rows[rows["zone_layer"] == LINES]
    rows = rows[rows["zone_fid"].map(kinds).to_numpy() == kind]
    areal = rows["area_m2"] > 0
    kept = (areal & counts(rows, params)) | (rows["length_m"] >= params.min_width)
    kept |= ~areal & (rows["n_points"] > 0)
    noise = rows[~kept]
    filtered = Filtered(len(noise), round(float(noise["area_m2"].sum()), 3))
    return [with_labels(tables, row) for row in rows[kept].to_dict("records")], filtered


def with_labels(tables: Tables, row: Mapping[Any, Any]) -> Row:
    """Return a row with the labels of the actor and, where it has one, of the line."""
    named = {"label": tables.attributes[row["actor_layer"]]["_label"][row["fid"]]}
    if "zone_fid" in row:
        named["line"] = tables.attributes[LINES]["_label"][row["zone_fid"]]
    return {**row, **named}


def entered(tables: Tables, row: Row, limit: float, **more: Any) -> dict[str, object]:
    """Return the offender of a contact: how much of the actor lies in the line, and where."""
    amount, unit = size(row)
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "related_layer": LINES,
        "related": row["line"],
        "measure": amount,
        "unit": unit,
        "limit": limit if unit == "m2" else 0.0,
        "measures": {"share": round(float(row["share_actor"]), 6)},
        "geometry": row["geometry"],
        **more,
        "params": {
            "title": layer_title(tables, row["actor_layer"]),
            "amount": words(row),
            **more.get("params", {}),
        },
    }


def size(row: Mapping[str, Any]) -> tuple[float, str]:
    """Return how much a contact is, and in which unit: area, else length, else one place."""
    if row["area_m2"] > 0:
        return float(row["area_m2"]), "m2"
    if row["length_m"] > 0:
        return float(row["length_m"]), "m"
    return 1.0, ""


def words(row: Mapping[str, Any]) -> Text:
    """Return how much a contact is, in words."""
    amount, unit = size(row)
    if unit == "m2":
        return Text(f"{amount:,.1f} ㎡", f"{amount:,.1f} m2")
    if unit == "m":
        return Text(f"{amount:,.1f} 米", f"{amount:,.1f} m")
    return Text("一处（点）", "one place (a point)")


def unknown(row: Row, zh: str, en: str) -> dict[str, object]:
    """Return the row of an actor that could not be judged."""
    return {"layer": row["actor_layer"], "fid": row["fid"], "why_zh": zh, "why_en": en}


def answer(
    offenders: Iterable[Mapping[str, object]],
    aside: Iterable[Mapping[str, object]],
    filtered: Filtered,
) -> Judgement:
    """Return a judgement; what was not judged is listed once for each feature and reason."""
    once = {(row["layer"], row["fid"], row["why_en"]): row for row in aside}
    return judged(list(offenders), list(once.values()), filtered)


def judge_construction(tables: Tables, params: Params, kind: str, told: Text) -> Judgement:
    """Return the actors of a building mode inside a line, and as info those of another mode."""
    if (nothing := no_lines(tables, kind)) is not None:
        return nothing
    found, filtered = contacts(tables, "relate", kind, params)
    offenders, aside = [], []
    for row in found:
        mode = values(tables, row["actor_layer"], "mode")[row["fid"]]
        building = builds(mode)
        if building is None:
            aside.append(
                unknown(
                    row,
                    f"更新方式未填写或者无法识别，与 {row['line']} 的关系无法判定",
                    f"its renewal mode is missing or unknown, and it meets {row['line']}",
                )
            )
            continue
        more: dict[str, object] = {"params": {"mode": codelist("mode")[str(mode)].title}}
        if not building:
            more |= {"severity": "info", "kind": "other-mode", "message": told}
        offenders.append(entered(tables, row, params.min_area, **more))
    return answer(offenders, aside, filtered)
