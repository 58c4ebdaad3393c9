"""The web map beside plain `folium.GeoJson` on the same layer, in one run. Run: make bench.

A mesh of units with code, name, verdict and area, as a dossier has them after a review. For each
map, in a process of its own: how long it takes to build and write, and how large the file is;
then in headless Chromium, without a network: until it is painted, the median frame while it is
panned, and the JavaScript heap. No test: machines differ; ratios of one run are what counts.

The peer is as folium makes it without options (SVG), styled by verdict and with a tooltip. For the
browser its page is made again with Leaflet inlined, since it would ask a network for it;
what is timed and weighed is the page as folium makes it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.big_layer import SEED, _names, rings
from tests.benchmarks.page import write_section

HEAD = "## Web map"
NOTE = """Written by `tests/benchmarks/web_map.py --page`. Units of 8 vertices in a mesh, with code,
name, verdict and area; the peer is `folium.GeoJson` without options (SVG), with style and tooltip,
in a page with nothing else. Build is wall seconds (CPU seconds) without imports; painted is from
the address to the last tile; frame is the median while panning; memory is the JavaScript heap with
its buffers. The machine was busy with other work: the ratios of one run count, not the seconds."""
VERDICTS = ("blocked", "undetermined", "conditional", "clear", "clear", "clear", "clear")
COLOURS = {"blocked": "#b3261e", "conditional": "#e08a00", "clear": "#2f9e44"}
PAINTED = """() => {
  const tiles = [...document.querySelectorAll(".gp-grid canvas")];
  const loaded = (tile) => tile.classList.contains("leaflet-tile-loaded");
  return !document.getElementById("gisplan-page")
    || (document.body.dataset.ready && tiles.every(loaded));
}"""
FRAMES = """() => new Promise((resolve) => {
  const map = Object.values(window).find((it) => it instanceof L.Map);
  const taken = [];
  let before = performance.now();
  const step = (now) => {
    taken.push(now - before);
    before = now;
    if (taken.length > 60) return resolve(taken.slice(1).sort((a, b) => a - b)[30]);
    map.panBy([12, 5], { animate: false });
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def layer(count: int) -> dict[str, Any]:
    """Return shapes in EPSG:4529, names and areas of units."""
    import shapely

    rng = np.random.default_rng([SEED, count])
    shapes = shapely.polygons(rings(count, 9, rng))
    names = [name.decode("gbk") for name in _names(count, "更新单元", rng).tolist()]
    return {"shapes": shapes, "names": names, "area": np.round(shapely.area(shapes), 2)}


def build_ours(data: dict[str, Any], path: Path) -> dict[str, float]:
    """Write our map of the layer, and measure it."""
    from gisplan.render.webmap.map import write_map
    from gisplan.testing.many_units import many_units

    def dossier(count: int) -> Any:
        few = {key: values[:count] for key, values in data.items()}
        return many_units(few["shapes"], VERDICTS, few["names"], few["area"], "EPSG:4529")

    write_map(dossier(10), path, mode="packed")  # imports and caches
    whole = dossier(len(data["names"]))
    return timed(lambda: write_map(whole, path, "zh"))


def build_peer(data: dict[str, Any], path: Path) -> dict[str, float]:
    """Write the peer's map of the layer, and measure it; for the browser once more, inlined."""
    import folium
    import geopandas

    from gisplan.render.webmap.map import PlanMap

    code = [f"210102-GX{number:07d}" for number in range(len(data["names"]))]
    verdict = np.resize(VERDICTS, len(code))
    table = {"code": code, "name": data["names"], "verdict": verdict, "area": data["area"]}
    frame = geopandas.GeoDataFrame(table, geometry=data["shapes"], crs="EPSG:4529")

    def add_to(plan_map: Any) -> Any:
        shown = frame.to_crs("EPSG:4326")
        folium.GeoJson(
            shown,
            style_function=lambda feature: {
                "fillColor": COLOURS.get(feature["properties"]["verdict"], "#777777"),
                "color": "#333333",
                "weight": 1,
                "fillOpacity": 0.3,
            },
            tooltip=folium.GeoJsonTooltip(["code", "name", "verdict", "area"]),
        ).add_to(plan_map)
        west, south, east, north = shown.total_bounds
        plan_map.fit_bounds([[south, west], [north, east]])
        return plan_map

    taken = timed(lambda: add_to(folium.Map(tiles=None)).save(path))
    inlined = PlanMap("peer")
    add_to(inlined).save(path.with_suffix(".offline.html"))
    return taken


def timed(work: Any) -> dict[str, float]:
    """Return wall and CPU seconds of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def open_page(path: Path) -> dict[str, float]:
    """Open a page in Chromium without a network, and measure it."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
    arguments += ["--enable-precise-memory-info"]
    with sync_playwright() as driver:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=program, args=arguments)
        page = browser.new_page(viewport={"width": 1360, "height": 860})
        page.set_default_timeout(600_000)
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_function(PAINTED, polling=20)
        page.evaluate(TWO_FRAMES)
        painted = time.perf_counter() - start
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        frame = page.evaluate(FRAMES)
        browser.close()
    return {"painted": painted, "frame": frame, "heap": heap}


def run_one(which: str, count: int, path: Path) -> dict[str, float]:
    """Build one map in this process."""
    build = build_peer if which == "peer" else build_ours
    return {**build(layer(count), path), "size": path.stat().st_size / 1e6}


def measure(which: str, count: int, home: Path, runs: int) -> dict[str, float]:
    """Build a map in processes of their own and open it; medians of the runs."""
    path = home / f"{which}-{count}.html"
    found = []
    for _ in range(runs):
        command = [sys.executable, __file__, "--one", which, str(count), str(path)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        shown = path.with_suffix(".offline.html") if which == "peer" else path
        found.append({**json.loads(done.stdout), **open_page(shown)})
    return {key: float(np.median([one[key] for one in found])) for key in found[0]}


def table(counts: list[int], options: argparse.Namespace, home: Path) -> list[str]:
    """Return a table of all counts, in Markdown."""
    lines = [
        "| units | map | file MB | build s (CPU) | painted s | frame ms | memory MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for count in counts:
        maps = ("ours", "peer") if count <= options.peer_up_to else ("ours",)
        found = {which: measure(which, count, home, options.runs) for which in maps}
        for which, m in found.items():
            lines.append(
                f"| {count:,} | {'gisplan' if which == 'ours' else 'folium.GeoJson'} | "
                f"{m['size']:.2f} | {m['wall']:.2f} ({m['cpu']:.2f}) | {m['painted']:.2f} | "
                f"{m['frame']:.0f} | {m['heap']:.0f} |"
            )
        if "peer" in found:
            keys = ("size", "wall", "cpu", "painted", "frame", "heap")
            size, wall, cpu, *rest = (found["peer"][k] / found["ours"][k] for k in keys)
            painted, frame, heap = rest
            lines.append(
                f"| | peer / ours | {size:.1f} | {wall:.1f} ({cpu:.1f}) | {painted:.1f} | "
                f"{frame:.1f} | {heap:.1f} |"
            )
    return lines


def main() -> None:
    """Parse the options and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--peer-up-to", type=int, default=10_000, help="beyond, the peer is left")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--page", type=Path, help="page of Markdown whose section is renewed")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        which, count, path = options.one
        print(json.dumps(run_one(which, int(count), Path(path))))
        return
    with tempfile.TemporaryDirectory(prefix="gisplan-bench-") as home:
        lines = table(options.counts, options, Path(home))
    run = (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {options.runs} runs, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    text = "\n".join([NOTE, "", run, "", *lines])
    print(text)
    if options.page:
        write_section(options.page, HEAD, text)


if __name__ == "__main__":
    main()
