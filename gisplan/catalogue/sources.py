"""Legal and technical sources of `layers/sources.toml`.

A rule cites a source as "key" or "key#article". What is not verified says so in every output.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gisplan.catalogue.home import load_toml
from gisplan.model import Text


@dataclass(frozen=True, slots=True)
class Source:
    """One source as cited: document, article, and whether its text was read."""

    key: str
    title: Text
    article: str
    verified: bool


@cache
def cite(reference: str) -> Source:
    """Return the source that "key" or "key#article" names; KeyError names an unknown one.

    `verified` is true only where the document was read and, if it was read in part, the article
    is among those that were read.
    """
    key, _, article = reference.partition("#")
    entry = load_toml("sources.toml")[key]
    verified = bool(entry["verified"])
    if article and "articles_read" in entry:
        verified = verified and article in entry["articles_read"]
    return Source(key, Text(entry["zh"], entry["en"]), article, verified)
