"""Finds the layers of a plan that has no `gisplan.toml`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gisplan.catalogue.layers import layer_specs, make_chain
from gisplan.errors import PlanError, ReadError
from gisplan.model import LayerSource, Note, PlanConfig, Text
from gisplan.read.declared import unreadable
from gisplan.read.formats import ADVICE, CONTAINERS, inner_layers, read_source
from gisplan.read.found import Found, NoDataError
from gisplan.read.paths import Place, check_beside, check_regular
from gisplan.read.places import placed
from gisplan.read.raster import EXTENSIONS, read_raster
from gisplan.read.raw import make_raw
from gisplan.read.recognise import Guess, named_layer, named_raster, recognise
from gisplan.read.selection import Selection, Source, order_of_reading, taken
from gisplan.read.site import Entry, Site, data_files
from gisplan.read.watched import watched
from gisplan.read.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file, or a layer in it, that may be a layer of the plan."""

    path: Path
    root: Path
    shown: str
    layer: str | None = None
    alone: bool = True  # no other layer in its file
    trouble: Text | None = None  # why it cannot even be looked into

    @property
    def name(self) -> str:
        """The name that may give the layer away: a lone Sheet1 is called as its file is."""
        if self.layer and not (self.alone and not named_layer(self.layer)):
            return self.layer
        return self.path.stem


def candidates(site: Site, database: Place | None, space: Workspace) -> Iterator[Candidate]:
    """Go through the layers of all files, archives included, in the order of their names."""
    if database is None:
        entries = data_files(site, space.limits)
    else:
        entries = [Entry(site.root / database.file)]
    for entry in entries:
        path = entry.path
        shown = site.shown(path)
        extension = path.suffix.lower()
        if entry.trouble is not None:
            yield Candidate(path, site.root, shown, trouble=entry.trouble)
            continue
        try:
            check_regular(path)
            if extension == ".zip":
                if site.prefix:  # archives in archives: one level is enough
                    reason = Text("压缩包内的压缩包，请解压", "an archive in an archive; unpack it")
                    yield Candidate(path, site.root, shown, trouble=reason)
                    continue
                with watched(shown, path, space.limits):
                    inner = Site(space.unpacked(path), f"{shown}!")
                nothing = Text("压缩包里没有数据文件", "there are no data files in the archive")
                found = list(candidates(inner, None, space))
                yield from found or [Candidate(path, site.root, shown, trouble=nothing)]
            elif extension in ADVICE:
                yield Candidate(path, site.root, shown, trouble=ADVICE[extension])
            elif extension in CONTAINERS:
                with watched(shown, path, space.limits):
                    names = inner_layers(path, space, site.root)
                alone = len(names) == 1
                for name in names:
                    whole = name is None or (alone and extension == ".xlsx")
                    full = shown if whole else f"{shown}|{name}"
                    yield Candidate(path, site.root, full, name, alone)
                if not names:
                    reason = Text("里面没有图层", "it holds no layers")
                    yield Candidate(path, site.root, shown, trouble=reason)
            else:
                yield Candidate(path, site.root, shown)
        except ReadError as error:
            yield Candidate(path, site.root, shown, trouble=error.text)


def guess_layer(candidate: Candidate, found: Found, tiers: tuple[str, ...] | None) -> Guess | None:
    """Return which layer a candidate is. A table with coordinates may be a layer of points."""
    guess = recognise(candidate.name, found.frame, tiers)
    if "geometry" in found.frame.columns:
        return guess
    points = placed(found)
    other = recognise(candidate.name, points.frame, tiers) if points is not None else None
    return max((g for g in (guess, other) if g), key=lambda g: g.score, default=None)


def _unrecognised(candidate: Candidate, reason: Text) -> Note:
    detail = {"reason_zh": reason.zh, "reason_en": reason.en}
    return Note("unrecognised", path=candidate.shown, detail=detail)


