"""Which way a plan is measured: as a whole or in sections, here or on Dask, with a cache or not.

The tables are the same, to the last bit, whichever way.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.util import find_spec

import pandas as pd

from gisplan.errors import EngineError
from gisplan.measure.apart import Run, measure_apart, run_here
from gisplan.measure.engine import measure_plan
from gisplan.measure.sections import SIZE, count_features
from gisplan.model import Plan
from gisplan.store import Store, cache_folder

LOCAL, DASK = "local", "dask"
# Features of the divided layers from which sections are measured one by one, so that the memory
# does not grow with the plan; and from which it is quicker to look up a section than to measure it.
APART_FROM = 500_000
CACHED_FROM = 20_000


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
    if engine == LOCAL and not cached and features < APART_FROM:
        return measure_plan(plan, names, judged, jobs)
    run = run_here(jobs) if engine == LOCAL else _dask(address, jobs)
    if cached:
        from gisplan.measure.remembered import remembering

        run = remembering(run, Store(cache_folder() / "measures"))
    return measure_apart(plan, names, judged, jobs, run, SIZE)


def _dask(address: str | None, jobs: int) -> Run:
    from gisplan.measure.cluster import run_on_dask

    return run_on_dask(address, jobs if jobs > 1 else os.cpu_count() or 1)
