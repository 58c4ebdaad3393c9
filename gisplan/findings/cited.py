"""A source as results cite it."""

from __future__ import annotations

from functools import cache
from typing import Any

from gisplan.catalogue.sources import cite


@cache  # thousands of findings name the same few articles
def cited(reference: str) -> dict[str, Any]:
    """Return key, title, title_en, article and verified of a source: the same dict, to be read."""
    try:
        source = cite(reference)
    except KeyError:  # a rule names a source that nobody declared: shown as such, not hidden
        key, _, article = reference.partition("#")
        return {"key": key, "title": key, "title_en": key, "article": article, "verified": False}
    return {
        "key": source.key,
        "title": source.title.zh,
        "title_en": source.title.en,
        "article": source.article,
        "verified": source.verified,
    }
