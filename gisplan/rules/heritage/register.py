"""What the checks of the heritage register share: bodies and zones with what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables
from gisplan.model import Text
from gisplan.rules.heritage.actors import Rows
from gisplan.rules.heritage.doings import column, known
from gisplan.rules.heritage.offence import with_name

BODY, ZONE = "heritage_body", "heritage_zone"
RELICS = ("WW", "WD")


def has_features(tables: Tables, layer: str) -> bool:
    """Return whether a layer is there and holds something."""
    return len(tables.attributes.get(layer, ())) > 0


def classes(tables: Tables) -> pd.Series:
    """Return the class of each body by fid, None where it is missing or unknown."""
    if BODY not in tables.attributes:
        return pd.Series(dtype=object)
    return known(column(tables, BODY, "asset_class"), "asset_class")


def kinds(tables: Tables) -> pd.Series:
    """Return the kind of each zone by fid, None where it is missing or unknown."""
    if ZONE not in tables.attributes:
        return pd.Series(dtype=object)
    return known(column(tables, ZONE, "zone"), "zone")


def classes_of(kind: object) -> frozenset[str]:
    """Return the classes of body that a kind of zone is drawn around; empty: any."""
    entry = codelist("zone").get(str(kind))
    return frozenset(filter(None, entry.extra["classes"].split("|"))) if entry else frozenset()


def named(tables: Tables, layer: str, fid: int) -> str:
    """Return the label of a feature with its name."""
    return with_name(label_of(tables, layer, fid), name_of(tables, layer, fid))


def label_of(tables: Tables, layer: str, fid: int) -> str:
    """Return the label of a feature."""
    return str(tables.attributes[layer]["_label"][fid])


def name_of(tables: Tables, layer: str, fid: int) -> object:
    """Return the name of a feature, None where it has none."""
    return _cell(tables, layer, "name", fid)


def _cell(tables: Tables, layer: str, name: str, fid: int) -> object:
    frame = tables.attributes[layer]
    return frame[name][fid] if name in frame else None


def what(codes: str, code: object) -> Text:
    """Return what a class or a kind of zone is called."""
    entry = codelist(codes).get(str(code))
    fallback = {
        "zone": Text("保护区划", "heritage zone"),
        "asset_class": Text("保护对象", "heritage body"),
    }
    return entry.title if entry else fallback[codes]


def contradiction(
    tables: Tables,
    subject: tuple[str, int],
    other: tuple[str, int] | None,
    kind: str,
    message: Text,
    **given: Any,
) -> dict[str, Any]:
    """Return an offender on a body or zone; `who` and `other` of the message are filled in.

    `params` of `given` are for the message, the rest are columns of the offender.
    """
    layer, fid = subject
    related = None if other is None else label_of(tables, *other)
    words = {
        "who": named(tables, layer, fid),
        "what": _title(tables, layer, fid),
        "other": "" if other is None else named(tables, *other),
        "other_what": Text("", "") if other is None else _title(tables, *other),
        "name": "",
        **given.pop("params", {}),
    }
    return {
        "layer": layer,
        "fid": fid,
        "related_layer": None if other is None else other[0],
        "related": related,
        "kind": kind,
        "message": message,
        "params": words,
        **given,
    }


def _title(tables: Tables, layer: str, fid: int) -> Text:
    if layer == BODY:
        return what("asset_class", _cell(tables, layer, "asset_class", fid))
    if layer == ZONE:
        return what("zone", _cell(tables, layer, "zone", fid))
    return tables.specs[layer].title


def around(
    tables: Tables, bodies: Iterable[int], reach: float, why: Text, zero_at: frozenset[int]
) -> Rows:
    """Return the actors within reach of some bodies as not judged.

    `zero_at`: bodies whose shape is all that is protected: only who meets them is concerned.
    """
    near = tables["near"]
    rows = near[near["body_fid"].isin(list(bodies)) & (near["distance_m"] <= reach)]
    rows = rows[~rows["body_fid"].isin(zero_at) | (rows["distance_m"] == 0)]
    return [
        not_judged(row["actor_layer"], row["fid"], why, named(tables, BODY, row["body_fid"]))
        for row in rows.to_dict("records")
    ]


def not_judged(layer: str, fid: int, why: Text, other: str) -> dict[str, Any]:
    """Return that an actor cannot be judged; `why` holds {other}."""
    return {
        "layer": layer,
        "fid": fid,
        "why_zh": why.zh.format(other=other),
        "why_en": why.en.format(other=other),
    }
