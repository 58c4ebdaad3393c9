"""What other programs left in the environment changes no result, loads nothing, asks nobody."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading

import pytest

from gisplan.surroundings import clean, clean_environment, cleaned

CODE = """
import sys, gisplan
from gisplan.render.json import to_json
print(to_json(gisplan.review(gisplan.open_plan(sys.argv[1])).dossier))
import os
assert os.environ["GDAL_DATA"] == "/nowhere", "the environment of the process is left as it was"
"""


@pytest.fixture
def listener():
    """Return the port of a server on this machine, and a list that fills when it is called."""
    calls: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                client, address = server.accept()
            except OSError:
                return
            calls.append(str(address))
            client.close()

    threading.Thread(target=listen, daemon=True).start()
    yield server.getsockname()[1], calls
    server.close()


@pytest.fixture
def hostile(tmp_path, listener):
    port, _calls = listener
    address = f"http://127.0.0.1:{port}"
    (tmp_path / "plugins").mkdir()
    (tmp_path / "gdalrc").write_text("[configoptions]\nOGR_ORGANIZE_POLYGONS=SKIP\n")
    return {
        "GDAL_DATA": "/nowhere",
        "PROJ_LIB": "/nowhere",
        "PROJ_DATA": "/nowhere",
        "GDAL_DRIVER_PATH": str(tmp_path / "plugins"),
        "OGR_DRIVER_PATH": str(tmp_path / "plugins"),
        "GDAL_PYTHON_DRIVER_PATH": str(tmp_path / "plugins"),
        "GDAL_CONFIG_FILE": str(tmp_path / "gdalrc"),
        "GDAL_SKIP": "GPKG,GeoJSON,ESRI Shapefile",
        "OGR_SKIP": "GPKG,GeoJSON,ESRI Shapefile",
        "CPL_LOG": str(tmp_path / "canary"),
        "CPL_DEBUG": "ON",
        "PROJ_DEBUG": "3",
        "PROJ_NETWORK": "ON",
        "PROJ_NETWORK_ENDPOINT": address,
        "GDAL_HTTP_PROXY": address,
        "http_proxy": address,
        "SHAPE_ENCODING": "ISO-8859-1",
        "OGR_ORGANIZE_POLYGONS": "SKIP",
        "OGR_SQLITE_LOAD_EXTENSIONS": "/nowhere.so",
        "OGR_ARC_STEPSIZE": "45",
        "OSR_DEFAULT_AXIS_MAPPING_STRATEGY": "AUTHORITY_COMPLIANT",
        "PYOGRIO_USE_ARROW": "1",
    }


def facts(text):
    result = json.loads(text)
    return {**result, "run": {**result["run"], "started": "", "seconds": 0}}


def test_the_result_is_the_same_in_a_hostile_environment(
    gisplan, sample_home, hostile, listener, tmp_path
):
    plain = gisplan("check", sample_home, "--format", "json")
    for more in ({}, {"GISPLAN_SUPERVISE": "0"}):
        done = gisplan("check", sample_home, "--format", "json", **hostile, **more)
        assert (done.returncode, done.stderr) == (plain.returncode, plain.stderr)
        assert facts(done.stdout) == facts(plain.stdout)
    library = subprocess.run(
        [sys.executable, "-c", CODE, sample_home],
        env={**os.environ, **hostile, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert facts(library.stdout) == facts(plain.stdout)
    assert not (tmp_path / "canary").exists()
    assert listener[1] == []


def test_only_orders_to_the_libraries_are_taken_out():
    environ = {"PATH": "/bin", "GDAL_DATA": "x", "Proj_Lib": "y", "LANG": "zh_CN.UTF-8"}
    new = cleaned(environ)
    assert new["PATH"] == "/bin"
    assert new["LANG"] == "zh_CN.UTF-8"
    assert not {"GDAL_DATA", "Proj_Lib"} & set(new)
    assert new["PROJ_NETWORK"] == "OFF"
    assert environ["GDAL_DATA"] == "x"
    clean(environ)
    assert environ == new


def test_the_environment_comes_back_also_from_within(monkeypatch):
    monkeypatch.setenv("GDAL_DATA", "mine")
    monkeypatch.delenv("PROJ_NETWORK", raising=False)
    before = dict(os.environ)
    with clean_environment():
        with clean_environment():
            assert "GDAL_DATA" not in os.environ
        assert os.environ["PROJ_NETWORK"] == "OFF"
    assert dict(os.environ) == before
