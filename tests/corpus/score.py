"""Judges a run: into one class of reliability.md, with the reason."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.corpus.base import VERDICTS
from tests.corpus.case import CHECK, TOKEN
from tests.corpus.run import HUNG, Ran

GOOD = ("right", "told")
BAD = (
    "vague", "missed", "silently wrong", "silently lost", "refused though sound", "false alarm",
    "breach", "hang", "crash",
)  # fmt: skip
OLD = b"the former result"
RESULT = {"findings.json", "findings.gpkg", "findings.xlsx", "report.html", "map.html"}
FORGED = "^错误：伪造"  # what some names of the corpus would print as a line of its own
CLASSES = (*GOOD, *BAD)
# Strictest first; undetermined may stand for anything but a block that was proved.
_WEIGHT = {"clear": 0, "conditional": 1, "undetermined": 2, "blocked": 2}
_LEAK = re.compile(
    r"Traceback \(most recent call last\)|UnicodeDecodeError|codec can't decode|"
    r"File \"[^\"]+\", line \d+|Segmentation fault|\b[A-Za-z]+(Error|Exception|Warning): |内部错误"
)
_OF_FILES = {f"SRC{n}" for n in (101, 102, 104, 105, 106, 107, 109, 110)}
_KEYS = ("code", "severity", "ruling", "layer", "feature", "related_layer", "related")


@dataclass(frozen=True)
class Score:
    """The class of a run, and why."""

    ran: Ran
    name: str
    why: str = ""

    @property
    def good(self) -> bool:
        """Whether an honest tool could have done this."""
        return self.name in GOOD


def score(ran: Ran, base: Mapping[str, Any]) -> Score:
    """Return the class of a run; `base` is the findings.json of the sound plan."""
    for judge in (_crashed, _breached, _judged):
        found = judge(ran, base)
        if found is not None:
            return Score(ran, *found)
    raise AssertionError("the last judge always says something")


Found = tuple[str, str]


def _crashed(ran: Ran, _base: Mapping[str, Any]) -> Found | None:
    expect = ran.case.expect
    if ran.status == HUNG:
        return "hang", f"not done after {ran.case.limit:.0f} s"
    if ran.status not in (0, 1, 2) and expect.how != "whole":
        return "crash", f"exit status {ran.status}"
    for text in (ran.err, ran.out):
        leak = _LEAK.search(text)
        if leak:
            return "crash", leak.group()
    return None


def _breached(ran: Ran, _base: Mapping[str, Any]) -> Found | None:
    if ran.connected:
        return "breach", "a connection was opened"
    changed = ran.changed
    if ran.case.expect.how == "whole":  # what was cut off leaves a lock and unpacked copies
        changed = tuple(name for name in changed if name.startswith(("plan", "outside", "marker")))
    if changed:
        return "breach", f"written or left behind: {', '.join(changed[:5])}"
    for text in (ran.out, ran.err):
        if "\x1b" in text or "\x9b" in text:
            return "breach", "control characters reach the terminal"
        if re.search(FORGED, text, re.MULTILINE):
            return "breach", "a name forges a line of ours"
    for name, content in _written(ran):
        if TOKEN.encode() in content:
            return "breach", f"{name} holds what lies outside the plan"
        if name.endswith(".html"):
            page = content.decode("utf-8", "replace")
            for payload in ran.case.payload:
                if payload in page:
                    return "breach", f"{name} holds {payload[:60]} as it is"
        if "xl/worksheets/" in name and b"<f>" in content:
            return "breach", f"{name} holds a formula"
        if name.endswith(".csv") or (name == "stdout" and "csv" in ran.case.command):
            cell = _formula(content.decode("utf-8-sig", "replace"))
            if cell:
                return "breach", f"{name} holds the formula {cell[:60]}"
    return None


def _written(ran: Ran) -> Iterator[tuple[str, bytes]]:
    """Go through all that a run wrote; workbooks are opened."""
    for name in ("stdout", "stderr"):
        yield name, (ran.home / name).read_bytes()
    for path in sorted(ran.result.rglob("*") if ran.result.is_dir() else [ran.result]):
        if not path.is_file():
            continue
        yield path.name, path.read_bytes()
        if path.suffix == ".xlsx" and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                for member in book.namelist():
                    yield f"{path.name}!{member}", book.read(member)


def _formula(text: str) -> str | None:
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            if cell[:1] in "=+-@\t\r" and cell[:1] and not re.fullmatch(r"[+-]?[\d.]+", cell):
                return cell
    return None


def document(ran: Ran) -> dict[str, Any] | None:
    """Return the findings.json of a run, None where it wrote none."""
    path = ran.result / "findings.json"
    if path.is_file():
        loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return loaded
    return None


def last_line(ran: Ran) -> str:
    """Return the last line of a run's errors."""
    return (ran.err.strip().splitlines() or [""])[-1]


