"""Looks at what gisplan runs on: libraries, drivers, grids, fonts, encodings, places to write.

Each library is asked in a process of its own, so that one that is broken can only break its answer.
"""

from __future__ import annotations

import importlib.metadata
import json
import locale
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import gisplan
from gisplan.model import Text
from gisplan.surroundings import cleaned

State = Literal["fine", "note", "broken"]

# What each library says of itself: the drivers that gisplan reads and writes with, and versions.
_ASK = {
    "shapely": "import shapely; out = {'GEOS': '.'.join(map(str, shapely.geos_version))}",
    "pyproj": (
        "import os, pathlib, pyproj; from pyproj.datadir import get_data_dir;"
        "home = pathlib.Path(get_data_dir().split(os.pathsep)[0]);"
        "pyproj.CRS('EPSG:4490');"
        "out = {'PROJ': pyproj.proj_version_str, 'database': (home / 'proj.db').is_file(),"
        " 'grids': sorted(p.name for p in home.glob('*') if p.suffix in {'.tif', '.gsb', '.gtx'})}"
    ),
    "pyogrio": (
        "import pyogrio; d = pyogrio.list_drivers();"
        "out = {'GDAL': '.'.join(map(str, pyogrio.__gdal_version__)),"
        " 'missing': [n for n in ('ESRI Shapefile', 'GPKG', 'GeoJSON', 'OpenFileGDB', 'FlatGeobuf',"
        " 'MapInfo File', 'DXF') if n not in d]}"
    ),
    "fiona": (
        "import fiona; d = fiona.supported_drivers;"
        "out = {'GDAL': fiona.__gdal_version__, 'missing': [n for n in ('ESRI Shapefile', 'GPKG',"
        " 'GeoJSON') if n not in d]}"
    ),
    "rasterio": (
        "import rasterio; from rasterio.drivers import raster_driver_extensions as r;"
        "out = {'GDAL': rasterio.__gdal_version__, 'missing': [n for n in ('GTiff',)"
        " if n not in r().values()]}"
    ),
    "geopandas": "import geopandas; out = {}",
    "folium": "import folium; out = {}",
}
# By what a font calls itself; all of them have the hanzi of GB 2312.
_CHINESE = re.compile(
    r"noto ?(sans|serif) ?(cjk|sc)|source ?han|wqy|wen ?quan ?yi|simhei|simsun|msyh|yahei|pingfang"
    r"|heiti|songti|fangsong|kaiti|deng|droid ?sans ?fallback|arphic|uming|ukai",
    re.IGNORECASE,
)
_FONT_HOMES = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
    "/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts",
    "%WINDIR%/Fonts", "%LOCALAPPDATA%/Microsoft/Windows/Fonts",
)  # fmt: skip
_ROOM = 1024**3  # bytes free in the temporary folder below which a province may not fit


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `advice` says what to do where it is not fine."""

    name: str
    state: State
    found: Text
    advice: Text | None = None

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON-able values."""
        advice = None if self.advice is None else self.advice._asdict()
        return {
            "name": self.name,
            "state": self.state,
            "found": self.found._asdict(),
            "advice": advice,
        }


def _said(name: str, state: State, found: str, advice: Text | None = None) -> Check:
    return Check(name, state, Text(found, found), advice)


def examine() -> Iterator[Check]:
    """Look at everything, one after the other; nothing that is broken raises."""
    yield _said("gisplan", "fine", f"{gisplan.__version__}  {Path(gisplan.__file__).parent}")
    yield _said("Python", "fine", f"{platform.python_version()}  {sys.executable}")
    yield _said("system", "fine", f"{platform.system()} {platform.release()} {platform.machine()}")
    yield from _dependencies()
    for name, question in _ASK.items():
        yield from _library(name, question)
    yield _fonts()
    yield from _texts()
    yield from _places()


def _requirements() -> list[tuple[str, str]]:
    """Return distribution and extra ("" for none) of what gisplan declares that it needs."""
    try:
        declared = importlib.metadata.requires("gisplan") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    out = []
    for line in declared:
        name = re.split(r"[\s<>=!~;\[(]", line, maxsplit=1)[0]
        extra = re.search(r"extra\s*==\s*[\"']([^\"']+)", line)
        out.append((name, extra.group(1) if extra else ""))
    return out


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _dependencies() -> Iterator[Check]:
    """Look whether what is declared is installed, and name the line that installs the rest."""
    needed = _requirements()
    plain = [name for name, extra in needed if not extra]
    versions = {name: _version(name) for name in plain}
    for name, version in versions.items():
        if version is None:
            line = f'pip install "{name}"'
            advice = Text(f"请运行 {line}", f"run {line}")
            yield Check(name, "broken", Text("未安装", "not installed"), advice)
        elif name not in _ASK:
            yield _said(name, "fine", version)
    extras: dict[str, list[str]] = {}
    for name, extra in needed:
        if extra and name != "gisplan":
            extras.setdefault(extra, []).append(name)
    for extra, names in sorted(extras.items()):
        missing = [name for name in names if _version(name) is None]
        line = f'pip install "gisplan[{extra}]"'
        if missing:
            found = Text(f"缺 {'、'.join(missing)}", f"without {', '.join(missing)}")
            advice = Text(f"需要时运行 {line}", f"when needed, run {line}")
            yield Check(f"[{extra}]", "note", found, advice)
        else:
            yield Check(f"[{extra}]", "fine", Text("已安装", "installed"))


