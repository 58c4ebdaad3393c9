"""Which units a feature belongs to: itself, or the unit that it lies in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from gisplan.catalogue.judgement import Tables

_MEETINGS = {
    "heritage_zone": ("relate", "zone_fid"),
    "control_line": ("relate", "zone_fid"),
    "heritage_body": ("near", "body_fid"),
}
# Rules on what is done to the land: heritage, and the control lines that works may not enter.
_LAND = ("HER", "BND106", "BND107", "BND108", "BND109", "BND110", "BND111")


def counts_for_unit(code: str) -> bool:
    """Return whether what a rule says of a project, parcel or building counts for its unit."""
    return code.startswith(_LAND)


@dataclass(frozen=True, slots=True)
class _Labels:
    """Units by the labels of a layer: `one` of each label, `more` where features share a label."""

    one: Mapping[str, str]
    more: Mapping[str, set[str]]

    def of(self, label: str) -> set[str]:
        return self.more.get(label) or ({self.one[label]} if label in self.one else set())


_NOBODY = _Labels({}, {})


def _by_label(labels: pd.Series, units: pd.Series) -> _Labels:
    one: dict[str, str] = {}
    more: dict[str, set[str]] = {}
    for label, unit in zip(labels.tolist(), units.tolist(), strict=True):
        first = one.setdefault(label, unit)
        if first != unit:
            more.setdefault(label, {first}).add(unit)
    return _Labels(one, more)


class Units:
    """The features of the judged tier, and what belongs to them.

    Projects, parcels and buildings belong to the unit that the table `parents` names, over as
    many levels as there are. A unit is known by its label; features that share a label share
    everything that is said of it. `beside` names layers that act on heritage too: what could not
    be judged of a feature of theirs concerns the units only where it belongs to one.
    """

    def __init__(self, tables: Tables, beside: frozenset[str] = frozenset()) -> None:
        self.judged = tables.judged
        self.beside = beside
        self._measures = tables.measures
        self._aside = tables.quarantined.get(tables.judged, frozenset())
        self._rows = _unit_of_rows(tables)
        self._labels = {
            layer: _by_label(tables.attributes[layer]["_label"].reindex(units.index), units)
            for layer, units in self._rows.items()
        }

    @property
    def below(self) -> tuple[str, ...]:
        """Layers whose features belong to units."""
        return tuple(name for name in self._rows if name != self.judged)

    def all(self) -> set[str]:
        """Return the labels of all units that were checked."""
        return set(self._labels.get(self.judged, _NOBODY).one)

    def itself(self, layer: str | None, label: str | None) -> set[str]:
        """Return the unit that a label names in the judged layer, also one set aside."""
        if layer != self.judged or not label:
            return set()
        known = label in self._aside or label in self._labels.get(self.judged, _NOBODY).one
        return {label} if known else set()

    def of_label(self, layer: str | None, label: str | None) -> set[str]:
        """Return the units that the features of a label are, or belong to."""
        if not layer or not label:
            return set()
        return self.itself(layer, label) | self._labels.get(layer, _NOBODY).of(label)

    def of_rows(self, layer: str, fids: Iterable[int]) -> set[str]:
        """Return the units that some rows of a layer are, or belong to."""
        if layer not in self._rows:
            return set()
        return set(self._rows[layer].reindex(list(fids)).dropna())

    def family(self, layer: str, fids: Iterable[int]) -> dict[str, set[int]]:
        """Return some rows of a layer and all that share a unit with one of them, by layer."""
        fids = set(fids)
        units = self.of_rows(layer, fids)
        found = {name: set(rows.index[rows.isin(units)]) for name, rows in self._rows.items()}
        found[layer] = found.get(layer, set()) | fids
        return found

    def meeting(self, layer: str, fids: Sequence[int] | None = None) -> set[str] | None:
        """Return the units that meet some features of a heritage layer or control line.

        None for `fids` is any of them. The answer is None where this was not measured, or where a
        feature is not known by its row (fid -1).
        """
        table, column = _MEETINGS.get(layer, ("", ""))
        rows = self._measures.get(table)
        if rows is None or (fids is not None and -1 in fids):
            return None
        if table == "relate":
            rows = rows[rows["zone_layer"] == layer]
        if fids is not None:
            rows = rows[rows[column].isin(list(fids))]
        met: set[str] = set()
        for actor, group in rows.groupby("actor_layer"):
            met |= self.of_rows(str(actor), group["fid"])
        return met


def _unit_of_rows(tables: Tables) -> dict[str, pd.Series]:
    """Return the label of the unit by row, for the judged layer and all that belongs to it."""
    if tables.judged not in tables.attributes:
        return {}
    found = {tables.judged: tables.attributes[tables.judged]["_label"].astype(object)}
    parents = tables.measures.get("parents")
    if parents is None:
        return found
    aside = tables.quarantined.get(tables.judged, frozenset())
    waiting = {
        key: rows
        for key, rows in parents.groupby(["child_layer", "parent_layer"], sort=True)
        if key[0] != tables.judged and key[0] in tables.attributes
    }
    progress = True
    while progress:
        progress = False
        for (child, parent), rows in list(waiting.items()):
            if parent not in found:
                continue
            units = found[parent].reindex(rows["parent_fid"]).to_numpy(dtype=object)
            series = pd.Series(units, index=rows["fid"], dtype=object)
            if parent == tables.judged and aside:
                declared = pd.Series(list(rows["declared"]), index=series.index, dtype=object)
                series = series.where(series.notna(), declared.where(declared.isin(list(aside))))
            known = found.get(child)
            series = series[series.notna()]
            found[child] = series if known is None else pd.concat([known, series])
            del waiting[child, parent]
            progress = True
    return found
