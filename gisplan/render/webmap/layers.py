"""The layers of a plan as the page wants them: columns, classes, packed shapes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.model import Dossier, FieldSpec, Layer, Text, Verdict
from gisplan.render import words
from gisplan.render.webmap import style
from gisplan.render.webmap.shapes import Shapes, pack, places, to_degrees
from gisplan.render.webmap.words import UI

# What only the city exam looks at starts switched off: it would tint or hide the verdicts.
OF_THE_EXAM = {"community", "exam_land", "exam_boundary", "exam_problem", "facility"}
MANY = 400  # parcels and buildings beyond this start switched off: verdicts must stay readable
# Small things are drawn from this zoom on: from afar they are only dirt on the verdicts.
FROM_ZOOM = {"parcel": 13, "building": 14, "road": 12}
_WITHIN = {"parcel": 0, "building": 2}
_ABOVE = {"area": 0, "line": 1, "zone": 2, "judged": 3, "lower": 4, "body": 5}


def pair(text: Text) -> list[str]:
    """Return a text as the page holds it: [zh, en]."""
    return [text.zh, text.en]


def spatial_layers(dossier: Dossier) -> list[Layer]:
    """Return the layers that can be drawn, in drawing order: what is drawn last lies on top."""
    layers = [layer for layer in dossier.plan.layers.values() if layer.spec.kind != "table"]
    return sorted(layers, key=lambda layer: _order(layer, dossier))


def _order(layer: Layer, dossier: Dossier) -> tuple[int, int, str]:
    role = role_of(layer, dossier)
    if role == "upper" and layer.tier is not None:
        return (-1, layer.tier.rank, layer.name)
    within = layer.tier.rank if layer.tier else _WITHIN.get(layer.name, 1)
    return (_ABOVE.get(role, 0), within, layer.name)


def role_of(layer: Layer, dossier: Dossier) -> str:
    """Return what a layer is to the map: judged, upper, lower, zone, body, line or area."""
    if layer.name == dossier.judged:
        return "judged"
    if layer.tier is not None:
        judged = dossier.plan.layers.get(dossier.judged)
        lower = (
            judged is not None and judged.tier is not None and layer.tier.rank > judged.tier.rank
        )
        return "lower" if lower else "upper"
    known = {"heritage_zone": "zone", "heritage_body": "body", "control_line": "line"}
    return known.get(layer.name, "area")


def layer_record(layer: Layer, shapes: Shapes, dossier: Dossier) -> dict[str, Any]:
    """Return one layer for the page.

    Every feature is there, in the order of the frame, also one whose place is unknown; `shapes`
    are its shapes in degrees.
    """
    head, numbers = layer_head(layer, dossier)
    frame = layer.frame
    return {
        **head,
        "label": [_text(value) for value in frame["_label"]],
        "name": _names(frame),
        "class": numbers.tolist(),
        "fields": _fields(layer),
        "at": places(shapes),
        "shapes": pack(shapes),
    }


def layer_head(layer: Layer, dossier: Dossier) -> tuple[dict[str, Any], npt.NDArray[np.int64]]:
    """Return what the page says of a layer as a whole, and the class number of each feature."""
    role = role_of(layer, dossier)
    keys, classes = classes_of(layer, role, dossier)
    head = {
        "id": layer.name,
        "title": pair(layer.spec.title),
        "role": role,
        "exam": layer.name in OF_THE_EXAM,
        "on": layer.name not in OF_THE_EXAM and (role != "area" or len(layer.frame) <= MANY),
        "fromZoom": FROM_ZOOM.get(layer.name, 0),
        "count": len(layer.frame),
        "classes": classes,
    }
    numbers = pd.Index([entry["key"] for entry in classes], dtype=object).get_indexer(keys)
    return head, numbers.astype(np.int64)


def degrees_of(layer: Layer) -> Shapes:
    """Return the shapes of a layer in EPSG:4490."""
    return to_degrees(layer.frame.geometry)


def _names(frame: pd.DataFrame) -> list[str]:
    if "name" not in frame.columns:
        return [""] * len(frame)
    return ["" if words.missing(value) else _text(value) for value in frame["name"]]


def _text(value: Any) -> str:
    return "" if words.missing(value) else str(value)


def classes_of(layer: Layer, role: str, dossier: Dossier) -> tuple[pd.Series, list[dict[str, Any]]]:
    """Return the class key of each feature, and the classes that occur, in legend order."""
    if role == "judged":
        units = dossier.verdicts.drop_duplicates("unit", keep="last")
        known = pd.Series(
            units["verdict"].to_numpy(dtype=object), index=units["unit"].astype(object)
        )
        keys = layer.frame["_label"].astype(object).map(known).fillna("")
        titles: Mapping[str, Text] = words.VERDICT
        styles = {verdict.value: style.verdict_style(verdict) for verdict in Verdict}
        # every verdict stays in the legend: that none is blocked is worth seeing
        return keys, _entries(keys, titles, styles, style.whole(style.NO_VERDICT), list(styles))
    if role == "upper":
        above = [tier for tier in dossier.plan.chain if tier.name in dossier.plan.layers]
        rank = [tier.name for tier in above].index(layer.name)
        return _one(layer, style.UPPER[min(rank, len(style.UPPER) - 1)])
    if role == "lower":
        return _one(layer, style.LOWER)
    by_code = {
        "zone": ("zone", style.ZONE, style.ZONE_OTHER),
        "body": ("asset_class", style.BODY, style.BODY_OTHER),
        "line": ("kind", style.LINE, style.LINE_OTHER),
    }
    if role in by_code:
        column, declared, rest = by_code[role]
        codes = codelist(layer.spec.fields[column].codelist)
        values = layer.frame[column].astype(object)
        keys = values.where(values.isin(list(codes)), "")
        titles = {code: entry.title for code, entry in codes.items()}
        styles = {code: style.whole(declared.get(code, rest)) for code in codes}
        if role == "body":
            keys, titles, styles = _by_level(layer, keys, titles, styles)
        return keys, _entries(keys, titles, styles, style.whole(rest), [])
    return _one(layer, style.OTHER.get(layer.name, style.PLAIN))


def _by_level(
    layer: Layer, keys: pd.Series, titles: Mapping[str, Text], styles: Mapping[str, dict[str, Any]]
) -> tuple[pd.Series, dict[str, Text], dict[str, dict[str, Any]]]:
    """Split the classes of heritage bodies by level; where none is told the class stands alone."""
    levels = codelist("level")
    told = layer.frame["level"].astype(object)
    known = told.isin(list(levels)) & (keys != "")
    split = keys.where(~known, keys.astype(str) + "/" + told.astype(str))
    found: dict[str, Text] = {}
    looks: dict[str, dict[str, Any]] = {}
    for code, title in titles.items():
        found[code], looks[code] = title, styles[code]
        for level, entry in levels.items():
            key = f"{code}/{level}"
            found[key] = Text(f"{title.zh}（{entry.title.zh}）", f"{title.en} ({entry.title.en})")
            looks[key] = styles[code]
    return split, found, looks


def _one(layer: Layer, look: style.Style) -> tuple[pd.Series, list[dict[str, Any]]]:
    entry = {
        "key": "",
        "title": pair(layer.spec.title),
        "style": style.whole(look),
        "count": len(layer.frame),
    }
    return pd.Series("", index=layer.frame.index, dtype=object), [entry]


def _entries(
    keys: pd.Series,
    titles: Mapping[str, Text],
    styles: Mapping[str, dict[str, Any]],
    rest: dict[str, Any],
    always: Sequence[str],
) -> list[dict[str, Any]]:
    counts = keys.value_counts()
    entries = [
        {
            "key": key,
            "title": pair(titles[key]),
            "style": styles[key],
            "count": int(counts.get(key, 0)),
        }
        for key in titles
        if key in counts.index or key in always
    ]
    if "" in counts.index:
        title = UI["no_verdict"] if always else UI["other"]
        entries.append({"key": "", "title": pair(title), "style": rest, "count": int(counts[""])})
    return entries


def shown_fields(layer: Layer) -> list[FieldSpec]:
    """Return the fields that cards show and that the source has."""
    return [
        field
        for name, field in layer.spec.fields.items()
        if name not in {"code", "name"} and name in layer.found and name in layer.frame.columns
    ]


def field_head(field: FieldSpec, values: Iterable[Any]) -> dict[str, Any]:
    """Return what the page says of a field; `values` are cells as JSON has them."""
    return {
        "name": field.name,
        "title": pair(field.title),
        "unit": pair(words.UNIT.get(field.unit, Text(field.unit, field.unit))),
        "codes": _codes(field, values),
    }


def _fields(layer: Layer) -> list[dict[str, Any]]:
    """Return the columns that hold anything, as the source has them, for the cards."""
    out = []
    for field in shown_fields(layer):
        values = [plain(value) for value in layer.frame[field.name]]
        if any(value is not None for value in values):
            out.append({**field_head(field, values), "values": values})
    return out


def _codes(field: FieldSpec, values: Iterable[Any]) -> dict[str, list[str]]:
    if not field.codelist:
        return {}
    known = codelist(field.codelist)
    used = {
        str(item) for value in values for item in (value if isinstance(value, list) else [value])
    }
    return {code: pair(known[code].title) for code in sorted(used & set(known))}


def plain(value: Any) -> Any:
    """Return a cell as JSON can hold it: a date as text, a number without float noise."""
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [str(item) for item in value] or None
    if words.missing(value):
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return round(float(value), 6) if np.isfinite(value) else str(value)
    if isinstance(value, dt.date | pd.Timestamp):
        return value.isoformat()[:10]
    return str(value)