def _judged(ran: Ran, base: Mapping[str, Any]) -> Found:
    if ran.case.expect.how == "whole":
        return _whole(ran)
    if ran.case.command[0] != "review" and ran.case.command != CHECK:
        return _answered(ran)
    found = document(ran)
    if found is None:
        return _refused(ran)
    crashed = [rule["code"] for rule in found["rules"] if rule["outcome"] == "crashed"]
    if crashed:
        return "crash", f"rules crashed: {', '.join(crashed)}"
    return _dishonest(ran, found) or _compared(ran, found, base)


def _whole(ran: Ran) -> Found:
    """Judge a run that was cut off: the result is the former one or the new one, never a mix."""
    files = {path.name: path.read_bytes() for path in ran.result.glob("[!.]*")}
    old = {name for name, content in files.items() if content == OLD}
    if set(files) < RESULT or (old and old != set(files)):
        return "silently wrong", f"{len(files)} files, {len(old)} of them of the former result"
    if not old:
        json.loads(files["findings.json"])
    return "right", ""


def _answered(ran: Ran) -> Found:
    """Judge a command that writes no findings: it says what it is asked, or why it cannot."""
    expect = ran.case.expect
    said = ran.out + ran.err
    if expect.file and expect.file not in said:
        return "vague", f"{expect.file} is not named"
    for code in expect.codes:
        if code not in ("fatal", "notice") and code not in said:
            return "missed", f"{code} is not in what it says"
    if "fatal" in expect.codes and ran.status != 2:
        return "missed", f"exit status {ran.status}"
    if expect.how == "right":
        return ("right", "") if ran.status < 2 else ("refused though sound", last_line(ran))
    return "told", last_line(ran)


def _refused(ran: Ran) -> Found:
    """Judge a run that wrote no result: one line that names the file and says what to do."""
    expect, line = ran.case.expect, last_line(ran)
    if ran.status != 2:
        return "silently lost", f"no result, exit status {ran.status}"
    if "fatal" not in expect.codes:
        return "refused though sound", line
    if expect.file and expect.file not in line:
        return "vague", f"{expect.file} is not named: {line}"
    if len(line) < 12:
        return "vague", line
    return "told", line


def _dishonest(ran: Ran, found: Mapping[str, Any]) -> Found | None:
    """Judge what may never be, whatever the case: accounts that do not close, a wrong status."""
    for layer in found["layers"]:
        if layer["read"] != layer["checked"] + layer["quarantined"]:
            return "silently lost", f"the account of {layer['layer']} does not close"
    unread = {
        (one["layer"], one["feature"]) for one in found["findings"] if one["code"] == "SRC101"
    }
    aside = sum(layer["quarantined"] for layer in found["layers"])
    if (aside or unread) and ran.status != 2:
        return "silently wrong", f"exit status {ran.status}, though {aside} were set aside"
    errors = [one for one in found["findings"] if one["severity"] == "error"]
    if errors and ran.status == 0:
        return "silently wrong", "exit status 0 with errors"
    read = {layer["layer"]: layer["read"] for layer in found["layers"]}
    expect = ran.case.expect
    for layer, count in {**ran.records, **expect.records}.items():
        if read.get(layer, 0) != count and not _said_lost(found, layer, expect.file):
            return "silently lost", f"{layer}: {count} put in, {read.get(layer, 0)} read"
    return None


def _said_lost(found: Mapping[str, Any], layer: str, file: str | None) -> bool:
    """Return whether a finding says that a layer, or the damaged file, was not read whole."""
    codes = {"SRC101", "SRC104", "SRC109", "SRC110", "SCH101"}
    return any(
        one["code"] in codes
        and (
            layer in (one["layer"], one["feature"])
            or (not one["layer"] and file and file in one["feature"])
        )
        for one in found["findings"]
    ) or any(
        file and file in one["path"] and one["layer"] in ("", layer)
        for one in found["accounts"]["left_out"]
    )


def _compared(ran: Ran, found: Mapping[str, Any], base: Mapping[str, Any]) -> Found:
    expect = ran.case.expect
    if expect.how == "either":
        same = _same(ran, found, base)
        if same[0] == "right":
            return same
    lenient = _too_lenient(ran, found)
    if expect.how == "right":
        return ("silently wrong", lenient) if lenient else _same(ran, found, base)
    said = _said(ran, found)
    if lenient and (said is None or said[0] == "told"):
        return "silently wrong", lenient
    return said or ("missed", _codes(found))


