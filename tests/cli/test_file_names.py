"""Chinese names of files in a locale that knows none."""

from __future__ import annotations

import json
import sys

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no C locale")
def test_the_c_locale_reads_chinese_file_names(gisplan, tmp_path, sample_home):
    import shutil

    plan = tmp_path / "规划成果"
    plan.mkdir()
    for extension in ("shp", "shx", "dbf", "prj"):
        shutil.copy(sample_home / f"GXDY.{extension}", plan / f"更新单元.{extension}")
    done = gisplan("inspect", plan, "--format", "json", LC_ALL="C", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    (fact,) = json.loads(done.stdout)
    assert (fact["path"], fact["layer"]) == ("更新单元.shp", "unit")
