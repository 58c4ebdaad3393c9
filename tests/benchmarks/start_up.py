"""How long a start takes: `gisplan --help` and `gisplan check` on the sample. Run: make bench.

Prints medians of whole processes in one run, taken in turns, beside importing what the commands
need; `--page` renews the section of a page. No test: machines differ.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.page import write_section

HEAD = "## Start-up"
NOTE = """Written by `tests/benchmarks/start_up.py --page`: whole processes, taken in turns, their
files in the machine's cache. Targets: `gisplan --help` in 0.3 s, `gisplan check` on the sample in
3 s."""
RUNS = 9
SAMPLE = Path(__file__).resolve().parents[2] / "layers" / "sample"
GISPLAN = [sys.executable, "-m", "gisplan"]
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "gisplan --help": [*GISPLAN, "--help"],
    "import geopandas, folium": [sys.executable, "-c", "import geopandas, folium"],
    "gisplan check layers/sample": [*GISPLAN, "check", os.fspath(SAMPLE), "--quiet"],
}


def seconds(command: list[str]) -> float:
    """Return the wall time of one process."""
    began = time.perf_counter()
    subprocess.run(command, check=False, capture_output=True)  # the sample has findings: status 2
    return time.perf_counter() - began


def table() -> list[str]:
    """Return the lines of the table."""
    for command in COMMANDS.values():
        seconds(command)  # warm
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    lines = ["| command | median s | min | max |", "|---|---|---|---|"]
    for name, times in taken.items():
        middle = statistics.median(times)
        lines.append(f"| `{name}` | {middle:.2f} | {min(times):.2f} | {max(times):.2f} |")
    return lines


def main() -> None:
    """Print the table, and write it into a page where one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, help="page of Markdown whose section is renewed")
    page = parser.parse_args().page
    lines = table()
    run = f"{os.cpu_count()} cores, {RUNS} runs, load {os.getloadavg()[0]:.1f} at the end"
    text = "\n".join([NOTE, "", run, "", *lines])
    print(text)
    if page:
        write_section(page, HEAD, text)


if __name__ == "__main__":
    main()
