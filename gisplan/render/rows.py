"""The tables that the flat formats share: a finding as one row of plain cells."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.layers import layer_specs
from gisplan.model import Dossier, Lang, Text, Verdict
from gisplan.render.plain import clean
from gisplan.render.words import RULING, SEVERITY, STATE, family, missing, pick, word

# Excel and its like run a cell that begins so. A quotation mark in front makes it a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_RUNS = frozenset("=+-@＝＋－＠")
# Control characters but for tab and line breaks, and halves of surrogate pairs.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_AT_ONCE = 5_000  # rows
_UNSEEN = {"Cc", "Cf", "Zs"}  # blanks and signs of no width, which some programs pass over


def neutral(value: Any) -> Any:
    """Return a cell that no spreadsheet runs: a text that looks like a formula gets a ' in front.

    Full-width signs count as well: Excel in Chinese takes ＝ for =. Numbers stay numbers. Control
    characters go, because they are no text that a file of cells can hold.
    """
    if not isinstance(value, str):
        return value
    if value.isprintable():  # then it holds no sign that is not seen but the blank
        return "'" + value if value.lstrip(" ")[:1] in _RUNS else value
    value = _NO_TEXT.sub("", value)
    first = next((sign for sign in value if unicodedata.category(sign) not in _UNSEEN), "")
    if value.startswith(_FORMULA) or first in _RUNS:
        return "'" + value
    return value


def data_version(dossier: Dossier) -> str:
    """Return a mark of the data: the same for the same files, whatever the order; else another."""
    lines = sorted(f"{record.path} {record.sha256}" for record in dossier.run.inputs)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:12]


def layer_name(dossier: Dossier, name: str | None, lang: Lang) -> str:
    """Return what a layer is called in the reader's language; its own name where unknown."""
    if not name:
        return ""
    return pick(layer_title(dossier, name), lang)


def layer_title(dossier: Dossier, name: str | None) -> Text:
    """Return the title of a layer, also of one that could not be read; else its own name."""
    if not name:
        return Text("", "")
    layer = dossier.plan.layers.get(name)
    if layer is not None:
        return layer.spec.title
    tier = next((tier for tier in dossier.plan.chain if tier.name == name), None)
    if tier is not None:
        return tier.title
    spec = layer_specs().get(name)
    return spec.title if spec is not None else Text(name, name)


def cited(sources: Any, lang: Lang) -> str:
    """Return sources in one line; one whose text was not read says so."""
    words = []
    for source in sources or []:
        title = source["title"] if lang == "zh" else source.get("title_en") or source["title"]
        article = source.get("article") or ""
        if article:
            article = f"第{article}条" if lang == "zh" and article.isdigit() else f" {article}"
            article = article if lang == "zh" else article.replace(" ", " art. ", 1)
        mark = "" if source["verified"] else ("（未核实）" if lang == "zh" else " (not verified)")
        words.append(f"{title}{article}{mark}")
    return ("；" if lang == "zh" else "; ").join(words)


def as_json(value: Any) -> str | None:
    """Return a list or a mapping as one line of JSON; None stays None."""
    if value is None:
        return None
    if not value:
        return "[]" if isinstance(value, list | tuple) else "{}"
    return json.dumps(clean(value, 7), ensure_ascii=False, sort_keys=True)


def listed_verdicts(dossier: Dossier, most: int) -> pd.DataFrame:
    """Return the verdicts of units; where there are more than `most`, those not clear first.

    The index is the place of each among all.
    """
    verdicts = dossier.verdicts.reset_index(drop=True)
    if len(verdicts) <= most:
        return verdicts
    clear = verdicts["verdict"] == Verdict.CLEAR.value
    return pd.concat([verdicts[~clear], verdicts[clear]])


def records(frame: pd.DataFrame) -> Iterator[dict[Any, Any]]:
    """Yield the rows of a frame as mappings, of which only some thousand are there at once."""
    frame = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    for start in range(0, len(frame), _AT_ONCE):
        yield from frame.iloc[start : start + _AT_ONCE].to_dict("records")


def project_rows(dossier: Dossier) -> list[dict[Any, Any]]:
    """Return the verdicts of the tiers below the judged one; none where nobody asked."""
    frame = dossier.project_verdicts
    return [] if frame is None else frame.to_dict("records")


def resolution_rows(dossier: Dossier) -> list[dict[Any, Any]]:
    """Return what would resolve the conflicts that block; none where nobody asked."""
    frame = dossier.resolutions
    return [] if frame is None else frame.drop(columns="geometry").to_dict("records")


def ways_out(dossier: Dossier, lang: Lang) -> dict[str, list[str]]:
    """Return unit -> what would resolve its conflicts, in words; what cannot help is left out."""
    found: dict[str, list[str]] = {}
    for row in resolution_rows(dossier):
        for unit in row["units"] if row["offered"] else ():
            own = row["layer"] == dossier.judged
            head = "" if own else f"{layer_name(dossier, row['layer'], lang)} {row['feature']} "
            found.setdefault(unit, []).append(head + row[f"text_{lang}"])
    return found


def messages(dossier: Dossier, lang: Lang) -> dict[str, str]:
    """Return fingerprint -> rule and message of every finding."""
    columns = (
        dossier.findings[name].tolist() for name in ("fingerprint", "code", f"message_{lang}")
    )
    return {key: f"{code} {message}" for key, code, message in zip(*columns, strict=True)}


HEADERS: Mapping[str, Text] = {
    "fingerprint": Text("指纹", "fingerprint"),
    "code": Text("规则编号", "rule"),
    "family": Text("检查内容", "family"),
    "severity": Text("等级", "severity"),
    "ruling": Text("历史文化裁定", "ruling"),
    "state": Text("状态", "state"),
    "layer": Text("图层", "layer"),
    "feature": Text("要素", "feature"),
    "related_layer": Text("关联图层", "related layer"),
    "related": Text("关联要素", "related"),
    "measure": Text("实测值", "measure"),
    "unit": Text("单位", "unit of measure"),
    "limit": Text("限值", "limit"),
    "message": Text("问题描述", "message"),
    "remedy": Text("整改建议", "remedy"),
    "sources": Text("依据", "sources"),
    "lon": Text("经度", "longitude"),
    "lat": Text("纬度", "latitude"),
    "waiver": Text("例外说明", "waiver"),
}


def finding_cells(dossier: Dossier, row: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """Return one finding as cells, keys of HEADERS; what is not known is None."""
    waiver = row["waiver"]
    said = None
    if waiver:
        said = "；".join(str(waiver[key]) for key in ("reason", "by", "until") if waiver[key])
    return {
        "fingerprint": row["fingerprint"],
        "code": row["code"],
        "family": family(row["code"], lang),
        "severity": word(SEVERITY, row["severity"], lang),
        "ruling": None if row["ruling"] is None else word(RULING, row["ruling"], lang),
        "state": word(STATE, row["state"], lang),
        "layer": layer_name(dossier, row["layer"], lang),
        "feature": row["feature"],
        "related_layer": layer_name(dossier, row["related_layer"], lang),
        "related": row["related"],
        "measure": _number(row["measure"]),
        "unit": row["unit"],
        "limit": _number(row["limit"]),
        "message": row[f"message_{lang}"],
        "remedy": row[f"remedy_{lang}"],
        "sources": cited(row["sources"], lang),
        "lon": None if missing(row["lon"]) else row["lon"],
        "lat": None if missing(row["lat"]) else row["lat"],
        "waiver": said,
    }


def _number(value: Any) -> Any:
    return None if missing(value) else clean(value)
