"""No file makes gisplan read another file, ask a server, or run anything; and each is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import hostile_files
import pytest
from made_files import boxes, names_dbf, write_shp

from gisplan.errors import PlanError
from gisplan.read.crs import identify
from gisplan.read.plan import read_plan

SECRET = "SECRET-OF-THE-CANARY"


class Trap:
    """A file outside of the plan and a server; it tells whether either was touched."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.canary = home / "canary.csv"
        self.canary.write_text(f"{SECRET},b\n1,2\n")
        self.calls: list[bytes] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()
        self.arm()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            self.calls.append(client.recv(200))
            client.close()

    def arm(self) -> None:
        """Make the time of the last access older than the last change: reading renews it."""
        os.utime(self.canary, (1, 1_000_000))

    def was_read(self) -> bool:
        return self.canary.stat().st_atime != 1

    def traces(self) -> list[str]:
        return sorted(p.name for p in self.canary.parent.iterdir() if p != self.canary)


@pytest.fixture
def trap(tmp_path):
    trap = Trap(tmp_path / "outside")
    yield trap
    trap.server.close()


def test_the_trap_works(trap):
    assert not trap.was_read()
    trap.canary.read_text()
    if not trap.was_read():
        pytest.skip("this disk keeps no time of access")
    with socket.create_connection(("127.0.0.1", trap.port)) as client:
        client.sendall(b"hello")
        client.recv(1)
    assert trap.calls == [b"hello"]


def test_nothing_outside_is_read_and_nobody_is_asked(trap, tmp_path):
    plan = tmp_path / "plan"
    count = hostile_files.write_pointers(plan / "pointers", trap.canary, trap.port)
    hostile_files.write_databases(plan / "databases", trap.canary, trap.port)
    hostile_files.write_definitions(plan / "definitions", trap.canary)
    hostile_files.write_links(plan / "links", trap.canary)
    assert count > 200
    trap.arm()
    command = [sys.executable, "-m", "gisplan", "check", plan, "--format", "json"]
    log = tmp_path / "log"
    strace = shutil.which("strace")
    if strace:  # then also as the system sees it, whatever the libraries say of themselves
        calls = "trace=open,openat,openat2,connect,execve"
        command = [strace, "-f", "-y", "-qq", "-e", calls, "-o", log, *command]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert trap.calls == []
    assert not trap.was_read()
    assert trap.traces() == []
    assert SECRET not in done.stdout + done.stderr
    for name in ("vrt-file.shp", "wfs.gpkg", "xxe.kml", "laughs.kml", "tab.tab", "algorithm.json",
                 "virtual-ogr.gpkg", "view-geocode.gpkg", "文件夹.gdb"):  # fmt: skip
        assert re.search(rf"[/!\"]{re.escape(name)}", done.stdout), name
    if strace:
        lines = log.read_text("utf-8", errors="replace").splitlines()
        assert any("openat(" in line for line in lines)
        assert [line for line in lines if str(trap.canary.parent) in line] == []
        assert [line for line in lines if " connect(" in line] == []
        assert sum(" execve(" in line for line in lines) <= 2  # parent and child


@pytest.mark.parametrize(
    "path",
    [
        "../outside/canary.csv",
        "a/../../outside/canary.csv",
        "..\\outside\\canary.csv",
        "/etc/passwd",
        "C:\\Windows\\win.ini",
        "C:win.ini",
        "\\\\server\\share\\a.shp",
        "//server/share/a.shp",
        "~/a.shp",
        "file:///etc/passwd",
        "http://127.0.0.1/a.shp",
        "/vsicurl/http://127.0.0.1/a.shp",
        "vsizip/a.zip/a.shp",
        "/vsistdin/",
        "CSV:/etc/passwd",
        "PG:dbname=x",
        "GeoJSON:/etc/passwd",
        "a.zip!../canary.csv",
        "a.zip!/etc/passwd",
        "a.zip!C:/x.shp",
        "a\0b.shp",
        "",
    ],
)
def test_a_path_that_leads_out_is_refused_with_its_line(tmp_path, path):
    plan = tmp_path / "plan"
    plan.mkdir()
    write_shp(plan / "a.shp", shapes=boxes(1), dbf=names_dbf(["甲"]))
    text = f"[layers.unit]\npath = {json.dumps(path)}\n"
    (plan / "gisplan.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PlanError, match=r"gisplan\.toml line 2"):
        read_plan(plan)


@pytest.mark.parametrize("name", ["NUL", "COM1.shp", "a.gpkg|x'; drop table y; --", "/dev/zero"])
def test_names_that_mean_something_elsewhere_mean_nothing(tmp_path, name):
    plan = tmp_path / "plan"
    plan.mkdir()
    write_shp(plan / "b.shp", shapes=boxes(1), dbf=names_dbf(["甲"]))
    hostile_files.geopackage(plan / "a.gpkg")
    before = (plan / "a.gpkg").read_bytes()
    text = f"[layers.unit]\npath = {json.dumps(name)}\n"
    (plan / "gisplan.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PlanError):
        read_plan(plan)
    assert (plan / "a.gpkg").read_bytes() == before


def test_a_definition_of_a_crs_names_no_file(trap):
    for text in (
        f"+proj=longlat +ellps=krass +nadgrids={trap.canary}",
        f"+proj=longlat +ellps=krass +geoidgrids={trap.canary}",
        f"+proj=pipeline +step +proj=hgridshift +grids={trap.canary}",
        f"+proj=pipeline +step +proj=defmodel +model={trap.canary}",
        f"+init={trap.canary}:1",
        f"init={trap.canary}:1",
        f"{trap.canary}:1",
    ):
        assert identify(text) is None, text
    base = (
        'GEOGCRS["d",BASEGEOGCRS["WGS 84",DATUM["World Geodetic System 1984",'
        'ELLIPSOID["WGS 84",6378137,298.257223563]]],DERIVINGCONVERSION["c",{}],'
        'CS[ellipsoidal,2],AXIS["lat",north],AXIS["lon",east],ANGLEUNIT["degree",0.0174532925]]'
    )
    for method in (
        f'METHOD["PROJ hgridshift grids={trap.canary}"]',
        f'METHOD["NTv2",ID["EPSG",9615]],PARAMETERFILE["difference file","{trap.canary}"]',
    ):
        assert identify(base.format(method)) is None, method
    assert not trap.was_read()
    assert identify("+proj=longlat +datum=WGS84 +no_defs") is not None
    assert identify("EPSG:4490") is not None


def test_a_zip_that_holds_links_devices_or_itself_is_harmless(gisplan, trap, tmp_path):
    plan = tmp_path / "plan"
    plan.mkdir()
    write_shp(plan / "更新单元.shp", shapes=boxes(1), dbf=names_dbf(["甲"]))
    os.mkfifo(plan / "a.gpkg")
    (plan / "b.gpkg").symlink_to("/dev/zero")
    (plan / "c.gpkg").symlink_to(plan / "c.gpkg")
    (plan / "d.shp").mkdir()
    (plan / "up").symlink_to(plan)
    (plan / "home").symlink_to(trap.canary.parent)
    done = gisplan("inspect", plan, "--format", "json", "--limit", "seconds=20")
    faults = {fact["path"]: fact["fault"] for fact in json.loads(done.stdout)}
    assert {name for name, fault in faults.items() if fault is None} == {"更新单元.shp"}
    assert {"a.gpkg", "b.gpkg", "c.gpkg", "home"} <= set(faults)
