"""The web map of a review (网络地图): one file that opens without any network.

A folium map without base tiles, on which one layer of ours draws the plan, the verdicts, the
heritage and the findings, with their panels, cards and legend in Chinese and English.
"""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path

import folium
from branca.element import MacroElement
from folium.template import Template

from gisplan.model import Dossier, Lang
from gisplan.render.webmap.figure import OfflineFigure
from gisplan.render.webmap.payload import embed, payload, plan_name

_PAGE = Path(__file__).parent / "page"
# In this order; together they are one script.
_SCRIPTS = (
    "base.js",
    "geometry.js",
    "paint.js",
    "sheet.js",
    "labels.js",
    "markers.js",
    "cards.js",
    "about.js",
    "search.js",
    "panel.js",
    "legend.js",
    "app.js",
)


class PlanMap(folium.Map):  # type: ignore[misc]
    """A folium map that links to nothing outside and shows no base tiles."""

    default_js = [("leaflet", "leaflet@1.9.4/dist/leaflet.js")]  # noqa: RUF012
    default_css = [("leaflet_css", "leaflet@1.9.4/dist/leaflet.css")]  # noqa: RUF012

    def __init__(self, title: str) -> None:
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
        OfflineFigure(title=html.escape(title)).add_child(self)


class PlanLayers(MacroElement):  # type: ignore[misc]
    """Everything of a reviewed plan on a map: its data, the page's look and its script."""

    _template = Template(
        "{% macro header(this, kwargs) %}<style>{{ this.look }}</style>{% endmacro %}"
        "{% macro html(this, kwargs) %}"
        '<div id="gisplan-page"></div>'
        '<script type="application/json" id="gisplan-data">{{ this.data }}</script>'
        "{% endmacro %}"
        "{% macro script(this, kwargs) %}"
        "{{ this.program }}\n"
        "gisplanMap({{ this._parent.get_name() }}, "
        'JSON.parse(document.getElementById("gisplan-data").textContent));'
        "{% endmacro %}"
    )

    def __init__(self, dossier: Dossier, lang: Lang) -> None:
        super().__init__()
        self._name = "PlanLayers"
        self.data = embed(payload(dossier, lang))
        self.look = _look()
        self.program = _program()


@cache
def _look() -> str:
    return (_PAGE / "page.css").read_text("utf-8")


@cache
def _program() -> str:
    parts = [(_PAGE / name).read_text("utf-8") for name in _SCRIPTS]
    return "const gisplanMap = (() => {\n" + '"use strict";\n' + "\n".join(parts) + "\nreturn start;\n})();"


def build_map(dossier: Dossier, lang: Lang = "zh") -> folium.Map:
    """Return the map of a dossier; a notebook shows it, and `save` writes it, without network."""
    plan_map = PlanMap(title=plan_name(dossier))
    plan_map.add_child(PlanLayers(dossier, lang))
    return plan_map


def map_html(dossier: Dossier, lang: Lang = "zh") -> str:
    """Return the map of a dossier as one page; the same dossier always gives the same text."""
    page: str = build_map(dossier, lang).get_root().render()
    return page


def write_map(dossier: Dossier, path: Path, lang: Lang = "zh") -> None:
    """Write the map of a dossier into one file. Both languages are in it; `lang` shows first."""
    path.write_text(map_html(dossier, lang), encoding="utf-8", newline="\n")
