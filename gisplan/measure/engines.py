"""Which way a plan is measured: as a whole or in sections, here or on Dask, with a cache or not.

The tables are the same, to the last bit, whichever way.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.util import find_spec

import pandas as pd
import shapely

from gisplan.errors import EngineError
from gisplan.measure.apart import Run, measure_apart, run_here
from gisplan.measure.engine import measure_plan
from gisplan.measure.sections import SIZE, count_features
from gisplan.memory import free_memory
from gisplan.model import Plan
from gisplan.store import Store, cache_folder

_GIB = 1024**3
LOCAL, DASK = "local", "dask"
# Features of the divided layers from which sections are measured one by one, so that the memory
# does not grow with the plan; and from which it is quicker to look up a section than to measure it.
APART_FROM = 500_000
CACHED_FROM = 20_000
# What a review takes besides the plan, by the runs in docs/scaling.md: judging and writing by
# features, measuring as a whole by vertices.
BYTES_A_FEATURE = 2_700
BYTES_A_VERTEX = 400


def check_engine(engine: str) -> str | None:
    """Return the address in the name of an engine, None where it names none.

    Raises
    ------
    EngineError
        No such engine; or one of which a library is missing.
    """
    name, equals, address = engine.partition("=")
    if name not in {LOCAL, DASK} or (name == LOCAL and equals) or (equals and not address):
        raise EngineError(
            f"没有引擎 {engine}；可用 --engine local、--engine dask 或 --engine dask=tcp://主机:端口",
            f"there is no engine {engine}; use --engine local, --engine dask or "
            "--engine dask=tcp://HOST:PORT",
        )
    missing = [module for module in ("distributed", "pyarrow") if not find_spec(module)]
    if name == DASK and missing:
        raise EngineError(
            f'--engine dask 需要 {"、".join(missing)}，请运行 pip install "gisplan[dask]"',
            f'--engine dask needs {", ".join(missing)}; run pip install "gisplan[dask]"',
        )
    return address or None


def check_memory(plan: Plan, share: float) -> None:
    """Refuse a plan that is too large for the memory that is left, before anything is worked out.

    Parameters
    ----------
    plan : Plan
        Read and normalised: what it takes itself is no longer free.
    share : float
        The part of the free memory that the run may take.

    Raises
    ------
    EngineError
        It is not enough. Nothing is raised where the system does not tell what is free.
    """
    features = sum(len(layer.frame) for layer in plan.layers.values())
    need, free = BYTES_A_FEATURE * features / _GIB, free_memory() / _GIB
    if 0 < share * free < need:
        raise EngineError(
            f"内存不足：{features:,} 个要素的审查约还需 {need:.1f} GiB，可用 {free:.1f} GiB；"
            "请关闭其他程序，或按市、区县分别审查；若仍要尝试，加 --limit memory_share=9",
            f"too little memory: {features:,} features need about {need:.1f} GiB more to be "
            f"reviewed, {free:.1f} GiB are free; close other programs, or review city by city; to "
            "try all the same, add --limit memory_share=9",
        )


def _fits_as_whole(plan: Plan) -> bool:
    free = free_memory()
    shapes = [
        layer.frame["geometry"] for layer in plan.layers.values() if "geometry" in layer.frame
    ]
    vertices = sum(int(shapely.get_num_coordinates(series.array).sum()) for series in shapes)
    return free <= 0 or BYTES_A_VERTEX * vertices < free


def measure_by(
    plan: Plan,
    names: Iterable[str],
    judged: str,
    *,
    engine: str = LOCAL,
    jobs: int = 1,
    cache: bool = False,
) -> dict[str, pd.DataFrame]:
    """Measure a plan: return the tables asked for, as `measure_plan` does.

    Parameters
    ----------
    plan, names, judged
        As for `measure_plan`.
    engine : str
        "local"; "dask", which starts workers on this machine; or "dask=tcp://HOST:PORT".
    jobs : int
        Threads; with "dask" the workers to start, where 1 stands for one a processor.
    cache : bool
        Whether sections that were measured before are looked up, and new ones kept. Needs pyarrow.

    Raises
    ------
    EngineError
        The engine cannot do it.
    """
    address = check_engine(engine)
    features = count_features(plan, judged)
    cached = cache and features >= CACHED_FROM and find_spec("pyarrow") is not None
    whole = features == 0 or (features < APART_FROM and _fits_as_whole(plan))
    if engine == LOCAL and not cached and whole:
        return measure_plan(plan, names, judged, jobs)
    run = run_here(jobs) if engine == LOCAL else _dask(address, jobs)
    if cached:
        from gisplan.measure.remembered import remembering

        run = remembering(run, Store(cache_folder() / "measures"))
    return measure_apart(plan, names, judged, jobs, run, SIZE)


def _dask(address: str | None, jobs: int) -> Run:
    from gisplan.measure.cluster import run_on_dask

    return run_on_dask(address, jobs if jobs > 1 else os.cpu_count() or 1)
