"""Reads the layers that a `gisplan.toml` declares."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from gisplan.catalogue.layers import layer_specs, make_chain, raster_specs
from gisplan.errors import PlanError, ReadError
from gisplan.model import LayerSource, LayerSpec, Note, PlanConfig, Text
from gisplan.read.formats import WHOLE, inner_layers, read_source
from gisplan.read.found import Found
from gisplan.read.paths import check_beside, parse_place
from gisplan.read.plan_file import source_keys
from gisplan.read.plan_trouble import Trouble, nearest
from gisplan.read.raster import read_raster
from gisplan.read.raw import make_raw
from gisplan.read.recognise import name_says
from gisplan.read.request import Choose
from gisplan.read.selection import Selection, Source, order_of_reading, taken
from gisplan.read.site import Site, locate
from gisplan.read.watched import watched
from gisplan.read.workspace import Workspace


def unreadable(layer: str, path: str, reason: Text) -> Note:
    """Return the note that a file cannot be read."""
    detail = {"reason_zh": reason.zh, "reason_en": reason.en}
    return Note("file_unreadable", layer=layer, path=path, detail=detail)


def _inner(
    path: Path, root: Path, wanted: str | None, spec: LayerSpec, space: Workspace
) -> tuple[str | None, Text | None]:
    """Return the layer inside a file to read, or why none can be chosen."""
    names = inner_layers(path, space, root)
    known = [name for name in names if name is not None]
    if wanted is not None:
        if wanted in known:
            return wanted, None
        if not known:
            return None, Text(
                f"{path.name} 里没有分层，去掉 |{wanted}",
                f"{path.name} holds no layers; leave out |{wanted}",
            )
        hint = nearest(wanted, known)
        return None, Text(
            f"{path.name} 里没有图层 {wanted}{hint.zh}",
            f"{path.name} has no layer {wanted}{hint.en}",
        )
    if path.suffix.lower() in WHOLE:
        return None, None
    if len(names) <= 1 or path.suffix.lower() == ".xlsx":
        fitting = [name for name in known if name_says(name, spec)]
        return (fitting or names or [None])[0], None
    fitting = [name for name in known if name_says(name, spec)]
    if len(fitting) == 1:
        return fitting[0], None
    return None, Text(
        f'{path.name} 有多个图层，请写 "{path.name}|图层"，如 {"、".join(known[:8])}',
        f'{path.name} has several layers; write "{path.name}|layer": {", ".join(known[:8])}',
    )


def _check_fields(trouble: Trouble, key: str, source: LayerSource, found: Found) -> None:
    """Refuse a mapping to a field that the source does not have: a slip, not a defect of data."""
    if not found.fields:
        return  # shapes without a table: the note of the missing .dbf says it
    known = {name.casefold() for name in found.fields}
    for field, named in source.fields.items():
        for column in (named,) if isinstance(named, str) else named:
            if column.casefold() not in known:
                hint = nearest(column, found.fields)
                raise trouble.error(
                    f"{key}.fields.{field}",
                    f"{source.path} 没有字段 {column}{hint.zh}",
                    f"{source.path} has no field {column}{hint.en}",
                )


def _file_of(
    trouble: Trouble, key: str, source: LayerSource, spec: LayerSpec, site: Site, space: Workspace
) -> tuple[Path, Path, str | None]:
    """Return file, folder and inner layer of a source; PlanError names the line of its path."""
    try:
        place = parse_place(source.path.removeprefix(site.prefix))
        with watched(source.path, site.root / place.file, space.limits):
            path, root = locate(site, place, space)
            layer, reason = _inner(path, root, place.layer, spec, space)
        if reason is not None:
            raise PlanError(reason.zh, reason.en)
    except PlanError as error:
        where = f"[layers.{source.layer}] "
        raise trouble.error(f"{key}.path", where + error.text.zh, where + error.text.en) from None
    return path, root, layer


def _read_one(
    trouble: Trouble,
    key: str,
    source: LayerSource,
    spec: LayerSpec,
    site: Site,
    space: Workspace,
    choose: Choose | None,
) -> Source:
    path, root, layer = _file_of(trouble, key, source, spec, site, space)
    with watched(source.path, path, space.limits):
        if spec.kind == "raster":
            check_beside(path, root)
            return Source(*read_raster(source, path, root, space))
        found = read_source(path, root, space, layer, source.encoding, choose)
        _check_fields(trouble, key, source, found)
        return Source(*make_raw(source, spec, found))


def read_declared(
    config: PlanConfig,
    site: Site,
    space: Workspace,
    progress: Callable[[str], None] | None = None,
    selection: Selection | None = None,
) -> list[Source]:
    """Read the layers of a plan file; one that cannot be read leaves a note, the rest go on.

    Raises
    ------
    PlanError
        A file or layer that is named is not there, or a field that is mapped; with line.
    """
    trouble = Trouble(config.file, config.lines)
    specs = {
        **layer_specs(),
        **raster_specs(),
        **{tier.name: tier.spec for tier in make_chain(config.tiers)},
    }
    sources = [*zip(source_keys(config), config.layers, strict=True)]
    names = [source.layer for source in config.layers]
    read: dict[int, Source] = {}
    for number in order_of_reading(names, config.tiers, selection):
        key, source = sources[number]
        if progress is not None:
            progress(source.path)
        spec = specs[source.layer]
        try:
            choose = None if selection is None else partial(selection.choose, config, source)
            one = _read_one(trouble, key, source, spec, site, space, choose)
            read[number] = taken(config, one, selection)
        except ReadError as error:
            read[number] = Source(None, [unreadable(source.layer, source.path, error.text)])
        one = Source(None, [])  # what is not kept is let go before the next one is read
    return [read[number] for number in sorted(read)]
