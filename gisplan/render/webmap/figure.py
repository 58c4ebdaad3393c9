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
    runs_chunks = False  # whether pieces of layers are scripts beside the page

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._aside: list[str] = []

    def put_aside(self, text: str) -> str:
        """Return what to put into the page where a long text of no markup will be.

        The text comes in when the page is whole: what works on the page need not go through it.
        """
        self._aside.append(_encodable(text))
        return _token(len(self._aside) - 1)

    def render(self, **kwargs: Any) -> str:
        """Return the whole page; the same map always gives the same text."""
        return "".join(self.parts(**kwargs))

    def parts(self, **kwargs: Any) -> Iterator[str]:
        """Yield the page in parts: of a large plan it need not be held as a whole."""
        self._aside.clear()
        page: str = super().render(**kwargs)
        page = steady_names(page, self)
        page = _encodable(page).replace("\r\n", "\n").replace("\r", "\n")
        yield from self._filled(seal(inline(page), self.pictures_from, self.runs_chunks))

    def _filled(self, page: str) -> Iterator[str]:
        """Put in what was put aside; no text of a plan holds a token, which has a < in it."""
        for number, text in enumerate(self._aside):
            before, _, page = page.partition(_token(number))
            yield from (before, text)
        yield page


def _encodable(text: str) -> str:
    """Return a text with the halves of surrogate pairs replaced, which no file can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text)
    return text


def _token(number: int) -> str:
    return f"<!--gisplan-piece-{number}-->"


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
