"""Slips in parent codes, such as lost zeros, repaired as the codes of the parents prove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from gisplan.model import Layer, Note, Tier
from gisplan.normalise.codes import repair_codes
from gisplan.normalise.text import distinct


def restore_parents(layers: Mapping[str, Layer], chain: Sequence[Tier]) -> list[Note]:
    """Repair parent codes: 102 -> 0102 where a tier above has 0102 and no 102.

    Changes the `parent` columns of the frames, and returns a code_repaired note for each cell.
    """
    notes: list[Note] = []
    above: set[str] = set()
    for tier in chain:
        layer = layers.get(tier.name)
        if layer is None:
            continue
        if above and "parent" in layer.found:
            column, remarks = repair_codes(
                distinct(layer.frame["parent"]), above.__contains__, above.__contains__
            )
            if remarks:
                layer.frame["parent"] = pd.Series(column.spread(), dtype=object)
            for kind, row, detail in remarks:
                place = layer.frame.loc[row, ["_path", "_record", "_label"]]
                notes.append(
                    Note(
                        kind,
                        layer.name,
                        place["_path"],
                        int(place["_record"]),
                        place["_label"],
                        "parent",
                        detail,
                    )
                )
        above |= _codes(layer.frame)
        if layer.quarantine is not None:
            above |= _codes(layer.quarantine)
    return notes


def _codes(frame: pd.DataFrame) -> set[str]:
    return {code for code in frame["code"].to_numpy() if isinstance(code, str)}
