"""Reads the table of attributes that ArcGIS writes into the description of a placemark."""

from __future__ import annotations

from html.parser import HTMLParser

_NULL = {"<null>", "&lt;null&gt;", "<空>", "<空值>"}


class _Rows(HTMLParser):
    """Collects the rows of two cells, also of a table within a table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pairs: dict[str, str] = {}
        self._rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        if tag == "tr":
            self._rows.append([])
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """End a row: two cells are a field and its value."""
        if tag != "tr" or not self._rows:
            return
        row = [" ".join(cell.split()) for cell in self._rows.pop()]
        if len(row) == 2 and row[0] and row[0] not in self.pairs:
            self.pairs[row[0]] = "" if row[1].lower() in _NULL else row[1]

    def handle_data(self, data: str) -> None:
        """Add text to the cell that is open."""
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] += data


def table_of(description: str) -> dict[str, str]:
    """Return the fields and values of a description in HTML; nothing where it has no table."""
    if "<t" not in description.lower():
        return {}
    parser = _Rows()
    parser.feed(description)
    parser.close()
    return parser.pairs
