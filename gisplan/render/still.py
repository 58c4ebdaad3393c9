"""The map as a picture, PNG or SVG: the symbols of the web map, with scale, north and legend."""

from __future__ import annotations

import warnings
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gisplan.model import Dossier, Lang, Severity
from gisplan.render import words
from gisplan.render.columns import printable
from gisplan.render.still_sheet import (
    DOT,
    HATCH,
    INK,
    MAP,
    SYMBOL,
    Entry,
    Shapes,
    Window,
    chinese_font,
    draw_legend,
    draw_north,
    draw_scale_bar,
    draw_title_block,
)
from gisplan.render.webmap.layers import OF_THE_EXAM, classes_of, role_of, spatial_layers
from gisplan.render.webmap.style import severity_style
from gisplan.render.webmap.words import UI

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

PAPER = (11.69, 8.27)  # A4 landscape, inches
DPI = 160
_AROUND = 0.08  # of the outline of one unit is shown around it
LABELS = 60  # names of upper tiers, greatest first; more would only cover the map
_MINOR = {"parcel", "building", "road"}  # dirt on the verdicts at the scale of a whole plan


def still(
    dossier: Dossier,
    lang: Lang,
    form: str = "png",
    dpi: int = DPI,
    around: shapely.Geometry | None = None,
) -> bytes:
    """Return the map as a picture; the same dossier and fonts always give the same bytes.

    Parameters
    ----------
    dossier : Dossier
        What it shows, as `findings.edition` leaves it.
    lang : str
        "zh" or "en".
    form : str
        "png" or "svg". An SVG holds its letters as outlines, so it needs no font where it is seen.
    dpi : int
        Dots per inch of a PNG; the paper is A4.
    around : geometry, optional
        What is in the middle, in the working CRS: the picture and its legend show what lies there.
        Else they show everything.

    Raises
    ------
    OutputError
        No font with Chinese characters is installed.
    """
    import matplotlib as mpl

    settings: Any = {"svg.hashsalt": "gisplan", "svg.fonttype": "path", "hatch.linewidth": 0.5}
    unsigned: dict[str, Any] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
    out = BytesIO()
    with mpl.rc_context(settings), warnings.catch_warnings():
        # a sign that no font has is drawn as a box, which says so
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        _draw(dossier, lang, around).savefig(out, format=form, dpi=dpi, metadata=unsigned[form])
    return _fewer_colours(out) if form == "png" else out.getvalue()


