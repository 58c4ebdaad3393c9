"""The sources of one layer -> one Layer: concatenated, labelled, in order, every row counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.model import Layer, LayerSpec, Note, RawLayer, Text, Tier
from gisplan.normalise.attributes import standard_attributes
from gisplan.normalise.crs import crs_of
from gisplan.normalise.geometry import Shapes, normalise_shapes
from gisplan.normalise.labels import label_features, label_rows
from gisplan.normalise.order import sort_features
from gisplan.normalise.reproject import Bridge
from gisplan.watch import working_on

QUARANTINE = ("_label", "code", "_record", "_path", "reason_zh", "reason_en", "geometry")


@dataclass(frozen=True, slots=True)
class Source:
    """One source of a layer and its way into the working CRS, or why there is none.

    strays : rows that lie elsewhere than the rest, and why
    """

    raw: RawLayer
    bridge: Bridge | Text
    strays: Mapping[int, Text] = field(default_factory=dict)


def build_layer(
    spec: LayerSpec,
    tier: Tier | None,
    sources: Sequence[Source],
    chain: Sequence[Tier],
    working_crs: str,
) -> tuple[Layer, list[Note]]:
    """Make one layer out of all its sources.

    Returns
    -------
    tuple of Layer and list of Note
        The layer has a fid for each feature that can be judged, and the rest in quarantine:
        read = len(frame) + len(quarantine). Notes name the feature by its label.
    """
    found: frozenset[str] = frozenset()
    notes: list[Note] = []
    parts: list[pd.DataFrame] = []
    shaped: list[Shapes] = []
    for source in sources:
        raw = source.raw
        with working_on(raw.record.path):
            attributes = standard_attributes(raw, spec, chain, tier.code_pattern if tier else None)
            part = attributes.frame
            rows = np.arange(len(part)) if raw.rows is None else raw.rows
            part["_record"] = rows
            part["_path"] = raw.record.path
            found |= attributes.found
            told = [*attributes.notes]
            parts.append(part)
            if spec.kind != "table":
                shapes = normalise_shapes(raw, spec, source.bridge, source.strays)
                shaped.append(shapes)
                told += shapes.notes
            notes += told if raw.rows is None else [_in_file(note, rows) for note in told]
    table = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    paths = tuple(dict.fromkeys(source.raw.record.path for source in sources))
    layer = Layer(spec.name, spec, table, found, len(table), tier=tier, paths=paths)
    layer = replace(layer, outside=sum(source.raw.outside for source in sources))
    if spec.kind == "table":
        table["_label"] = label_rows(table, spec, table["_record"].to_numpy())
        table["_source_area"] = np.nan
        frame = _ordered(table, sort_features(table))
        return replace(layer, frame=frame), _named(notes, table)
    layer, table = _spatial(layer, table, _Joined.of(shaped), working_crs)
    return layer, _named(notes, table)


@dataclass(frozen=True, slots=True)
class _Joined:
    """The shapes of all sources, by row of the concatenated table."""

    shapes: np.ndarray
    source_area: np.ndarray
    reasons: Mapping[int, object]
    aside: Mapping[int, object]
    pessimistic: Mapping[int, object]
    least: Mapping[int, object]

    @classmethod
    def of(cls, parts: Sequence[Shapes]) -> _Joined:
        starts = np.concatenate([[0], np.cumsum([len(part.shapes) for part in parts])]).tolist()

        def joined(name: str) -> dict[int, object]:
            return {
                start + row: value
                for start, part in zip(starts, parts, strict=False)
                for row, value in getattr(part, name).items()
            }

        return cls(
            np.concatenate([part.shapes for part in parts]),
            np.concatenate([part.source_area for part in parts]),
            joined("reasons"),
            joined("aside"),
            joined("pessimistic"),
            joined("least"),
        )


def _spatial(
    layer: Layer, table: pd.DataFrame, joined: _Joined, working_crs: str
) -> tuple[Layer, pd.DataFrame]:
    aside = np.array(sorted(joined.reasons), dtype=np.int64)
    known = joined.shapes.copy()
    for row in aside.tolist():
        known[row] = joined.aside.get(row)
    table["_label"] = label_features(table, known, table["_record"].to_numpy(), working_crs)
    table["_source_area"] = joined.source_area
    kept = np.setdiff1d(np.arange(len(table)), aside)
    rows = table.iloc[kept].reset_index(drop=True) if len(aside) else table
    frame = gpd.GeoDataFrame(rows, geometry=joined.shapes[kept], crs=crs_of(working_crs))
    columns = [*layer.spec.fields, "geometry", "_label", "_record", "_path", "_source_area"]
    order = sort_features(frame)
    fid_of = np.full(len(table), -1)
    fid_of[kept[order]] = np.arange(len(kept))
    quarantine = _quarantine(table, aside, joined) if len(aside) else None
    made = replace(
        layer,
        frame=_ordered(frame[columns], order),
        repaired=len(joined.pessimistic),
        quarantine=quarantine,
        pessimistic=_by_fid(joined.pessimistic, fid_of),
        least=_by_fid(joined.least, fid_of),
    )
    return made, table


def _ordered(frame: pd.DataFrame, order: np.ndarray) -> Any:
    if (order[1:] > order[:-1]).all():  # in order as it stands
        return frame
    return frame.iloc[order].reset_index(drop=True)


def _by_fid(shapes: Mapping[int, object], fid_of: np.ndarray) -> dict[int, Any]:
    by_fid = [(int(fid_of[row]), shape) for row, shape in shapes.items()]
    return dict(sorted(by_fid, key=lambda pair: pair[0]))


def _quarantine(table: pd.DataFrame, aside: np.ndarray, joined: _Joined) -> pd.DataFrame:
    rows = table.iloc[aside].reset_index(drop=True)
    code = rows["code"] if "code" in rows else pd.Series([None] * len(rows), dtype=object)
    out = pd.DataFrame({"_label": rows["_label"], "code": code})
    out["_record"], out["_path"] = rows["_record"], rows["_path"]
    for lang in ("zh", "en"):
        out[f"reason_{lang}"] = [getattr(joined.reasons[row], lang) for row in aside.tolist()]
    shapes = np.empty(len(aside), dtype=object)
    for i, row in enumerate(aside.tolist()):
        shapes[i] = joined.aside.get(row)
    out["geometry"] = pd.Series(shapes, dtype=object)
    return _ordered(out[list(QUARANTINE)], sort_features(out))


def _in_file(note: Note, rows: np.ndarray) -> Note:
    """Return a note about a row that was kept as one about the row in the file."""
    return note if note.record is None else replace(note, record=int(rows[note.record]))


def _named(notes: Sequence[Note], table: pd.DataFrame) -> list[Note]:
    """Give the notes the labels of the features that they are about."""
    paths, labels = table["_path"].to_numpy(dtype=object), table["_label"].to_numpy(dtype=object)
    records = table["_record"].to_numpy()
    # the rows of a source lie together, in the order of its records
    is_first = np.append(True, paths[1:] != paths[:-1]) if len(paths) else np.empty(0, dtype=bool)
    firsts = np.flatnonzero(is_first).tolist()
    rows = {paths[a]: slice(a, b) for a, b in pairwise([*firsts, len(paths)])}

    def label(note: Note) -> str | None:
        if note.record is None or note.path not in rows:
            return None
        own = rows[note.path]
        return str(labels[own.start + int(np.searchsorted(records[own], note.record))])

    return [
        note
        if note.record is None
        else Note(
            note.kind,
            note.layer,
            note.path,
            note.record,
            label(note),
            note.column,
            note.detail,
            note.geometry,
        )
        for note in notes
    ]
