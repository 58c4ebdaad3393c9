"""Tiers and layers as `layers/*.toml` declares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from gisplan.catalogue.home import layers_home, load_toml
from gisplan.model import FieldSpec, LayerSpec, Severity, Text, Tier

_NOT_LAYERS = {
    "sample_outcomes.toml",
    "tiers.toml",
    "sources.toml",
    "matrix.toml",
    "rasters.toml",
    "units.toml",
    "land_use_matrix.toml",
    "rule_pages.toml",
}


def _text(entry: Mapping[str, str]) -> Text:
    return Text(entry["zh"], entry["en"])


def _fields(declared: Mapping[str, Any]) -> dict[str, FieldSpec]:
    return {
        name: FieldSpec(
            name=name,
            type=entry.get("type", "text"),
            title=_text(entry),
            aliases=tuple(entry.get("aliases", ())),
            required=entry.get("required", False),
            unit=entry.get("unit", ""),
            codelist=entry.get("codelist", ""),
            from_name=entry.get("from_name", False),
        )
        for name, entry in declared.items()
    }


def _spec(name: str, kind: str, entry: Mapping[str, Any], common: Mapping[str, Any]) -> LayerSpec:
    return LayerSpec(
        name=name,
        kind=kind,
        title=_text(entry),
        fields=_fields({**common, **entry.get("fields", {})}),
        geometry=tuple(entry.get("geometry", ("polygon",) if kind == "tier" else ())),
        aliases=tuple(entry.get("aliases", ())),
        disjoint=entry.get("disjoint", kind == "tier"),
        overlap_severity=Severity(entry.get("overlap_severity", "error")),
        single=entry.get("single", False),
    )


@cache
def layer_specs() -> dict[str, LayerSpec]:
    """Return every declared tier, layer and table by name."""
    common = load_toml("tiers.toml")["common"]
    specs = {}
    for path in sorted(layers_home().glob("*.toml")):
        if path.name in _NOT_LAYERS:
            continue
        entry = load_toml(path.name)
        kind = entry["kind"]
        specs[path.stem] = _spec(path.stem, kind, entry, common if kind == "tier" else {})
    return specs


@cache
def raster_specs() -> dict[str, LayerSpec]:
    """Return the rasters that a plan may name: surface, terrain, population, landcover."""
    return {
        name: _spec(name, "raster", entry, {}) for name, entry in load_toml("rasters.toml").items()
    }


def default_chain() -> tuple[str, ...]:
    """Return the names of the default tiers, top first: province … project."""
    return tuple(load_toml("tiers.toml")["chain"])


def make_chain(names: Sequence[str] | None = None) -> tuple[Tier, ...]:
    """Return the chain of a plan, top first.

    A name that is no declared tier gets the fields that all tiers share, and nothing is demanded
    of its codes: the depth and the names of a chain are data.
    """
    declared = load_toml("tiers.toml")
    specs = layer_specs()
    chain = []
    for rank, name in enumerate(names or default_chain()):
        entry = declared["tier"].get(name, {})
        spec = specs.get(name)
        if spec is None or spec.kind != "tier":
            title = {"zh": name, "en": name}
            spec = _spec(name, "tier", title, declared["common"])
        chain.append(
            Tier(
                name=name,
                title=spec.title,
                rank=rank,
                spec=spec,
                partitions_parent=entry.get("partitions_parent", False),
                code_pattern=entry.get("code_pattern"),
                nested_codes=entry.get("nested_codes", False),
            )
        )
    return tuple(chain)
