"""A large layer for the page: what JSON holds of it, and its pieces as text.

A piece is a run of features in the order of the frame: their shapes, classes, codes, names and
attributes, each compressed by itself, one after the other, as one text. Pieces stand for
themselves, so that one that is missing takes nothing else away.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gisplan.model import Dossier, Layer
from gisplan.render.webmap.answers import Answers
from gisplan.render.webmap.layers import field_head, layer_head, plain, shown_fields
from gisplan.render.webmap.packed.codec import Ints, squeeze, to_text
from gisplan.render.webmap.packed.columns import Column, class_bytes, column, text_column
from gisplan.render.webmap.packed.shapes import PackedShapes, pack_shapes

PLAIN_LIMIT = 5_000  # features of a layer, up to which lists in JSON are quicker
PIECE = 1_000_000  # vertices in a piece, roughly
_THREADS = 2


@dataclass(frozen=True, slots=True)
class PackedLayer:
    """A layer as the page takes it: `record` goes into its JSON, `texts` beside it."""

    record: dict[str, Any]
    texts: list[str]


def packed_layer(
    layer: Layer,
    dossier: Dossier,
    finding_rows: Mapping[str, int],
    piece: int = PIECE,
    answers: Answers | None = None,
    of_unit: Mapping[str, int] | None = None,
) -> PackedLayer:
    """Return a layer packed.

    Parameters
    ----------
    layer : Layer
        Any number of features, also none.
    dossier : Dossier
        Whose verdicts the judged layer bears.
    finding_rows : mapping
        Fingerprint of a finding to its row on the page.
    piece : int
        Vertices in a piece, roughly; a piece holds whole features.
    answers : Answers, optional
        Approvals due and ways out of the judged units.
    of_unit : mapping, optional
        Unit to the number of its district.
    """
    head, numbers = layer_head(layer, dossier)
    shapes = pack_shapes(layer.frame.geometry)
    bounds = piece_bounds(shapes.vertices(), piece)
    fields, columns = _fields(layer)
    if head["role"] == "judged":
        judged = _verdict_columns(layer, dossier, finding_rows)
        judged |= _answer_columns(layer, answers or Answers(), of_unit or {})
        head["verdictFields"] = list(judged)
        columns += judged.values()
    heads = [text_column(layer.frame["_label"]), _names(layer.frame)]

    def one_piece(number: int) -> tuple[list[int], str]:
        run = slice(int(bounds[number]), int(bounds[number + 1]))
        raw = [cut[number].to_bytes(), class_bytes(numbers[run])]
        raw += [cells.to_bytes(run) for cells in (*heads, *columns)]
        parts = [squeeze(part) for part in raw]
        return [len(part) for part in parts], to_text(b"".join(parts))

    cut = shapes.cut(bounds)
    with ThreadPoolExecutor(_THREADS) as pool:
        pieces = list(pool.map(one_piece, range(len(bounds) - 1)))
    record = {
        **head,
        "fields": fields,
        "columns": [{"kind": c.kind, "decimals": c.decimals} for c in (*heads, *columns)],
        "pieces": [
            {"count": int(bounds[k + 1] - bounds[k]), "box": _box(cut[k]), "bytes": sizes}
            for k, (sizes, _) in enumerate(pieces)
        ],
    }
    return PackedLayer(record, [text for _, text in pieces])


def piece_bounds(vertices: Ints, piece: int) -> Ints:
    """Return the first feature of each piece, and the number of features at the end."""
    before = np.cumsum(vertices + 1) - (vertices + 1)  # a feature without shape counts too
    number = before // piece
    return np.concatenate([np.flatnonzero(np.diff(number, prepend=-1)), [len(vertices)]])


def _box(shapes: PackedShapes) -> list[int] | None:
    if not len(shapes.xy):
        return None
    return [*shapes.xy.min(axis=0).tolist(), *shapes.xy.max(axis=0).tolist()]


def _names(frame: pd.DataFrame) -> Column:
    if "name" not in frame.columns:
        return text_column(pd.Series(None, index=frame.index, dtype=object))
    return text_column(frame["name"].astype(object).map(str, na_action="ignore"))


def _fields(layer: Layer) -> tuple[list[dict[str, Any]], list[Column]]:
    """Return what the page says of each field that holds anything, and its cells."""
    heads, columns = [], []
    for field in shown_fields(layer):
        cells = column(layer.frame[field.name], plain)
        if cells is None:
            continue
        heads.append(field_head(field, _different(cells) if field.codelist else []))
        columns.append(cells)
    return heads, columns


def _different(cells: Column) -> Iterable[Any]:
    """Return the different cells of a column, as JSON has them."""
    values = pd.unique(cells.values[~pd.isna(cells.values)])
    if cells.kind == "number":
        return list(values / 10**cells.decimals)
    return [json.loads(value) for value in values] if cells.kind == "json" else list(values)


def _verdict_columns(
    layer: Layer, dossier: Dossier, finding_rows: Mapping[str, int]
) -> dict[str, Column]:
    """Return errors, approvals, reasons (rows of findings) and why of each unit, in its order."""
    verdicts = dossier.verdicts.drop_duplicates("unit", keep="last")
    row = pd.Index(verdicts["unit"].astype(object)).get_indexer(
        layer.frame["_label"].astype(object)
    )
    there = row >= 0
    rows = row[there]
    found: dict[str, Column] = {}
    for name in ("errors", "approvals"):
        values = np.full(len(layer.frame), np.nan)
        values[there] = verdicts[name].to_numpy(dtype=np.float64)[rows]
        found[name] = Column("number", values)
    why = pd.Series(list(zip(verdicts["why_zh"], verdicts["why_en"], strict=True)), dtype=object)
    texts: dict[str, tuple[pd.Series, pd.Series, Callable[[Any], Any]]] = {
        "reasons": (verdicts["reasons"], verdicts["reasons"], lambda it: _rows(it, finding_rows)),
        "why": (verdicts["why_zh"], why, lambda it: [list(pair) for pair in zip(*it, strict=True)]),
    }
    for name, (held, source, make) in texts.items():
        values = np.full(len(verdicts), None, dtype=object)
        some = np.flatnonzero(held.str.len().to_numpy() > 0)  # most units have none
        values[some] = [json.dumps(make(it), ensure_ascii=False) for it in source.iloc[some]]
        cells = np.full(len(layer.frame), None, dtype=object)
        cells[there] = values[rows]
        found[name] = Column("json", cells)
    return found


def _answer_columns(
    layer: Layer, answers: Answers, of_unit: Mapping[str, int]
) -> dict[str, Column]:
    """Return the steps due, the ways out and the district of each unit, in its order."""
    labels = layer.frame["_label"].astype(object)
    found = {}
    for name, held in (("due", answers.due), ("ways", answers.ways)):
        texts = {unit: json.dumps(value, ensure_ascii=False) for unit, value in held.items()}
        cells = labels.map(texts).to_numpy(dtype=object)
        cells[pd.isna(cells)] = None
        found[name] = Column("json", cells)
    found["district"] = Column("number", labels.map(dict(of_unit)).to_numpy(dtype=np.float64))
    return found


def _rows(fingerprints: Iterable[str], finding_rows: Mapping[str, int]) -> list[int]:
    return [finding_rows[it] for it in fingerprints if it in finding_rows]
