"""Holds the record counts of the files of a layer against each other: none is lost unsaid."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

from gisplan.model import Note
from gisplan.read.shp_index import ShpIndex, scan

_HEADER = 100


def is_cut(header: bytes, path: Path) -> bool:
    """Return whether a .shp is shorter than its own header says.

    A file that ends between two records looks whole but for this.
    """
    return int(2 * struct.unpack(">i", header[24:28])[0]) > path.stat().st_size


def records_in(path: Path, index: ShpIndex) -> int:
    """Return how many records a .shp holds, be they in its index or not.

    An index may be sound and still leave records out. Holes are no records: software that
    rewrites a shape at the end of the file leaves the former one where it was.
    """
    known = index.offsets
    if int((index.lengths + 8).sum()) + _HEADER >= path.stat().st_size:
        return len(known)
    walked = scan(path)
    return max(len(known), len(walked.offsets))


def count_notes(counts: Mapping[str, int], cut: bool = False) -> list[Note]:
    """Return the note that the files of a layer do not hold the same records; else nothing.

    Parameters
    ----------
    counts : mapping of str to int
        What was counted (".shp", ".shx", ".dbf", ".dbf header") -> how many records it has.
    cut : bool
        The .shp ends before it should.
    """
    if len(set(counts.values())) <= 1 and not cut:
        return []
    return [Note("count_mismatch", detail={"counts": dict(counts), "cut": cut})]
