"""The periodic report (通报): what changed between former results, for the exchange of offices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gisplan.errors import PlanError
from gisplan.exam.examine import trend
from gisplan.exam.former import SCHEMA as EXAM
from gisplan.exam.projects import PHASES
from gisplan.model import Text
from gisplan.output.document import area_of, not_whole, read_document, refused
from gisplan.output.manifest import file_hash

SCHEMA = "gisplan-bulletin/1"
REVIEW = "gisplan-findings/1"
FILES = ("exam.json", "findings.json")
STAGES = ("open", "in_unit", "in_project", "solved")
GRADES = ("met", "missed", "ungraded", "not_computed")
_PROBLEM = ("code", "name", "indicator", "stage", "units", "projects", "responsible")


class _Round(NamedTuple):
    """One former result."""

    file: Path
    sha256: str
    document: Mapping[str, Any]

    @property
    def order(self) -> tuple[int, str, str]:
        year = self.document.get("year")
        return (year if isinstance(year, int) else 0, self.document["run"]["started"], self.sha256)

    @property
    def source(self) -> str:
        return f"{self.file.parent.name}/{self.file.name}"


def make_bulletin(paths: Sequence[Path], version: str) -> dict[str, Any]:
    """Return what changed from result to result, as plain values.

    Parameters
    ----------
    paths : sequence of Path
        Results of `gisplan exam` and `gisplan review`: folders or their JSON files. At least two
        of a kind; they are put in order by year and time.
    version : str
        Of gisplan.

    Raises
    ------
    PlanError
        A file is none of ours, of another version or not whole, is given twice, or there is
        nothing to compare it with.
    """
    rounds: dict[str, list[_Round]] = {EXAM: [], REVIEW: []}
    seen: dict[str, Path] = {}
    for path in paths:
        for file in result_files(path):
            found = _read(file)
            if found.sha256 in seen:
                other = seen[found.sha256]
                raise refused(
                    file,
                    f"与 {other.parent.name}/{other.name} 是同一个结果，请各给一次",
                    f"the same result as {other.parent.name}/{other.name}; name each once",
                )
            seen[found.sha256] = file
            rounds[found.document["schema"]].append(found)
    lonely = [found for found in rounds.values() if len(found) == 1]
    if lonely and not any(len(found) > 1 for found in rounds.values()):
        raise refused(
            lonely[0][0].file,
            "只有一次结果，没有可比的上一次；请再给一个体检或审查结果",
            "there is no former result of its kind to compare with; name one more",
        )
    ordered = {kind: sorted(found, key=lambda r: r.order) for kind, found in rounds.items()}
    if len({area_of(one.document) for one in ordered[REVIEW]}) > 1:
        raise refused(
            ordered[REVIEW][-1].file,
            "与其他审查结果的范围不同，请以相同的 --within 重新审查",
            "of another area than the other reviews; review all with the same --within",
        )
    latest = [found[-1] for found in ordered.values() if len(found) > 1]
    return {
        "schema": SCHEMA,
        "gisplan": version,
        "plan": _plan_name(latest[0]),
        "notes": [_plain(note) for note in _notes(ordered)],
        "exams": _guarded(ordered[EXAM], _exams),
        "reviews": _guarded(ordered[REVIEW], _reviews),
    }


def _guarded(
    rounds: Sequence[_Round], make: Callable[[Sequence[_Round]], dict[str, Any]]
) -> dict[str, Any] | None:
    if len(rounds) < 2:
        return None
    try:
        return make(rounds)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        raise not_whole(_culprit(rounds, make)) from None


def _culprit(rounds: Sequence[_Round], make: Callable[[Sequence[_Round]], Any]) -> Path:
    """Return the file that cannot even be held against itself."""
    for one in rounds:
        try:
            make((one, one))
        except (KeyError, TypeError, AttributeError, ValueError, IndexError):
            return one.file
    return rounds[-1].file


def result_files(path: Path) -> list[Path]:
    """Return the JSON files that a result has, by its folder or one of them.

    Raises
    ------
    PlanError
        The folder has none.
    """
    if not path.is_dir():
        return [path]
    files = [path / name for name in FILES if (path / name).is_file()]
    if not files:
        raise PlanError(
            f"{path.name}：没有 exam.json 或 findings.json；请指明 gisplan exam 或 review 的结果",
            f"{path.name}: no exam.json or findings.json; name a result of gisplan exam or review",
        )
    return files


def _read(file: Path) -> _Round:
    document = read_document(
        file,
        (EXAM, REVIEW),
        "请用本版本的 gisplan exam 或 review 重新生成",
        "write it again with gisplan exam or review of this version",
    )
    found = _Round(file, file_hash(file), document)
    run = document.get("run")
    if not isinstance(run, dict) or not isinstance(run.get("started"), str):
        raise not_whole(file)
    return found


def _plan_name(one: _Round) -> str:
    plan = one.document.get("plan")
    name = plan.get("name") if isinstance(plan, dict) else plan
    return name if isinstance(name, str) else ""


def _notes(rounds: Mapping[str, Sequence[_Round]]) -> list[Text]:
    notes = []
    names = sorted({_plan_name(one) for found in rounds.values() for one in found})
    if len(names) > 1:
        listed = "、".join(names)
        notes.append(
            Text(
                f"各次结果的规划名称不同，请确认是同一规划：{listed}",
                f"the results name different plans; make sure that they are the same: {listed}",
            )
        )
    titles = {EXAM: Text("体检", "exam"), REVIEW: Text("审查", "review")}
    for kind, found in rounds.items():
        if len(found) == 1:
            notes.append(
                Text(
                    f"{titles[kind].zh}结果只有一次，没有可比的上一次，未列",
                    f"only one result of an {titles[kind].en} is given: left out",
                )
            )
        versions = sorted({str(one.document["run"].get("gisplan")) for one in found})
        if len(versions) > 1:
            listed = "、".join(versions)
            notes.append(
                Text(
                    f"各次{titles[kind].zh}由不同版本的 gisplan 计算（{listed}），变化可能来自算法",
                    f"made by different versions of gisplan ({listed}): changes may be the "
                    "program's",
                )
            )
    return notes


# --- exams ------------------------------------------------------------------------------------


def _exams(rounds: Sequence[_Round]) -> dict[str, Any]:
    labels = _labels(rounds)
    now = rounds[-1].document
    level = "city" if "city" in now["levels"] else (now["levels"] or [""])[0]
    return {
        "level": level,
        "runs": [_exam_run(one, label, level) for one, label in zip(rounds, labels, strict=True)],
        "indicators": _indicators(rounds, level),
        "moved": _moved(rounds[-2].document, now),
        "problems": _problems(rounds[-2].document["problems"], now["problems"]),
        "projects": _projects(rounds),
    }


def _labels(rounds: Sequence[_Round]) -> list[str]:
    years = [one.document.get("year") for one in rounds]
    count = Counter(years)
    return [
        str(year)
        if isinstance(year, int) and count[year] == 1
        else one.document["run"]["started"][:16].replace("T", " ")
        for one, year in zip(rounds, years, strict=True)
    ]


def _exam_run(one: _Round, label: str, level: str) -> dict[str, Any]:
    document = one.document
    grades = Counter(row["grade"] for row in document["values"] if row["level"] == level)
    whole = document["closure"][0] if document["closure"] else None
    phases = {
        row["task"]: row["projects"] for row in document["projects"] if row["group"] == "phase"
    }
    told = any(phase in phases for phase in PHASES)  # else no project says its years
    total = next((row for row in document["projects"] if row["group"] == "all"), None)
    return {
        "label": label,
        "year": document["year"],
        "started": document["run"]["started"],
        "source": one.source,
        "sha256": one.sha256,
        **{grade: grades.get(grade, 0) for grade in GRADES},
        **{
            name: None if whole is None else whole[name]
            for name in ("problems", "in_project", "solved", "rate")
        },
        "projects": 0 if total is None else total["projects"],
        "invest": 0.0 if total is None else total["invest"],
        **{phase: phases.get(phase, 0) if told else None for phase in PHASES},
    }


def _indicators(rounds: Sequence[_Round], level: str) -> list[dict[str, Any]]:
    tables = [
        {(row["indicator"], row["place"]): row for row in one.document["values"]
         if row["level"] == level}
        for one in rounds
    ]  # fmt: skip
    known = {one["code"]: one for r in rounds for one in r.document["indicators"]}
    order = {code: n for n, code in enumerate(known)}
    keys = sorted({key for table in tables for key in table}, key=lambda k: (order[k[0]], k[1]))
    lines = []
    for code, place in keys:
        rows = [table.get((code, place)) for table in tables]
        values = [None if row is None else row["value"] for row in rows]
        if all(value is None for value in values):
            continue
        newest = next(row for row in reversed(rows) if row is not None)
        before, after = values[-2], values[-1]
        direction = known[code]["direction"]
        change = moved = None
        if before is not None and after is not None:
            change = after - before
            moved = None if direction == "none" else trend(direction, before, after)
        lines.append(
            {
                "indicator": code,
                "title": known[code]["title"],
                "unit": known[code]["unit"],
                "direction": direction,
                "verified": known[code]["source"]["verified"],
                "place": place,
                "name": newest["name"],
                "target": newest["target"],
                "values": values,
                "grades": [None if row is None else row["grade"] for row in rows],
                "change": change,
                "trend": moved,
            }
        )
    return lines


def _moved(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return where a grade is another one, at any level; met or missed both times comes first."""

    def key(row: Mapping[str, Any]) -> tuple[str, str, str]:
        return row["indicator"], row["level"], row["place"]

    known = {one["code"]: one for one in now["indicators"]}
    old = {key(row): row for row in before["values"]}
    rows = [
        {
            "indicator": row["indicator"],
            "title": known[row["indicator"]]["title"],
            "level": row["level"],
            "place": row["place"],
            "name": row["name"],
            "from": old[key(row)]["grade"],
            "to": row["grade"],
            "before": old[key(row)]["value"],
            "after": row["value"],
        }
        for row in now["values"]
        if key(row) in old and old[key(row)]["grade"] != row["grade"]
    ]
    return sorted(rows, key=lambda row: not {row["from"], row["to"]} <= {"met", "missed"})


