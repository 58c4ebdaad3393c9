"""Makes features of the entities of a CAD drawing: closed lines are areas, texts are labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisplan.model import Note
from gisplan.read.request import told


@dataclass(slots=True)
class Entities:
    """The entities of one CAD layer, or of a whole drawing.

    `frame` has the columns Layer, Text, EntityHandle, Linetype; `hatch`, `paper` and `arcs` tell
    by row what is a fill, what stands on the sheet and not in the map, and what has arcs.
    """

    frame: pd.DataFrame
    shapes: Any
    hatch: Any
    paper: Any
    arcs: Any
    notes: list[Note] = field(default_factory=list)

    def only(self, rows: Any) -> Entities:
        """Return the entities of a mask."""
        return Entities(
            self.frame[rows].reset_index(drop=True),
            self.shapes[rows],
            self.hatch[rows],
            self.paper[rows],
            self.arcs[rows],
            list(self.notes),
        )


def _closes(lines: Any) -> Any:
    """Return which shapes are lines that end where they begin, around something."""
    return (
        (shapely.get_type_id(lines) == 1)
        & shapely.is_closed(lines)
        & (shapely.get_num_coordinates(lines) >= 4)
    )


def _areas(lines: Any) -> Any:
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    return shapely.polygons(shapely.linearrings(coordinates, indices=owner))


def _areas_of_lines(shapes: Any) -> Any:
    """Return shapes in which each line that closes is an area; of a block all lines must."""
    out = np.array(shapes, dtype=object)
    closed = _closes(out)
    if closed.any():
        out[closed] = _areas(out[closed])
    for row in np.flatnonzero(np.isin(shapely.get_type_id(out), (5, 7))).tolist():
        parts = shapely.get_parts(out[row])
        closed = _closes(parts)
        if closed.any():
            parts[closed] = _areas(parts[closed])
        if (shapely.get_type_id(parts) == 3).all():
            out[row] = shapely.multipolygons(parts)
        elif shapely.get_type_id(out[row]) == 7:
            out[row] = shapely.geometrycollections(parts)
    return out


def _fills(shapes: Any, hatch: Any, layers: Any) -> Any:
    """Return which hatches only fill an area that is drawn as a line in the same layer."""
    areal = shapely.get_dimensions(shapes) == 2
    keys = np.full(len(shapes), "", dtype=object)
    # Half a millimetre tells no two areas of a plan apart, and hides how a fill was rounded.
    rounded = shapely.normalize(shapely.set_precision(shapes[areal], 0.0005, mode="pointwise"))
    keys[areal] = shapely.to_wkb(shapely.force_2d(rounded), hex=True)
    named = layers.astype(str) + "|" + keys.astype(str)
    outlines = set(named[areal & ~hatch])
    return areal & hatch & np.isin(named, list(outlines))


def _label(entities: Entities, texts: Any) -> int:
    """Put texts that stand in an area of their layer into its Text; return how many stand in none.

    A text in several areas belongs to the smallest.
    """
    layers = entities.frame["Layer"].to_numpy()
    areas = np.flatnonzero(shapely.get_dimensions(entities.shapes) == 2)
    rows = np.flatnonzero(texts)
    tree = shapely.STRtree(entities.shapes[areas])
    text_at, area_at = tree.query(entities.shapes[rows], predicate="intersects")
    pairs = pd.DataFrame({"text": rows[text_at], "area": areas[area_at]})
    pairs = pairs[layers[pairs["text"]] == layers[pairs["area"]]]
    pairs["size"] = shapely.area(entities.shapes[pairs["area"]])
    pairs = pairs.sort_values(["text", "size", "area"]).drop_duplicates("text")
    words = entities.frame["Text"].to_numpy(copy=True)
    for area, group in pairs.groupby("area"):
        words[area] = "\n".join(str(words[row]) for row in group["text"])
    entities.frame["Text"] = pd.Series(words, dtype=object)
    return len(rows) - len(pairs)


def _say(entities: Entities, kind: str, count: int, zh: str, en: str) -> None:
    if count:
        entities.notes.append(told(kind, f"{count} {zh}", f"{count} {en}", count=count))


def as_features(entities: Entities) -> Entities:
    """Return entities as features; notes tell what was made of what.

    Lines that close become areas. What stands on the sheet (paper space), hatches that only fill
    an area drawn beside them, and texts of a layer that has lines or areas are no features: they
    are counted in a note. Such a text is the Text of the smallest area that it stands in.
    """
    _say(
        entities,
        "left_out",
        int(entities.paper.sum()),
        "个实体在图纸空间（布局），未读取",
        "entities are in paper space (layouts) and were not read",
    )
    entities = entities.only(~entities.paper)
    _say(
        entities,
        "curves_linearised",
        int(entities.arcs.sum()),
        "个图形含弧线，已化为折线，偏差不超过 1 mm",
        "shapes have arcs, which became chords that are off by at most 1 mm",
    )
    before = shapely.get_dimensions(entities.shapes)
    entities.shapes = _areas_of_lines(entities.shapes)
    dimension = shapely.get_dimensions(entities.shapes)
    _say(
        entities,
        "lines_closed",
        int(((before == 1) & (dimension == 2)).sum()),
        "条闭合线作为面读取",
        "closed lines were read as areas",
    )
    _say(
        entities,
        "lines_left_open",
        int((dimension == 1).sum()),
        "条线未闭合，仍作为线；应为面的请在 CAD 中闭合",
        "lines are not closed and stay lines; close them in the CAD program if they bound areas",
    )
    fills = _fills(entities.shapes, entities.hatch, entities.frame["Layer"].to_numpy())
    _say(
        entities,
        "left_out",
        int(fills.sum()),
        "个填充与同图层的闭合线重合，只读取闭合线",
        "hatches fill closed lines of their layer; only the lines were read",
    )
    entities = entities.only(~fills)
    dimension = shapely.get_dimensions(entities.shapes)
    layers = entities.frame["Layer"].to_numpy()
    drawn = pd.unique(pd.Series(layers[dimension >= 1]))
    texts = (dimension == 0) & entities.frame["Text"].notna().to_numpy()
    texts &= np.isin(layers, drawn)
    if texts.any():
        loose = _label(entities, texts)
        _say(
            entities,
            "left_out",
            loose,
            "条文字注记不在任何面内，未读取",
            "texts stand in no area and were not read",
        )
        entities = entities.only(~texts)
    return entities
