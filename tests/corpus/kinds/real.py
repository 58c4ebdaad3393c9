"""Broken files that others have kept: the shapefiles of GDAL, mapshaper, shapefile-js and NTS."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.corpus.case import Damage, Kind, right

kind = Kind("Real files")
HOME = Path(__file__).resolve().parents[4] / "shared" / "data" / "dirty_shp"


def copied(stem: str) -> Damage:
    """Put a real file beside the layers, with all that lies beside it under its name."""

    def damage(plan: Path, _canaries: object, _source: object) -> None:
        source = HOME / stem
        for path in source.parent.glob(f"{source.name}.*"):
            shutil.copyfile(path, plan / f"现状_{path.name}")

    return damage


STEMS = sorted({
    str(path.relative_to(HOME).with_suffix(""))
    for path in (HOME.rglob("*") if HOME.is_dir() else ())
    if path.suffix.lower() in {".shp", ".dbf"}
})  # fmt: skip
for stem in STEMS or ["gdal/chinese"]:
    kind(f"real-{stem.replace('/', '-').replace(' ', '_')}", f"{stem} beside the layers",
         right(), files=copied(stem), needs=HOME,
         command=("inspect", "{plan}", "--lang", "zh"))
