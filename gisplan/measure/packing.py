"""Sections and their tables as bytes, in Arrow's own format: to be sent, kept, and hashed.

Not pickled: bytes that come back from a cache or over a network can at worst be wrong, and run
nothing. Not GeoParquet in a folder: workers of a cluster need share no disk. The same section has
the same bytes, whatever the fids of its features in the whole plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.measure.scene import About
from gisplan.measure.sections import Section
from gisplan.measure.tables import COLUMNS
from gisplan.model import Layer, LayerSpec, Plan, PlanConfig, Text, Tier

_DIGEST = hashlib.sha256().digest_size
_WORD = 8  # bytes of the length of the facts


class BrokenPackageError(ValueError):
    """Bytes that are not what was packed: cut short, altered, or of another version."""


def pack_section(section: Section) -> bytes:
    """Return a section as bytes; `fids` stay behind."""
    plan, about = section.plan, section.about
    facts = {
        "judged": section.judged,
        "working_crs": plan.working_crs,
        "areal": sorted(about.areal),
        "chain": [
            [tier.name, tier.rank, tier.partitions_parent, tier.chained, _spec(tier.spec)]
            for tier in plan.chain
        ],
        "layers": {name: _spec(layer.spec) for name, layer in plan.layers.items()},
    }
    columns: dict[str, Any] = {
        f"parents {name}": section.parents[name].to_numpy()
        for name in ("child_layer", "fid", "parent_layer", "parent_fid")
    }
    for name, layer in plan.layers.items():
        frame = layer.frame
        columns[f"shapes {name}"] = _to_wkb(frame["geometry"].array)
        columns[f"labels {name}"] = [
            str(label).encode("utf-8", "surrogatepass") for label in frame["_label"]
        ]
        columns[f"source areas {name}"] = frame["_source_area"].to_numpy(dtype=float)
    columns |= {f"rows {name}": fids for name, fids in about.rows.items()}
    columns |= {f"above {name}": fids for name, fids in about.parents.items()}
    return _pack(facts, columns)


def unpack_section(packed: bytes) -> Section:
    """Return a section from its bytes, without its fids in the whole plan.

    Raises
    ------
    BrokenPackageError
    """
    facts, columns = _unpack(packed)
    layers = {
        name: Layer(
            name,
            _as_spec(spec),
            gpd.GeoDataFrame(
                {
                    "_label": [
                        label.decode("utf-8", "surrogatepass")
                        for label in columns[f"labels {name}"].tolist()
                    ],
                    "_source_area": columns[f"source areas {name}"],
                },
                geometry=shapely.from_wkb(columns[f"shapes {name}"]),
            ),
            frozenset(),
            len(columns[f"shapes {name}"]),
        )
        for name, spec in facts["layers"].items()
    }
    chain = tuple(
        Tier(
            name=name,
            title=Text("", ""),
            rank=rank,
            spec=_as_spec(spec),
            partitions_parent=partitions_parent,
            chained=chained,
        )
        for name, rank, partitions_parent, chained, spec in facts["chain"]
    )
    plan = Plan(
        config=PlanConfig(Path(), ()),
        chain=chain,
        layers=layers,
        working_crs=facts["working_crs"],
        notes=(),
        inputs=(),
    )
    about = About(_named(columns, "rows "), _named(columns, "above "), frozenset(facts["areal"]))
    parents = {"declared": None, "how": "", **_named(columns, "parents ")}
    table = pd.DataFrame({name: parents[name] for name in COLUMNS["parents"]})
    return Section(plan, facts["judged"], about, table.astype(COLUMNS["parents"]), {})


def pack_tables(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return measure tables as bytes; of columns of objects only shapes."""
    columns = {
        f"{name} {column}": _to_wkb(values) if column == "geometry" else values
        for name, table in tables.items()
        for column, values in ((c, table[c].to_numpy()) for c in table)
    }
    return _pack({"tables": list(tables)}, columns)


def unpack_tables(packed: bytes, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return the tables that were packed.

    Raises
    ------
    BrokenPackageError
        Also where they are not the tables named, with the columns that these have.
    """
    names = list(names)
    facts, columns = _unpack(packed)
    tables = {}
    try:
        if facts["tables"] != names:
            raise BrokenPackageError("other tables")
        for name in names:
            made = {column: columns[f"{name} {column}"] for column in COLUMNS[name]}
            if "geometry" in made:
                made["geometry"] = shapely.from_wkb(made["geometry"])
            table = pd.DataFrame({c: pd.Series(v, dtype=object) for c, v in made.items()})
            tables[name] = table.astype(COLUMNS[name])
    except (KeyError, TypeError, ValueError, shapely.GEOSException) as trouble:
        raise BrokenPackageError(str(trouble)) from trouble
    return tables


def _spec(spec: LayerSpec) -> list[Any]:
    return [spec.name, spec.kind, spec.disjoint]


def _as_spec(facts: list[Any]) -> LayerSpec:
    name, kind, disjoint = facts
    return LayerSpec(name, kind, Text("", ""), {}, disjoint=disjoint)


def _named(columns: Mapping[str, Any], begin: str) -> dict[str, Any]:
    return {name.removeprefix(begin): c for name, c in columns.items() if name.startswith(begin)}


def _to_wkb(shapes: Any) -> Any:
    return shapely.to_wkb(np.asarray(shapes, dtype=object))


def _pack(facts: Mapping[str, Any], columns: Mapping[str, Any]) -> bytes:
    """Return a checksum, the facts as JSON, and each column as a batch of its own length."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    for name, values in columns.items():
        table = pa.table({name: pa.array(values, from_pandas=True)})
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    words = json.dumps({**facts, "columns": list(columns)}).encode()
    body = len(words).to_bytes(_WORD, "little") + words + bytes(sink.getvalue())
    return hashlib.sha256(body).digest() + body


def _unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    import pyarrow as pa

    digest, body = packed[:_DIGEST], packed[_DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        raise BrokenPackageError("the checksum does not match")
    try:
        size = int.from_bytes(body[:_WORD], "little")
        facts = json.loads(body[_WORD : _WORD + size])
        source = pa.BufferReader(pa.py_buffer(body)[_WORD + size :])
        columns = {}
        for name in facts["columns"]:
            with pa.ipc.open_stream(source) as reader:
                column = reader.read_all()[name]
            columns[name] = column.to_numpy(zero_copy_only=False).copy()
    except (KeyError, ValueError, TypeError, pa.ArrowException) as trouble:
        raise BrokenPackageError(str(trouble)) from trouble
    return facts, columns
