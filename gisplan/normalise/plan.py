"""Raw layers -> Plan: standard fields, codes as text, one metric CRS, every feature counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shapely
from pyproj import CRS

from gisplan.model import InputRecord, Layer, LayerSpec, Note, Plan, PlanConfig, RawLayer, Tier
from gisplan.normalise.chain import plan_chain, spec_of
from gisplan.normalise.crs import (
    choose_working_crs,
    crs_of,
    extents_of,
    own_crs,
)
from gisplan.normalise.crs_doubt import NOT_STATED, Placed, settle
from gisplan.normalise.geometry import raw_shapes
from gisplan.normalise.layer import Source, build_layer
from gisplan.normalise.parents import restore_parents
from gisplan.normalise.rasters import place_rasters
from gisplan.normalise.read_notes import standard_columns
from gisplan.normalise.reproject import Bridge, are_equated, build_bridge
from gisplan.normalise.shift import shifted
from gisplan.normalise.strays import find_strays
from gisplan.normalise.zone_kinds import settle_kinds
from gisplan.watch import working_on


def normalise(config: PlanConfig, raws: Sequence[RawLayer], notes: Sequence[Note]) -> Plan:
    """Make a plan out of what was read.

    Parameters
    ----------
    config : PlanConfig
        What the user says.
    raws : sequence of RawLayer
        What was read; several may belong to one layer.
    notes : sequence of Note
        What reading noted; they go on with the plan.

    Returns
    -------
    Plan
        The row order of the files changes nothing but `_record`. A layer whose only file has no
        CRS, and none was proved, is not in the plan, and a crs_missing note says what the CRS
        could be; where the layer has other files, the features of that file are in quarantine.

    Raises
    ------
    PlanError
        The configuration names a layer, field, column or CRS that does not exist.
    """
    chain = plan_chain(config, raws)
    placed = []
    for raw in raws:
        spec = spec_of(raw.source.layer, chain)
        if spec is not None:
            with working_on(raw.record.path):
                placed.append(_place(raw, spec))
    placed, made = settle(placed)
    working_crs = _working_crs(config, chain, placed)
    bridges = _bridges(placed, crs_of(working_crs))
    layers: dict[str, Layer] = {}
    for name, spec in _in_order(placed, chain):
        sources = [item for item in placed if item.spec.name == name]
        if all(item.crs is None and item.own is not None for item in sources):
            continue
        with working_on(*(source.raw.record.path for source in sources)):
            layers[name], more = build_layer(
                spec,
                next((tier for tier in chain if tier.name == name), None),
                [_source(item, placed, bridges) for item in sources],
                chain,
                working_crs,
            )
        made += more
    made += restore_parents(layers, chain)
    made = settle_kinds(layers, made)
    made += shifted(layers, working_crs)
    rasters, more, equated = place_rasters(raws, layers, working_crs)
    made += more
    made += _equated(placed, equated, crs_of(working_crs))
    made.sort(key=_note_key)
    return Plan(
        config=config,
        chain=chain,
        layers=layers,
        working_crs=working_crs,
        notes=(*standard_columns(notes, [(p.raw, p.spec) for p in placed]), *made),
        inputs=_records(raws, placed),
        rasters=rasters,
    )


def _equated(placed: Sequence[Placed], rasters: Sequence[str], target: CRS) -> list[Note]:
    """Return one note where WGS 84 and CGCS2000 meet in a plan: they are taken for equal."""
    paths = [p.raw.record.path for p in placed if p.crs and are_equated(p.crs, target)]
    paths += rasters
    if not paths:
        return []
    others_zh = f"（共 {len(paths)} 个文件）" if len(paths) > 1 else ""
    others_en = f" ({len(paths)} files)" if len(paths) > 1 else ""
    detail = {
        "reason_zh": f"WGS 84 按与 CGCS2000 相同处理，相差不到 1 米{others_zh}",
        "reason_en": f"WGS 84 is taken for CGCS2000, less than a metre apart{others_en}",
    }
    return [Note("datum_equated", "", min(paths), detail=detail)]


def _records(raws: Sequence[RawLayer], placed: Sequence[Placed]) -> tuple[InputRecord, ...]:
    """Return what was read, with the CRS that was proved where the file says none."""
    known = {(p.raw.record.path, p.raw.record.layer): p.raw.record for p in placed}
    return tuple(known.get((raw.record.path, raw.record.layer), raw.record) for raw in raws)


def _source(item: Placed, placed: Sequence[Placed], bridges: Mapping[str, Bridge]) -> Source:
    if item.unfit is not None or item.crs is None:
        return Source(item.raw, item.unfit or NOT_STATED)
    bridge = bridges[item.crs.to_wkt()]
    if item.own is None or item.degrees is None:
        return Source(item.raw, bridge)
    places = [item.degrees, *(p.degrees for p in placed if p is not item and p.degrees)]
    return Source(item.raw, bridge, find_strays(raw_shapes(item.raw), item.crs, item.own, places))


def _place(raw: RawLayer, spec: LayerSpec) -> Placed:
    if spec.kind == "table":
        return Placed(raw, spec, None, None, None)
    shapes = raw_shapes(raw)
    crs = own_crs(raw)
    there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return Placed(raw, spec, crs, *extents_of(there, crs))


def _working_crs(config: PlanConfig, chain: Sequence[Tier], placed: Sequence[Placed]) -> str:
    known = [item for item in placed if item.crs is not None and item.degrees is not None]
    lowest: list[Placed] = []
    for tier in chain:
        lowest = [item for item in known if item.spec.name == tier.name] or lowest
    return choose_working_crs(
        config,
        [(item.crs, item.degrees) for item in lowest or known if item.crs and item.degrees],
        [item.degrees for item in known if item.degrees],
    )


def _bridges(placed: Sequence[Placed], target: CRS) -> dict[str, Bridge]:
    """Return one bridge per CRS, so that all its layers get equal points on equal edges."""
    by_crs: dict[str, list[Placed]] = {}
    for item in placed:
        if item.crs is not None:
            by_crs.setdefault(item.crs.to_wkt(), []).append(item)
    return {
        wkt: build_bridge(
            items[0].crs, target, [i.own for i in items if i.own is not None and i.degrees]
        )
        for wkt, items in by_crs.items()
        if items[0].crs is not None
    }


def _in_order(placed: Sequence[Placed], chain: Sequence[Tier]) -> list[tuple[str, LayerSpec]]:
    """Return the layers of the plan: tiers top first, then the rest by name."""
    specs = {item.spec.name: item.spec for item in placed}
    tiers = [tier.name for tier in chain if tier.name in specs]
    return [(name, specs[name]) for name in (*tiers, *sorted(set(specs) - set(tiers)))]


def _note_key(note: Note) -> tuple[str, str, str, str, str, int]:
    record = -1 if note.record is None else note.record
    return note.layer, note.kind, note.path, note.column or "", note.feature or "", record


__all__ = ["normalise"]
