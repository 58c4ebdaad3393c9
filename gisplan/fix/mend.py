"""What is mended in the layers of a plan: outlines and codes, each change told with its area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gisplan.measure.conform import conform_layer
from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.engine import measure_plan
from gisplan.measure.overlay import Shapes
from gisplan.model import Layer, Plan, RawLayer, Text
from gisplan.normalise.text import as_text

# The law's layers are never touched: what they say is not ours to mend.
UNTOUCHED = frozenset({"heritage_body", "heritage_zone", "control_line", "planning_zone", "view"})
SAFE_M2 = 1.0  # by which two meanings of a crossed outline may differ and it still be mended
TOLERANCE_M = 0.1
MOST_M = 1.0  # of the tolerance: beyond, a boundary is moved and not mended

VALID = Text("修复无效图形", "invalid shape made valid")
REPEATED = Text("删除重复节点", "repeated vertices removed")
FOLLOWS = Text("边界对齐上级和相邻要素", "outline brought onto its parent and neighbours")
CODE = Text("编号补全或更正", "code put right")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one feature. Areas are ellipsoidal in m2; None for a change of a cell."""

    layer: str
    feature: str
    path: str
    record: int
    what: Text
    before_m2: float | None = None
    after_m2: float | None = None
    shift_m: float | None = None
    column: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """What is wrong and was left as it is, and why."""

    layer: str
    feature: str
    why: Text


@dataclass(frozen=True, slots=True)
class LayerTotal:
    """What became of one layer; areas are ellipsoidal in m2."""

    layer: str
    title: Text
    features: int
    changed: int
    before_m2: float
    after_m2: float


@dataclass(slots=True)
class Mended:
    """New shapes in the working CRS by (path, record); changes; and what was left."""

    shapes: dict[tuple[str, int], shapely.Geometry]
    changes: list[Change]
    left: list[Left]


def mend_shapes(plan: Plan, tolerance: float, untouched: frozenset[tuple[str, str]]) -> Mended:
    """Mend the outlines of a plan that are safe to mend; the plan itself stays as it is.

    Parameters
    ----------
    plan : Plan
        As `open_plan` gives it: what was invalid and clear in its meaning is valid already.
    tolerance : float
        Metres that a vertex may be moved.
    untouched : frozenset of (layer, feature)
        Features that stay as they are.
    """
    mended = Mended({}, [], [])
    now: dict[str, Shapes] = {}
    parents = measure_plan(plan, ["parents"], "")["parents"]
    for name, layer in _in_order(plan):
        shapes = np.asarray(layer.frame.geometry.array, dtype=object).copy()
        now[name] = shapes
        if name in UNTOUCHED:
            continue
        fixed = np.array(
            [(name, label) in untouched for label in layer.frame["_label"]], dtype=bool
        )
        _repaired(plan, name, layer, fixed, mended)
        clean = shapely.remove_repeated_points(shapes, 0.0)
        _note(plan, name, layer, shapes, np.where(fixed, shapes, clean), REPEATED, mended)
        shapes[~fixed] = clean[~fixed]
        if layer.spec.disjoint and (layer.tier is not None or name == "parcel"):
            above = _parents_of(parents, name, now)
            new, refused = conform_layer(shapes, above, tolerance)
            _note(plan, name, layer, shapes, np.where(fixed, shapes, new), FOLLOWS, mended)
            shapes[~fixed] = new[~fixed]
            for place in sorted(refused):
                why = Text(
                    f"对齐会使边界移动超过 {tolerance:g} 米或改变图形结构，未改动",
                    f"its outline would move by over {tolerance:g} m or change its make; left",
                )
                mended.left.append(Left(name, str(layer.frame["_label"].iloc[place]), why))
    return mended


def _in_order(plan: Plan) -> list[tuple[str, Layer]]:
    """Return the layers with shapes: tiers top first, so that children follow mended parents."""
    spatial = [(name, layer) for name, layer in plan.layers.items() if layer.spec.kind != "table"]
    rank = {tier.name: number for number, tier in enumerate(plan.chain)}
    return sorted(spatial, key=lambda it: rank.get(it[0], len(rank)))


def _parents_of(
    parents: object, child: str, now: Mapping[str, Shapes]
) -> dict[int, shapely.Geometry]:
    rows = parents[(parents["child_layer"] == child) & (parents["parent_fid"] >= 0)]  # type: ignore[index]
    cells = (rows[name].tolist() for name in ("fid", "parent_layer", "parent_fid"))
    return {fid: now[layer][up] for fid, layer, up in zip(*cells, strict=True) if layer in now}


