"""Gives back the tables of sections that were measured before: only what changed is worked out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from gisplan.measure.apart import Run, Tables
from gisplan.measure.packing import BrokenPackageError, pack_section, pack_tables, unpack_tables
from gisplan.measure.sections import Section
from gisplan.measure.versions import versions
from gisplan.store import Store


def remembering(run: Run, store: Store) -> Run:
    """Return what measures only those sections of which a store has no tables, and keeps theirs.

    Parameters
    ----------
    run : callable
        Measures sections.
    store : Store
        Tables by all that they depend on: the section's own bytes, the names of the tables, our
        code and the versions of the libraries. What is not whole there is measured again.
    """

    def remembered(
        sections: Iterable[Section], names: tuple[str, ...]
    ) -> Iterator[tuple[Section, Tables]]:
        keys: dict[int, str] = {}
        known: list[tuple[Section, Tables]] = []

        def unknown() -> Iterator[Section]:
            for section in sections:
                key = section_key(section, names)
                tables = _recalled(store, key, names)
                if tables is not None:
                    light = replace(section, plan=replace(section.plan, layers={}))
                    known.append((light, tables))
                    continue
                keys[id(section)] = key
                yield section

        for section, tables in run(unknown(), names):
            store.put(keys.pop(id(section)), pack_tables(tables))
            yield section, tables
            yield from _taken(known)
        yield from _taken(known)
        store.tidy()

    return remembered


def section_key(section: Section, names: tuple[str, ...]) -> str:
    """Return what the tables of a section are kept under."""
    about = json.dumps([names, versions()], sort_keys=True).encode()
    return hashlib.sha256(about + pack_section(section)).hexdigest()


def _recalled(store: Store, key: str, names: tuple[str, ...]) -> Tables | None:
    kept = store.get(key)
    if kept is None:
        return None
    try:
        return unpack_tables(kept, names)
    except BrokenPackageError:
        store.drop(key)
        return None


def _taken(known: list[tuple[Section, Tables]]) -> Iterator[tuple[Section, Tables]]:
    while known:
        yield known.pop()