def _ask(question: str) -> dict[str, object]:
    """Return what a library answers in a process of its own; "error" where it cannot."""
    code = f"import json, warnings; warnings.simplefilter('ignore'); {question}"
    code += "; print(json.dumps(out))"
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=120,
            check=False,
            env={**cleaned(os.environ), "PYTHONIOENCODING": "utf-8"},
        )
        if done.returncode == 0:
            answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
            return answer
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
        last = f"{type(error).__name__}: {error}"
    return {"error": last[:300]}


def _library(name: str, question: str) -> Iterator[Check]:
    version = _version(name)
    if version is None and _requirements():
        return  # said among the dependencies
    answer = _ask(question)
    if "error" in answer:
        line = f"pip install --force-reinstall {name}"
        advice = Text(f"无法载入，请运行 {line}", f"it cannot be loaded; run {line}")
        yield _said(name, "broken", f"{version or '?'}  {answer['error']}", advice)
        return
    parts = [version or "?", *(f"{k} {answer[k]}" for k in ("GDAL", "GEOS", "PROJ") if k in answer)]
    missing = answer.get("missing") or []
    assert isinstance(missing, list)
    if missing:
        advice = Text(
            f"缺驱动 {'、'.join(missing)}；请用 pip 的发行包",
            f"without the drivers {', '.join(missing)}; use the wheels of pip",
        )
        yield _said(name, "broken", "  ".join(parts), advice)
    else:
        yield _said(name, "fine", "  ".join(parts))
    if name == "pyproj":
        yield from _grids(answer)


def _grids(answer: dict[str, object]) -> Iterator[Check]:
    """Say whether PROJ has grids: without them Beijing 54 and Xi'an 80 stay uncertain."""
    if not answer.get("database"):
        advice = Text("请重装 pyproj", "install pyproj anew")
        yield Check("proj.db", "broken", Text("缺 proj.db", "no proj.db"), advice)
    grids = answer.get("grids") or []
    assert isinstance(grids, list)
    found = (
        Text(f"{len(grids)} 个", f"{len(grids)} of them")
        if grids
        else Text(
            "没有格网：北京54、西安80 转到 CGCS2000 只能近似，结论会说明",
            "none: Beijing 54 and Xi'an 80 reach CGCS2000 only roughly, and results say so",
        )
    )
    yield Check("PROJ grids", "fine" if grids else "note", found)


def _fonts() -> Check:
    """Look for a font with hanzi: browsers and printed reports need one."""
    names: set[str] = set()
    for home in _FONT_HOMES:
        folder = Path(os.path.expandvars(home)).expanduser()
        try:
            files = [path.name for path in folder.rglob("*") if path.suffix.lower() in _FONT_ENDS]
        except OSError:
            continue
        names.update(name for name in files if _CHINESE.search(name.replace("-", " ")))
    if names:
        return _said("fonts", "fine", ", ".join(sorted(names)[:4]))
    advice = Text(
        "请安装一种中文字体，如 apt install fonts-noto-cjk",
        "install a Chinese font, such as apt install fonts-noto-cjk",
    )
    found = Text("没有中文字体", "none with Chinese characters")
    return Check("fonts", "note", found, advice)


_FONT_ENDS = {".ttf", ".ttc", ".otf", ".otc"}


def _texts() -> Iterator[Check]:
    console = sys.stdout.encoding or "?"
    try:
        "结论㎡".encode(console)
        yield _said("console", "fine", console)
    except (UnicodeEncodeError, LookupError):
        advice = Text(
            "此终端不显示中文，可设 PYTHONIOENCODING=utf-8",
            "it shows no Chinese; set PYTHONIOENCODING=utf-8",
        )
        yield _said("console", "note", console, advice)
    yield _said("locale", "fine", str(locale.getlocale()[0] or "C"))
    files = sys.getfilesystemencoding()
    if files.lower().replace("-", "") in {"utf8", "gbk", "cp936", "gb18030"}:
        yield _said("file names", "fine", files)
    else:
        advice = Text("请设 PYTHONUTF8=1", "set PYTHONUTF8=1")
        yield _said("file names", "note", files, advice)


def _places() -> Iterator[Check]:
    """Look whether the temporary folder and the present one can be written."""
    for name, text in (("temporary", None), ("present folder", ".")):
        try:
            folder = Path(text or tempfile.gettempdir()).absolute()
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"x")
            free = shutil.disk_usage(folder).free
        except OSError as error:
            why = error.strerror or str(error)
            advice = Text("请检查权限，或设 TMPDIR", "check permissions, or set TMPDIR")
            state: State = "note" if text else "broken"
            yield Check(name, state, Text(f"不可写（{why}）", f"cannot be written ({why})"), advice)
            continue
        size = f"{free / 1024**3:.1f} GiB"
        found = Text(f"{folder}（剩 {size}）", f"{folder} ({size} free)")
        low = Text("空间很少，大数据可能放不下", "little room: large data may not fit")
        tight = free < _ROOM
        yield Check(name, "note" if tight else "fine", found, low if tight else None)
