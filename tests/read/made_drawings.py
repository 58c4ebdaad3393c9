"""Text DXF drawings, entity by entity."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]
Points = Sequence[tuple[float, float]]


def moved(points: Points, east: float, north: float = 0.0) -> list[tuple[float, float]]:
    return [(x + east, y + north) for x, y in points]


def polyline(layer: str, points: Points, closed: bool = True, bulge: float = 0.0) -> str:
    """Return an LWPOLYLINE; a bulge of 1 makes each segment half a circle."""
    out = f"0\nLWPOLYLINE\n5\n1A\n8\n{layer}\n100\nAcDbEntity\n100\nAcDbPolyline\n"
    out += f"90\n{len(points)}\n70\n{int(closed)}\n"
    for x, y in points:
        out += f"10\n{x}\n20\n{y}\n" + (f"42\n{bulge}\n" if bulge else "")
    return out


def old_polyline(layer: str, points: Points) -> str:
    """Return a POLYLINE with its vertices, closed by its flag, as AutoCAD R12 writes it."""
    out = f"0\nPOLYLINE\n8\n{layer}\n66\n1\n70\n1\n"
    for x, y in points:
        out += f"0\nVERTEX\n8\n{layer}\n10\n{x}\n20\n{y}\n"
    return out + f"0\nSEQEND\n8\n{layer}\n"


def hatch(layer: str, *rings: Points) -> str:
    """Return a solid HATCH of an outer ring and holes."""
    out = f"0\nHATCH\n8\n{layer}\n100\nAcDbEntity\n100\nAcDbHatch\n10\n0\n20\n0\n30\n0\n"
    out += f"210\n0\n220\n0\n230\n1\n2\nSOLID\n70\n1\n71\n0\n91\n{len(rings)}\n"
    for ring in rings:
        out += f"92\n2\n72\n0\n73\n1\n93\n{len(ring)}\n"
        out += "".join(f"10\n{x}\n20\n{y}\n" for x, y in ring) + "97\n0\n"
    return out + "75\n0\n76\n1\n98\n0\n"


def text(layer: str, words: str, x: float, y: float, sheet: bool = False) -> str:
    space = "67\n1\n" if sheet else ""
    return f"0\nTEXT\n{space}8\n{layer}\n10\n{x}\n20\n{y}\n40\n1\n1\n{words}\n"


def circle(layer: str, x: float, y: float, radius: float) -> str:
    return f"0\nCIRCLE\n8\n{layer}\n10\n{x}\n20\n{y}\n40\n{radius}\n"


def insert(layer: str, block: str, x: float, y: float) -> str:
    return f"0\nINSERT\n8\n{layer}\n2\n{block}\n10\n{x}\n20\n{y}\n"


def drawing(
    *entities: str,
    version: str = "AC1015",
    page: str = "ANSI_936",
    header: str = "",
    blocks: dict[str, str] | None = None,
) -> str:
    """Return a drawing; `header` is put into the header as it is."""
    inside = "".join(
        f"0\nBLOCK\n8\n0\n2\n{name}\n70\n0\n10\n0\n20\n0\n{content}0\nENDBLK\n"
        for name, content in (blocks or {}).items()
    )
    section = f"0\nSECTION\n2\nBLOCKS\n{inside}0\nENDSEC\n" if inside else ""
    out = f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\n{version}\n"
    out += f"9\n$DWGCODEPAGE\n3\n{page}\n" if page else ""
    out += f"{header}0\nENDSEC\n{section}0\nSECTION\n2\nENTITIES\n"
    return out + "".join(entities) + "0\nENDSEC\n0\nEOF\n"


def write_dxf(path: Path, content: str, encoding: str = "gbk") -> Path:
    path.write_bytes(content.replace("\n", "\r\n").encode(encoding))
    return path