def _problems(
    before: list[dict[str, Any]] | None, now: list[dict[str, Any]] | None
) -> dict[str, Any] | None:
    """Return which problems are new, closed, open again, gone, or came further.

    Problems are known by their codes. The counts close: before + new - gone = now.
    """
    if before is None or now is None:
        return None
    old = {str(row["code"]): row for row in before}
    new = {str(row["code"]): row for row in now}

    def told(codes: list[str], rows: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**{name: rows[c][name] for name in _PROBLEM},
             "from": old[c]["stage"] if c in old else None}
            for c in sorted(codes)
        ]  # fmt: skip

    both = [code for code in new if code in old]
    rank = {code: (STAGES.index(old[code]["stage"]), STAGES.index(new[code]["stage"]))
            for code in both}  # fmt: skip
    last = len(STAGES) - 1
    return {
        "before": len(old),
        "now": len(new),
        "new": told([code for code in new if code not in old], new),
        "gone": told([code for code in old if code not in new], old),
        "closed": told([c for c in both if rank[c][0] < last == rank[c][1]], new),
        "reopened": told([c for c in both if rank[c][0] == last > rank[c][1]], new),
        "further": told([c for c in both if rank[c][0] < rank[c][1] < last], new),
        "back": told([c for c in both if last > rank[c][0] > rank[c][1]], new),
        "same": sum(a == b for a, b in rank.values()),
    }


