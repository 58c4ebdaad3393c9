"""Writes the tables of a run into `docs/benchmarks.md`, between two marks; the rest stays."""

from __future__ import annotations

import itertools
import json
import math
import statistics
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
OURS = "gisplan"
JOBS = {
    "J1": "J1: overlaps within the layer, with areas",
    "J2": "J2: gaps in each district",
    "J3": "J3: what lies outside the declared district",
    "J1+J2+J3": "J1+J2+J3: the three together",
    "J4": "J4: unit × heritage zone, with areas",
    "J5": "J5: heritage points within 50 m of buildings",
    "J6": "J6: reading a shapefile of GBK text, 25 vertices a feature",
    "J7": "J7: ellipsoidal areas",
    "review": "`gisplan review`: files to files, without PDF",
}


class Target(NamedTuple):
    """A bound on a ratio of CPU seconds to a peer, or on CPU seconds, or on memory."""

    job: str
    size: int
    what: str  # a peer, "CPU s", "wall s", "GB", "error" or "growth"
    bound: float


TARGETS = (
    Target("J1+J2+J3", 100_000, "geopandas", 20),
    Target("J1+J2+J3", 100_000, "DuckDB", 15),
    Target("J1+J2+J3", 100_000, "PostGIS", 25),
    Target("J1", 100_000, "geopandas", 20),
    Target("J4", 100_000, "geopandas", 3.5),
    Target("J4", 100_000, "DuckDB", 5),
    Target("J5", 100_000, "shapely", 1 / 1.2),
    Target("J6", 100_000, "pyogrio", 1 / 1.1),
    Target("J7", 100_000, "pyproj.Geod", 10),
    Target("J7", 100_000, "error", 1e-6),
    Target("J1+J2+J3", 1_000_000, "CPU s", 12),
    Target("J1+J2+J3", 1_000_000, "GB", 3),
    Target("review", 100_000, "CPU s", 25),
    Target("review", 100_000, "GB", 2),
    Target("review", 1_000_000, "wall s", 240),
    Target("review", 1_000_000, "GB", 8),
)
GROWTH = 1.1
COLUMNS = (
    "units",
    "engine",
    "CPU s",
    "wall s",
    "CPU ÷ gisplan's",
    "peak GB (before)",
    "missing",
    "extra",
    "largest area error",
)
Key = tuple[int, float, str, str]  # size, junctions, job, engine


def show(line: dict[str, Any]) -> str:
    """Return a run as a line for the terminal."""
    head = f"{line['size']:>9,} {line['job']:<9} {line['engine']:<25}"
    if "failed" in line:
        return f"{head} {line['failed']}"
    text = (
        f"{head} CPU {line['cpu']:8.2f} s  wall {line['wall']:8.2f} s  peak {line['peak']:.2f} GB"
    )
    if "missing" in line:
        text += f"  missing {line['missing']} extra {line['extra']} error {line['error']:.0e}"
    return text


