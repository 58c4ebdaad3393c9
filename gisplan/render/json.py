"""findings.json: the whole result, as contract.md describes it.

The same run gives the same bytes but for `started` and `seconds`. `layers/schema/findings-1.json`
is its JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gisplan.model import Coverage, Dossier, InputRecord, LayerCount, Part, RunRecord
from gisplan.render.accounts_json import accounts_document
from gisplan.render.plain import clean
from gisplan.render.rows import project_rows, records, resolution_rows

SCHEMA = "gisplan-findings/1"


def write_json(dossier: Dossier, path: Path) -> None:
    """Write findings.json, UTF-8 without BOM, the same line ends on every system.

    Row by row: the text of a large plan is never held as a whole.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_text(_members(dossier)))


def to_json(dossier: Dossier) -> str:
    """Return findings.json as text, with a final line end."""
    return "".join(_text(_members(dossier)))


def document_text(document: Mapping[str, Any]) -> str:
    """Return a document as text, each entry of its lists and objects on a line of its own."""
    return "".join(_text(document.items()))


def _text(members: Iterable[tuple[str, Any]]) -> Iterator[str]:
    before = "{\n "
    for key, value in members:
        yield f"{before}{_line(key)}: "
        yield from _member(value)
        before = ",\n "
    yield "\n}\n"


def _member(value: Any) -> Iterator[str]:
    """Yield a list or an object with each of its entries on a line of its own."""
    if isinstance(value, dict):
        entries, ends = (f"{_line(key)}: {_line(entry)}" for key, entry in value.items()), "{}"
    elif isinstance(value, list | Iterator):
        entries, ends = (_line(entry) for entry in value), "[]"
    else:
        yield _line(value)
        return
    first = next(entries, None)
    if first is None:
        yield ends
        return
    yield f"{ends[0]}\n  {first}"
    for entry in entries:
        yield f",\n  {entry}"
    yield f"\n {ends[1]}"


def _line(value: Any) -> str:
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def as_document(dossier: Dossier) -> dict[str, Any]:
    """Return findings.json as plain Python values: no NaN, no numpy."""
    return {
        key: list(value) if isinstance(value, Iterator) else value
        for key, value in _members(dossier)
    }


def _members(dossier: Dossier) -> Iterator[tuple[str, Any]]:
    """Yield the members of findings.json; the long lists as iterators."""
    yield "schema", SCHEMA
    yield "run", run_document(dossier.run)
    yield "plan", _plan(dossier)
    yield "layers", [_layer(count, dossier.plan.part) for count in dossier.layers]
    yield (
        "rules",
        [
            {
                "code": rule.code,
                "outcome": rule.outcome.value,
                "count": rule.count,
                "why": None if rule.why is None else {"zh": rule.why.zh, "en": rule.why.en},
                "params": clean(dict(rule.params)),
                "filtered": None if rule.filtered is None else clean(rule.filtered._asdict()),
            }
            for rule in dossier.rules
        ],
    )
    yield "consistency", [clean(asdict(row)) for row in dossier.consistency]
    yield "verdicts", map(verdict_document, records(dossier.verdicts))
    yield "project_verdicts", [project_document(row) for row in project_rows(dossier)]
    yield "coverage", coverage_document(dossier.coverage)
    yield "resolutions", [resolution_document(row) for row in resolution_rows(dossier)]
    yield "findings", map(finding_document, records(dossier.findings))
    yield "accounts", accounts_document(dossier.accounts)
    yield "notices", [{"zh": text.zh, "en": text.en} for text in dossier.notices]


def _plan(dossier: Dossier) -> dict[str, Any]:
    plan = {"name": dossier.plan.config.name, "judged": dossier.judged}
    part = dossier.plan.part
    if part is None:
        return plan
    return plan | {"within": {"layer": part.layer, "code": part.label, "name": part.name}}


def _layer(count: LayerCount, part: Part | None) -> dict[str, Any]:
    """Return the account of a layer; `outside` where one area of the plan was reviewed."""
    account = asdict(count)
    if part is None:
        account.pop("outside")
    return account


def run_document(run: RunRecord) -> dict[str, Any]:
    """Return the provenance of a result."""
    return {
        "gisplan": run.gisplan,
        "started": run.started,
        "seconds": clean(run.seconds),
        "engine": run.engine,
        "working_crs": run.working_crs,
        "rule_set": run.rule_set,
        "libraries": dict(sorted(run.libraries.items())),
        "inputs": [_input(record) for record in run.inputs],
    }


