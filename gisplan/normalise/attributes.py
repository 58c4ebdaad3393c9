"""One source -> its standard attribute columns, with notes on every cell that was not plain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gisplan.catalogue.codes import shared_words
from gisplan.errors import PlanError
from gisplan.model import FieldSpec, LayerSpec, Note, RawLayer, Tier
from gisplan.normalise.codes import clean_codes, join_codes
from gisplan.normalise.fields import FieldMap, match_fields
from gisplan.normalise.text import Remark
from gisplan.normalise.values import clean_column, null_column

FAULT_ZH, FAULT_EN = "_read_fault_zh", "_read_fault_en"  # columns that reading may leave
_QUIET = ("code_repaired", "blank_word")  # no findings: of a thousand cells each, then counted
_QUIET_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class StandardColumns:
    """Standard columns of one source (RangeIndex: row in the file) and what was noted."""

    frame: pd.DataFrame
    found: frozenset[str]
    notes: tuple[Note, ...]


def standard_attributes(
    raw: RawLayer,
    spec: LayerSpec,
    chain: Sequence[Tier],
    pattern: str | None,
    only: Collection[str] | None = None,
) -> StandardColumns:
    """Return every field of a layer's spec as read from one source.

    Parameters
    ----------
    raw : RawLayer
        As found.
    spec : LayerSpec
        The standard fields; the result has each of them, all-null where the source has none.
    chain : sequence of Tier
        The plan's tiers.
    pattern : str, optional
        What the codes of this tier look like.
    only : collection of str, optional
        The fields that are wanted; all of them where it is None.

    Returns
    -------
    StandardColumns
        What it notes names the row: the label of the feature is not known yet.
    """
    path, frame = raw.record.path, raw.frame
    shape = getattr(frame, "_geometry_column_name", None) or "geometry"
    ours = {shape, "geometry", FAULT_ZH, FAULT_EN}
    columns = [str(name) for name in frame.columns if name not in ours]
    fields = match_fields(raw.source, spec, columns, path)
    notes = [*fields.notes, _fields_read(fields, columns, spec.name, path)]
    out: dict[str, pd.Series] = {}
    for name, field in spec.fields.items():
        if only is not None and name not in only:
            continue
        values = null_column(field, len(frame))
        demanded = pattern if name == "code" else None
        if name in fields.columns:
            column, remarks = _source_column(frame, fields.columns[name])
            values, more = clean_column(column, field, chain, demanded)
            notes += _notes([*remarks, *more], spec.name, path, name)
        if name in fields.constants:
            constant = _constant(raw, field, fields.constants[name], chain)
            fill = pd.Series([constant] * len(frame), dtype=values.dtype)
            if constant in shared_words_of(field):
                detail = {"value": constant, "codelist": field.codelist}
                notes += [
                    Note("unknown_code_value", spec.name, path, int(row), None, name, detail)
                    for row in np.flatnonzero(values.isna())
                ]
            values = values.where(values.notna(), fill)
        out[name] = values
    return StandardColumns(pd.DataFrame(out, index=range(len(frame))), fields.found, tuple(notes))


def _fields_read(fields: FieldMap, columns: Sequence[str], layer: str, path: str) -> Note:
    used = {column for names in fields.columns.values() for column in names}
    renamed = {name: names for name, names in fields.columns.items() if names != (name,)}
    unused = tuple(column for column in columns if column not in used)
    return Note("fields_read", layer, path, detail={"fields": renamed, "unused": unused})


def _source_column(frame: pd.DataFrame, names: tuple[str, ...]) -> tuple[pd.Series, list[Remark]]:
    parts = [frame[name].reset_index(drop=True) for name in names]
    if len(parts) == 1:
        return parts[0], []
    texts, remarks = [], []
    for part in parts:
        codes, more = clean_codes(part)
        texts.append(codes.spread())
        remarks += more
    return join_codes(texts), remarks


def _constant(raw: RawLayer, field: FieldSpec, value: Any, chain: Sequence[Tier]) -> Any:
    column = pd.Series(np.empty(1, dtype=object))
    column[0] = ";".join(map(str, value)) if isinstance(value, (list, tuple)) else value
    if value in shared_words_of(field):
        return value
    cleaned, remarks = clean_column(column, field, chain)
    if any(remark.kind not in {*_QUIET, "date_partial"} for remark in remarks):
        name = raw.source.layer
        raise PlanError(
            f"图层 {name}（{raw.record.path}）的 values.{field.name} = {value!r} 不是"
            f"“{field.title.zh}”可用的值，请改为有效值",
            f"layer {name} ({raw.record.path}): values.{field.name} = {value!r} is no value for "
            f"{field.title.en}; give one that is",
        )
    return cleaned[0]


def shared_words_of(field: FieldSpec) -> Mapping[str, tuple[str, ...]]:
    """Return the words of a field's list that several codes go by, with those codes."""
    return shared_words(field.codelist) if field.codelist == "zone" else {}


def _notes(remarks: list[Remark], layer: str, path: str, column: str) -> list[Note]:
    """Return a note for each remark; of those that are no finding the first thousand."""
    shown: list[Remark] = []
    rest: list[Remark] = []
    seen = dict.fromkeys(_QUIET, 0)
    for remark in remarks:
        if remark.kind in seen:
            seen[remark.kind] += 1
        (shown if seen.get(remark.kind, 0) <= _QUIET_SHOWN else rest).append(remark)
    notes = [
        Note(kind, layer, path, row, column=column, detail=detail) for kind, row, detail in shown
    ]
    for kind in _QUIET:
        more = [remark.detail for remark in rest if remark.kind == kind]
        if more:
            detail = {**more[0], "count": len(more)}
            notes.append(Note(kind, layer, path, column=column, detail=detail))
    return notes
