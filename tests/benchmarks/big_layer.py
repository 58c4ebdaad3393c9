"""Makes a shapefile of a million features as an office would send it, with NumPy in seconds.

A mesh of cells that share their vertices, ragged edges, fields named as in layers/unit.toml or
layers/building.toml, text in GBK and no .cpg. No reader's own library writes it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pyproj import CRS, Transformer

SEED = 20250601
ORIGIN = (41_400_000.0, 4_550_000.0)  # EPSG:4529: about 121.8 E, 41.1 N
CELL = 120.0  # m
MODES = ("保护传承", "整治提升", "微改造", "M4 拆除不建", "M5", "新建扩建", "活化利用", "")
ACTIONS = ("留", "改", "拆", "保留", "拆除", "")
AREAS = tuple("和平沈河大东皇姑铁西浑南于洪辽中康法库民安北塔湾文官")
BODIES = tuple(f"{city}阳市{area}区城市更新局" for city in "沈辽朝" for area in "东西南北中新")
REMARKS = ("", "", "", "", "见附件", "现状为老旧小区，管网老化，居民意愿已征求", "待核实")

Field = tuple[str, str, int, int, np.ndarray]  # name, type, width, decimals, cells as bytes


def rings(count: int, vertices: int, rng: np.random.Generator) -> np.ndarray:
    """Return closed clockwise rings of a mesh, (count, vertices, 2); vertices is 4 n + 1."""
    side = int(np.ceil(np.sqrt(count)))
    inner = (vertices - 1) // 4 - 1
    grid = np.arange(side + 1) * CELL
    nodes = np.stack(np.meshgrid(grid, grid), axis=-1)
    nodes += rng.uniform(-0.25, 0.25, nodes.shape) * CELL
    across = _between(nodes[:, :-1], nodes[:, 1:], inner, rng)
    up = _between(nodes[:-1], nodes[1:], inner, rng)
    row, column = np.divmod(np.arange(count), side)
    parts = [
        nodes[row, column, None],
        up[row, column],
        nodes[row + 1, column, None],
        across[row + 1, column],
        nodes[row + 1, column + 1, None],
        up[row, column + 1, ::-1],
        nodes[row, column + 1, None],
        across[row, column, ::-1],
        nodes[row, column, None],
    ]
    return np.round(np.concatenate(parts, axis=1) + ORIGIN, 3)


def _between(
    begin: np.ndarray, end: np.ndarray, inner: int, rng: np.random.Generator
) -> np.ndarray:
    step = (np.arange(1, inner + 1) / (inner + 1))[:, None]
    line = begin[:, :, None] + (end - begin)[:, :, None] * step
    return line + rng.uniform(-0.2, 0.2, line.shape) * CELL / (inner + 1)


def unit_fields(count: int, rng: np.random.Generator) -> list[Field]:
    """Return the columns of a layer of renewal units."""
    district, number = np.divmod(np.arange(count), 999)
    parent = np.char.add("21", np.char.zfill((district + 1000).astype(str), 4))
    code = np.char.add(parent, np.char.add("-GX", np.char.zfill((number + 1).astype(str), 3)))
    return [
        ("DYBH", "C", 20, 0, _text(code)),
        ("DYMC", "C", 60, 0, _names(count, "更新单元", rng)),
        ("SJDM", "C", 6, 0, _text(parent)),
        ("GXFS", "C", 40, 0, _pick(MODES, count, rng)),
        ("XZJZMJ", "N", 18, 2, _numbers(rng.uniform(0, 90_000, count), 18, 2)),
        ("CCJZMJ", "N", 18, 2, _numbers(rng.uniform(0, 9_000, count), 18, 2)),
        ("XJJZMJ", "N", 18, 2, _numbers(rng.uniform(0, 120_000, count), 18, 2)),
        ("RJLSX", "N", 6, 2, _numbers(rng.uniform(0.5, 4, count), 6, 2)),
        ("JZGDSX", "N", 6, 1, _numbers(rng.integers(9, 100, count), 6, 1)),
        ("PZRQ", "D", 8, 0, _dates(count, rng)),
        ("QX_Z", "C", 20, 0, _pick(("2025年12月", "2030年", "2035-12-31", ""), count, rng)),
        ("ZRDW", "C", 60, 0, _pick(BODIES, count, rng)),
        ("BZ", "C", 80, 0, _pick(REMARKS, count, rng)),
    ]


def building_fields(count: int, rng: np.random.Generator) -> list[Field]:
    """Return the columns of a layer of buildings."""
    number = np.char.zfill(np.arange(count).astype(str), 8)
    return [
        ("JZBH", "C", 20, 0, _text(np.char.add("JZ", number))),
        ("名称", "C", 60, 0, _names(count, "号楼", rng)),
        ("DYBH", "C", 20, 0, _pick([f"210102-GX{n:03d}" for n in range(1, 999)], count, rng)),
        ("JDMJ", "N", 18, 2, _numbers(rng.uniform(20, 3_000, count), 18, 2)),
        ("JZMJ", "N", 18, 2, _numbers(rng.uniform(20, 60_000, count), 18, 2)),
        ("CS", "N", 4, 0, _numbers(rng.integers(1, 34, count), 4, 0)),
        ("GD", "N", 8, 1, _numbers(rng.integers(30, 999, count) / 10, 8, 1)),
        ("JSND", "N", 4, 0, _numbers(rng.integers(1930, 2024, count), 4, 0)),
        ("CZFS", "C", 10, 0, _pick(ACTIONS, count, rng)),
        ("SFWF", "C", 4, 0, _pick(("是", "否", "否", "否"), count, rng)),
        ("WXDJ", "C", 4, 0, _pick(("A", "B", "C", "D", ""), count, rng)),
        ("BHLB", "C", 30, 0, _pick(("", "", "", "历史建筑", "传统风貌建筑"), count, rng)),
    ]


FIELDS = {"unit": unit_fields, "building": building_fields}


def _text(values: np.ndarray | Sequence[str]) -> np.ndarray:
    return np.array([value.encode("gbk") for value in np.asarray(values).tolist()])


def _pick(words: Sequence[str], count: int, rng: np.random.Generator) -> np.ndarray:
    return _text(words)[rng.integers(0, len(words), count)]


def _names(count: int, end: str, rng: np.random.Generator) -> np.ndarray:
    """Return names of which nearly each is another, as names are."""
    chosen = _text(AREAS)[rng.integers(0, len(AREAS), (count, 4))]
    number = rng.integers(1, 400, count).astype("S")
    name = chosen[:, 0]
    for part in (*chosen.T[1:], number, np.full(count, end.encode("gbk"))):
        name = np.char.add(name, part)
    return name


def _numbers(values: np.ndarray, width: int, decimals: int) -> np.ndarray:
    texts = np.char.mod(f"%{width}.{decimals}f", values).astype("S")
    texts[::17] = b" " * width  # a blank now and then
    return texts


def _dates(count: int, rng: np.random.Generator) -> np.ndarray:
    days = np.datetime64("2016-01-01") + rng.integers(0, 3_600, count)
    return np.char.replace(days.astype(str), "-", "").astype("S")


def write_shapefile(
    path: Path, layer: str, count: int, vertices: int = 9, crs: str = "EPSG:4529"
) -> Path:
    """Write a layer; equal arguments give equal bytes."""
    rng = np.random.default_rng([SEED, count, vertices])
    xy = rings(count, vertices, rng)
    if crs != "EPSG:4529":
        forth = Transformer.from_crs("EPSG:4529", crs, always_xy=True)
        xy = np.stack(forth.transform(xy[..., 0], xy[..., 1]), axis=-1)
    _write_shp(path, xy)
    _write_dbf(path.with_suffix(".dbf"), FIELDS[layer](count, rng))
    path.with_suffix(".prj").write_text(CRS(crs).to_wkt("WKT1_ESRI"), encoding="utf-8")
    return path


def _write_shp(path: Path, xy: np.ndarray) -> None:
    count, vertices = xy.shape[:2]
    body = [("kind", "<i4"), ("box", "<f8", 4), ("parts", "<i4"), ("points", "<i4")]
    body += [("first", "<i4"), ("xy", "<f8", (vertices, 2))]
    record = np.zeros(count, dtype=[("number", ">i4"), ("words", ">i4"), *body])
    words = (record.itemsize - 8) // 2
    record["number"], record["words"] = np.arange(1, count + 1), words
    record["kind"], record["parts"], record["points"] = 5, 1, vertices
    record["box"] = np.concatenate([xy.min(axis=1), xy.max(axis=1)], axis=1)
    record["xy"] = xy
    box = struct.pack("<4d", *xy.min(axis=(0, 1)), *xy.max(axis=(0, 1)))

    def head(size: int) -> bytes:
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size // 2) + struct.pack("<2i", 1000, 5)

    index = np.empty((count, 2), dtype=">i4")
    index[:, 0], index[:, 1] = 50 + np.arange(count) * (record.itemsize // 2), words
    with path.open("wb") as file:
        file.write(head(100 + record.nbytes) + box + bytes(32))
        record.tofile(file)
    with path.with_suffix(".shx").open("wb") as file:
        file.write(head(100 + index.nbytes) + box + bytes(32))
        index.tofile(file)


def _write_dbf(path: Path, fields: Sequence[Field]) -> None:
    count = len(fields[0][4])
    kinds = [("gone", "S1"), *((name, f"S{width}") for name, _, width, _, _ in fields)]
    table = np.zeros(count, dtype=kinds)
    table["gone"] = b" "
    for name, _, width, _, cells in fields:
        table[name] = np.char.ljust(cells, width)
    head = 32 + 32 * len(fields) + 1
    out = bytearray(struct.pack("<B3BIHH", 3, 124, 1, 1, count, head, table.itemsize) + bytes(20))
    for name, kind, width, decimals, _ in fields:
        out += name.encode("gbk").ljust(11, b"\0") + kind.encode() + bytes(4)
        out += bytes([width, decimals]) + bytes(14)
    with path.open("wb") as file:
        file.write(bytes(out) + b"\r")
        table.tofile(file)
        file.write(b"\x1a")
