"""Puts the facts of a finding into the words of its rule, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplan.model import LayerSpec, Text

_UNITS = {"m2": Text("㎡", "m2"), "share": Text("", "")}


class _Nothing:
    """A fact that is not known: a dash, whatever format a template asks for."""

    def __format__(self, _: str) -> str:
        return "—"

    def __getitem__(self, _: object) -> _Nothing:
        return self


def fill(template: Text, values: Mapping[str, Any], instead: Text) -> Text:
    """Return a template with its facts filled in.

    Parameters
    ----------
    template : Text
        With fields in braces, as `Rule.message` describes.
    values : mapping
        Facts by name. A Text is put in the reader's language, None is written as a dash.
    instead : Text
        What to say where the template asks for a fact that is not there: a rule that forgot a
        parameter still has a finding to report.
    """
    return Text(
        _fill(template.zh, values, 0) or instead.zh, _fill(template.en, values, 1) or instead.en
    )


def _fill(template: str, values: Mapping[str, Any], language: int) -> str | None:
    try:
        return template.format_map(_Facts(values, language))
    except (LookupError, ValueError, TypeError, AttributeError):
        return None


class _Facts:
    """Facts in the words of a language, each made when a template names it."""

    def __init__(self, values: Mapping[str, Any], language: int) -> None:
        self._values, self._language = values, language

    def __getitem__(self, name: str) -> Any:
        return _fact(self._values[name], self._language)


def _fact(value: Any, language: int) -> Any:
    if isinstance(value, Text):
        return value[language]
    if value is None or (isinstance(value, float) and value != value):
        return _Nothing()
    if isinstance(value, list | tuple):
        return ("、" if language == 0 else ", ").join(str(_fact(item, language)) for item in value)
    return value


def facts_of(draft: Mapping[str, Any], specs: Mapping[str, LayerSpec]) -> dict[str, Any]:
    """Return the facts of a finding that a template may name."""
    return {
        "feature": draft["feature"],
        "related": draft["related"],
        "measure": draft["measure"],
        "limit": draft["limit"],
        "unit": _UNITS.get(draft["unit"], draft["unit"]),
        "layer": layer_title(draft["layer"], specs),
        "related_layer": layer_title(draft["related_layer"], specs),
        **draft["params"],
    }


def layer_title(layer: str | None, specs: Mapping[str, LayerSpec]) -> Text | None:
    """Return what a layer is called; its own name where it is not known, None for none."""
    if not layer:
        return None
    spec = specs.get(layer)
    return spec.title if spec else Text(layer, layer)
