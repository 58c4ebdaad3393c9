"""Maps of an exam: the priority of every place of a level, and where the problems are."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gisplan.catalogue.codes import codelist
from gisplan.model import ExamDossier, Lang, Text
from gisplan.render.exam.words import STAGES, level_title
from gisplan.render.still_sheet import INK, chinese_font, draw_north, draw_scale_bar
from gisplan.render.words import pick

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

SIZE = (8.0, 6.0)  # inches
DPI = 110
# From nothing missed to all of it missed: light to dark, also when printed in grey.
CLASSES = (
    (0.0, "#fef0d9"), (20.0, "#fdcc8a"), (40.0, "#fc8d59"), (60.0, "#e34a33"), (80.0, "#b30000"),
)  # fmt: skip
_UNKNOWN = "#ffffff"
# From the first draft to the published plan, light to dark.
STATES = {
    "drafting": "#edf8fb", "preliminary": "#b2e2e2", "review": "#66c2a4", "approved": "#2ca25f",
    "published": "#006d2c",
}  # fmt: skip
_STAGE_LOOK = {
    "open": ("#000000", "X"),
    "in_unit": ("#08519c", "s"),
    "in_project": ("#3182bd", "^"),
    "solved": ("#238b45", "o"),
}


def score_map(dossier: ExamDossier, level: str, lang: Lang) -> bytes:
    """Return a PNG of the priority of each place of a level, with the problems on it.

    Raises
    ------
    OutputError
        No font with Chinese characters is installed.
    """
    frame = dossier.plan.layers[level].frame
    scores = dossier.scores[dossier.scores["level"] == level]
    by_place = dict(zip(scores["place"], scores["score"], strict=True))
    values = [by_place.get(label) for label in frame["_label"].astype(str)]
    title = Text(
        f"各{level_title(level).zh}的优先度与体检问题",
        f"Priority of each {level_title(level).en}, and the problems",
    )
    ends = [*(least for least, _ in CLASSES[1:]), 100.0]
    key = [
        (colour, Text(f"{least:g}–{end:g}", f"{least:g}–{end:g}"))
        for (least, colour), end in zip(CLASSES, ends, strict=True)
    ]
    nothing = Text("没有可评价的指标", "nothing graded")
    colours = [_colour(value) for value in values]
    return _sheet(dossier, frame, colours, (*key, (None, nothing)), title, lang, problems=True)


def state_map(dossier: ExamDossier, lang: Lang) -> bytes:
    """Return a PNG of the cities and zones by the state of their plans (规划编制状态).

    Raises
    ------
    OutputError
        No font with Chinese characters is installed.
    """
    frame = dossier.plan.layers["city"].frame
    states = dict(zip(dossier.reporting["code"], dossier.reporting["status"], strict=True))
    found = [states.get(code) for code in frame["code"]]
    colours = [STATES.get(state) if isinstance(state, str) else None for state in found]
    key = [(colour, codelist("status")[state].title) for state, colour in STATES.items()]
    nothing = Text("登记表没有", "not in the register")
    title = Text("各市规划编制状态", "State of the plans of the cities")
    return _sheet(dossier, frame, colours, (*key, (None, nothing)), title, lang)


def _sheet(
    dossier: ExamDossier,
    frame: Any,
    colours: Sequence[str | None],
    key: Sequence[tuple[str | None, Text]],
    title: Text,
    lang: Lang,
    problems: bool = False,
) -> bytes:
    """Draw the shapes of a level, each in its colour; None is hatched."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    font = chinese_font()
    figure = Figure(figsize=SIZE)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.02, 0.03, 0.72, 0.87))
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_aspect("equal")
    shapes = np.asarray(frame.geometry.array, dtype=object)
    window = _window(shapes)
    for shape, colour in zip(shapes, colours, strict=True):
        _fill(axes, shape, colour or _UNKNOWN, colour is None)
    axes.set_xlim(window[0], window[2])
    axes.set_ylim(window[1], window[3])
    stages = _problems(axes, dossier) if problems else []
    draw_scale_bar(axes, window, font)
    draw_north(axes, lang, font)
    _legend(figure, key, stages, font, lang)
    figure.text(0.02, 0.93, pick(title, lang), fontproperties=font, fontsize=13, color=INK)
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue()


def _window(shapes: Any) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(shapes)
    margin = 0.06 * max(east - west, north - south, 1.0)
    return west - margin, south - margin, east + margin, north + margin


def _colour(value: float | None) -> str | None:
    if value is None or np.isnan(value):
        return None
    return next(colour for least, colour in reversed(CLASSES) if value >= least)


def _fill(axes: Axes, shape: Any, colour: str, unknown: bool) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    for part in shapely.get_parts(shape):
        if shapely.get_dimensions(part) != 2:
            continue
        rings = [part.exterior, *part.interiors]
        path = Path.make_compound_path(
            *(Path(np.asarray(shapely.get_coordinates(ring)), closed=True) for ring in rings)
        )
        axes.add_patch(
            PathPatch(
                path,
                facecolor=colour,
                edgecolor="#555555",
                linewidth=0.5,
                hatch="///" if unknown else None,
            )
        )


def _problems(axes: Axes, dossier: ExamDossier) -> list[str]:
    """Draw each problem by how far it came; return the stages that there are."""
    if dossier.problems is None or "geometry" not in dossier.plan.layers["exam_problem"].frame:
        return []
    frame = dossier.plan.layers["exam_problem"].frame.sort_values("_label", kind="stable")
    points = shapely.get_coordinates(
        shapely.point_on_surface(np.asarray(frame["geometry"].array, dtype=object))
    )
    stages = dossier.problems["stage"].to_numpy()
    if len(points) != len(stages):  # one without a place
        return []
    drawn = []
    for stage, (colour, marker) in _STAGE_LOOK.items():
        mine = points[stages == stage]
        if len(mine):
            axes.scatter(mine[:, 0], mine[:, 1], s=34, c=colour, marker=marker, edgecolors="white",
                         linewidths=0.7, zorder=900)  # fmt: skip
            drawn.append(stage)
    return drawn


def _legend(
    figure: Any,
    key: Sequence[tuple[str | None, Text]],
    stages: list[str],
    font: FontProperties,
    lang: Lang,
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = []
    for colour, text in key:
        handles.append(
            Patch(
                facecolor=colour or _UNKNOWN,
                edgecolor="#555555",
                hatch=None if colour else "///",
                label=pick(text, lang),
            )
        )
    for stage in stages:
        colour, marker = _STAGE_LOOK[stage]
        handles.append(
            Line2D(
                [],
                [],
                color=colour,
                marker=marker,
                linestyle="none",
                label=pick(STAGES[stage], lang),
            )
        )
    axes = figure.add_axes((0.76, 0.1, 0.23, 0.78))
    axes.set_axis_off()
    small = font.copy()
    small.set_size(8.5)
    axes.legend(handles=handles, loc="upper left", frameon=False, prop=small, borderpad=0)
