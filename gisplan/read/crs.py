"""Tells which CRS a file is in: by its parameters, never by the name it gives itself."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from gisplan.model import Text

# The search by name and figures may be lax, for what it finds is compared figure by figure.
_MIN_CONFIDENCE = 25
_PRJ_BYTES = 64 * 1024  # a longer .prj is no .prj

# Parts of a PROJ string that name a file to be opened.
_POINTS_TO_FILE = re.compile(
    r"^[^\[{]*(\b(init|model|file|\w*grids)\s*=|=[^\s]*[/\\])", re.IGNORECASE
)


def _is_order(part: Any) -> bool:
    """Return whether a CRS, taken apart, tells PROJ to open a file: a grid, or words of its own."""
    if isinstance(part, list):
        return any(map(_is_order, part))
    if not isinstance(part, dict):
        return False
    method = part.get("method")
    if isinstance(method, dict) and str(method.get("name")).startswith("PROJ "):
        return True
    parameters = part.get("parameters") or []
    if any(isinstance(p, dict) and isinstance(p.get("value"), str) for p in parameters):
        return True
    return any(map(_is_order, part.values()))


def _horizontal(crs: CRS) -> CRS:
    """Return the part of a compound CRS that lies flat; what binds it to WGS 84 is left out."""
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    if crs.is_compound and crs.sub_crs_list:
        crs = crs.sub_crs_list[0]
    if "PROJ CRS string" in str(crs.remarks):
        # PROJ would obey it, and open the files of shifts that it names, wherever they are.
        stored = crs.to_json_dict()
        crs = CRS.from_json_dict({key: value for key, value in stored.items() if key != "remarks"})
    if _is_order(crs.to_json_dict()):
        raise CRSError("it names a file")
    return crs


def _figures(crs: CRS) -> list[float]:
    """Return the numbers that a CRS is made of: ellipsoid, meridian, units, parameters."""
    ellipsoid, meridian = crs.ellipsoid, crs.prime_meridian
    out = [
        ellipsoid.semi_major_metre if ellipsoid else math.nan,
        ellipsoid.inverse_flattening if ellipsoid else math.nan,
        float(meridian.longitude) * float(meridian.unit_conversion_factor) if meridian else 0.0,
    ]
    out += sorted({axis.unit_conversion_factor for axis in crs.axis_info[:2]})
    operation = crs.coordinate_operation
    if operation is not None:
        params = [float(p.value) * float(p.unit_conversion_factor) for p in operation.params]
        out += sorted(value for value in params if value != 0)
    return out


def _datum(crs: CRS) -> str:
    """Return the name of the datum, by which alone one is told from another."""
    base = crs.geodetic_crs
    datum = base.datum if base is not None else None
    return datum.name.removesuffix(" ensemble") if datum is not None else ""


def _same(a: CRS, b: CRS) -> bool:
    if a.is_projected != b.is_projected or _datum(a) != _datum(b):
        return False
    first, second = _figures(a), _figures(b)
    return len(first) == len(second) and all(
        math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-9) for x, y in zip(first, second, strict=True)
    )


@lru_cache(maxsize=256)
def identify(definition: Any) -> tuple[str, CRS] | None:
    """Return label and CRS of a definition: "EPSG:n" where the figures agree, else its WKT.

    Cologne's .prj is called UTM zone 32N but has a false easting of 2,500,000: taken by name it
    would lie in the Black Sea, so the name never decides. None where the definition makes no CRS
    on the earth (broken text, a drawing's local axes).
    """
    if isinstance(definition, str) and _POINTS_TO_FILE.search(definition):
        return None
    try:
        crs = _horizontal(CRS.from_user_input(definition))
    except (CRSError, ValueError, TypeError):
        return None
    if not (crs.is_geographic or crs.is_projected):
        return None
    try:
        code = crs.to_epsg(min_confidence=_MIN_CONFIDENCE)
        if code is not None and _same(crs, CRS.from_epsg(code)):
            return f"EPSG:{code}", CRS.from_epsg(code)
    except CRSError:
        pass
    try:
        return crs.to_wkt(), crs
    except CRSError:
        return None


def read_prj(path: Path) -> tuple[tuple[str, CRS] | None, Text | None]:
    """Return the CRS of a .prj and, where it gives none, the reason."""
    try:
        raw = path.read_bytes()[:_PRJ_BYTES]
    except OSError as error:
        reason = error.strerror or "?"
        return None, Text(f".prj 无法打开（{reason}）", f"the .prj cannot be opened ({reason})")
    text = raw.decode("utf-8-sig", "replace").strip("\0 \r\n\t")
    if not text:
        return None, Text(".prj 是空的", "the .prj is empty")
    # EPSG:… or a PROJ string in a .prj is no WKT: pyproj would take any of them, and a word too.
    found = identify(text) if text[:1].isalpha() and "[" in text else None
    if found is None:
        return None, Text(".prj 不是有效的坐标系定义", "the .prj is no valid definition of a CRS")
    return found, None


def same_crs(a: str, b: str) -> bool:
    """Return whether two labels (EPSG:n or WKT) mean the same CRS."""
    if a == b:
        return True
    try:
        return bool(CRS.from_user_input(a).equals(CRS.from_user_input(b), ignore_axis_order=True))
    except CRSError:
        return False