def _input(record: InputRecord) -> dict[str, Any]:
    why = record.crs_evidence
    texts = None if why is None else {"zh": why.zh, "en": why.en}
    return {str(k): clean(v) for k, v in asdict(record).items()} | {"crs_evidence": texts}


def verdict_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict of one unit as findings.json has it."""
    return {"unit": row["unit"], **_answer(row)}


def project_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict of one project as findings.json has it."""
    return {"layer": row["layer"], "project": row["project"], **_answer(row)}


def _answer(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "verdict": row["verdict"],
        "errors": int(row["errors"]),
        "approvals": int(row["approvals"]),
        "reasons": list(row["reasons"]),
        "why": [{"zh": zh, "en": en} for zh, en in zip(row["why_zh"], row["why_en"], strict=True)],
        "unknown": [
            {"zh": zh, "en": en}
            for zh, en in zip(row["unknown_zh"], row["unknown_en"], strict=True)
        ],
        "others": list(row["others"]),
        "parent": clean(row["parent"]),
        "approvals_due": [due_document(due) for due in row["approvals_due"]],
    }


def due_document(due: Mapping[str, Any]) -> dict[str, Any]:
    """Return one step that is due as findings.json has it: texts by language."""
    return {
        "order": due["order"],
        "step": due["step"],
        "kind": due["kind"],
        "who": {"zh": due["who_zh"], "en": due["who_en"]},
        "act": {"zh": due["act_zh"], "en": due["act_en"]},
        "expert_review": due["expert_review"],
        "notice_days": due["notice_days"],
        "exception": due["exception"],
        "sources": clean(due["sources"]),
        "verified": due["verified"],
        "serves": list(due["serves"]),
    }


def coverage_document(coverage: Coverage) -> dict[str, Any]:
    """Return the statement of coverage as findings.json has it."""
    return {
        "declared": list(coverage.declared),
        "sources": [
            {
                "layer": source.layer,
                "path": source.path,
                "features": source.features,
                "kinds": dict(source.kinds),
                "first": None if source.first is None else source.first.isoformat(),
                "last": None if source.last is None else source.last.isoformat(),
                "valid_on": None if source.valid_on is None else source.valid_on.isoformat(),
                "covers": None if source.covers is None else list(source.covers),
                "missing": list(source.missing),
                "extent": None if source.extent is None else list(source.extent),
            }
            for source in coverage.sources
        ],
        "unspoken": [
            {
                "source_layer": row.source_layer,
                "layer": row.layer,
                "feature": row.feature,
                "share": row.share,
                "area_m2": row.area_m2,
            }
            for row in coverage.unspoken
        ],
    }


def resolution_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one resolution as findings.json has it; its shape is in findings.gpkg."""
    return {
        "kind": row["kind"],
        "layer": row["layer"],
        "feature": row["feature"],
        "units": list(row["units"]),
        "clears": list(row["clears"]),
        "offered": bool(row["offered"]),
        "text": {"zh": row["text_zh"], "en": row["text_en"]},
        "values": clean(dict(row["values"])),
        "needs": [due_document(due) for due in row["needs"]],
    }


def finding_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one finding as findings.json has it: texts by language, no geometry but its place."""
    lon, lat = clean(row["lon"], 7), clean(row["lat"], 7)
    return {
        "fingerprint": row["fingerprint"],
        "code": row["code"],
        "severity": row["severity"],
        "ruling": clean(row["ruling"]),
        "state": row["state"],
        "layer": row["layer"],
        "feature": row["feature"],
        "related_layer": clean(row["related_layer"]),
        "related": clean(row["related"]),
        "measure": clean(row["measure"]),
        "unit": row["unit"],
        "limit": clean(row["limit"]),
        "measures": clean(row["measures"] or {}),
        "message": {"zh": row["message_zh"], "en": row["message_en"]},
        "remedy": {"zh": row["remedy_zh"], "en": row["remedy_en"]},
        "sources": clean(row["sources"] or []),
        "route": clean(row["route"]),
        "at": None if lon is None or lat is None else [lon, lat],
        "bbox": clean(row["bbox"], 7),
        "waiver": clean(row["waiver"]),
    }