def medians(lines: Iterable[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """Return for each job and engine the medians of its runs, and the worst score."""
    runs: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        runs[line["size"], line["junctions"], line["job"], line["engine"]].append(line)
    out = {}
    for key, several in runs.items():
        failed = [run["failed"] for run in several if "failed" in run]
        if failed:
            out[key] = {"failed": failed[0]}
            continue
        middle = {
            name: statistics.median(run[name] for run in several)
            for name in ("cpu", "wall", "before", "peak")
        }
        worst = {
            name: max(run[name] for run in several)
            for name in ("missing", "extra", "error")
            if all(name in run for run in several)
        }
        out[key] = {**middle, **worst, "runs": len(several)}
    return out


def table(found: dict[Key, dict[str, Any]], job: str) -> list[str]:
    """Return the table of a job, in Markdown."""
    lines = [
        f"### {JOBS[job]}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|" + "---|" * len(COLUMNS),
    ]
    for (size, junctions, _, engine), row in found.items():
        units = f"{size:,}" + (f", {junctions:.0%} with T-junctions" if junctions else "")
        if "failed" in row:
            lines.append(f"| {units} | {engine} | {row['failed']} | | | | | | |")
            continue
        ours = found.get((size, junctions, job, OURS), {}).get("cpu")
        ratio = f"{row['cpu'] / ours:.2f}" if ours else "–"
        score = [str(row.get("missing", "–")), str(row.get("extra", "–"))]
        error = f"{row['error']:.0e}" if "error" in row and job not in ("J5", "J6") else "–"
        lines.append(
            f"| {units} | {engine} | {row['cpu']:.2f} | {row['wall']:.2f} | {ratio} "
            f"| {row['peak']:.2f} ({row['before']:.2f}) | {' | '.join(score)} | {error} |"
        )
    return [*lines, ""]


def judge(target: Target, found: dict[Key, dict[str, Any]]) -> tuple[str, str]:
    """Return what was measured for a target, and whether it is met."""
    ours = found.get((target.size, 0.0, target.job, OURS), {})
    if "cpu" not in ours:
        return "–", "not measured"
    names = {"CPU s": "cpu", "wall s": "wall", "GB": "peak", "error": "error"}
    if target.what in names:
        value = ours[names[target.what]]
        met = value <= target.bound
        shown = f"{value:.0e}" if target.what == "error" else f"{value:.2f} {target.what}"
        return shown, "met" if met else "shortfall"
    peer = found.get((target.size, 0.0, target.job, target.what), {})
    if "cpu" not in peer:
        return peer.get("failed", "–"), "not measured"
    ratio = peer["cpu"] / ours["cpu"]
    return f"{ratio:.2f}×", "met" if ratio >= target.bound else "shortfall"


def growth(found: dict[Key, dict[str, Any]]) -> list[str]:
    """Return exponents of the CPU seconds of gisplan in the number of units, as table lines."""
    lines = ["| job | from | to | exponent | |", "|---|---|---|---|---|"]
    for job in JOBS:
        sizes = sorted(
            (size, row["cpu"])
            for (size, junctions, name, engine), row in found.items()
            if name == job and engine == OURS and not junctions and row.get("cpu")
        )
        for (small, short), (large, long) in itertools.pairwise(sizes):
            power = math.log(long / short) / math.log(large / small)
            met = "met" if power <= GROWTH else "shortfall"
            lines.append(f"| {job} | {small:,} | {large:,} | {power:.2f} | {met} |")
    return [*lines, ""]


def targets(found: dict[Key, dict[str, Any]]) -> list[str]:
    """Return the table of targets."""
    lines = ["| job | units | target | measured | |", "|---|---|---|---|---|"]
    for target in TARGETS:
        value, verdict = judge(target, found)
        if target.what in ("CPU s", "wall s", "GB"):
            asked = f"≤ {target.bound:g} {target.what}"
        elif target.what == "error":
            asked = f"largest relative error ≤ {target.bound:g}"
        elif target.bound < 1:
            asked = f"within {1 / target.bound:.1f}× of {target.what}"
        else:
            asked = f"≥ {target.bound:g}× less CPU than {target.what}"
        lines.append(f"| {target.job} | {target.size:,} | {asked} | {value} | {verdict} |")
    wrong = [
        f"{job} at {size:,}"
        for (size, _, job, engine), row in found.items()
        if engine == OURS and row.get("missing", 0) + row.get("extra", 0)
    ]
    told = ", ".join(wrong) or "0 missing, 0 extra in every run that was scored"
    verdict = "shortfall" if wrong else "met"
    return [*lines, f"| all | all | gisplan: 0 missing, 0 extra | {told} | {verdict} |", ""]


def tables(lines: list[dict[str, Any]]) -> str:
    """Return all that a run tells, in Markdown."""
    found = dict(sorted(medians(lines).items(), key=lambda item: item[0][:2]))
    last = lines[-1]
    dates = sorted({line["date"] for line in lines})
    versions = ", ".join(f"{name} {number}" for name, number in last["versions"].items())
    runs = sorted({row["runs"] for row in found.values() if "runs" in row})
    told = " or ".join(map(str, runs))
    when = " to ".join(dict.fromkeys((dates[0], dates[-1])))
    where = f"{last['cores']} cores, {last['system']}; {versions}"
    out = [
        f"{when}, {where}. Runs of each, in turns, of which the median counts: {told}.",
        "",
        "### Targets",
        "",
        *targets(found),
        "### Growth",
        "",
        *growth(found),
    ]
    for job in JOBS:
        rows = {key: row for key, row in found.items() if key[2] == job}
        if rows:
            out += table(rows, job)
    return "\n".join(out).rstrip()


def write_page(page: Path, results: Path) -> None:
    """Put the tables between the marks of a page."""
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise SystemExit(f"{page}: no marks {BEGIN} and {END} to put the tables between")
    page.write_text(f"{before}{BEGIN}\n\n{tables(lines)}\n\n{END}{after}", encoding="utf-8")


def write_section(page: Path, head: str, text: str) -> None:
    """Put a section at the end of a page, or in place of the one of that head."""
    before, _, after = page.read_text("utf-8").partition(f"\n{head}\n")
    _, next_head, rest = after.partition("\n## ")
    page.write_text(f"{before.rstrip()}\n\n{head}\n\n{text}\n{next_head}{rest}", "utf-8")
