"""What the sources of heritage layers say of themselves: the areas that they cover."""

from __future__ import annotations

from gisplan.model import PlanConfig

HERITAGE_LAYERS = ("heritage_zone", "heritage_body")


def declared_codes(config: PlanConfig) -> dict[str, frozenset[str]]:
    """Return the codes that the sources of each heritage layer say they cover, by layer.

    A layer of which no source declares any is not in the answer. Where one does, what no source of
    the layer declares is not spoken for: a source that says nothing proves nothing.
    """
    found: dict[str, frozenset[str]] = {}
    for source in config.layers:
        if source.layer in HERITAGE_LAYERS and source.covers is not None:
            found[source.layer] = found.get(source.layer, frozenset()) | set(source.covers)
    return found
