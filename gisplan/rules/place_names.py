"""Which place a name means: against the list of administrative codes and the plan's own layers."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables

_PEOPLES = "(?:满族|蒙古族|朝鲜族|回族|锡伯族)*"
_ENDING = re.compile(rf"(?<=.){_PEOPLES}(?:自治县|自治区|新区|省|市|区|县)$")


class Named(NamedTuple):
    """A name that a feature bears, and the code of the place that it means."""

    name: str
    code: str


@cache
def _places() -> dict[str, tuple[str, ...]]:
    """Return every name, whole and without its ending -> the codes of the places called so."""
    found: dict[str, tuple[str, ...]] = {}
    for code, entry in codelist("admin").items():
        for name in dict.fromkeys([entry.title.zh, trim_name(entry.title.zh), *entry.aliases]):
            found[name] = (*found.get(name, ()), code)
    return found


def trim_name(name: str) -> str:
    """Return the name of a place without what sort of place it is: 沈河区 -> 沈河."""
    return _ENDING.sub("", name.strip())


def other_place(code: str, name: str) -> str | None:
    """Return the code of the place that a name belongs to, None where it may be this one's.

    Of several places of the name the one nearest by code; None too where no place has it.
    """
    places = _places()
    if code in places.get(name, ()) or code in places.get(trim_name(name), ()):
        return None
    codes = places.get(name) or places.get(trim_name(name)) or ()
    near = sorted(codes, key=lambda other: (other[:4] != code[:4], other))
    return near[0] if near else None


def names_itself(tables: Tables, layer: str) -> bool:
    """Return whether the features of a layer are administrative places that bear their names."""
    tier = tables.tier(layer)
    return (
        tier is not None
        and tier.spec.fields["code"].codelist == "admin"
        and {"code", "name"} <= tables.found.get(layer, frozenset())
    )


def parent_named(tables: Tables, layer: str, fid: int, parent_layer: str) -> Named | None:
    """Return the parent that a feature's names mean, by the parent's own code; None if unclear.

    A district in whose name the list of codes sees another city's district means that city; any
    other feature means the parent that its field `district_name` names, as the plan's own layer
    calls it.
    """
    frame, above = tables.attributes[layer], tables.attributes[parent_layer]
    if "code" not in above:
        return None
    parents = [str(code) for code in above["code"].dropna()]
    if names_itself(tables, layer):
        name, code = frame["name"][fid], frame["code"][fid]
        if not isinstance(name, str) or not isinstance(code, str):
            return None
        other = other_place(code, name.strip())
        own = [parent for parent in parents if _within(other or code, parent)]
        known = other is not None or name.strip() in _places() or trim_name(name) in _places()
        return Named(name.strip(), own[0]) if known and len(own) == 1 else None
    if "district_name" not in frame or "name" not in above:
        return None
    name = frame["district_name"][fid]
    if not isinstance(name, str):
        return None
    titles = zip(above["code"], above["name"], strict=True)
    wanted = trim_name(name)
    own = [str(code) for code, title in titles if trim_name(str(title)) == wanted]
    return Named(name.strip(), own[0]) if len(own) == 1 else None


def _within(code: str, parent: str) -> bool:
    """Return whether a code lies below another: 210302 in 210300."""
    return code.startswith(re.sub("(00)+$", "", parent))
