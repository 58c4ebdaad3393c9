"""What stands around a map that is a picture: fonts, legend, scale, north and title block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.errors import OutputError
from gisplan.model import Dossier, Lang, Text
from gisplan.render import words
from gisplan.render.columns import printable
from gisplan.render.webmap.payload import plan_name, statements
from gisplan.render.webmap.words import UI

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

Shapes = NDArray[np.object_]
Window = tuple[float, float, float, float]

# By what a font calls itself: those that Windows, macOS and Linux bring, in this order.
FONTS = (
    "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
    "Source Han Sans CN", "Noto Sans CJK JP", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei",
    "Heiti SC", "Noto Serif CJK SC", "SimSun", "Songti SC", "AR PL UMing CN",
)  # fmt: skip
NO_FONT = Text(
    "没有找到中文字体，未出图；请安装一种，如 fonts-noto-cjk",
    "no font with Chinese characters was found, so no picture was drawn; "
    "install one, such as fonts-noto-cjk",
)
MAP = (0.03, 0.085, 0.72, 0.825)  # left, bottom, width, height of the paper
_LEGEND = (0.762, 0.085, 0.215, 0.825)
_NICE = (1.0, 2.0, 5.0)
INK = "#1d2733"
DOT = 72 / 96  # a pixel of the web map, in points
HATCH = {"cross": "xxx", "slash": "///", "back": "\\\\\\", "dots": "..."}
SYMBOL = {"square": "s", "triangle": "^", "circle": "o", "diamond": "D"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend and what it stands for."""

    title: str
    style: Mapping[str, Any]
    shapes: Shapes
    count: int
    marked: bool = False  # by its symbol: the things are small on the whole plan


@cache
def chinese_font() -> FontProperties:
    """Return the usual fonts with Chinese characters that are there, the first of them first.

    What one lacks is looked for in the next. OutputError where there is none.
    """
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    found = [name for name in FONTS if name in there]
    if not found:
        raise OutputError(*NO_FONT)
    return font_manager.FontProperties(family=[*found, "DejaVu Sans"])


def draw_scale_bar(axes: Axes, window: Window, font: FontProperties) -> None:
    """Draw a bar of a round length, a fifth of the map at most."""
    width = window[2] - window[0]
    power = 10.0 ** np.floor(np.log10(width / 5))
    metres = max(step * power for step in _NICE if step * power <= width / 5)
    x, y = window[0] + 0.03 * width, window[1] + 0.025 * width
    axes.plot([x, x, x + metres, x + metres], [y + 0.006 * width, y, y, y + 0.006 * width],
              color=INK, linewidth=1.2, zorder=901, solid_joinstyle="miter")  # fmt: skip
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    axes.text(x + metres / 2, y + 0.008 * width, text, fontproperties=font, fontsize=8,
              color=INK, ha="center", va="bottom", zorder=901)  # fmt: skip


def draw_north(axes: Axes, lang: Lang, font: FontProperties) -> None:
    """Point up: the grid north of the working CRS."""
    at: Callable[..., Any] = axes.annotate
    at("", xy=(0.965, 0.965), xytext=(0.965, 0.9), xycoords="axes fraction", zorder=901,
       arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.4})  # fmt: skip
    axes.text(0.965, 0.895, words.pick(UI["north"], lang)[:1], transform=axes.transAxes, color=INK,
              fontproperties=font, fontsize=9, ha="center", va="top", zorder=901)  # fmt: skip


def draw_legend(figure: Figure, entries: list[Entry], font: FontProperties) -> None:
    """Sample every entry, what lies on top of the map first."""
    from matplotlib.colors import to_rgba
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = []
    for entry in reversed(entries):
        look = entry.style
        dimension = shapely.get_dimensions(entry.shapes).max() if len(entry.shapes) else 2
        point = entry.marked or dimension == 0
        if dimension == 2 and not point:
            handle: Any = Patch(
                facecolor=to_rgba(look["fill"], look["alpha"]),
                edgecolor=look["stroke"],
                hatch=HATCH.get(look["hatch"]),
                linewidth=look["width"] * DOT * 0.6,
                linestyle="--" if look["dash"] else "-",
            )
        else:
            handle = Line2D(
                [], [], color=look["stroke"], linestyle="none" if point else "--",
                marker=SYMBOL[look["symbol"]] if point else "", markerfacecolor=look["fill"],
                markersize=7,
            )  # fmt: skip
        handle.set_label(f"{entry.title}  {entry.count}")
        handles.append(handle)
    axes = figure.add_axes(_LEGEND)
    axes.set_axis_off()
    small = font.copy()
    small.set_size(8 if len(handles) <= 30 else 6.5)
    axes.legend(handles=handles, loc="upper left", frameon=False, prop=small, handlelength=2.4,
                borderpad=0, borderaxespad=0, labelspacing=0.55)  # fmt: skip


def draw_title_block(figure: Figure, dossier: Dossier, lang: Lang, font: FontProperties) -> None:
    """Write what it is above the map, and who it is for below."""
    crs = words.pick(words.crs_name(dossier.run.working_crs), lang)
    facts = [
        f"{words.pick(UI['crs'], lang)} {crs}",
        f"{words.pick(UI['time'], lang)} {dossier.run.started[:10]}",
        f"gisplan {dossier.run.gisplan}",
    ]
    figure.text(MAP[0], 0.945, printable(plan_name(dossier))[:60], fontproperties=font, fontsize=15,
                color=INK, parse_math=False)  # fmt: skip
    figure.text(MAP[0], 0.921, " · ".join(facts), fontproperties=font, fontsize=8, color=INK)
    for line, text in enumerate(statements(dossier)):
        figure.text(MAP[0], 0.058 - 0.02 * line, words.pick(text, lang), fontproperties=font,
                    fontsize=8, color=INK, parse_math=False)  # fmt: skip
