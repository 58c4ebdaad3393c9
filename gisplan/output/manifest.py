"""`manifest.json`: the hashes of a result and of all that it was made from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gisplan.errors import PlanError
from gisplan.output.document import not_whole, read_document

NAME = "manifest.json"
SCHEMA = "gisplan-manifest/1"


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest_writer(made_from: Mapping[str, Any]) -> Callable[[Path], None]:
    """Return what writes the manifest: last, beside the files of the result.

    Parameters
    ----------
    made_from : mapping
        What the result was made from: versions, rule set, inputs, the plan's place.
    """

    def write(path: Path) -> None:
        files = [
            {"name": p.name, "sha256": file_hash(p), "bytes": p.stat().st_size}
            for p in sorted(path.parent.iterdir(), key=lambda p: p.name)
            if p.is_file() and p.name != NAME
        ]
        document = {"schema": SCHEMA, **made_from, "files": files}
        text = json.dumps(document, ensure_ascii=False, indent=1)
        path.write_bytes((text + "\n").encode("utf-8"))

    return write


def made_from_results(
    files: Sequence[Path], home: Path, version: str, rules: str
) -> dict[str, Any]:
    """Return what a manifest says of a result that was made from former results alone.

    Parameters
    ----------
    files : sequence of Path
        The JSON files of the former results.
    home : Path
        The folder of the new one: places are seen from it, never absolute.
    version, rules : str
        Of gisplan, and the hash of its rule set.
    """
    return {
        "gisplan": version,
        "rule_set": rules,
        "plan": None,
        "config": None,
        "config_sha256": None,
        "inputs": [],
        "results": [
            {"name": f"{file.parent.name}/{file.name}", "path": seen_from(home, file),
             "sha256": file_hash(file)}
            for file in sorted(file.resolve() for file in files)
        ],
    }  # fmt: skip


def seen_from(home: Path, path: Path | None) -> str | None:
    """Return where a file is, seen from the folder of a result; None where no way leads there."""
    if path is None:
        return None
    try:
        return Path(os.path.relpath(path.resolve(), home.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return None


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a result.

    Raises
    ------
    PlanError
        The folder has none, or none of this version.
    """
    file = folder / NAME
    document = read_document(
        file,
        SCHEMA,
        "请用 gisplan review 重新生成结果",
        "write the result again with gisplan review",
    )
    wanted = {"files": list, "inputs": list, "rule_set": str}
    if any(not isinstance(document.get(name), kind) for name, kind in wanted.items()):
        raise not_whole(file)
    return document


def is_untouched(folder: Path, name: str) -> bool:
    """Return whether a file of a result is as written, and no replies of people were in it then."""
    try:
        manifest = read_manifest(folder)
        entry = next((e for e in manifest["files"] if e["name"] == name), None)
        return (
            manifest.get("replies") == 0
            and entry is not None
            and entry["sha256"] == file_hash(folder / name)
        )
    except (PlanError, OSError, KeyError, TypeError):
        return False
