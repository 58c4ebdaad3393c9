"""The cases, a file for each kind of reliability.md."""

from __future__ import annotations

from importlib import import_module

from tests.corpus.case import Case

KINDS = (
    "shapefile", "encoding", "crs", "geometry", "values", "containers",
    "archives", "drivers", "texts", "surroundings", "real",
)
# The few of `make test`: one of each way to be wrong.
SHORT = (
    "shp-BHQH-50", "shp-GXDY-cut-last", "shp-BHQH-parts-huge", "shp-BHQH-no-shx",
    "shp-GXDY-no-dbf", "enc-gbk-utf8-cpg", "enc-bad-bytes", "crs-BHQH-says-zone40",
    "crs-BHQH-truly-4490", "geo-unit-bow-tie", "geo-zone-null", "geo-over-ring-is-hole",
    "val-code-null", "val-zone-unknown", "con-gpkg-blob-cut", "con-json-cut", "zip-slip",
    "drv-vrt-file-shp", "drv-path-vsicurl", "drv-prj-url", "txt-name-script",
)


def all_cases() -> list[Case]:
    """Return all cases in order; ids are unique."""
    cases = [
        case for name in KINDS for case in import_module(f"tests.corpus.kinds.{name}").kind.cases
    ]
    ids = [case.id for case in cases]
    twice = {one for one in ids if ids.count(one) > 1}
    assert not twice, f"two cases are called {twice}"
    return cases


def lane(cases: list[Case]) -> list[Case]:
    """Return every sixth case of each kind and those of `make test`: what the gate can try."""
    nth: dict[str, int] = {}
    chosen = []
    for case in cases:
        at = nth[case.kind] = nth.get(case.kind, -1) + 1
        if at % 6 == 0 or case.id in SHORT:
            chosen.append(case)
    return chosen
