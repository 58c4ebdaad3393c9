"""Reads mutants by the ten thousand: `python tests/fuzz/long_run.py 10000 [first] [keep]`.

Prints how they ended and every promise that was broken; exits with 1 where there is one.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from harness import Reader, run


def main() -> int:
    """Run, print, and return the exit status."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    keep = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    names = sys.argv[4].split(",") if len(sys.argv) > 4 else None
    began = time.monotonic()
    reader = Reader()
    try:
        ends, broken = run(reader, range(first, first + count), names, keep)
    finally:
        reader.close()
    for end, number in sorted(ends.items()):
        print(f"{number:6d} {end}")
    for line in broken:
        print(line)
    print(f"{count} mutants, {len(broken)} broken promises, {time.monotonic() - began:.0f} s")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
