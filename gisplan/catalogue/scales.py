"""Scales of plans, and how far off a boundary may be at a scale: `[scales]` of `layers/tiers.toml`.

A tolerance is the metres by which the boundaries of two tiers may disagree. Only a scale that
`gisplan.toml` states widens it; of two tiers the coarser one governs (docs/decisions/0012).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gisplan.catalogue.home import load_toml
from gisplan.model import Text, Tier

if TYPE_CHECKING:
    from gisplan.catalogue.registry import RegisteredRule

BY_TIER = "by-tier"  # each tier at the scale that is usual for it
TOLERANCE = "tolerance_m"  # key among a rule's parameters: tier -> metres
_WRITTEN = re.compile(r"1\s*[:：]\s*(\d[\d,]*)\s*(万)?")
_LARGEST, _SMALLEST = 100, 10_000_000

Scale = int | str


def parse_scale(value: object) -> Scale:
    """Return a scale as its denominator: "1:10000", "1:1万", 10000; or BY_TIER as it is.

    Raises
    ------
    ValueError
        Anything else, and a denominator that no plan is drawn at.
    """
    found: float | None = None
    if isinstance(value, str):
        if value.strip() == BY_TIER:
            return BY_TIER
        match = _WRITTEN.fullmatch(value.strip())
        if match:
            found = int(match[1].replace(",", "")) * (10_000 if match[2] else 1)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found = value
    if found is None or not _LARGEST <= found <= _SMALLEST or found != int(found):
        raise ValueError(value)
    return int(found)


def with_scales(
    chain: Iterable[Tier], whole: Scale | None, own: Mapping[str, Scale] | None = None
) -> tuple[Tier, ...]:
    """Return a chain whose tiers know their scale: the tier's own, else that of the whole plan."""
    usual = load_toml("tiers.toml")["scales"]["usual"]

    def scale_of(tier: Tier) -> int | None:
        stated = (own or {}).get(tier.name, whole)
        known = usual.get(tier.name) if stated == BY_TIER else stated
        return None if known is None else int(known)

    return tuple(replace(t, scale=scale_of(t)) if t.chained else t for t in chain)


def steps() -> list[tuple[int, float]]:
    """Return scales and the metres that are tolerated from each on, finest first."""
    declared = load_toml("tiers.toml")["scales"]["tolerance"]
    return sorted((int(step["scale"]), float(step["metres"])) for step in declared)


def tolerance_of(scale: int) -> float:
    """Return the tolerance at a scale, in metres; between two steps that of the finer one."""
    known = steps()
    return max([known[0][1], *(metres for least, metres in known if scale >= least)])


def set_tolerances(
    settings: Mapping[str, dict[str, Any]],
    declared: Mapping[str, Mapping[str, Any]],
    rules: Mapping[str, RegisteredRule],
    chain: Iterable[Tier],
) -> dict[str, dict[str, Any]]:
    """Return the settings of rules with the tolerances that the scales of the tiers give.

    Parameters
    ----------
    settings : mapping
        Every parameter by rule.
    declared : mapping
        What the user set by hand: a rule whose bound was set keeps it, whatever the scale.
    rules : mapping
        Of these, the ones with a parameter that follows the scale get TOLERANCE.
    chain : iterable of Tier
        With their scales; a tier without one adds nothing.

    Returns
    -------
    dict
        A plan that states no scale, or none that is coarser than the finest step, changes nothing.
    """
    finest = steps()[0][1]
    known = {tier.name: tolerance_of(tier.scale) for tier in chain if tier.scale is not None}
    wider = {name: metres for name, metres in known.items() if metres > finest}
    out = {code: dict(values) for code, values in settings.items()}
    for code in out if wider else ():
        follows = scaled_params(rules[code])
        if follows and not set(follows) & set(declared.get(code, {})):
            out[code][TOLERANCE] = dict(wider)
    return out


def scaled_params(entry: RegisteredRule) -> list[str]:
    """Return the parameters of a rule that a stated scale widens."""
    return [name for name, param in entry.rule.params.items() if param.scaled]


def explain_scales(entry: RegisteredRule) -> Text | None:
    """Return how a scale widens a rule's tolerance, None where it does not."""
    names = scaled_params(entry)
    if not names:
        return None
    name = names[0]
    zh = "、".join(f"1:{scale} 起 {metres:g} 米" for scale, metres in steps())
    en = ", ".join(f"{metres:g} m from 1:{scale} on" for scale, metres in steps())
    return Text(
        f"规划写明比例尺（[plan] scale 或 [layers.层级] scale）时，与上级之间的公差放宽：{zh}，"
        f"取两级中较粗者；未写明的仍为 {name}，另行设定 {name} 的以设定为准。"
        "建议值，未核实。判定对象不因放宽而通过。",
        f"where the plan states a scale ([plan] scale or [layers.TIER] scale) the tolerance "
        f"between tiers widens: {en}, by the coarser of the two tiers; without a scale it is "
        f"{name}, and {name} wins where it is set. A proposal, not verified. It makes nothing "
        "clear that is judged.",
    )


def describe_scales(
    tiers: Iterable[Tier],
    declared: Mapping[str, Mapping[str, Any]],
    rules: Mapping[str, RegisteredRule],
) -> Text | None:
    """Return what scales a plan states and what they widen, None where it states none."""
    stated = [tier for tier in tiers if tier.scale is not None]
    if not stated:
        return None
    zh, en = [], []
    for tier in stated:
        metres = tolerance_of(tier.scale or 0)
        zh.append(f"{tier.title.zh} 1:{tier.scale}（{metres:g} 米）")
        en.append(f"{tier.title.en} 1:{tier.scale} ({metres:g} m)")
    by_hand = [
        f"{code} {name} = {declared[code][name]:g}"
        for code, entry in rules.items()
        for name in scaled_params(entry)
        if name in declared.get(code, {})
    ]
    kept = Text("", "")
    if by_hand:
        kept = Text(f"；另行设定：{'、'.join(by_hand)}", f"; set by hand: {', '.join(by_hand)}")
    return Text(
        f"按比例尺放宽上下级边界公差（建议值，未核实）：{'、'.join(zh)}；"
        f"两级之间取较粗者，同一图层内和历史文化检查不放宽{kept.zh}",
        f"tolerance between tiers by scale (a proposal, not verified): {', '.join(en)}; the "
        "coarser of two tiers governs; within one layer and for heritage nothing is widened"
        f"{kept.en}",
    )
