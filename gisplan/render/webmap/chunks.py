"""The map as a folder: a page, and the pieces of its packed layers as scripts beside it.

A page that was opened from a disk may read no file beside it, but may run a script that lies
there. Each piece is a script of one call, which hands its text over. Decision 0015 says why these
are no PMTiles.
"""

from __future__ import annotations

import hashlib
import json

from gisplan.model import Dossier, Lang
from gisplan.render.webmap.map import page_of
from gisplan.render.webmap.payload import contents, plan_name
from gisplan.render.webmap.tiles import BaseMap

FOLDER_LIMIT = 1_500_000  # features of all layers, beyond which one file is unwieldy
SCHEMA = "gisplan-map/1"


def folder_files(
    dossier: Dossier,
    lang: Lang = "zh",
    base: BaseMap | None = None,
    before: Dossier | None = None,
) -> dict[str, bytes]:
    """Return the files of a map in a folder; the same dossier always gives the same bytes.

    Returns
    -------
    dict
        map.html opens from a disk without a server; chunk_0001.js and so on are its pieces, each
        of which may be missing; map.json says that gisplan wrote them.
    """
    shown = contents(dossier, lang, base, "folder", before)
    digest = hashlib.sha256("\n".join(shown.pieces).encode("ascii")).hexdigest()[:16]
    shown.data["chunks"] = digest
    page = page_of(shown, plan_name(dossier), base)
    chunks = {
        chunk_name(number): f'gisplanChunk("{digest}",{number},"{text}");\n'.encode("ascii")
        for number, text in enumerate(shown.pieces)
    }
    mark = {"schema": SCHEMA, "digest": digest, "chunks": len(chunks)}
    return {
        "map.json": f"{json.dumps(mark)}\n".encode(),
        "map.html": page.encode(),
        **chunks,
    }


def chunk_name(number: int) -> str:
    """Return the name of the file of a piece; pieces count from 0, files from 1."""
    return f"chunk_{number + 1:04d}.js"
