"""The page around a folium map, such that every way out of it stands alone.

`folium.Map.save`, a notebook and `write_map` all render the map's figure; this one puts the
assets in, gives the elements steady names and seals the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from branca.element import Element, Figure

from gisplan.render.webmap.inline import inline, seal

_ID = re.compile(r"[0-9a-f]{32}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class OfflineFigure(Figure):
    """A figure that renders to one file that asks nobody for anything."""

    pictures_from: Sequence[str] = ()  # hosts of a base map, where the page has one

    def render(self, **kwargs: Any) -> str:
        """Return the whole page; the same map always gives the same text."""
        page: str = super().render(**kwargs)
        page = steady_names(page, self)
        page = _LONE_SURROGATE.sub("\ufffd", page).replace("\r\n", "\n").replace("\r", "\n")
        return seal(inline(page), self.pictures_from)


def steady_names(page: str, figure: Figure) -> str:
    """Return the page with folium's random ids replaced by numbers in order of appearance."""
    known = {element._id for element in _elements(figure)}
    names: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        if match[0] not in known:  # a text of the plan that looks like one
            return match[0]
        return names.setdefault(match[0], f"{len(names) + 1:03d}")

    return _ID.sub(name, page)


def _elements(element: Element) -> Iterator[Element]:
    yield element
    for part in ("header", "html", "script"):
        child = getattr(element, part, None)
        if isinstance(child, Element):
            yield from _elements(child)
    for child in element._children.values():
        yield from _elements(child)
