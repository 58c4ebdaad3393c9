"""What the rules on publication share: the maps that are asked for the public."""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, skipped
from gisplan.model import Note


def public_maps(tables: Tables) -> list[Note]:
    """Return the notes of maps for the public; none in a review for internal use."""
    return tables.notes_of("publication")


def not_public() -> Judgement:
    """Return that nothing was to be checked."""
    return skipped("没有公开地图的要求", "no public map was asked for")
