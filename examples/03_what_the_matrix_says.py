"""Print what the conflict matrix says of every renewal mode in a core protection zone (Z6)."""

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.matrix import ruling_for

for mode in codelist("mode").values():
    cell = ruling_for("Z6", None, mode.code)
    if cell is not None:
        print(mode.code, mode.title.zh, "·", cell.ruling, "·", ", ".join(cell.sources))
