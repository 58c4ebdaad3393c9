"""`manifest.json`: the hashes of a result and of all that it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gisplan.errors import PlanError

NAME = "manifest.json"
SCHEMA = "gisplan-manifest/1"
_LARGEST = 50_000_000  # bytes


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


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a result.

    Raises
    ------
    PlanError
        The folder has none, or none of this version.
    """
    file = folder / NAME
    try:
        if file.stat().st_size > _LARGEST:
            raise _refused(folder, "文件过大", "it is too large")
        document = json.loads(file.read_text("utf-8-sig"))
    except OSError:
        raise _refused(
            folder, "没有，或者无法打开", "it is not there, or cannot be opened"
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise _refused(folder, "不是 JSON", "it is no JSON") from None
    wanted = {"files": list, "inputs": list, "rule_set": str}
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _refused(folder, f"不是 {SCHEMA}", f"it is not of {SCHEMA}")
    if any(not isinstance(document.get(name), kind) for name, kind in wanted.items()):
        raise _refused(folder, "内容不完整", "it is not whole")
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


def _refused(folder: Path, zh: str, en: str) -> PlanError:
    return PlanError(
        f"{folder.name}/{NAME}：{zh}；请用 gisplan review 重新生成结果",
        f"{folder.name}/{NAME}: {en}; write the result again with gisplan review",
    )
