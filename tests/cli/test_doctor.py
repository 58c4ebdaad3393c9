"""`gisplan doctor` tells what it runs on, and survives what is broken."""

from __future__ import annotations

import json
import signal

import pytest

from gisplan import doctor


def told(done):
    return {check["name"]: check for check in json.loads(done.stdout)}


def test_a_sound_machine_is_fine(gisplan):
    done = gisplan("doctor", "--format", "json")
    checks = told(done)
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("pyogrio", "fiona", "rasterio"):
        assert "GDAL 3." in checks[name]["found"]["en"]
    assert "GEOS 3." in checks["shapely"]["found"]["en"]
    assert "PROJ 9." in checks["pyproj"]["found"]["en"]
    assert {"gisplan", "Python", "system", "PROJ grids", "fonts", "console", "locale",
            "file names", "temporary", "present folder"} <= set(checks)  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_readable_on_a_chinese_console(gisplan, lang):
    done = gisplan("doctor", "--lang", lang, PYTHONIOENCODING="gbk", encoding="gbk")
    assert done.returncode == 0
    assert "GDAL" in done.stdout
    assert "?" not in done.stdout


def test_libraries_that_are_broken_are_named_and_the_rest_is_told(gisplan, tmp_path):
    (tmp_path / "fiona.py").write_text("raise ImportError('DLL load failed: \\x1b[31m')")
    (tmp_path / "rasterio.py").write_text(f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})")
    done = gisplan("doctor", "--format", "json", "--lang", "en", PYTHONPATH=str(tmp_path))
    checks = told(done)
    assert done.returncode == 2
    assert done.stderr == "error: broken: fiona, rasterio\n"
    assert "DLL load failed" in checks["fiona"]["found"]["zh"]
    assert "pip install" in checks["fiona"]["advice"]["zh"]
    assert checks["rasterio"]["state"] == "broken"
    assert checks["pyogrio"]["state"] == "fine"


def test_what_is_not_installed_has_its_pip_line(monkeypatch):
    monkeypatch.setattr(
        doctor, "_requirements", lambda: [("nosuchlib", ""), ("nosuchextra", "parquet")]
    )
    checks = {check.name: check for check in doctor._dependencies()}
    assert checks["nosuchlib"].state == "broken"
    assert checks["[parquet]"].state == "note"
    assert 'pip install "gisplan[parquet]"' in checks["[parquet]"].advice.en


def test_no_font_and_no_place_to_write_are_said(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "_FONT_HOMES", (str(tmp_path),))
    assert doctor._fonts().state == "note"
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()
    assert doctor._fonts().state == "fine"
    monkeypatch.setattr(doctor.tempfile, "gettempdir", lambda: str(tmp_path / "gone"))
    states = {check.name: check.state for check in doctor._places()}
    assert states["temporary"] == "broken"
