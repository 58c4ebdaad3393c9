"""The chain of one plan: the declared tiers with what the configuration says of their files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gisplan.catalogue.layers import layer_specs, make_chain, raster_specs
from gisplan.catalogue.scales import Scale, with_scales
from gisplan.errors import PlanError
from gisplan.model import LayerSource, LayerSpec, PlanConfig, RawLayer, Tier


def plan_chain(config: PlanConfig, raws: Sequence[RawLayer]) -> tuple[Tier, ...]:
    """Return the chain of a plan, top first.

    A default tier that the plan has beside its own chain is added at the end, `chained` False:
    it is judged, but no nesting is demanded of it, and no form of its codes but a declared one.
    """
    chain = list(make_chain(config.tiers))
    named = {tier.name for tier in chain}
    present = {raw.source.layer for raw in raws}
    for tier in make_chain():
        if tier.name in present and tier.name not in named:
            beside = replace(
                tier,
                rank=len(chain),
                chained=False,
                partitions_parent=False,
                code_pattern=None,
                nested_codes=False,
            )
            chain.append(beside)
    sources = [raw.source for raw in raws]
    chain = [_as_declared(tier, sources) for tier in chain]
    return with_scales(chain, config.scale, _scales(config.layers))


def _scales(sources: Sequence[LayerSource]) -> dict[str, Scale]:
    """Return the scale that each tier states; of several files of one tier the coarsest."""
    found: dict[str, Scale] = {}
    for source in sources:
        if source.scale is not None:
            known = found.get(source.layer, source.scale)
            whole = isinstance(known, int) and isinstance(source.scale, int)
            found[source.layer] = max(known, source.scale) if whole else source.scale
    return found


def _as_declared(tier: Tier, sources: Sequence[LayerSource]) -> Tier:
    for source in sources:
        if source.layer != tier.name:
            continue
        if source.partitions_parent is not None:
            tier = replace(tier, partitions_parent=source.partitions_parent)
        if source.code_pattern is not None:
            tier = replace(tier, code_pattern=_checked(source) or None)
    return tier


def _checked(source: LayerSource) -> str:
    pattern = source.code_pattern or ""
    try:
        re.compile(pattern)
    except re.error as error:
        raise PlanError(
            f"图层 {source.layer} 的 code_pattern “{pattern}” 不是有效的正则表达式：{error}",
            f"layer {source.layer}: code_pattern {pattern!r} is no regular expression: {error}",
        ) from None
    return pattern


def spec_of(name: str, chain: Sequence[Tier]) -> LayerSpec | None:
    """Return what is declared of a layer, None for a raster.

    Raises
    ------
    PlanError
        Neither a tier of the plan nor a layer that gisplan knows.
    """
    for tier in chain:
        if tier.name == name:
            return tier.spec
    if name in raster_specs():
        return None
    spec = layer_specs().get(name)
    if spec is None:
        known = ", ".join(
            sorted({tier.name for tier in chain} | set(layer_specs()) | set(raster_specs()))
        )
        raise PlanError(
            f"没有名为 {name} 的层级或图层；可用的有：{known}",
            f"there is no tier or layer named {name}; known are: {known}",
        )
    return spec
