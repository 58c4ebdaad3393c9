"""What the rules are, as one hash: two results with the same were judged by the same rules."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from gisplan.catalogue.home import layers_home

_PACKAGE = Path(__file__).parents[1]
_JUDGING = ("rules", "measure", "catalogue", "findings", "normalise")


@cache
def rule_set() -> str:
    """Return the SHA-256 of the declarations and of the code that measures and judges.

    The sample is none of them. Line ends do not count: a checkout may change them.
    """
    home = layers_home()
    declared = [p for p in home.rglob("*") if p.suffix in {".toml", ".csv"}]
    files = [(f"layers/{p.relative_to(home).as_posix()}", p) for p in declared
             if p.relative_to(home).parts[0] not in {"sample", "sample_outcomes.toml"}]  # fmt: skip
    for name in _JUDGING:
        folder = _PACKAGE / name
        files += [(p.relative_to(_PACKAGE).as_posix(), p) for p in folder.rglob("*.py")]
    total = hashlib.sha256()
    for name, path in sorted(files):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