def _projects(rounds: Sequence[_Round]) -> list[dict[str, Any]]:
    """Return numbers and investment of projects by task, annual plan and progress in each run."""
    groups = ("all", "phase", "task", "year")
    tables = [
        {
            (row["group"], row["year"] if row["group"] == "year" else row["task"]): row
            for row in one.document["projects"]
            if row["group"] in groups
        }
        for one in rounds
    ]

    def place(key: tuple[str, str]) -> tuple[int, bool, int, str]:
        return (groups.index(key[0]), not key[1].isdigit(), len(key[1]), key[1])

    return [
        {
            "group": group,
            "key": key,
            "projects": [table.get((group, key), {}).get("projects", 0) for table in tables],
            "invest": [table.get((group, key), {}).get("invest", 0.0) for table in tables],
        }
        for group, key in sorted({key for table in tables for key in table}, key=place)
    ]


# --- reviews ----------------------------------------------------------------------------------


def _reviews(rounds: Sequence[_Round]) -> dict[str, Any]:
    before, now = rounds[-2].document, rounds[-1].document
    old = {row["fingerprint"]: row for row in before["findings"]}
    new = {row["fingerprint"]: row for row in now["findings"]}
    added = [new[one] for one in new if one not in old]
    closed = [old[one] for one in old if one not in new]
    return {
        "runs": [
            _review_run(one, label) for one, label in zip(rounds, _labels(rounds), strict=True)
        ],
        "kept": sum(one in old for one in new),
        "new": [_finding(row) for row in added],
        "closed": [_finding(row) for row in closed],
        "verdicts": _verdicts(before["verdicts"], now["verdicts"]),
    }


def _review_run(one: _Round, label: str) -> dict[str, Any]:
    document = one.document
    return {
        "label": label,
        "started": document["run"]["started"],
        "source": one.source,
        "sha256": one.sha256,
        "findings": len(document["findings"]),
        "severities": dict(sorted(Counter(r["severity"] for r in document["findings"]).items())),
        "verdicts": dict(sorted(Counter(r["verdict"] for r in document["verdicts"]).items())),
    }


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("fingerprint", "code", "severity", "layer", "feature", "message")
    return {name: row[name] for name in names}


def _verdicts(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[dict[str, Any]]:
    old = {row["unit"]: row["verdict"] for row in before}
    return [
        {"unit": row["unit"], "name": row["name"], "from": old[row["unit"]], "to": row["verdict"]}
        for row in now
        if row["unit"] in old and old[row["unit"]] != row["verdict"]
    ]


def _plain(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
