"""Recognises layers by name, fields and content, and says why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd
import shapely

from gisplan.catalogue.codes import code_lookup
from gisplan.catalogue.layers import layer_specs, make_chain, raster_specs
from gisplan.model import FieldSpec, LayerSpec, Text, Tier

_ENOUGH = 0.44  # what name, fields and content together must reach
_SAMPLE = 2_000  # rows whose values are looked at
# First two digits of GB/T 2260: the provinces.
_PROVINCES = frozenset(
    f"{n}"
    for a, b in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66))
    for n in range(a, b)
) | {"71", "81", "82"}
_KINDS = {
    0: "point", 4: "point", 1: "line", 2: "line", 5: "line", 3: "polygon", 6: "polygon",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess:
    """A layer that a file may be, with the evidence."""

    layer: str
    score: float
    why: Text
    spec: LayerSpec


def _words(name: str) -> str:
    """Return a name as words between underscores: "HeritageZone 2024" -> _heritage_zone_2024_."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return "_" + re.sub(r"[\W_]+", "_", parted).strip("_").lower() + "_"


def _has_word(words: str, alias: str) -> bool:
    """Return whether a word is there; long words may go on: denkmal is in Denkmalliste."""
    return f"_{alias.lower()}{'' if len(alias) > 5 else '_'}" in words


def _alias_in(name: str, aliases: Sequence[str]) -> str:
    """Return the longest alias that a name holds: Latin ones as words, Chinese ones anywhere."""
    words = _words(name)
    hits = [
        alias
        for alias in aliases
        if (_has_word(words, alias) if alias.isascii() else alias in name)
    ]
    return max(hits, key=_weight, default="")


def _heads(name: str, specs: Iterable[LayerSpec]) -> dict[str, str]:
    """Return the alias that a name holds of each layer, but for those that another one tells apart.

    A Chinese name is ruled by its end: 文保单位建设控制地带 is a zone, not a relic, and the 区 in
    缓冲区 is no district. An alias counts only where no other layer's alias holds it or follows it.
    """
    spans = {
        spec.name: [
            (found.start(), found.end(), alias)
            for alias in (spec.name, *spec.aliases)
            if not alias.isascii()
            for found in re.finditer(re.escape(alias), name)
        ]
        for spec in specs
    }
    everyone = [(layer, *span[:2]) for layer, found in spans.items() for span in found]

    def rules(layer: str, start: int, end: int) -> bool:
        return not any(
            other != layer and ((a <= start and end <= b and (a, b) != (start, end)) or a == end)
            for other, a, b in everyone
        )

    kept = {
        layer: [alias for start, end, alias in found if rules(layer, start, end)]
        for layer, found in spans.items()
    }
    return {layer: max(found, key=_weight) for layer, found in kept.items() if found}


def _weight(alias: str) -> int:
    """Return how much an alias says: a hanzi as much as three letters."""
    return sum(1 if char.isascii() else 3 for char in alias)


@cache
def _names_of(field: FieldSpec) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w.casefold() for w in (field.name, field.title.zh, *field.aliases)))


def name_says(name: str, spec: LayerSpec) -> bool:
    """Return whether a name gives a layer away."""
    return bool(_alias_in(name, (spec.name, *spec.aliases)))


def named_layer(name: str) -> str:
    """Return the layer whose alias in a name says most; "" where none is in it."""
    specs = layer_specs().values()
    heads = _heads(name, specs)
    best = {spec.name: _weight(_alias_of(name, spec, heads)) for spec in specs}
    top = max(best, key=lambda key: best[key])
    return top if best[top] else ""


def _alias_of(name: str, spec: LayerSpec, heads: Mapping[str, str]) -> str:
    words = [word for word in (spec.name, *spec.aliases) if word.isascii()]
    return max(heads.get(spec.name, ""), _alias_in(name, words), key=_weight)


def named_raster(name: str) -> tuple[str, Text] | None:
    """Return which raster a name gives away, and why; None where it gives none away."""
    for spec in raster_specs().values():
        for alias in spec.aliases:  # between hanzi too: 沈阳DSM_1m
            if re.search(rf"(?<![a-z]){alias}(?![a-z])", name, flags=re.IGNORECASE):
                return spec.name, _why(name, alias, {}, "")
    return None


def match_fields(columns: Sequence[str], spec: LayerSpec) -> dict[str, str]:
    """Return standard field -> column, by the aliases of the layer, first alias first."""
    by_name = {str(column).strip().casefold(): str(column) for column in columns}
    found = {}
    for name, field in spec.fields.items():
        column = next((by_name[word] for word in _names_of(field) if word in by_name), None)
        if column is not None:
            found[name] = column
    return found


