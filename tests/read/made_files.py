"""Small files, byte by byte where a library would not write them wrong enough."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)


def dbf_bytes(
    fields: list[tuple[str | bytes, str, int, int]],
    rows: list[list[str | bytes]],
    encoding: str = "gb18030",
    ldid: int = 0,
    deleted: tuple[int, ...] = (),
) -> bytes:
    """Return a .dbf; texts are encoded, bytes are taken as they are."""

    def raw(value: str | bytes) -> bytes:
        return value if isinstance(value, bytes) else value.encode(encoding)

    length = 1 + sum(width for _, _, width, _ in fields)
    head = 32 + 32 * len(fields) + 1
    out = bytearray(struct.pack("<B3BIHH", 3, 124, 1, 1, len(rows), head, length))
    out += bytes(17) + bytes([ldid]) + bytes(2)
    for name, kind, width, decimals in fields:
        out += raw(name)[:11].ljust(11, b"\0") + kind.encode() + bytes(4)
        out += bytes([width, decimals]) + bytes(14)
    out += b"\r"
    for number, row in enumerate(rows):
        out += b"*" if number in deleted else b" "
        for (_, kind, width, _), value in zip(fields, row, strict=True):
            cell = raw(value)[:width]
            out += cell.rjust(width) if kind in "NF" else cell.ljust(width)
    return bytes(out) + b"\x1a"


def boxes(count: int) -> list[shapely.Polygon]:
    """Return squares side by side."""
    return [shapely.box(i, 0, i + 1, 1) for i in range(count)]


def write_shp(
    path: Path,
    shapes: list[shapely.Geometry] | None = None,
    dbf: bytes | None = None,
    prj: str | None = WGS84,
    cpg: str | None = None,
) -> Path:
    """Write a shapefile with exactly these companions."""
    shapes = boxes(2) if shapes is None else shapes
    frame = gpd.GeoDataFrame({"id": range(len(shapes))}, geometry=shapes, crs=4326)
    pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile", encoding="ISO-8859-1")
    for extension in (".cpg", ".prj", ".dbf"):
        path.with_suffix(extension).unlink(missing_ok=True)
    if dbf is not None:
        path.with_suffix(".dbf").write_bytes(dbf)
    if prj is not None:
        path.with_suffix(".prj").write_text(prj, encoding="utf-8")
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg, encoding="utf-8")
    return path


def names_dbf(names: list[str | bytes], encoding: str = "gb18030", ldid: int = 0) -> bytes:
    """Return a .dbf with a code and a name column."""
    rows = [[f"21010{i}", name] for i, name in enumerate(names)]
    return dbf_bytes([("DYBH", "C", 12, 0), ("DYMC", "C", 40, 0)], rows, encoding, ldid)


def zip_with_gbk_names(path: Path, members: dict[str, bytes]) -> Path:
    """Write a zip as Chinese Windows does: names in GBK, and the UTF-8 flag not set."""
    stand_in = {
        name: f"{number:02d}".ljust(len(name.encode("gbk")), "~")
        for number, name in enumerate(members)
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(stand_in[name], data)
    raw = path.read_bytes()
    for name, ascii_name in stand_in.items():
        raw = raw.replace(ascii_name.encode(), name.encode("gbk"))
    path.write_bytes(raw)
    return path


def raw_zip(path: Path, members: list[tuple[bytes, bytes, int, bytes]]) -> Path:
    """Write a zip byte by byte: name as it is, content (stored), flags, extra field."""
    body, directory = b"", b""
    for name, data, flags, extra in members:
        about = struct.pack("<5H3I2H", 20, flags, 0, 0, 33, zlib.crc32(data), len(data), len(data),
                            len(name), len(extra))  # fmt: skip
        directory += b"PK\1\2" + struct.pack("<H", 20) + about
        directory += struct.pack("<3H2I", 0, 0, 0, 0, len(body)) + name + extra
        body += b"PK\3\4" + about + name + extra + data
    end = struct.pack("<4H2IH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    path.write_bytes(body + directory + b"PK\5\6" + end)
    return path


def unicode_path(name: str, raw: bytes) -> bytes:
    """Return the extra field of a zip that holds a name in UTF-8."""
    body = b"\1" + struct.pack("<I", zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(body)) + body
