"""Fixtures of the findings stage: a case, and two offenders."""

from __future__ import annotations

import pytest
from findings_case import RULES, B, Case

from gisplan.catalogue.judgement import judged
from gisplan.catalogue.registry import RegisteredRule
from gisplan.findings import build as stage
from gisplan.model import Ruling


@pytest.fixture
def case(monkeypatch):
    entries = {
        code: RegisteredRule(rule, lambda *_: judged(), "", code) for code, rule in RULES.items()
    }
    monkeypatch.setattr(stage, "registry", lambda: entries)
    return Case()


@pytest.fixture
def overlap():
    return {
        "layer": "unit",
        "fid": 0,
        "related_layer": "unit",
        "related": B,
        "measure": 12.0,
        "unit": "m2",
        "limit": 1.0,
    }


@pytest.fixture
def in_core_zone():
    return {
        "layer": "unit",
        "fid": 0,
        "related_layer": "heritage_zone",
        "related": "Z1",
        "measure": 100.0,
        "unit": "m2",
        "ruling": Ruling.PROHIBITED,
    }
