"""How long `gisplan --help` takes, beside importing what the commands need. Run: make bench.

Prints medians of whole processes in one run, taken in turns. No test: machines differ.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 9
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "gisplan --help": [sys.executable, "-m", "gisplan", "--help"],
    "import geopandas, folium": [sys.executable, "-c", "import geopandas, folium"],
}


def seconds(command: list[str]) -> float:
    """Return the wall time of one process."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    for command in COMMANDS.values():
        seconds(command)  # warm
    taken = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, median in medians.items():
        print(
            f"{name:<26} {median:6.3f} s  (min {min(taken[name]):.3f}, max {max(taken[name]):.3f})"
        )
    ratio = medians["import geopandas, folium"] / medians["gisplan --help"]
    print(f"gisplan --help takes 1/{ratio:.1f} of importing what a review needs")


if __name__ == "__main__":
    main()
