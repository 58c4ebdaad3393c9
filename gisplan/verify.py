"""Checks a result again: are its files as written, and what it was made from as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gisplan
from gisplan.catalogue.ruleset import rule_set
from gisplan.errors import GisplanError
from gisplan.model import Text
from gisplan.output.manifest import file_hash, read_manifest
from gisplan.read.plan import read_plan
from gisplan.surroundings import clean_environment

SAME, CHANGED, MISSING, UNKNOWN = "same", "changed", "missing", "unknown"


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing of a result and its state.

    `what` is file, input, config, rule_set, version, or result: a former one it was made from.
    """

    what: str
    name: str
    state: str  # same | changed | missing | unknown
    why: Text | None = None


def verify(folder: Path, plan: Path | None = None) -> list[Checked]:
    """Return what became of a result and of its inputs since it was written.

    Parameters
    ----------
    folder : Path
        The result, with its manifest.
    plan : Path, optional
        Where the plan is now; else where it was, seen from the result.

    Returns
    -------
    list of Checked
        Files, rule set, version, former results, gisplan.toml and inputs. Inputs are unknown where
        the plan cannot be read.

    Raises
    ------
    PlanError
        The result has no manifest that can be read.
    """
    manifest = read_manifest(folder)
    checked = [_file(folder, entry) for entry in manifest["files"]]
    now = rule_set()
    checked.append(
        Checked("rule_set", manifest["rule_set"][:16], _state(manifest["rule_set"], now))
    )
    version = str(manifest.get("gisplan", ""))
    checked.append(Checked("version", version, _state(version, gisplan.__version__)))
    checked += [_result(folder, entry) for entry in manifest.get("results", ())]
    return checked + _inputs(folder, manifest, plan)


def _state(then: object, now: object) -> str:
    return SAME if then == now else CHANGED


def _file(folder: Path, entry: Mapping[str, Any]) -> Checked:
    name = str(entry.get("name", ""))
    path = folder / Path(name).name  # a manifest names nothing outside
    return _hashed("file", name, path, entry)


def _result(folder: Path, entry: Mapping[str, Any]) -> Checked:
    """Return the state of a former result that this one was made from, where it was then."""
    name, where = str(entry.get("name", "")), entry.get("path")
    if not isinstance(where, str):
        why = Text("不知道它在哪里", "where it is, is not known")
        return Checked("result", name, UNKNOWN, why)
    return _hashed("result", name, folder / where, entry)


def _hashed(what: str, name: str, path: Path, entry: Mapping[str, Any]) -> Checked:
    if not path.is_file():
        return Checked(what, name, MISSING)
    try:
        return Checked(what, name, _state(entry.get("sha256"), file_hash(path)))
    except OSError as error:
        reason = error.strerror or str(error)
        return Checked(what, name, UNKNOWN, Text(reason, reason))


def _inputs(folder: Path, manifest: Mapping[str, Any], plan: Path | None) -> list[Checked]:
    then = [(str(e["path"]), str(e["layer"]), str(e["sha256"])) for e in manifest["inputs"]]
    where = manifest.get("plan")
    if plan is None and not isinstance(where, str):
        why = Text(
            "不知道规划在哪里，请用 --plan 指明", "where the plan is, is not known; say --plan"
        )
        return [Checked("input", path, UNKNOWN, why) for path, _, _ in then]
    at = plan if plan is not None else folder / str(where)
    settings = manifest.get("config")
    config = None
    if plan is None and isinstance(settings, str):
        config = folder / settings
    try:
        with clean_environment():
            read, raws, _ = read_plan(at, config, lambda name: None, None)
    except GisplanError as error:
        return [Checked("input", path, UNKNOWN, error.text) for path, _, _ in then]
    now = {(raw.record.path, raw.record.layer): raw.record.sha256 for raw in raws}
    checked = [
        Checked("input", path, _state(sha, now[path, layer]))
        if (path, layer) in now
        else Checked("input", path, MISSING)
        for path, layer, sha in then
    ]
    known = {(path, layer) for path, layer, _ in then}
    checked += [
        Checked("input", path, CHANGED, Text("结果之后新增", "new since the result"))
        for path, layer in sorted(set(now) - known)
    ]
    stated = manifest.get("config_sha256")
    if read.file is not None or stated is not None:
        hashed = None if read.file is None else file_hash(read.file)
        checked.append(Checked("config", "gisplan.toml", _state(stated, hashed)))
    return checked


def exit_status(checked: list[Checked]) -> int:
    """Return 0 where all is as it was, 1 where something changed, 2 where it cannot be told."""
    states = {one.state for one in checked}
    if UNKNOWN in states:
        return 2
    return int(bool(states & {CHANGED, MISSING}))