def _lost(candidate: Candidate) -> Note:
    """Return the note of a file that cannot be read; its name may tell which layer it was."""
    assert candidate.trouble is not None
    return unreadable(named_layer(candidate.name), candidate.shown, candidate.trouble)


def _as_raster(candidate: Candidate) -> LayerSource | None:
    """Return what a raster is taken for, by its name; None for all other files."""
    if candidate.path.suffix.lower() not in EXTENSIONS:
        return None
    named = named_raster(candidate.name)
    if named is None:
        return None
    layer, why = named
    return LayerSource(layer, candidate.shown, declared=False, why=why)


def _recognised(source: LayerSource) -> Note:
    why = source.why or Text("", "")
    detail = {"why_zh": why.zh, "why_en": why.en}
    return Note("recognised", source.layer, source.path, detail=detail)


def discover(
    config: PlanConfig,
    site: Site,
    database: Place | None,
    space: Workspace,
    progress: Callable[[str], None] | None = None,
    selection: Selection | None = None,
) -> list[Source]:
    """Read the files of a plan and recognise what they are.

    A note says for each file what it was taken for and why, or why it was left out.

    Raises
    ------
    PlanError
        There is not one file of data.
    """
    specs = {**layer_specs(), **{tier.name: tier.spec for tier in make_chain(config.tiers)}}
    read: dict[int, Source] = {}
    for number, candidate in _in_order(candidates(site, database, space), config, selection):
        notes: list[Note] = []
        read[number] = Source(None, notes)
        if progress is not None:
            progress(candidate.shown)
        if (raster := _as_raster(candidate)) is not None:
            try:
                with watched(candidate.shown, candidate.path, space.limits):
                    check_beside(candidate.path, candidate.root)
                    raw, said = read_raster(raster, candidate.path, candidate.root, space)
            except ReadError as error:
                notes.append(_unrecognised(candidate, error.text))  # a name alone is no promise
                continue
            read[number] = Source(raw, [_recognised(raster), *said])
            continue
        if candidate.trouble is not None:
            advice = candidate.trouble is ADVICE.get(candidate.path.suffix.lower())
            note = _unrecognised(candidate, candidate.trouble)
            notes.append(note if advice else _lost(candidate))
            continue
        try:
            with watched(candidate.shown, candidate.path, space.limits):
                found = read_source(candidate.path, candidate.root, space, candidate.layer)
                guess = guess_layer(candidate, found, config.tiers)
                if guess is None:
                    reason = Text(
                        "名称、字段和内容都认不出图层，请在 gisplan.toml 里声明",
                        "neither name nor fields nor content tell the layer; declare it in "
                        "gisplan.toml",
                    )
                    notes.append(_unrecognised(candidate, reason))
                    continue
                source = LayerSource(guess.layer, candidate.shown, declared=False, why=guess.why)
                raw, said = make_raw(source, specs[guess.layer], found)
        except NoDataError as error:
            # A file that is called as a layer is, and holds nothing, has lost what it should hold.
            lost = _lost(replace(candidate, trouble=error.text))
            notes.append(lost if lost.layer else _unrecognised(candidate, error.text))
            continue
        except ReadError as error:
            notes.append(_lost(replace(candidate, trouble=error.text)))
            continue
        read[number] = taken(config, Source(raw, [_recognised(source), *said]), selection)
    if not read:
        name = site.prefix.partition("!")[0] or config.root.name
        raise PlanError(
            f"{name}：里面没有可读的数据文件，请放入 Shapefile、GeoPackage 等",
            f"{name}: there are no data files in it; put shapefiles or a GeoPackage there",
        )
    return [read[number] for number in sorted(read)]


def _in_order(
    found: Iterator[Candidate], config: PlanConfig, selection: Selection | None
) -> Iterator[tuple[int, Candidate]]:
    """Return numbered candidates in the order of reading."""
    if selection is None:
        yield from enumerate(found)
        return
    listed = list(found)
    names = [named_layer(candidate.name) for candidate in listed]
    for number in order_of_reading(names, config.tiers, selection):
        yield number, listed[number]
