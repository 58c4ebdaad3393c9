"""One area of a larger plan: of each source what concerns it is kept as soon as it was read.

What is kept of the features below the area, of parcels and of buildings: what lies in its box or
within 2 km of it, what belongs to it by code wherever it lies, and what lies nowhere. The tiers
down to the area's own, heritage, control lines and all other layers are kept whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gisplan.errors import PlanError
from gisplan.model import (
    InputRecord,
    Layer,
    LayerSource,
    LayerSpec,
    Note,
    Part,
    Plan,
    PlanConfig,
    RawLayer,
    Text,
    Tier,
)
from gisplan.normalise.chain import plan_chain, spec_of
from gisplan.normalise.crs import Extent, crs_of
from gisplan.normalise.geometry import raw_shapes
from gisplan.normalise.part_keys import (
    NOTHING,
    begins_with,
    cells_of,
    joined,
    key,
    keys_of,
    listed,
    passing,
)
from gisplan.normalise.part_place import AROUND, Lies, boxes_of, extent_of, where
from gisplan.normalise.plan import normalise

_SHOWN = 12  # areas that a message lists
_OF_TIERS = {"tier", "of"}  # fields of tables whose rows are about features of tiers
_PROBLEM, _TAKEN_UP = "exam_problem", "problems"  # a layer, and the field of tiers that names them


class _Area(NamedTuple):
    """The area, and where it and the plan lie in the working CRS of the tiers above."""

    part: Part
    rank: int
    crs: CRS
    box: Extent
    plan: Extent
    others: np.ndarray  # keys of the codes of the other areas of its tier


@dataclass(slots=True)
class _Wanted:
    """What is kept wherever it stands in the plan.

    codes : by layer, keys of the codes of the area and of what belongs to it
    parents : keys of the parents that something kept names
    problems : keys of the exam problems that lie in the area: whoever takes one up is kept
    boxes : where whatever lies is kept: the area, and what belongs to it and lies elsewhere
    """

    codes: dict[str, np.ndarray] = field(default_factory=dict)
    parents: np.ndarray = field(default_factory=NOTHING.copy)
    problems: np.ndarray = field(default_factory=NOTHING.copy)
    boxes: tuple[Extent, ...] = ()

    def of(self, layer: str) -> np.ndarray:
        """Return the codes of a layer."""
        return self.codes.get(layer, NOTHING)

    def beside(self, layer: str) -> np.ndarray:
        """Return the codes of all other layers: what a feature of the layer may belong to."""
        return joined(*(keys for name, keys in self.codes.items() if name != layer))


class _Left(NamedTuple):
    """What was left out of one source: keys by field."""

    layer: str
    is_tier: bool
    keys: Mapping[str, np.ndarray]


@dataclass(slots=True)
class Selection:
    """Keeps of each source what concerns one area; made for one reading of a plan.

    asked : code or name of the area
    area : None until the tier that it is of was read
    given : the area was known before, from all sources of its tier
    late : a source of its tier, or of one above, came when the area had been found in others
    above, deepest : sources of the tiers from the top down to the area's own; rank of the lowest
    far : boxes of what belongs to the area and was found to lie elsewhere
    left : what was left out, by source
    kept : keys of the codes and of the names of what was kept of tiers
    """

    asked: str
    area: _Area | None = None
    given: bool = False
    late: bool = False
    wanted: _Wanted = field(default_factory=_Wanted)
    above: list[RawLayer] = field(default_factory=list)
    deepest: int = -1
    far: list[Extent] = field(default_factory=list)
    left: list[_Left] = field(default_factory=list)
    kept: dict[str, np.ndarray] = field(default_factory=dict)

    def take(
        self, config: PlanConfig, raw: RawLayer, notes: list[Note]
    ) -> tuple[RawLayer, list[Note]]:
        """Return what concerns the area of one source, and the notes about that.

        Sources of tiers come from the top down; what comes before the area is known is kept whole.
        """
        chain, tier = self._reached(config, raw)
        if tier is not None and (self.area is None or tier.rank <= self.area.rank):
            self.above.append(raw)
            self.deepest = max(self.deepest, tier.rank)
            self.late = self.late or (self.area is not None and not self.given)
            return raw, notes
        if self.area is None or not _belongs(raw, chain, tier):
            return raw, notes
        return self._cut(raw, notes, chain, tier)

    def finish(
        self, config: PlanConfig, read: Sequence[tuple[RawLayer, list[Note]]]
    ) -> list[tuple[RawLayer, list[Note]]]:
        """Return the sources again when all were read: those that were kept whole too early, cut.

        Raises
        ------
        PlanError
            The plan has no such area, or several.
        """
        if self.area is None or self.late:
            self.area = self._found(config)
        if self.area is None:
            raise _no_such_area(self.asked, config, self.above)
        chain = plan_chain(config, [raw for raw, _ in read])
        tiers = {tier.name: tier for tier in chain}
        out = []
        for raw, notes in read:
            tier = tiers.get(raw.source.layer)
            early = raw.rows is None and (tier is None or tier.rank > self.area.rank)
            if early and _belongs(raw, chain, tier):
                raw, notes = self._cut(raw, notes, chain, tier)
            elif raw.source.layer == _PROBLEM:
                self._note_problems(raw, chain)
            out.append((raw, notes))
        return [self._without_rows_of_others(raw, notes, chain) for raw, notes in out]

    @property
    def again(self) -> Selection | None:
        """What to read the plan with again, where something was left out that is wanted.

        A source may come before what it belongs to, or before all of the area's tier. What belongs
        to the area lies elsewhere now and then, and what is around it there is wanted too; what
        lies in the area says now and then that it belongs to a feature elsewhere.
        """
        known = self.wanted
        far = [box for box in self.far if not any(map(box.within, known.boxes))]
        if not self.late and not far and not any(self._missed(left) for left in self.left):
            return None
        known.boxes = tuple(dict.fromkeys((*known.boxes, *far)))
        return Selection(self.asked, self.area, given=True, wanted=known)

    def part_of(self, plan: Plan, judged: str) -> Part:
        """Return the area.

        Raises
        ------
        PlanError
            It is not above the tier whose features get verdicts.
        """
        assert self.area is not None
        part = self.area.part
        rank = {tier.name: tier.rank for tier in plan.chain}
        if self.area.rank < rank[judged]:
            return part
        above = [t for t in plan.chain if t.rank < rank[judged] and t.name in plan.layers]
        titles = [t.title for t in above] or [Text("无", "none")]
        zh, en = "、".join(t.zh for t in titles), ", ".join(t.en for t in titles)
        raise PlanError(
            f"{part.label} 不在审查层级之上，--within 可用的层级：{zh}",
            f"{part.label} is not above the tier that is judged; tiers for --within: {en}",
        )

    def _reached(self, config: PlanConfig, raw: RawLayer) -> tuple[tuple[Tier, ...], Tier | None]:
        """Return chain and tier of a source; look for the area where a new tier begins with it."""
        chain = plan_chain(config, [raw])
        tier = next((tier for tier in chain if tier.name == raw.source.layer), None)
        if self.area is None and (tier is None or tier.rank > self.deepest):
            self.area = self._found(config)
        return chain, tier

    def _found(self, config: PlanConfig) -> _Area | None:
        """Return the area, where a tier that was read has it."""
        if not any(self._may_be_in(config, raw) for raw in self.above):
            return None
        plan = normalise(replace(config, layers=()), self.above, ())
        for tier in plan.chain:
            layer = plan.layers.get(tier.name)
            rows = [] if layer is None else _rows_called(layer, self.asked)
            if layer is not None and rows:
                self.wanted.codes[layer.name] = keys_of(layer.frame["_label"].iloc[rows])
                area = _area_of(plan, layer, tier, rows, self.asked)
                self.wanted.boxes = (area.box,)
                return area
        return None

    def _may_be_in(self, config: PlanConfig, raw: RawLayer) -> bool:
        cells = cells_of(raw, plan_chain(config, [raw]))
        asked = key(self.asked)
        return any(asked == key(text) for name in cells for text in cells[name].dropna().unique())

    def _where(self, raw: RawLayer, bounds: np.ndarray) -> Lies | None:
        assert self.area is not None
        return where(raw, bounds, self.wanted.boxes, self.area.plan, self.area.crs)

    def _cut(
        self, raw: RawLayer, notes: list[Note], chain: Sequence[Tier], tier: Tier | None
    ) -> tuple[RawLayer, list[Note]]:
        assert self.area is not None
        bounds = shapely.bounds(raw_shapes(raw))
        lies = self._where(raw, bounds)
        if lies is None:  # nobody knows where this is
            codes = keys_of(cells_of(raw, chain, ("code",))["code"])
            known = self.wanted.of(raw.source.layer)
            self.wanted.codes[raw.source.layer] = joined(known, codes)
            return raw, notes
        kept, own = self._kept(raw, chain, tier, lies)
        self.far += boxes_of(bounds[own & ~lies.near & ~lies.lost], raw, self.area.crs)
        return _rows_kept(raw, notes, kept)

    def choose(
        self,
        config: PlanConfig,
        source: LayerSource,
        columns: pd.DataFrame,
        crs: str | None,
        bounds: np.ndarray,
    ) -> np.ndarray | None:
        """Return which records of a source concern the area, before their shapes are read.

        Parameters
        ----------
        config, source
            What is read.
        columns : DataFrame
            Of all its records, without shapes.
        crs : str or None
            Of the file.
        bounds : ndarray of float, (n, 4)
            Of the shapes, in the CRS of the file; NaN where there is none.

        Returns
        -------
        ndarray of bool or None
            None where all are wanted, or where nobody knows.
        """
        path, source = source.path, replace(source, crs=crs or source.crs)
        raw = RawLayer(source, InputRecord(path, "", source.layer, "", len(columns)), columns)
        chain, tier = self._reached(config, raw)
        if self.area is None or not _belongs(raw, chain, tier):
            return None
        if tier is not None and tier.rank <= self.area.rank:
            return None
        lies = self._where(raw, bounds)
        return None if lies is None else self._kept(raw, chain, tier, lies)[0]

    def _kept(
        self, raw: RawLayer, chain: Sequence[Tier], tier: Tier | None, lies: Lies
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return which features are kept, and which of them belong to the area."""
        assert self.area is not None
        wanted, layer = self.wanted, raw.source.layer
        cells = cells_of(raw, chain)
        keys = {name: keys_of(column) for name, column in cells.items()}
        # of no parent: it may be the area's where its code does not say otherwise
        alone = lies.lost | (lies.near & (keys["parent"] == 0) & (tier is not None))
        own = alone & ~self._elsewhere(cells, alone)
        for name in ("code", "parent"):
            own |= passing(cells[name], begins_with(self.area.part.label))
        own |= np.isin(keys["parent"], wanted.beside(layer))
        wanted.codes[layer] = joined(wanted.of(layer), keys["code"][own])
        kept = lies.near | own | np.isin(keys["code"], wanted.of(layer))
        taken_up, row = listed(raw, chain, _TAKEN_UP)
        kept[row[np.isin(taken_up, wanted.problems)]] = True
        if tier is not None:
            kept |= np.isin(keys["code"], wanted.parents)
            for name in ("code", "name"):
                self.kept[name] = joined(self.kept.get(name, NOTHING), keys[name][kept])
        wanted.parents = joined(wanted.parents, keys["parent"][kept])
        gone = {name: all_[~kept] for name, all_ in keys.items()}
        gone[_TAKEN_UP] = taken_up[~kept[row]]
        self.left.append(_Left(layer, tier is not None, gone))
        return kept, own

    def _missed(self, left: _Left) -> bool:
        """Return whether something that was left out of a source is wanted."""
        wanted = {
            "code": self.wanted.of(left.layer),
            "parent": self.wanted.beside(left.layer),
            _TAKEN_UP: self.wanted.problems,
        }
        named = left.is_tier and np.isin(left.keys["code"], self.wanted.parents).any()
        return bool(named or any(np.isin(left.keys[n], keys).any() for n, keys in wanted.items()))

    def _gone(self, name: str) -> np.ndarray:
        """Return the keys of features of tiers that were left out, and are no kept one's."""
        gone = joined(*(left.keys[name] for left in self.left if left.is_tier))
        return np.setdiff1d(gone, self.kept.get(name, NOTHING))

    def _elsewhere(self, cells: Mapping[str, pd.Series], asked: np.ndarray) -> np.ndarray:
        """Return of some rows which belong to another area: by the parent, else by their code."""
        assert self.area is not None
        known = joined(self._gone("code"), self.kept.get("code", NOTHING), self.area.others)
        others = set(np.setdiff1d(known, self.wanted.beside("")).tolist())
        found = np.zeros(len(asked), dtype=bool)
        for row in np.flatnonzero(asked).tolist():
            parent, code = (str(cells[name].iat[row] or "") for name in ("parent", "code"))
            texts = [parent] if parent else [code[:n] for n in range(1, len(code))]
            found[row] = not others.isdisjoint(keys_of(texts).tolist())
        return found

    def _note_problems(self, raw: RawLayer, chain: Sequence[Tier]) -> None:
        lies = self._where(raw, shapely.bounds(raw_shapes(raw)))
        codes = keys_of(cells_of(raw, chain, ("code",))["code"])
        near = codes if lies is None else codes[lies.near]
        self.wanted.problems = joined(self.wanted.problems, near)

    def _without_rows_of_others(
        self, raw: RawLayer, notes: list[Note], chain: Sequence[Tier]
    ) -> tuple[RawLayer, list[Note]]:
        """Take rows out of a table of tiers that are about features which were left out.

        A row without a code is about the feature of its name. Of other layers rows go that name
        a unit which was left out.
        """
        spec = spec_of(raw.source.layer, chain)
        if spec is None or not self.left or _belongs(raw, chain, None):
            return raw, notes
        if spec.kind == "table" and _OF_TIERS & set(spec.fields):
            cells = cells_of(raw, chain)
            codes, names = keys_of(cells["code"]), keys_of(cells["name"])
            cells["parent"] = pd.Series([None] * len(codes), dtype=object)
            known = joined(self.wanted.beside(""), self.kept.get("code", NOTHING))
            theirs = self._elsewhere(cells, (codes != 0) & ~np.isin(codes, known))
            theirs |= (codes == 0) & np.isin(names, self._gone("name"))
        elif _names_units(spec):
            codes = keys_of(cells_of(raw, chain, ("unit",))["unit"])
            theirs = np.zeros(len(codes), dtype=bool)
        else:
            return raw, notes
        theirs |= np.isin(codes, self._gone("code"))
        return _rows_kept(raw, notes, ~theirs)


