"""Measures sections on Dask: a cluster of this machine, or one at an address.

Plain futures of `distributed`. A task gets a section as bytes and gives tables as bytes
(`gisplan.measure.packing`), so no disk is shared. Two tasks a worker are on their way at most: one
that is measured and one that is fetched meanwhile, and so no more sections are in memory. The
result is complete or there is none: what a lost worker was at is measured again by another one,
and where that fails too the run ends with one line.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gisplan.errors import EngineError, GisplanError
from gisplan.measure.apart import Run, Tables, measure_section
from gisplan.measure.packing import (
    BrokenPackageError,
    pack_section,
    pack_tables,
    unpack_section,
    unpack_tables,
)
from gisplan.measure.sections import Section
from gisplan.measure.versions import versions

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD = 2  # tasks a worker
ANSWER_S = 20  # an address that has not answered by then is dead
LOOK_S = 2  # so often is looked whether anybody is still there
LOST = 3  # so often a section may take its worker with it

_SETTINGS = {
    "distributed.scheduler.allowed-failures": LOST - 1,
    # a section is some megabytes, and a task has one
    "distributed.admin.large-graph-warning-threshold": "1TB",
    "distributed.comm.timeouts.connect": f"{ANSWER_S}s",
}


def run_on_dask(address: str | None, workers: int) -> Run:
    """Return what measures sections on a cluster.

    Parameters
    ----------
    address : str or None
        Of a scheduler ("tcp://10.0.0.5:8786"); None starts workers on this machine.
    workers : int
        How many to start, each a process of one thread.

    Returns
    -------
    callable
        Raises EngineError, in one line, where sections cannot be measured.
    """

    def run(
        sections: Iterable[Section], names: tuple[str, ...]
    ) -> Iterator[tuple[Section, Tables]]:
        with _client(address, workers) as client:
            yield from _measured(client, sections, names)

    return run


def measure_packed(packed: bytes, names: tuple[str, ...], wanted: dict[str, str]) -> bytes:
    """Measure a section that was sent; this runs on a worker.

    Raises
    ------
    EngineError
        The worker has other versions than the process that asks, and might find other figures.
    BrokenPackageError
        The section did not arrive whole.
    """
    own = versions()
    unlike = [name for name in wanted if own.get(name) != wanted[name]]
    if unlike:
        listed = ", ".join(f"{name} {own.get(name)} ({wanted[name]})" for name in unlike)
        raise EngineError(
            f"计算节点与本机的版本不同，结果可能不一致：{listed}；请在节点上安装相同版本",
            f"a worker has other versions than this machine (in brackets): {listed}; "
            "install the same ones there",
        )
    return pack_tables(measure_section(unpack_section(packed), names))


def _measured(
    client: Client, sections: Iterable[Section], names: tuple[str, ...]
) -> Iterator[tuple[Section, Tables]]:
    under_way: dict[Future[bytes], Section] = {}
    left = iter(sections)
    wanted = versions()

    def send_more() -> None:
        room = AHEAD * max(1, _count_workers(client))
        while len(under_way) < room:
            section = next(left, None)
            if section is None:
                return
            # never shared by key with another run: each figure is measured for this one
            packed = pack_section(section)
            under_way[client.submit(measure_packed, packed, names, wanted, pure=False)] = section

    send_more()
    while under_way:
        for future in _next_done(client, under_way):
            section = under_way.pop(future)
            yield section, _answer(future, section, names)
            future.release()
        send_more()


def _count_workers(client: Client) -> int:
    try:
        return len(client.nthreads())
    except (OSError, TimeoutError):
        return 0


def _next_done(client: Client, under_way: Iterable[Future[bytes]]) -> list[Future[bytes]]:
    """Wait for one task or more; raise where nobody is left who could do them."""
    from distributed import wait

    alone = 0.0
    while True:
        try:
            with client.as_current():
                done = wait(list(under_way), timeout=LOOK_S, return_when="FIRST_COMPLETED").done
            return sorted(done, key=list(under_way).index)
        except TimeoutError:
            alone = 0.0 if client.status == "running" and _count_workers(client) else alone + LOOK_S
        except (concurrent.futures.CancelledError, asyncio.CancelledError, OSError):
            alone = ANSWER_S
        if alone >= ANSWER_S:
            raise EngineError(
                "与 Dask 集群的连接中断，或已没有计算节点；原有结果未改动，请检查集群后重试",
                "the Dask cluster is gone, or has no workers any more; a former result is as it "
                "was; look after the cluster and try again",
            )


def _answer(future: Future[bytes], section: Section, names: tuple[str, ...]) -> Tables:
    """Return the tables of a section, or raise what became of it in one line."""
    from distributed import KilledWorker

    where = _name(section)
    try:
        return unpack_tables(future.result(), names)
    except GisplanError:
        raise
    except KilledWorker as trouble:
        raise EngineError(
            f"计算分区 {where} 时节点 {LOST} 次中断，可能内存不足；"
            "请减少 --jobs 或换用内存更大的节点",
            f"section {where}: its worker was lost {LOST} times, perhaps for lack of memory; use "
            "fewer --jobs, or workers with more memory",
        ) from trouble
    except MemoryError as trouble:
        raise EngineError(
            f"计算分区 {where} 时节点内存不足；请减少 --jobs 或换用内存更大的节点",
            f"section {where}: the memory of its worker is not enough; use fewer --jobs, or "
            "workers with more memory",
        ) from trouble
    except BrokenPackageError as trouble:
        raise EngineError(
            f"分区 {where} 的数据在传输中损坏；请检查网络后重试",
            f"section {where}: its data did not arrive whole; check the network and try again",
        ) from trouble
    except Exception as trouble:
        raise EngineError(
            f"节点未能计算分区 {where}：{trouble}；可改用 --engine local",
            f"section {where} could not be measured on its worker: {trouble}; --engine local does "
            "without workers",
        ) from trouble


def _name(section: Section) -> str:
    """Return the parents of a section, as the plan calls them."""
    plan = section.plan
    labels = [
        str(label)
        for name, fids in section.about.parents.items()
        for label in plan.layers[name].frame["_label"].iloc[fids[:3]]
    ]
    return ", ".join(labels) + "…" * (sum(map(len, section.about.parents.values())) > 3)


@contextmanager
def _client(address: str | None, workers: int) -> Iterator[Client]:
    import dask
    from distributed import Client

    log = logging.getLogger("distributed")
    level = log.level
    log.setLevel(logging.CRITICAL)  # what goes wrong is said once, by us
    try:
        with dask.config.set(_SETTINGS):
            if address is None:
                with (
                    _local_cluster(workers) as cluster,
                    Client(cluster, set_as_default=False) as client,
                ):
                    yield client
                return
            try:
                client = Client(address, timeout=ANSWER_S, set_as_default=False)
            except (OSError, ValueError, TimeoutError) as trouble:
                raise EngineError(
                    f"{address} 没有 Dask 集群应答；请检查地址，或用 --engine dask 在本机运行",
                    f"{address}: no Dask cluster answers there; check the address, or use "
                    "--engine dask to run on this machine",
                ) from trouble
            with client:
                _await_workers(client, address)
                yield client
    finally:
        log.setLevel(level)


def _await_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=ANSWER_S)
    except TimeoutError as trouble:
        raise EngineError(
            f"{address} 的 Dask 集群没有计算节点；请先启动 dask worker",
            f"{address}: this Dask cluster has no workers; start some (dask worker) first",
        ) from trouble


@contextmanager
def _local_cluster(workers: int) -> Iterator[Any]:
    from distributed import LocalCluster

    with (
        tempfile.TemporaryDirectory(prefix="gisplan-dask-", ignore_cleanup_errors=True) as folder,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would still claim port 8787
            scheduler_kwargs={"dashboard": False},
            worker_dashboard_address=None,
            local_directory=folder,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster
