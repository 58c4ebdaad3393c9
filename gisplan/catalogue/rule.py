"""The rule contract: what every rule declares about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gisplan.model import Severity, Text


@dataclass(frozen=True, slots=True)
class Param:
    """A number or setting of a rule, with its unit and the reason for its value.

    scaled : a scale that the plan states widens it between tiers, see catalogue.scales
    """

    default: Any
    unit: str = ""
    why: str = ""
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says of itself. Its module adds `judge(tables, params) -> Judgement`.

    name : the defect in words, e.g. "child-outside-parent"
    measures : names of the measure tables that `judge` uses
    needs : what must be in the plan for the rule to be judged at all, each a layer ("unit"), a
        field that the source has ("unit.mode"), "tiers" (two tiers) or alternatives ("a|b").
        Where one is not there the rule is skipped: 未检查, never a pass.
    message : formatted with feature, related, measure, limit, unit, layer, related_layer and
        what the offender's `params` hold
    sources : "key" or "key#article" of layers/sources.toml
    """

    code: str
    name: str
    title: Text
    severity: Severity
    message: Text
    remedy: Text
    measures: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    params: Mapping[str, Param] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


class Params:
    """The parameters of one rule in one run, as attributes: `params.min_area`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def as_dict(self) -> dict[str, Any]:
        """Return the parameters by name."""
        return dict(self._values)
