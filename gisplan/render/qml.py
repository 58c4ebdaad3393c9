"""Styles for QGIS (QML, the form that 3.22 and later read): one colour for each category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

Category = tuple[str, str, str]  # value, label, colour as #rrggbb
_SYMBOL = {"point": "marker", "line": "line", "polygon": "fill"}
_GEOMETRY = {"point": "0", "line": "1", "polygon": "2"}


def categorised(
    column: str,
    categories: Sequence[Category],
    geometry: str,
    aliases: Mapping[str, str],
    opacity: float = 0.45,
) -> str:
    """Return a QML style that colours features by the value of a column.

    Parameters
    ----------
    geometry : str
        point, line or polygon. QGIS refuses a style of another geometry than the layer's.
    aliases : mapping
        Column -> what QGIS calls it in tables and forms.
    """
    entries = "".join(
        f'<category render="true" symbol="{place}" value={quoteattr(value)} '
        f"label={quoteattr(label)}/>"
        for place, (value, label, _) in enumerate(categories)
    )
    symbols = "".join(
        f'<symbol type="{_SYMBOL[geometry]}" name="{place}" alpha="1" clip_to_extent="1" '
        f'force_rhr="0">{_layer(geometry, colour, opacity)}</symbol>'
        for place, (_, _, colour) in enumerate(categories)
    )
    named = "".join(
        f'<alias field={quoteattr(field)} index="{place}" name={quoteattr(alias)}/>'
        for place, (field, alias) in enumerate(aliases.items())
    )
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        '<qgis version="3.22.0" styleCategories="Symbology|Fields">'
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(column)} forceraster="0" '
        f'symbollevels="0" enableorderby="0"><categories>{entries}</categories>'
        f"<symbols>{symbols}</symbols></renderer-v2>"
        f"<aliases>{named}</aliases>"
        f"<layerGeometryType>{_GEOMETRY[geometry]}</layerGeometryType>"
        "</qgis>"
    )


def _layer(geometry: str, colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    solid = f"{red},{green},{blue},255"
    if geometry == "point":
        kind = "SimpleMarker"
        props = {
            "color": solid,
            "name": "circle",
            "outline_color": "255,255,255,255",
            "outline_style": "solid",
            "outline_width": "0.3",
            "outline_width_unit": "MM",
            "size": "3.2",
            "size_unit": "MM",
        }
    elif geometry == "line":
        kind = "SimpleLine"
        props = {
            "line_color": solid,
            "line_style": "solid",
            "line_width": "0.8",
            "line_width_unit": "MM",
        }
    else:
        kind = "SimpleFill"
        props = {
            "color": f"{red},{green},{blue},{round(opacity * 255)}",
            "outline_color": solid,
            "outline_style": "solid",
            "outline_width": "0.5",
            "outline_width_unit": "MM",
            "style": "solid",
        }
    inside = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in props.items())
    options = "".join(
        f'<Option type="QString" name="{key}" value="{value}"/>' for key, value in props.items()
    )
    return (
        f'<layer class="{kind}" enabled="1" locked="0" pass="0">'
        f'<Option type="Map">{options}</Option>{inside}</layer>'
    )
