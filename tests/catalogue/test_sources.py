"""What was not read is never said to be verified."""

from __future__ import annotations

import pytest

from gisplan.catalogue.home import load_toml
from gisplan.catalogue.registry import registry
from gisplan.catalogue.sources import cite

SOURCES = load_toml("sources.toml")


@pytest.mark.parametrize("key", sorted(SOURCES))
def test_a_source_has_two_titles_and_says_how_it_was_read(key):
    entry = SOURCES[key]
    assert entry["zh"]
    assert entry["en"]
    assert entry["how"]
    assert isinstance(entry["verified"], bool)
    entry["zh"].encode("gbk")  # consoles of offices
    if entry["how"].startswith("recalled"):
        assert not entry["verified"]


def test_an_article_that_nobody_read_is_not_verified():
    assert cite("liaoning-renewal-regulation#5").verified
    assert not cite("liaoning-renewal-regulation#6").verified
    assert cite("purple-line-order-119#13(1)").verified
    assert not cite("purple-line-order-119#13").verified


def test_our_own_proposals_are_never_verified():
    assert not cite("gisplan-proposal").verified


def test_an_unknown_source_is_refused():
    with pytest.raises(KeyError):
        cite("law-of-the-sea")


@pytest.mark.parametrize("code", sorted(registry()))
def test_a_rule_cites_known_sources(code):
    rule = registry()[code].rule
    assert rule.sources
    assert all(cite(reference).title.zh for reference in rule.sources)