def geometry_kinds(frame: pd.DataFrame) -> set[str]:
    """Return which of point, line and polygon the shapes of a frame are."""
    if "geometry" not in frame.columns:
        return set()
    kinds = pd.unique(pd.Series(shapely.get_type_id(frame["geometry"].to_numpy())))
    return {_KINDS[int(kind)] for kind in kinds if int(kind) in _KINDS}


def _values(frame: pd.DataFrame, column: str) -> list[str]:
    values = frame[column].head(_SAMPLE).dropna()
    return [str(value).strip() for value in values if str(value).strip()]


def _content(
    frame: pd.DataFrame, fields: Mapping[str, str], spec: LayerSpec, tier: Tier | None
) -> tuple[float, str]:
    """Return how well values fit (0 to 1): codes the pattern, coded values their lists."""
    if tier is not None and tier.code_pattern and "code" in fields:
        codes = _values(frame, fields["code"])
        if codes:
            pattern = re.compile(tier.code_pattern)
            share = sum(bool(pattern.search(code)) for code in codes) / len(codes)
            # Parcels have the code of their district too, but each district many of them; and
            # six digits are an administrative code only where they begin as one.
            single = len(set(codes)) / len(codes)
            admin = spec.fields["code"].codelist == "admin"
            begins = sum(code[:2] in _PROVINCES for code in codes) / len(codes) if admin else 1.0
            if min(share, single, begins) >= 0.8:
                return share, fields["code"]
    best, column = 0.0, ""
    for name, source in fields.items():
        listed = spec.fields[name].codelist
        if not listed or listed == "admin":
            continue
        known = code_lookup(listed)
        values = _values(frame, source)
        if values:
            share = sum(value.casefold() in known for value in values) / len(values)
            if share > best:
                best, column = share, source
    return (best, column) if best >= 0.5 else (0.0, "")


def _why(name: str, alias: str, fields: Mapping[str, str], content: str) -> Text:
    zh, en = [], []
    if alias:
        zh.append(f"名称 {name} 含“{alias}”")
        en.append(f"its name {name} has “{alias}”")
    if fields:
        listed = list(dict.fromkeys(fields.values()))[:6]
        zh.append(f"有字段 {'、'.join(listed)}")
        en.append(f"it has the fields {', '.join(listed)}")
    if content:
        zh.append(f"{content} 的取值相符")
        en.append(f"the values of {content} fit")
    return Text("，".join(zh), ", ".join(en))


def _possible(frame: pd.DataFrame, specs: Iterable[LayerSpec]) -> list[LayerSpec]:
    """Return the layers that a frame can be by its shapes."""
    if "geometry" not in frame.columns:
        return [spec for spec in specs if spec.kind == "table"]
    kinds = geometry_kinds(frame)
    return [s for s in specs if s.kind != "table" and (not kinds or kinds & set(s.geometry))]


def _guess(
    name: str, frame: pd.DataFrame, spec: LayerSpec, tier: Tier | None, alias: str
) -> Guess | None:
    columns = [str(c) for c in frame.columns if c != "geometry" and not str(c).startswith("_")]
    fields = match_fields(columns, spec)
    required = {key for key, field in spec.fields.items() if field.required}
    content, source = _content(frame, fields, spec, tier)
    by_name = 0.0
    if alias:
        by_name = 0.5 + 0.01 * min(_weight(alias), 12) if _weight(alias) > 3 else 0.3
    specific = set(fields) - {"code", "name", "area", "parent"}
    by_fields = 0.0
    if fields and required <= set(fields):
        by_fields = 0.15 + 0.2 * min(1.0, len(specific) / 3)
    score = by_name + by_fields + 0.3 * content
    return Guess(spec.name, score, _why(name, alias, fields, source), spec) if score > 0 else None


def recognise(name: str, frame: pd.DataFrame, tiers: Sequence[str] | None = None) -> Guess | None:
    """Return which layer a file is, or None where the evidence is too thin.

    Parameters
    ----------
    name : str
        Name of the file without its extension, or of the layer inside.
    frame : DataFrame
        As read, shapes included.
    tiers : sequence of str, optional
        The chain, where the plan names its own.
    """
    chain = {tier.name: tier for tier in make_chain(tiers)}
    specs = {**{tier.name: tier.spec for tier in chain.values()}, **layer_specs()}
    possible = _possible(frame, specs.values())
    heads = _heads(name, possible)
    guesses = [
        _guess(name, frame, spec, chain.get(spec.name), _alias_of(name, spec, heads))
        for spec in possible
    ]
    ranked = sorted(
        (guess for guess in guesses if guess is not None and guess.score >= _ENOUGH),
        # Of equals the upper tier: a province's code also fits the pattern of districts.
        key=lambda guess: (
            -round(guess.score, 6),
            chain[guess.layer].rank if guess.layer in chain else 99,
            guess.layer,
        ),
    )
    return ranked[0] if ranked else None
