"""Reads plans one after another and says of each how it went; a crash takes only this process."""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path

from gisplan.errors import GisplanError
from gisplan.pipeline import open_plan

MEMORY = 6 * 1024**3  # bytes of address space; no mutant of a small file may need more


def read(path: Path) -> dict[str, object]:
    """Return what became of one plan."""
    try:
        plan = open_plan(path)
    except GisplanError as error:
        if not error.text.zh or not error.text.en or "\n" in error.text.zh:
            return {"end": "error", "why": f"no line for a user: {error.text}"}
        return {"end": "refused", "why": error.text.en}
    except BaseException as error:  # noqa: BLE001 - that none gets here is what is tested
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        return {"end": "error", "why": f"{type(error).__name__}: {error} ({place})"}
    layers = {
        name: {
            "read": layer.read,
            "checked": len(layer.frame),
            "aside": 0 if layer.quarantine is None else len(layer.quarantine),
            "codes": [code for code in layer.frame["code"] if code is not None],
        }
        for name, layer in plan.layers.items()
    }
    counts = {record.path: record.count for record in plan.inputs}
    notes = [[note.kind, note.layer, note.path] for note in plan.notes]
    return {"end": "read", "layers": layers, "counts": counts, "notes": notes}


def main() -> None:
    """Answer each path on a line of standard input with a line of JSON."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except ImportError:
        pass  # Windows knows no such limit
    for line in sys.stdin:
        answer = read(Path(line.rstrip("\n")))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
