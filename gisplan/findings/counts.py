"""The account of every layer: read = checked + quarantined."""

from __future__ import annotations

from gisplan.model import LayerCount, Plan

NOT_READ = ("file_unreadable", "crs_missing")


def count_layers(plan: Plan) -> tuple[LayerCount, ...]:
    """Return the account of each layer: tiers from the top, then the others by name.

    A layer whose file could not be read is listed with nothing read. A layer without a CRS was
    read, but all its features are set aside.
    """
    rank = {tier.name: tier.rank for tier in plan.chain}
    counts = [
        LayerCount(
            layer=name,
            tier=name in rank,
            read=layer.read,
            checked=len(layer.frame),
            quarantined=0 if layer.quarantine is None else len(layer.quarantine),
            repaired=layer.repaired,
            outside=layer.outside,
        )
        for name, layer in plan.layers.items()
    ]
    lost: dict[str, set[str]] = {}
    for note in plan.notes:
        name = note.layer or note.path
        if note.kind in NOT_READ and name not in plan.layers:
            lost.setdefault(name, set())
            if note.kind == "crs_missing":
                lost[name].add(note.path)
    for name, paths in lost.items():
        aside = sum(r.count for r in plan.inputs if r.layer == name and r.path in paths)
        counts.append(LayerCount(name, name in rank, aside, 0, aside, 0))
    return tuple(sorted(counts, key=lambda count: (rank.get(count.layer, len(rank)), count.layer)))
