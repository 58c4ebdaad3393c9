"""What is around the run: disk, signals, environment, terminal, and sheer size (24 + 6)."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.corpus.base import Base, box
from tests.corpus.case import Damage, Kind, Prepare, either, right, told, whole
from tests.corpus.change import cell
from tests.corpus.damage import put
from tests.corpus.score import OLD, RESULT

kind = Kind("Surroundings")
INTO = ("review", "{plan}", "-o", "{plan}/../result", "--lang", "zh")


def former(*more: Damage) -> Damage:
    """Put a former result where the run writes."""

    def damage(plan: Path, canaries: Any, source: Any) -> None:
        out = plan.parent / "out"
        out.mkdir()
        for name in RESULT:
            (out / name).write_bytes(OLD)
        for one in more:
            one(plan, canaries, source)

    return damage


# --- where the result goes --------------------------------------------------------------------
def out(path: str) -> dict[str, Any]:
    """Write the result somewhere."""
    return {"command": ("review", "{plan}", "-o", path, "--lang", "zh")}


kind("sur-out-file", "the output folder is a file", told("fatal", "result"), command=INTO,
     files=lambda plan, _c, _r: (plan.parent / "result").write_text("mine"))
kind("sur-out-proc", "the output folder cannot be made", told("fatal", "/proc"), **out("/proc/x/y"))
kind("sur-out-device", "the output folder lies in a device", told("fatal", "/dev/null"),
     **out("/dev/null/x"))
kind("sur-out-long", "the output folder has a name of 300 characters", told("fatal", "xxx"),
     **out("{out}/" + "x" * 300))
kind("sur-out-folder-inside", "a folder lies where findings.json goes",
     told("fatal", "findings.json"),
     files=lambda plan, _c, _r: (plan.parent / "out" / "findings.json" / "x").mkdir(parents=True))



def limited(size: int) -> Prepare:
    """Let no file grow beyond a size, as a full disk does."""

    def prepare(_home: Path) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return prepare


for size in (1_000, 20_000, 120_000):
    kind(f"sur-disk-{size}", f"the disk is full after {size} bytes", told("fatal", "out"),
         prepare=limited(size))
    kind(f"sur-disk-former-{size}", "the same over a former result", whole(), files=former(),
         prepare=limited(size))


kind("sur-missing-plan", "a plan that is not there", told("fatal", "没有这个"), plan="没有这个")
kind("sur-plan-is-file", "the plan is a single shapefile", told("fatal", "GXDY.shp"),
     plan="plan/GXDY.shp")


# --- runs that are cut off, and runs at once --------------------------------------------------
def beside(home: Path) -> Callable[[], None]:
    """Start the same run a second time, into the same folder."""
    pid = os.fork()
    if pid == 0:
        code = 3
        try:
            from gisplan.cli.main import main

            for number in (1, 2):
                os.dup2(os.open(home / "tmp" / "second", os.O_WRONLY | os.O_CREAT), number)
            main(["review", str(home / "plan"), "-o", str(home / "out"), "--lang", "zh"])
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 3
        finally:
            os._exit(code)

    def end() -> None:
        _, code = os.waitpid(pid, 0)
        (home / "tmp" / "second").unlink()
        if os.waitstatus_to_exitcode(code) not in (1, 2):
            sys.stderr.write(f"second run: Error: {code}\n")

    return end


for number in range(3):
    kind(f"sur-two-{number}", "two runs into one folder at once", whole(), files=former(),
         prepare=beside)
for name, what in (("KILL", signal.SIGKILL), ("TERM", signal.SIGTERM), ("INT", signal.SIGINT)):
    for tenths in (1, 4, 7, 9, 11, 14):
        kind(f"sur-{name}-{tenths}", f"SIG{name} after {tenths / 10} s", whole(), files=former(),
             kill=(tenths / 10, what))

# --- environment ------------------------------------------------------------------------------
for name, env, expect in (
    ("c-locale", {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, None),
    ("gbk", {"PYTHONIOENCODING": "gbk"}, None), ("ascii", {"PYTHONIOENCODING": "ascii"}, None),
    ("strange-locale", {"LC_ALL": "xx_YY.UTF-9"}, None),
    ("warnings", {"PYTHONWARNINGS": "error"}, None), ("optimised", {"PYTHONOPTIMIZE": "2"}, None),
    ("dev-mode", {"PYTHONDEVMODE": "1"}, None), ("hash-seed", {"PYTHONHASHSEED": "4711"}, None),
    ("proj-data", {"PROJ_DATA": "{outside}", "PROJ_LIB": "{outside}"}, "fatal"),
    ("gdal-data", {"GDAL_DATA": "{outside}"}, None),
    ("gdal-drivers", {"GDAL_DRIVER_PATH": "{outside}", "OGR_DRIVER_PATH": "{outside}"}, None),
    ("gdal-skip", {"GDAL_SKIP": "ESRI Shapefile,GPKG", "OGR_SKIP": "ESRI Shapefile,GPKG"}, "fatal"),
    ("gdal-log", {"CPL_DEBUG": "ON", "CPL_LOG": "{marker}", "CPL_TIMESTAMP": "ON"}, None),
    ("gdal-config", {"GDAL_CONFIG_FILE": "{outside}/secret.txt"}, None),
    ("gdal-encoding", {"SHAPE_ENCODING": "CP1252", "DBF_ENCODING": "CP1252"}, None),
    ("gdal-python", {"GDAL_VRT_ENABLE_PYTHON": "YES", "GDAL_VRT_TRUSTED_MODULES": "os"}, None),
    ("gdal-restore", {"SHAPE_RESTORE_SHX": "YES", "OGR_ORGANIZE_POLYGONS": "SKIP"}, None),
    ("gdal-sqlite", {"OGR_SQLITE_LOAD_EXTENSIONS": "{outside}/secret.txt",
                     "OGR_SQLITE_PRAGMA": "journal_mode=wal"}, None),
    ("gdal-cache", {"GDAL_CACHEMAX": "0", "OGR_SQLITE_CACHE": "0", "VSI_CACHE": "TRUE"}, None),
    ("proxy", {"HTTP_PROXY": "{url}", "HTTPS_PROXY": "{url}", "GDAL_HTTP_PROXY": "{url}"}, None),
    ("proj-network", {"PROJ_NETWORK": "ON", "PROJ_NETWORK_ENDPOINT": "{url}"}, None),
    ("home", {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/proc/x"}, None),
    ("tmp", {"TMPDIR": "/nonexistent"}, "fatal"), ("zone", {"TZ": "Asia/Pyongyang"}, None),
    ("narrow", {"COLUMNS": "1", "LINES": "1", "TERM": "dumb"}, None),
    ("colour", {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "TERM": "xterm-256color"}, None),
    ("threads", {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}, None),
    ("lang-odd", {"GISPLAN_LANG": "tlh"}, None),
):
    kind(f"sur-env-{name}", f"environment: {' '.join(f'{k}={v}' for k, v in env.items())}",
         either(expect) if expect else right(), env=env, limit=60.0)


# --- terminal ---------------------------------------------------------------------------------
def without(*numbers: int) -> Prepare:
    """Close streams."""

    def prepare(_home: Path) -> None:
        for number in numbers:
            os.close(number)

    return prepare


def into(path: str, *numbers: int) -> Prepare:
    """Send streams somewhere."""

    def prepare(_home: Path) -> None:
        for number in numbers:
            os.dup2(os.open(path, os.O_WRONLY), number)

    return prepare


def broken_pipe(_home: Path) -> None:
    """Let nobody read what is printed."""
    read, write = os.pipe()
    os.dup2(write, 1)
    os.close(read)


kind("sur-stdin-closed", "no standard input", right(), prepare=without(0))
kind("sur-stdout-closed", "no standard output", right(), prepare=without(1))
kind("sur-stderr-closed", "no standard error", right(), prepare=without(2))
kind("sur-all-closed", "no stream at all", right(), prepare=without(0, 1, 2))
kind("sur-stdout-full", "what is printed goes to a full disk", either("fatal"),
     prepare=into("/dev/full", 1))
kind("sur-stderr-full", "errors go to a full disk", right(), prepare=into("/dev/full", 2))
kind("sur-pipe", "nobody reads what is printed", either("fatal"), prepare=broken_pipe)
kind("sur-check-pipe", "nobody reads what check prints", right(), prepare=broken_pipe,
     command=("check", "{plan}", "--lang", "zh"))
kind("sur-cwd-gone", "the current folder is gone", right(),
     prepare=lambda home: (home / "cwd").rmdir())


# --- size -------------------------------------------------------------------------------------
def many_buildings(count: int) -> Callable[[Base], None]:
    """Fill unit 210102-GX001 with buildings."""

    def model(plan: Base) -> None:
        sheet = plan["JZ"]
        side = int(count**0.5)
        step = 280 / side
        for n in range(count):
            x, y = 105 + n % side * step, 105 + n // side * step
            sheet.rows.append({"JZBH": f"X{n}", "DYBH": "210102-GX001", "JZMJ": 0.0,
                               "GD": 3.0, "CZFS": "改"})
            sheet.shapes.append(box(x, y, x + step / 2, y + step / 2))  # type: ignore[union-attr]

    return model


def dense(count: int) -> Callable[[Base], None]:
    """Let zones lie over one another, all over unit 210102-GX003."""

    def model(plan: Base) -> None:
        sheet = plan["BHQH"]
        for n in range(count):
            sheet.rows.append({**sheet.rows[1], "QHBH": f"QX{n:04d}"})
            sheet.shapes.append(box(50 + n / 50, 550, 450, 950))  # type: ignore[union-attr]

    return model


def long_ring(count: int) -> Callable[[Base], None]:
    """Give a zone many points."""

    def model(plan: Base) -> None:
        (west, _), (_, north), (east, _) = plan["BHQH"].shapes[2][0][:3]  # type: ignore[index]
        side = [(west + (east - west) * i / count, north) for i in range(1, count)]
        ring = plan["BHQH"].shapes[2][0]  # type: ignore[index]
        plan["BHQH"].shapes[2] = [[*ring[:2], *side, *ring[2:]]]  # type: ignore[index]

    return model


kind("sur-size-buildings", "20 000 buildings in one unit", either("GEO106 IND112 GEO110"),
     model=many_buildings(20_000), limit=120.0)
kind("sur-size-dense", "300 zones over one another", either("GEO103 GEO105 HER104"),
     model=dense(300), limit=120.0)
kind("sur-size-points", "a zone of 200 000 points", right("GEO110"), model=long_ring(200_000),
     limit=120.0)
kind("sur-size-text", "a CSV of 50 MB in one cell", told("SRC101", "保护名录.csv", "heritage_list"),
     files=put("保护名录.csv", b"MC,LB\n" + b"x" * 50 * 1024**2), limit=120.0)
kind("sur-size-rows", "a CSV of 300 000 rows", right(findings=False,
     records={"heritage_list": 300_000}), files=put("保护名录.csv", "BHBH,MC,LB\n" + "".join(
         f"X{n},名称{n},历史建筑\n" for n in range(300_000))), limit=120.0)
kind("sur-size-files", "3 000 files beside the layers", right("SRC101"),
     files=lambda plan, _c, _r: [(plan / f"附件{n}.txt").write_bytes(b"") for n in range(3_000)])
kind("sur-size-deep", "layers twenty folders down", either("SCH101 fatal notice", file=None),
     files=lambda plan, _c, _r: _deep(plan))
kind("sur-size-name", "a name of 254 letters in every cell", right(names=False, findings=False),
     model=cell("GXDY", 0, "DYMC", "x" * 48))


def _deep(plan: Path) -> None:
    folder = plan.joinpath(*["层"] * 20)
    folder.mkdir(parents=True)
    for path in list(plan.iterdir()):
        if path.is_file():
            path.rename(folder / path.name)


