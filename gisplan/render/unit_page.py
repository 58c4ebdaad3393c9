"""The page of one unit as data: conflicts, law, approvals due, unknowns, coverage, ways out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.model import Dossier, Severity, Text
from gisplan.render import words
from gisplan.render.content import NOT_VERIFIED, FindingRow, both, finding_rows, source_text
from gisplan.render.coverage import unspoken_lines
from gisplan.render.figures import figures
from gisplan.render.rows import layer_title, resolution_rows

_STANDS = {ruling: n for n, ruling in enumerate(words.RULING)}


@dataclass(frozen=True, slots=True)
class DueRow:
    """One step that is due, ready to print."""

    order: int
    who: Text
    act: Text
    sources: tuple[Text, ...]
    exception: bool
    serves: tuple[str, ...]  # codes of the rules, with the feature that each names


@dataclass(frozen=True, slots=True)
class WayOut:
    """One resolution, ready to print."""

    kind: Text
    whose: Text
    own: bool  # whose is the unit itself
    text: Text
    offered: bool
    clears: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One finding that concerns the unit, with its further figures."""

    finding: FindingRow
    figures: Text


@dataclass(frozen=True, slots=True)
class UnitPage:
    """All that a reviewer needs of one unit on one page."""

    unit: str
    name: str
    parent: str
    mode: Text
    verdict: str
    verdict_name: Text
    governs: Text  # of different rulings the strictest; "" where all are the same
    conflicts: tuple[Conflict, ...]
    others: tuple[Conflict, ...]  # what does not weigh: notices and the like
    due: tuple[DueRow, ...]
    unknown: tuple[Text, ...]
    why: tuple[Text, ...]
    coverage: tuple[Text, ...]
    ways: tuple[WayOut, ...]


def unit_pages(dossier: Dossier, units: list[str]) -> dict[str, UnitPage]:
    """Return the pages of some units by code; of two units with one code the strictest."""
    wanted = set(units)
    verdicts = dossier.verdicts[dossier.verdicts["unit"].isin(wanted)].to_dict("records")
    named = {key for verdict in verdicts for key in (*verdict["reasons"], *verdict["others"])}
    rows = {row.fingerprint: row for row in finding_rows(dossier)}
    findings = dossier.findings.drop(columns="geometry")
    raw = {
        row["fingerprint"]: row
        for row in findings[findings["fingerprint"].isin(named)].to_dict("records")
    }
    modes = _modes(dossier)
    ways: dict[str, list[dict[Any, Any]]] = {}
    for way in resolution_rows(dossier):
        for unit in way["units"]:
            ways.setdefault(unit, []).append(way)
    pages: dict[str, UnitPage] = {}
    for verdict in verdicts:
        unit = verdict["unit"]
        if unit not in pages:
            mode = modes.get(unit, Text("", ""))
            pages[unit] = _page(dossier, verdict, rows, raw, ways.get(unit, []), mode)
    return pages


def _page(
    dossier: Dossier,
    verdict: Mapping[Any, Any],
    rows: Mapping[str, FindingRow],
    raw: Mapping[str, Mapping[Any, Any]],
    ways: list[dict[Any, Any]],
    mode: Text,
) -> UnitPage:
    def conflicts(keys: list[str]) -> tuple[Conflict, ...]:
        known = sorted((key for key in keys if key in rows), key=lambda key: _weight(raw[key]))
        return tuple(Conflict(rows[key], _figures(raw[key])) for key in known)

    return UnitPage(
        unit=verdict["unit"],
        name="" if words.missing(verdict["name"]) else verdict["name"],
        parent="" if words.missing(verdict["parent"]) else verdict["parent"],
        mode=mode,
        verdict=verdict["verdict"],
        verdict_name=words.VERDICT[verdict["verdict"]],
        governs=_governs([rows[key] for key in verdict["reasons"] if key in rows]),
        conflicts=conflicts(verdict["reasons"]),
        others=conflicts(verdict["others"]),
        due=tuple(_due(due, rows) for due in verdict["approvals_due"]),
        unknown=tuple(map(Text, verdict["unknown_zh"], verdict["unknown_en"])),
        why=tuple(map(Text, verdict["why_zh"], verdict["why_en"])),
        coverage=unspoken_lines(dossier, dossier.judged, verdict["unit"]),
        ways=tuple(_way(dossier, way, rows) for way in ways),
    )


def _governs(rows: list[FindingRow]) -> Text:
    """Return which ruling governs where several hold: the strictest, and whose it is."""
    ruled = [row for row in rows if row.ruling is not None]
    if len({row.ruling for row in ruled}) < 2:
        return Text("", "")
    order = list(words.RULING.values())
    strictest = min(order.index(row.ruling) for row in ruled if row.ruling is not None)
    named = sorted(
        {f"{r.code} {r.related or r.feature}" for r in ruled if r.ruling == order[strictest]}
    )
    word = order[strictest]
    return Text(
        f"多项保护要求并存，以最严格的为准：{word.zh}（{'、'.join(named)}）；其余一并列出",
        f"several demands meet; the strictest governs: {word.en} ({', '.join(named)});"
        " the others are listed too",
    )


def _weight(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    severity = [s.value for s in Severity].index(row["severity"])
    ruling = _STANDS.get(row["ruling"], len(_STANDS))
    return severity, ruling, row["code"], row["feature"], row["related"] or ""


def _figures(row: Mapping[Any, Any]) -> Text:
    return Text("，".join(figures(row, "zh")), ", ".join(figures(row, "en")))


def _modes(dossier: Dossier) -> dict[str, Text]:
    """Return what the mode of each unit is called; of rows with one label the first's."""
    layer = dossier.plan.layers.get(dossier.judged)
    if layer is None or "mode" not in layer.frame:
        return {}
    first = layer.frame.drop_duplicates("_label")
    codes = codelist("mode")
    rows = zip(first["_label"].tolist(), first["mode"].tolist(), strict=True)
    return {label: codes[mode].title for label, mode in rows if mode in codes}


def _due(due: Mapping[str, Any], rows: Mapping[str, FindingRow]) -> DueRow:
    return DueRow(
        order=due["order"],
        who=Text(due["who_zh"], due["who_en"]),
        act=Text(due["act_zh"], due["act_en"]),
        sources=tuple(source_text(source) for source in due["sources"]) or (NOT_VERIFIED,),
        exception=due["exception"],
        serves=_named(due["serves"], rows),
    )


def _way(dossier: Dossier, way: Mapping[Any, Any], rows: Mapping[str, FindingRow]) -> WayOut:
    title = layer_title(dossier, way["layer"])
    return WayOut(
        kind=words.RESOLUTION[way["kind"]],
        whose=both(lambda lang: f"{title.zh if lang == 'zh' else title.en} {way['feature']}"),
        own=way["layer"] == dossier.judged,
        text=Text(way["text_zh"], way["text_en"]),
        offered=bool(way["offered"]),
        clears=_named(way["clears"], rows),
    )


def _named(prints: list[str], rows: Mapping[str, FindingRow]) -> tuple[str, ...]:
    """Return what findings are called on the page: rule, and what it is about."""
    named = [rows[key] for key in prints if key in rows]
    return tuple(dict.fromkeys(f"{row.code} {row.related or row.feature}" for row in named))