def _belongs(raw: RawLayer, chain: Sequence[Tier], tier: Tier | None) -> bool:
    """Return whether the features of a source belong to others: tiers, parcels, buildings."""
    spec = spec_of(raw.source.layer, chain)
    if spec is None or spec.kind == "table":
        return False
    return tier is not None or "parent" in spec.fields


def _names_units(spec: LayerSpec) -> bool:
    return "unit" in spec.fields and spec.fields["unit"].type == "code"


def _rows_kept(raw: RawLayer, notes: list[Note], kept: np.ndarray) -> tuple[RawLayer, list[Note]]:
    if kept.all():
        return raw, notes
    rows = np.flatnonzero(kept)
    rows = rows if raw.rows is None else raw.rows[rows]
    there = set(rows.tolist())
    frame = raw.frame[kept].reset_index(drop=True)
    said = [note for note in notes if note.record is None or note.record in there]
    outside = raw.outside + int((~kept).sum())
    return replace(raw, frame=frame, rows=rows, outside=outside), said


def _area_of(plan: Plan, layer: Layer, tier: Tier, rows: list[int], asked: str) -> _Area:
    frame = layer.frame.iloc[rows]
    labels = sorted(set(map(str, frame["_label"])))
    if len(labels) > 1:
        raise _several(asked, labels)
    name = frame["name"].dropna().astype(str).min() if "name" in frame else None
    return _Area(
        part=Part(layer.name, labels[0], name if isinstance(name, str) else ""),
        rank=tier.rank,
        crs=crs_of(plan.working_crs),
        box=Extent(*frame.geometry.total_bounds.tolist()).grown(AROUND),
        plan=extent_of(plan).grown(AROUND),
        others=keys_of(layer.frame["_label"][layer.frame["_label"] != labels[0]]),
    )


