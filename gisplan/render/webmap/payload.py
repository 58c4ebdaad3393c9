"""Everything that the page shows, as one piece of JSON that no text of a plan can break out of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from gisplan.catalogue.layers import layer_specs
from gisplan.model import Dossier, Lang, Text
from gisplan.render import words
from gisplan.render.districts import districts_of
from gisplan.render.rows import data_version, layer_title
from gisplan.render.webmap.answers import answers_of
from gisplan.render.webmap.compare import compare_record
from gisplan.render.webmap.findings import account_record, findings_record, verdicts_record
from gisplan.render.webmap.inline import ASSETS
from gisplan.render.webmap.layers import degrees_of, layer_record, pair, spatial_layers
from gisplan.render.webmap.packed.record import PLAIN_LIMIT, packed_layer
from gisplan.render.webmap.tiles import BaseMap
from gisplan.render.webmap.words import NO_FORCE, NOT_EXAMINED, REVIEWED, UI
from gisplan.render.webmap.working import working_record

Mode = Literal["auto", "plain", "packed"]
AnyMode = Literal[Mode, "folder"]
FORMER = "before"  # the layer of a former review, as page/swipe.js knows it
_UNSAFE = "<>&\u2028\u2029"  # what could end a script element, start a comment or break a line


def embed(value: Any) -> str:
    """Return JSON that is safe inside a script element, whatever the texts in it are."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in _UNSAFE:
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that the page shows: `data` is its JSON, `pieces` the texts of packed layers.

    The JSON numbers the pieces of all packed layers through, in their order.
    """

    data: dict[str, Any]
    pieces: list[str]


def payload(
    dossier: Dossier, lang: Lang, base: BaseMap | None = None, mode: Mode = "auto"
) -> dict[str, Any]:
    """Return the data of the map page, the same for the same dossier."""
    return contents(dossier, lang, base, mode).data


def contents(
    dossier: Dossier,
    lang: Lang,
    base: BaseMap | None = None,
    mode: AnyMode = "auto",
    before: Dossier | None = None,
    report: str | None = None,
) -> Contents:
    """Return what the page shows, the same for the same dossier.

    Parameters
    ----------
    dossier : Dossier
        A reviewed plan.
    lang : str
        "zh" or "en": which language shows first.
    base : BaseMap, optional
        Tiles that the page may load.
    before : Dossier, optional
        A former review, whose verdicts the page shows on the left of a divider.
    mode : str
        "plain": every layer as lists in JSON. "packed": every layer packed. "auto": packed where
        a layer has more than 5,000 features. "folder": as "packed"; the pieces lie beside the page.
    report : str, optional
        Where the report of the same review lies, seen from the page: cards of units lead there.
    """
    rows = {found: row for row, found in enumerate(dossier.findings["fingerprint"])}
    answers, districts = answers_of(dossier), districts_of(dossier)
    layers: list[dict[str, Any]] = []
    pieces: list[str] = []
    for layer in spatial_layers(dossier):
        if not is_packed(len(layer.frame), mode):
            layers.append(layer_record(layer, degrees_of(layer), dossier))
            continue
        packed = packed_layer(layer, dossier, rows, answers=answers, of_unit=districts.of_unit)
        layers.append({**packed.record, "firstPiece": len(pieces)})
        pieces += packed.texts
    if before is not None:
        pieces += _add_former(layers, before, mode, len(pieces))
    used = "folder" if mode == "folder" else "packed" if pieces else "plain"
    data = {
        **_data(dossier, lang, base, layers, used),
        "districts": {
            "title": pair(layer_title(dossier, districts.layer)),
            "rows": [[one.label, one.name] for one in districts.listed],
        },
        "steps": answers.steps,
        "findings": findings_record(dossier, districts),
        "verdicts": verdicts_record(dossier, districts, answers, _bears_verdicts(dossier, layers)),
        "report": report,
        "before": _former(before),
    }
    return Contents(data, pieces)


def _bears_verdicts(dossier: Dossier, layers: list[dict[str, Any]]) -> bool:
    return any(layer["id"] == dossier.judged and "pieces" in layer for layer in layers)


def _former(before: Dossier | None) -> dict[str, str] | None:
    if before is None:
        return None
    return {"name": plan_name(before), "time": _minute(before)}


def _add_former(
    layers: list[dict[str, Any]], before: Dossier, mode: AnyMode, first: int
) -> list[str]:
    """Put the judged tier of a former review under that of this one; return its pieces."""
    layer = before.plan.layers.get(before.judged)
    if layer is None:
        return []
    texts: list[str] = []
    if is_packed(len(layer.frame), mode):
        # the former findings are not on the page: its units cite none
        packed = packed_layer(layer, before, {})
        record, texts = {**packed.record, "firstPiece": first}, packed.texts
    else:
        record = layer_record(layer, degrees_of(layer), before)
    zh, en = layer.spec.title
    own = {"id": FORMER, "title": [f"{zh}（此前）", f"{en} (before)"], "on": True}
    place = next((k for k, one in enumerate(layers) if one["role"] == "judged"), len(layers))
    layers.insert(place, record | own)
    return texts


def _minute(dossier: Dossier) -> str:
    return dossier.run.started[:16].replace("T", " ")


def is_packed(features: int, mode: AnyMode) -> bool:
    """Return whether a layer of so many features is packed."""
    if mode == "auto":
        return features > PLAIN_LIMIT
    return mode != "plain"


def _data(
    dossier: Dossier, lang: Lang, base: BaseMap | None, layers: list[dict[str, Any]], mode: str
) -> dict[str, Any]:
    judged = dossier.plan.layers.get(dossier.judged)
    return {
        "lang": lang,
        "mode": mode,
        "name": plan_name(dossier),
        "judged": dossier.judged,
        "judgedTitle": pair(judged.spec.title) if judged else [dossier.judged, dossier.judged],
        "gisplan": dossier.run.gisplan,
        "crs": pair(words.crs_name(dossier.run.working_crs)),
        "working": working_record(dossier, spatial_layers(dossier)),
        "time": _minute(dossier),
        "version": data_version(dossier),
        "states": compare_record(spatial_layers(dossier)),
        "base": base_record(base),
        "edition": edition_record(dossier),
        "layers": layers,
        "titles": {name: pair(spec.title) for name, spec in layer_specs().items()}
        | {tier.name: pair(tier.title) for tier in dossier.plan.chain},
        "account": account_record(dossier),
        "words": {
            "ui": {key: pair(text) for key, text in UI.items()},
            "statements": [pair(text) for text in statements(dossier)],
            "severity": {key: pair(text) for key, text in words.SEVERITY.items()},
            "verdict": {key: pair(text) for key, text in words.VERDICT.items()},
            "verdictMeaning": {key: pair(text) for key, text in words.VERDICT_MEANING.items()},
            "ruling": {key: pair(text) for key, text in words.RULING.items()},
            "state": {key: pair(text) for key, text in words.STATE.items()},
        },
        "licences": licences(),
    }


def base_record(base: BaseMap | None) -> dict[str, Any] | None:
    """Return where the tiles of the base map come from; None where there is none."""
    if base is None:
        return None
    return {
        "urls": base.urls,
        "hosts": base.hosts,
        "credit": pair(base.credit),
        "shifted": base.shifted,
        "needsKey": base.needs_key,
        "key": base.key,
        "deepest": base.deepest,
    }


def edition_record(dossier: Dossier) -> dict[str, Any]:
    """Return the grid of the coordinates in metres, and what the map does not show."""
    return {
        "grid": dossier.terms.coordinates,
        "leftOut": [pair(text) for text in dossier.left_out],
    }


def statements(dossier: Dossier) -> list[Text]:
    """Return what stands over and under the map: who it is for comes second."""
    terms = dossier.terms
    if terms.audience != "public":
        return [REVIEWED, NOT_EXAMINED, NO_FORCE]
    number = terms.approval_number.strip()
    return [REVIEWED, Text(f"审图号：{number}", f"Map approval number: {number}"), NO_FORCE]


def plan_name(dossier: Dossier) -> str:
    """Return what the plan is called: as it says, else its folder."""
    return dossier.plan.config.name or dossier.plan.config.root.name or "gisplan"


@cache
def licences() -> list[str]:
    """Return the licences of what is put into the page, in full."""
    return [
        f"{path.parent.name}\n\n{path.read_text('utf-8').strip()}"
        for path in sorted(Path(ASSETS).glob("*/LICENSE"))
    ]
