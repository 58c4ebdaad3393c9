"""The jobs in SQL: DuckDB spatial, SedonaDB, PostGIS. Loading and indexes are not timed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from tests.benchmarks.peers import pieces
from tests.benchmarks.truth import REACH_M

ELLIPSOID = False
UNION = {"DuckDB": "ST_Union_Agg", "SedonaDB": "ST_Union_Agg", "PostGIS": "ST_Union"}
SQL = {
    "J1": """SELECT a.code AS a, b.code AS b,
             ST_Area(ST_Intersection(a.geometry, b.geometry)) AS area
             FROM unit a JOIN unit b ON ST_Intersects(a.geometry, b.geometry)
             WHERE a.code < b.code""",
    "J2": """SELECT d.code AS code, ST_AsBinary(ST_Difference(d.geometry, u.covered)) AS left_over
             FROM district d JOIN
             (SELECT parent, {union}(geometry) AS covered FROM unit GROUP BY parent) u
             ON u.parent = d.code""",
    "J3": """SELECT u.code AS code, ST_Area(ST_Difference(u.geometry, d.geometry)) AS area
             FROM unit u JOIN district d ON u.parent = d.code
             WHERE NOT ST_CoveredBy(u.geometry, d.geometry)""",
    "J4": """SELECT u.code AS unit, z.code AS zone,
             ST_Area(ST_Intersection(u.geometry, z.geometry)) AS area
             FROM unit u JOIN heritage_zone z ON ST_Intersects(u.geometry, z.geometry)""",
    "J5": """SELECT p.code AS point, b.code AS building
             FROM heritage_body p JOIN building b ON ST_DWithin(p.geometry, b.geometry, {reach})""",
}
JOBS = (*SQL, "J1+J2+J3")
Query = Callable[[str], pd.DataFrame]
Loaded = tuple[Query, int | None]  # with the process of the server that answers, if one does


@dataclass(frozen=True)
class Task:
    """A job to do, and the process of the server that does it, if another one does."""

    work: Callable[[], Any]
    pid: int | None = None

    def __call__(self) -> Any:
        """Do the job."""
        return self.work()


def prepare(engine: str, job: str, layers: dict[str, Any]) -> Task:
    """Load the layers; return what does a job and gives its answer."""
    load = {"DuckDB": _duckdb, "SedonaDB": _sedonadb, "PostGIS": _postgis}[engine]
    query, pid = load(layers)
    binary = "ST_AsWKB" if engine == "DuckDB" else "ST_AsBinary"

    def one(name: str) -> pd.DataFrame:
        text = SQL[name].format(union=UNION[engine], reach=REACH_M)
        answer = query(text.replace("ST_AsBinary", binary))
        if name != "J2":
            return answer
        left = shapely.from_wkb([None if g is None else bytes(g) for g in answer["left_over"]])
        return pieces(answer["code"], left)

    names = job.split("+")
    return Task(lambda: {name: one(name) for name in names} if len(names) > 1 else one(job), pid)


def _duckdb(layers: dict[str, Any]) -> Loaded:
    import duckdb
    import duckdb_extension_spatial

    (extension,) = Path(duckdb_extension_spatial.__file__).parent.rglob("*.duckdb_extension")
    base = duckdb.connect()
    base.execute(f"LOAD '{extension}'")
    for name, frame in layers.items():
        plain = pd.DataFrame(frame.drop(columns="geometry"))
        plain["wkb"] = shapely.to_wkb(frame.geometry.to_numpy())
        base.register("given", plain)
        base.execute(
            f"CREATE TABLE {name} AS SELECT * EXCLUDE (wkb), ST_GeomFromWKB(wkb) AS geometry "
            "FROM given"
        )
        base.unregister("given")
    return lambda text: base.execute(text).df(), None


def _sedonadb(layers: dict[str, Any]) -> Loaded:
    import sedonadb

    base = sedonadb.connect()
    for name, frame in layers.items():
        base.create_data_frame(frame).to_memtable().to_view(name)
    return lambda text: base.sql(text).to_pandas(), None


def _postgis(layers: dict[str, Any]) -> Loaded:
    """Load into temporary tables: what is there on the server stays as it is."""
    import psycopg

    base = psycopg.connect(os.environ["GISPLAN_BENCH_POSTGIS"], autocommit=True)
    base.execute("SET max_parallel_workers_per_gather = 0")  # the CPU of one process is counted
    base.execute("SET client_connection_check_interval = 2000")  # stopped with the run, ms
    for name, frame in layers.items():
        columns = [column for column in frame.columns if column != "geometry"]
        told = ", ".join(f"{column} text" for column in columns)
        base.execute(f"CREATE TEMPORARY TABLE {name} ({told}, geometry geometry)")
        with base.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            shapes = shapely.to_wkb(frame.geometry.to_numpy(), hex=True)
            for row in zip(*(frame[column] for column in columns), shapes, strict=True):
                copy.write_row(row)
        base.execute(f"CREATE INDEX ON {name} USING gist (geometry)")
        base.execute(f"ANALYZE {name}")

    def query(text: str) -> pd.DataFrame:
        cursor = base.execute(text)
        return pd.DataFrame(cursor.fetchall(), columns=[c.name for c in cursor.description])

    return query, base.info.backend_pid