def _fewer_colours(png: BytesIO) -> bytes:
    """Return a picture of at most 256 colours: a quarter of the bytes, and the same to the eye."""
    from PIL import Image

    out = BytesIO()
    Image.open(png).convert("RGB").quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw(dossier: Dossier, lang: Lang, around: shapely.Geometry | None) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    font = chinese_font()
    figure = Figure(figsize=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes(MAP)
    axes.set_xticks([])
    axes.set_yticks([])
    entries = [*_layers(dossier, lang), *_findings(dossier, lang)]
    window = _window(
        [entry.shapes for entry in entries]
        if around is None
        else [np.array([around.buffer(_AROUND * around.length)], dtype=object)]
    )
    if around is not None:
        entries = _within(entries, window)
    grain = (window[2] - window[0]) / (PAPER[0] * MAP[2] * DPI)
    for order, entry in enumerate(entries):
        _paint(axes, entry, grain, order)
    axes.set_xlim(window[0], window[2])
    axes.set_ylim(window[1], window[3])
    _names(axes, dossier, window, font)
    draw_scale_bar(axes, window, font)
    draw_north(axes, lang, font)
    draw_legend(figure, entries, font)
    draw_title_block(figure, dossier, lang, font)
    return figure


def _layers(dossier: Dossier, lang: Lang) -> list[Entry]:
    """Return what is drawn of the layers, what lies on top last."""
    out = []
    for layer in spatial_layers(dossier):
        if layer.name in _MINOR | OF_THE_EXAM:
            continue
        role = role_of(layer, dossier)
        keys, classes = classes_of(layer, role, dossier)
        whose = f"{words.pick(layer.spec.title, lang)}·" if role == "judged" else ""
        shapes = np.asarray(layer.frame.geometry.array, dtype=object)
        of = np.asarray(keys, dtype=object)
        for entry in classes:
            title = entry["title"][0 if lang == "zh" else 1]
            mine = shapes[of == entry["key"]] if len(of) else shapes
            if entry["count"] or layer.name == dossier.judged:
                named = f"{whose}{title}"
                out.append(Entry(named, entry["style"], mine, entry["count"], role == "body"))
    return out


def _findings(dossier: Dossier, lang: Lang) -> list[Entry]:
    """Return a mark for every finding with a place, errors on top."""
    findings = dossier.findings
    placed = findings[findings["lon"].notna()]
    out = []
    for severity in reversed(Severity):
        rows = placed[placed["severity"] == severity.value]
        if len(rows):
            points = _in_working_crs(rows["lon"], rows["lat"], dossier.plan.working_crs)
            look = {**severity_style(severity), "symbol": "diamond", "radius": 4.5, "alpha": 1.0}
            title = (
                f"{words.pick(UI['findings'], lang)}·{words.pick(words.SEVERITY[severity], lang)}"
            )
            look["stroke"] = "#ffffff"
            out.append(Entry(title, look, points, len(rows), True))
    return out


def _within(entries: list[Entry], window: Window) -> list[Entry]:
    """Return what a window shows of each kind of thing; what it shows nothing of is left out."""
    out = []
    for entry in entries:
        x0, y0, x1, y1 = shapely.bounds(entry.shapes).T.reshape(4, -1)
        there = (x0 <= window[2]) & (x1 >= window[0]) & (y0 <= window[3]) & (y1 >= window[1])
        if there.any():
            out.append(replace(entry, shapes=entry.shapes[there], count=int(there.sum())))
    return out


def _in_working_crs(lon: Any, lat: Any, crs: str) -> Shapes:
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform(lon, lat)
    points: Shapes = shapely.points(np.column_stack([x, y]))
    return points


def _window(shapes: list[Shapes]) -> Window:
    """Return what the map shows: everything, with a margin, in the proportions of the paper."""
    bounds = shapely.bounds(np.concatenate([np.empty(0, dtype=object), *shapes]))
    bounds = bounds[np.isfinite(bounds).all(axis=1)] if len(bounds) else np.empty((0, 4))
    if not len(bounds):
        return (0.0, 0.0, 1000.0, 1000.0 * _proportion())
    x0, y0 = bounds[:, :2].min(axis=0)
    x1, y1 = bounds[:, 2:].max(axis=0)
    width = 1.08 * max(x1 - x0, (y1 - y0) / _proportion(), 50.0)
    half = np.array([width, width * _proportion()]) / 2
    middle = np.array([x0 + x1, y0 + y1]) / 2
    (x0, y0), (x1, y1) = middle - half, middle + half
    return (float(x0), float(y0), float(x1), float(y1))


def _proportion() -> float:
    return (PAPER[1] * MAP[3]) / (PAPER[0] * MAP[2])


def _paint(axes: Axes, entry: Entry, grain: float, order: int) -> None:
    """Draw one kind of thing: areas and lines as one path, points and dots as marks."""
    from matplotlib.colors import to_rgba
    from matplotlib.patches import PathPatch

    look = entry.style
    parts = shapely.get_parts(shapely.get_parts(entry.shapes))
    kind = shapely.get_dimensions(parts)
    size = np.sqrt(shapely.area(shapely.envelope(parts)))
    marks = (kind == 0) | ((kind == 2) & (size < 2 * grain))
    for areal in (True, False):
        some = parts[(kind == (2 if areal else 1)) & ~marks]
        if not len(some):
            continue
        patch = PathPatch(
            _path(some, grain),
            facecolor=to_rgba(look["fill"], look["alpha"]) if areal else "none",
            edgecolor=look["stroke"],
            linewidth=look["width"] * DOT * 0.6,
            hatch=HATCH.get(look["hatch"]) if areal else None,
            zorder=2 + order,
        )
        if look["dash"]:
            patch.set_linestyle((0, [step * 0.6 for step in look["dash"]]))
        axes.add_artist(patch)  # as a patch it would be asked for its limits, vertex by vertex
    if marks.any():
        points = shapely.point_on_surface(parts[marks])
        axes.scatter(
            shapely.get_x(points),
            shapely.get_y(points),
            s=(look["radius"] * DOT * 1.6) ** 2,
            marker=SYMBOL[look["symbol"]],
            facecolors=look["fill"],
            edgecolors=look["stroke"],
            linewidths=0.6,
            zorder=2 + order + 0.5,
        )


def _path(parts: Shapes, grain: float) -> Any:
    """Return lines and rings as one path; what is finer than a dot is left out of a ring."""
    from matplotlib.path import Path as Outline

    coarse = shapely.simplify(shapely.orient_polygons(parts), 0.4 * grain, preserve_topology=False)
    lost = shapely.is_empty(coarse)
    coarse[lost] = parts[lost]
    coarse = shapely.get_parts(coarse)
    areal = shapely.get_dimensions(coarse) == 2
    strings = np.concatenate([shapely.get_rings(coarse[areal]), coarse[~areal]])
    lengths = shapely.get_num_coordinates(strings)
    codes = np.full(lengths.sum(), Outline.LINETO, dtype=Outline.code_type)
    codes[np.cumsum(lengths) - lengths] = Outline.MOVETO
    return Outline(shapely.get_coordinates(strings), codes)


def _is_in(place: shapely.Point, window: Window) -> bool:
    return bool(window[0] <= place.x <= window[2] and window[1] <= place.y <= window[3])


def _names(axes: Axes, dossier: Dossier, window: Window, font: FontProperties) -> None:
    """Write the names of the upper tiers where they do not cover one another, nor the margin."""
    from matplotlib import patheffects

    taken: list[Any] = []
    upper = [layer for layer in spatial_layers(dossier) if role_of(layer, dossier) == "upper"]
    for rank, layer in enumerate(upper):
        if "name" not in layer.frame.columns:
            continue
        rows = layer.frame[layer.frame.geometry.notna()]
        rows = rows.assign(_size=rows.geometry.area).sort_values(
            ["_size", "_label"], ascending=[False, True]
        )
        for place, name in zip(
            shapely.point_on_surface(rows.geometry.array)[:LABELS], rows["name"], strict=False
        ):
            if place is None or words.missing(name) or not _is_in(place, window):
                continue
            text = axes.text(
                place.x, place.y, printable(str(name))[:20], fontproperties=font,
                fontsize=9 - min(rank, 2), color=INK, ha="center", va="center", zorder=900,
                parse_math=False,
                path_effects=[patheffects.withStroke(linewidth=2.2, foreground="white")],
            )  # fmt: skip
            box = text.get_window_extent()
            if any(box.overlaps(other) for other in taken):
                text.remove()
            else:
                taken.append(box)
