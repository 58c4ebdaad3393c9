"""Which units what was set aside may belong to."""

from __future__ import annotations

from gisplan.catalogue.judgement import Tables


def set_aside(tables: Tables, layer: str) -> dict[int, list[str]]:
    """Return the features of a layer that were set aside, by the unit that they may belong to.

    One whose label begins with a unit's belongs to that unit, any other one may be any unit's.
    """
    labels = sorted(tables.quarantined.get(layer, ()))
    if not labels or tables.judged not in tables.attributes:
        return {}
    units = tables.attributes[tables.judged]["_label"]
    homes = {
        label: [fid for fid, unit in units.items() if label.startswith(unit)] for label in labels
    }
    return {
        int(fid): found
        for fid in units.index
        if (found := [label for label in labels if not homes[label] or fid in homes[label]])
    }
