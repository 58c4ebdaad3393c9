"""The web map of a review (网络地图): one file that opens without any network.

A folium map without base tiles, on which one layer of ours draws the plan, the verdicts, the
heritage and the findings, with their panels, cards and legend in Chinese and English.
"""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path
from typing import Any

import folium
from branca.element import Element

from gisplan.model import Dossier, Lang
from gisplan.render.webmap.figure import OfflineFigure
from gisplan.render.webmap.payload import Contents, Mode, contents, embed, plan_name
from gisplan.render.webmap.tiles import BaseMap

_PAGE = Path(__file__).parent / "page"
# In this order; together they are one script.
_SCRIPTS = (
    "base.js",
    "geometry.js",
    "verdicts.js",
    "paint.js",
    "sheet.js",
    "labels.js",
    "markers.js",
    "unpack.js",
    "columns.js",
    "packed.js",
    "grid.js",
    "clip.js",
    "load.js",
    "cards.js",
    "about.js",
    "search.js",
    "panel.js",
    "legend.js",
    "tiles.js",
    "swipe.js",
    "geodesy.js",
    "coordinates.js",
    "measure.js",
    "print.js",
    "states.js",
    "app.js",
)
_LOOKS = ("page.css", "tools.css")


class PlanMap(folium.Map):
    """A folium map that links to nothing outside and shows no base tiles."""

    default_js = [("leaflet", "leaflet@1.9.4/dist/leaflet.js")]  # noqa: RUF012
    default_css = [("leaflet_css", "leaflet@1.9.4/dist/leaflet.css")]  # noqa: RUF012

    def __init__(
        self, title: str, base: BaseMap | None = None, packed: bool = False, chunks: bool = False
    ) -> None:
        if packed:
            self.default_js = [*self.default_js, ("fflate", "fflate@0.8.2/umd/index.js")]
        super().__init__(
            location=(36, 104),
            zoom_start=4,
            tiles=None,
            zoom_control=False,
            max_zoom=22,
            min_zoom=2,
            zoomSnap=0.25,
            wheelPxPerZoomLevel=90,
            attributionControl=False,
        )
        figure = OfflineFigure(title=html.escape(title))
        figure.pictures_from = base.origins if base is not None else ()
        figure.runs_chunks = chunks
        figure.add_child(self)


class Verbatim(Element):
    """Text that goes into the page as it is.

    branca takes the text of every other element for a template and runs it: a unit whose name
    is `{{ … }}` would then run as a program, and one with `{%` would stop the map.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: Any) -> str:
        """Return the text."""
        return self.text


class PlanLayers(Element):
    """Everything of a reviewed plan on a map: its data, the page's look and its script."""

    def __init__(self, shown: Contents) -> None:
        super().__init__()
        self._name = "PlanLayers"
        self.data = embed(shown.data)
        self.pieces = [] if shown.data["mode"] == "folder" else shown.pieces

    def render(self, **kwargs: Any) -> str:
        """Put look, data and script into the figure around the map."""
        figure, name, target = self.get_root(), self.get_name(), self._parent
        if not isinstance(figure, OfflineFigure) or target is None:
            raise TypeError("PlanLayers is drawn on a PlanMap")
        data = (
            '<div id="gisplan-page"></div>\n'
            + "".join(
                f'<script type="text/plain" id="gisplan-piece-{number}">'
                f"{figure.put_aside(text)}</script>\n"
                for number, text in enumerate(self.pieces)
            )
            + '<script type="application/json" id="gisplan-data">'
            f"{figure.put_aside(self.data)}</script>"
        )
        call = (
            f"gisplanMap({target.get_name()}, "
            'JSON.parse(document.getElementById("gisplan-data").textContent));'
        )
        figure.header.add_child(Verbatim(f"<style>{_look()}</style>"), name=name)
        figure.html.add_child(Verbatim(data), name=name)
        figure.script.add_child(Verbatim(f"{_program()}\n{call}"), name=name)
        return ""


@cache
def _look() -> str:
    return "\n".join((_PAGE / name).read_text("utf-8") for name in _LOOKS)


@cache
def _program() -> str:
    parts = [(_PAGE / name).read_text("utf-8") for name in _SCRIPTS]
    return (
        'const gisplanMap = (() => {\n"use strict";\n' + "\n".join(parts) + "\nreturn start;\n})();"
    )


def build_map(
    dossier: Dossier,
    lang: Lang = "zh",
    base: BaseMap | None = None,
    mode: Mode = "auto",
    before: Dossier | None = None,
    report: str | None = None,
) -> folium.Map:
    """Return the map of a dossier; a notebook shows it, and `save` writes it, without network.

    `mode`, `before` and `report` are as in `payload.contents`.
    """
    shown = contents(dossier, lang, base, mode, before, report)
    return _map_of(shown, plan_name(dossier), base)


def page_of(shown: Contents, title: str, base: BaseMap | None) -> str:
    """Return the page of contents; those of a folder lie beside it."""
    page: str = _map_of(shown, title, base).get_root().render()
    return page


def _map_of(shown: Contents, title: str, base: BaseMap | None) -> folium.Map:
    chunks = shown.data["mode"] == "folder"
    plan_map = PlanMap(title, base, packed=bool(shown.pieces), chunks=chunks)
    plan_map.add_child(PlanLayers(shown))
    return plan_map


def map_html(
    dossier: Dossier,
    lang: Lang = "zh",
    base: BaseMap | None = None,
    mode: Mode = "auto",
    before: Dossier | None = None,
    report: str | None = None,
) -> str:
    """Return the map of a dossier as one page; the same dossier always gives the same text."""
    page: str = build_map(dossier, lang, base, mode, before, report).get_root().render()
    return page


def write_map(
    dossier: Dossier,
    path: Path,
    lang: Lang = "zh",
    mode: Mode = "auto",
    report: str | None = None,
) -> None:
    """Write the map of a dossier into one file. Both languages are in it; `lang` shows first."""
    figure = build_map(dossier, lang, mode=mode, report=report).get_root()
    assert isinstance(figure, OfflineFigure)  # PlanMap is in one
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(figure.parts())