def _repaired(plan: Plan, name: str, layer: Layer, fixed: np.ndarray, mended: Mended) -> None:
    """Take over what normalising repaired, where nobody can read it otherwise; fix the rest."""
    shapes = np.asarray(layer.frame.geometry.array, dtype=object)
    for fid, largest in layer.pessimistic.items():
        if fixed[fid]:
            continue
        least = layer.least.get(fid, shapes[fid])
        doubt = ellipsoidal_area(
            np.array([shapely.difference(_areal(largest), least)], dtype=object), plan.working_crs
        )[0]
        label = str(layer.frame["_label"].iloc[fid])
        if doubt > SAFE_M2:
            why = Text(
                f"自相交图形有两种读法，相差 {doubt:,.1f} 平方米，须重新绘制",
                f"an outline that crosses itself can be read in two ways, {doubt:,.1f} m2 apart;"
                " draw it anew",
            )
            mended.left.append(Left(name, label, why))
            fixed[fid] = True
            continue
        area = float(ellipsoidal_area(shapes[fid : fid + 1], plan.working_crs)[0])
        where = (str(layer.frame["_path"].iloc[fid]), int(layer.frame["_record"].iloc[fid]))
        mended.shapes[where] = shapes[fid]
        mended.changes.append(Change(name, label, *where, VALID, area, area, 0.0))


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.get_dimensions(parts) == 2]
    return shapely.union_all(parts)


def _note(
    plan: Plan,
    name: str,
    layer: Layer,
    old: Shapes,
    new: Shapes,
    what: Text,
    mended: Mended,
) -> None:
    """Write down which shapes differ, and by how much."""
    differ = np.flatnonzero(~shapely.equals_exact(old, new, 0.0) & ~shapely.is_missing(old))
    if not len(differ):
        return
    before = ellipsoidal_area(old[differ], plan.working_crs)
    after = ellipsoidal_area(new[differ], plan.working_crs)
    shift = shapely.hausdorff_distance(shapely.boundary(old[differ]), shapely.boundary(new[differ]))
    cells = (layer.frame[column].iloc[differ].tolist() for column in ("_label", "_path", "_record"))
    rows = zip(differ.tolist(), before, after, shift, *cells, strict=True)
    for place, b, a, s, label, path, record in rows:
        mended.shapes[path, record] = new[place]
        moved = None if np.isnan(s) else float(s)
        mended.changes.append(
            Change(name, str(label), path, record, what, float(b), float(a), moved)
        )


Codes = dict[tuple[str, int, str], str]


def mend_codes(plan: Plan, raws: Sequence[RawLayer]) -> tuple[Codes, list[Change]]:
    """Return codes as they should be written, by (path, record, column of the file); and changes.

    Lost zeros, full-width digits, a ".0" of a spreadsheet: what normalising puts right. Columns in
    which nothing was put right are left alone, and so are features that were set aside.
    """
    columns = {
        (note.layer, note.path, note.column)
        for note in plan.notes
        if note.kind == "code_repaired" and note.column
    }
    named = {
        (note.layer, note.path): note.detail["fields"]
        for note in plan.notes
        if note.kind == "fields_read"
    }
    frames = {(raw.source.layer, raw.record.path): raw.frame for raw in raws}
    codes: Codes = {}
    changes: list[Change] = []
    for layer_name, path, field in sorted(columns):
        layer, frame = plan.layers.get(layer_name), frames.get((layer_name, path))
        column = (named.get((layer_name, path), {}).get(field) or (field,))[0]
        if layer is None or frame is None or column not in frame or layer.spec.kind == "table":
            continue
        own = layer.frame[layer.frame["_path"] == path]
        cells = (own[name].tolist() for name in ("_label", "_record", field))
        for label, record, value in zip(*cells, strict=True):
            was = as_text(frame[column].iloc[record])
            if isinstance(value, str) and value != was:
                codes[path, record, column] = value
                changes.append(
                    Change(
                        layer_name,
                        str(label),
                        path,
                        record,
                        CODE,
                        column=column,
                        before=was,
                        after=value,
                    )
                )
    return codes, changes


def totals(plan: Plan, changes: Sequence[Change], after: Plan) -> tuple[LayerTotal, ...]:
    """Return for each layer that was changed how many features, and its area before and after."""
    found = []
    for name in dict.fromkeys(change.layer for change in changes):
        layer = plan.layers[name]
        sums = [
            float(
                ellipsoidal_area(
                    np.asarray(of.layers[name].frame.geometry.array, dtype=object), of.working_crs
                ).sum()
            )
            for of in (plan, after)
        ]
        touched = {(it.path, it.record) for it in changes if it.layer == name}
        found.append(LayerTotal(name, layer.spec.title, len(layer.frame), len(touched), *sums))
    return tuple(found)
