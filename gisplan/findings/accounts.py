"""What was set aside, repaired, read otherwise than written, or left out: the books of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gisplan.findings.evidence import places, to_degrees
from gisplan.model import (
    Accounts,
    CellsChanged,
    FieldsRead,
    LeftOut,
    Mended,
    Note,
    Plan,
    SetAside,
    Text,
)

EXAMPLES = 5  # cells of a column that are shown; each unreadable one is a finding as well
_CELLS = {
    "code_repaired": "code_repaired",
    "blank_word": "blank_word",
    "value_unreadable": "unreadable",
    "text_undecodable": "undecodable",
}
_NO_CRS = Text("整个文件没有坐标系，位置未知", "the whole file has no CRS; its place is unknown")
_Place = tuple[float, float] | None


def draw_accounts(plan: Plan) -> Accounts:
    """Return the books of a plan: in order of layer, file and label, whatever the order of rows.

    For every layer the features of `aside` are as many as its account says are quarantined.
    """
    return Accounts(
        aside=tuple(_aside(plan)),
        mended=tuple(_mended(plan)),
        cells=tuple(_cells(plan)),
        fields=tuple(
            FieldsRead(note.layer, note.path, note.detail["fields"], note.detail["unused"])
            for note in _notes(plan, "fields_read")
        ),
        left_out=tuple(_left_out(plan)),
    )


def _last(record: int | None) -> float:
    return float("inf") if record is None else record


def _notes(plan: Plan, *kinds: str) -> list[Note]:
    return sorted(
        (note for note in plan.notes if note.kind in kinds),
        key=lambda note: (note.layer, note.path, note.feature or "", _last(note.record)),
    )


def _aside(plan: Plan) -> Iterator[SetAside]:
    rows: list[tuple[str, dict[str, Any]]] = []
    for name, layer in sorted(plan.layers.items()):
        if layer.quarantine is not None:
            rows += [(name, row) for row in layer.quarantine.to_dict("records")]
    rows.sort(key=lambda item: (item[0], item[1]["_path"], item[1]["_label"], item[1]["_record"]))
    shapes, points = _located([row["geometry"] for _, row in rows], plan.working_crs)
    for n, (name, row) in enumerate(rows):
        yield SetAside(
            layer=name,
            path=row["_path"],
            record=int(row["_record"]),
            feature=row["_label"],
            features=1,
            reason=Text(row["reason_zh"], row["reason_en"]),
            place=points[n],
            shape=shapes[n],
        )
    for note in _notes(plan, "crs_missing"):
        if note.layer not in plan.layers:
            read = [r.count for r in plan.inputs if (r.layer, r.path) == (note.layer, note.path)]
            yield SetAside(note.layer, note.path, None, "", sum(read), _NO_CRS)


def _mended(plan: Plan) -> Iterator[Mended]:
    notes = [
        note
        for note in _notes(plan, "invalid_geometry", "parts_dropped")
        if note.record is not None and note.detail.get("repaired", True)
    ]
    found = [_shape_of(plan, note) if note.geometry is None else note.geometry for note in notes]
    _, points = _located(found, plan.working_crs)
    for note, point in zip(notes, points, strict=True):
        detail = note.detail
        if note.kind == "invalid_geometry":
            what = Text(str(detail.get("reason_zh", detail["reason"])), str(detail["reason"]))
        else:
            what = Text(
                f"混合图形只保留{detail['wanted_zh']}，舍去{detail['found_zh']}",
                f"of a collection only the {detail['wanted']} was kept, the {detail['found']} left",
            )
        yield Mended(
            layer=note.layer,
            path=note.path,
            record=note.record or 0,
            feature=note.feature or "",
            what=what,
            before_m2=detail.get("area_before_m2"),
            after_m2=detail.get("area_after_m2"),
            place=point,
        )


def _shape_of(plan: Plan, note: Note) -> Any:
    layer = plan.layers.get(note.layer)
    if layer is None or "geometry" not in layer.frame:
        return None
    frame = layer.frame
    same = np.flatnonzero((frame["_path"] == note.path) & (frame["_record"] == note.record))
    return frame["geometry"].array[same[0]] if len(same) else None


def _located(shapes: Sequence[Any], working_crs: str) -> tuple[list[Any], list[_Place]]:
    """Return shapes in EPSG:4490 and a point on each; None where the place is unknown."""
    held = np.empty(len(shapes), dtype=object)
    held[:] = [None if shape is None or shape.is_empty else shape for shape in shapes]
    moved = to_degrees(held, working_crs)
    lon, lat, _ = places(moved)
    points = [None if x != x else (x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    return list(moved), points


def _cells(plan: Plan) -> Iterator[CellsChanged]:
    columns: dict[tuple[str, str, str, str], list[Note]] = {}
    for note in _notes(plan, *_CELLS):
        key = (note.layer, note.path, note.column or "", _CELLS[note.kind])
        columns.setdefault(key, []).append(note)
    for (layer, path, field, kind), notes in sorted(columns.items()):
        yield CellsChanged(
            layer=layer,
            path=path,
            field=field,
            kind=kind,
            count=sum(int(note.detail.get("count", 1)) for note in notes),
            examples=tuple(
                sorted(map(_example, notes), key=lambda e: (e[1], e[2] or "", _last(e[0])))
            )[:EXAMPLES],
        )


def _example(note: Note) -> tuple[int | None, str, str | None]:
    detail = note.detail
    before = detail.get("before", detail.get("value", detail.get("bytes", "")))
    after = detail.get("after")
    return note.record, str(before), None if after is None else str(after)


def _left_out(plan: Plan) -> Iterator[LeftOut]:
    for note in _notes(plan, "file_unreadable", "unrecognised"):
        reason = Text(*(str(note.detail.get(f"reason_{lang}", "")) for lang in ("zh", "en")))
        yield LeftOut(note.layer, note.path, note.kind == "file_unreadable", reason)