def _too_lenient(ran: Ran, found: Mapping[str, Any]) -> str | None:
    """Return which verdict is kinder than it may be."""
    expect = ran.case.expect
    given = {row["unit"]: row["verdict"] for row in found["verdicts"]}
    for unit, sound in VERDICTS.items():
        wanted = expect.verdicts.get(unit, sound)
        if wanted is None:
            continue
        if unit not in given:
            if not any(one["code"] in ("SRC101", "SRC104") for one in found["findings"]):
                return f"{unit} has no verdict"
            continue
        if _WEIGHT[given[unit]] < _WEIGHT[wanted]:
            return f"{unit} is {given[unit]}, not {wanted}"
        if unit in expect.doubt and given[unit] == "clear":
            return f"{unit} is clear, though what it rests on is damaged"
    return None


def _codes(found: Mapping[str, Any]) -> str:
    told = sorted({(one["code"], one["layer"], one["feature"]) for one in found["findings"]})
    return "; ".join(" ".join(map(str, one)) for one in told if not one[0].startswith("HER"))


def _said(ran: Ran, found: Mapping[str, Any]) -> Found | None:
    """Return "told", or "vague" where the code is there but not the place; None: nothing said."""
    expect = ran.case.expect
    texts = []
    if "notice" in expect.codes:
        texts += [text["zh"] for text in found["notices"]]
        texts += [f"{one['path']} {one['reason']['zh']}" for one in found["accounts"]["left_out"]]
    if "why" in expect.codes:
        texts += [text["zh"] for row in found["verdicts"] for text in row["why"]]
    for text in texts:
        if expect.file and expect.file in text:
            return "told", text
    if "fatal" in expect.codes and ran.status == 2 and last_line(ran).startswith("错误："):
        return "told", last_line(ran)
    coded = [one for one in found["findings"] if one["code"] in expect.codes]
    if not coded:
        return None
    fitting = [one for one in coded if _names(one, ran)]
    if not fitting:
        return "vague", "; ".join(f"{o['code']} {o['layer']} {o['feature']}" for o in coded)
    line = last_line(ran)
    if ran.status == 2:
        named = expect.file is None or expect.file in line
        if not named or not line.startswith("未能完整判定："):
            return "vague", f"last line: {line}"
    return "told", line if ran.status == 2 else fitting[0]["message"]["zh"]


def _names(one: Mapping[str, Any], ran: Ran) -> bool:
    expect = ran.case.expect
    place = " ".join([*(str(one[key]) for key in _KEYS[3:]), one["message"]["zh"]])
    if expect.layer and expect.layer not in (one["layer"], one["feature"], one["related_layer"]):
        return False
    if expect.feature:
        return expect.feature in place
    # A finding about a file names it; one about a feature names layer and feature.
    of_feature = one["code"] not in _OF_FILES and bool(expect.layer and one["feature"])
    return not expect.file or expect.file in place or of_feature


def _same(ran: Ran, found: Mapping[str, Any], base: Mapping[str, Any]) -> Found:
    """Compare with the sound plan."""
    expect = ran.case.expect
    if ran.status == 2:
        return "refused though sound", last_line(ran)
    wanted = {**VERDICTS, **expect.verdicts}
    given = {row["unit"]: row["verdict"] for row in found["verdicts"]}
    maybe = {unit for unit, verdict in wanted.items() if verdict is None}
    differ = {u: given.get(u) for u in wanted.keys() | given.keys()
              if given.get(u) != wanted.get(u) and u not in maybe}  # fmt: skip
    if differ:
        return "false alarm", f"verdicts differ: {differ}; {_codes(found)}"
    if expect.names and _unit_names(found) != _unit_names(base):
        return "silently wrong", f"names differ: {_unit_names(found)}"
    old, new = _by_key(base), _by_key(found)
    lost = [key for key in old if key not in new]
    if lost and expect.findings:
        return "silently wrong", f"findings lost: {lost[:3]}"
    more = [key for key in new if key not in old and key[0] not in expect.also + expect.codes]
    if more and expect.findings:
        return "false alarm", f"findings more: {more[:3]}"
    for key in old.keys() & new.keys() if expect.findings else ():
        a, b = old[key], new[key]
        if (a is None) != (b is None) or (a and abs(a - b) > 0.5 + 1e-4 * abs(a)):
            return "silently wrong", f"{key}: {b}, not {a}"
    return "right", ""


def _unit_names(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(row["unit"], row["name"]) for row in found["verdicts"]]


def _by_key(found: Mapping[str, Any]) -> dict[tuple[Any, ...], float | None]:
    return {tuple(one[key] for key in _KEYS): one["measure"] for one in found["findings"]}
