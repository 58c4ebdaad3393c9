"""What is kept of each source, where a part of a plan is wanted: whoever asks says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from gisplan.catalogue.layers import make_chain
from gisplan.model import LayerSource, Note, PlanConfig, RawLayer


class Source(NamedTuple):
    """A source that was read and the notes about it; None where there is nothing of it."""

    raw: RawLayer | None
    notes: list[Note]


class Selection(Protocol):
    """Says what is kept of a source as soon as it was read, and again when all were."""

    def choose(
        self,
        config: PlanConfig,
        source: LayerSource,
        columns: pd.DataFrame,
        crs: str | None,
        bounds: np.ndarray,
    ) -> np.ndarray | None:
        """Return which records of a source are worth their shapes; None for all of them."""

    def take(
        self, config: PlanConfig, raw: RawLayer, notes: list[Note]
    ) -> tuple[RawLayer, list[Note]]:
        """Return what is kept of a source."""

    def finish(
        self, config: PlanConfig, read: Sequence[tuple[RawLayer, list[Note]]]
    ) -> list[tuple[RawLayer, list[Note]]]:
        """Return what is kept of all sources."""


def order_of_reading(
    layers: Sequence[str], tiers: tuple[str, ...] | None, selection: Selection | None
) -> list[int]:
    """Return positions of sources in the order of reading: for a selection tiers from the top."""
    numbers = list(range(len(layers)))
    if selection is None:
        return numbers
    rank = {tier.name: tier.rank for tier in make_chain(tiers)}
    return sorted(numbers, key=lambda number: rank.get(layers[number], len(rank)))


def taken(config: PlanConfig, source: Source, selection: Selection | None) -> Source:
    """Return what is kept of a source."""
    if selection is None or source.raw is None:
        return source
    return Source(*selection.take(config, source.raw, source.notes))


def all_taken(
    config: PlanConfig, read: Sequence[Source], selection: Selection | None = None
) -> tuple[list[RawLayer], list[Note]]:
    """Return raw layers and notes of all sources, in their order."""
    held = [(source.raw, source.notes) for source in read if source.raw is not None]
    kept = held if selection is None else selection.finish(config, held)
    raws = [raw for raw, _ in kept]
    left = iter(kept)
    notes = [
        note for source in read for note in (source.notes if source.raw is None else next(left)[1])
    ]
    return raws, notes