def _rows_called(layer: Layer, asked: str) -> list[int]:
    """Return the rows of a tier that have a code; where none has it, those that have the name."""
    wanted = key(asked)
    for column in ("_label", "name"):
        if column not in layer.frame:
            continue
        texts = layer.frame[column]
        for test in (lambda text: text == asked, lambda text: key(text) == wanted):
            found: list[int] = np.flatnonzero(passing(texts, test)).tolist()
            if found:
                return found
    return []


def _no_such_area(asked: str, config: PlanConfig, above: Sequence[RawLayer]) -> PlanError:
    known: set[str] = set()
    for raw in above:
        codes = cells_of(raw, plan_chain(config, [raw]), ("code",))["code"]
        known |= set(map(str, codes.dropna().unique()))
    shown = sorted(known)[:_SHOWN]
    there_zh = f"；规划里有：{'、'.join(shown)}" if shown else ""
    there_en = f"; the plan has {', '.join(shown)}" if shown else ""
    return PlanError(
        f"规划里没有代码或名称为 {asked} 且有图形的区域，请核对 --within{there_zh}",
        f"the plan has no area with a shape whose code or name is {asked}; check "
        f"--within{there_en}",
    )


def _several(asked: str, labels: Sequence[str]) -> PlanError:
    shown = labels[:_SHOWN]
    return PlanError(
        f"有多个区域名为 {asked}，请在 --within 中写代码：{'、'.join(shown)}",
        f"several areas are called {asked}; give the code to --within: {', '.join(shown)}",
    )
