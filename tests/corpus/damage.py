"""Damages to files, each a function that a case names."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

from tests.corpus.case import Canaries, Damage


def on(name: str, change: Callable[[bytes], bytes]) -> Damage:
    """Change the bytes of one file."""

    def damage(plan: Path, _canaries: Canaries, _random: random.Random) -> None:
        path = plan / name
        path.write_bytes(change(path.read_bytes()))

    return damage


def cut(name: str, size: int) -> Damage:
    """Keep the first bytes of a file; a negative size leaves out the last ones."""
    return on(name, lambda data: data[:size])


def poke(name: str, at: int, data: bytes) -> Damage:
    """Write other bytes somewhere; a negative place counts from the end."""

    def change(old: bytes) -> bytes:
        start = at if at >= 0 else len(old) + at
        return old[:start] + data + old[start + len(data) :]

    return on(name, change)


def big(name: str, at: int, value: int) -> Damage:
    """Write a 32-bit number, high byte first."""
    return poke(name, at, struct.pack(">i", value))


def little(name: str, at: int, value: int) -> Damage:
    """Write a 32-bit number, low byte first."""
    return poke(name, at, struct.pack("<i", value))


def remove(*names: str) -> Damage:
    """Take files away."""

    def damage(plan: Path, _canaries: Canaries, _random: random.Random) -> None:
        for name in names:
            (plan / name).unlink()

    return damage


def put(name: str, data: bytes | str) -> Damage:
    """Write a file. In a text, {outside}, {marker} and {url} are filled in."""

    def damage(plan: Path, canaries: Canaries, _random: random.Random) -> None:
        path = plan / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = fill(data, canaries) if isinstance(data, str) else data
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return damage


def fill(text: str, canaries: Canaries) -> str:
    """Return a text with the places of the canaries in it."""
    return (
        text.replace("{outside}", canaries.home.as_posix())
        .replace("{marker}", canaries.marker.as_posix())
        .replace("{url}", canaries.url)
    )


def rename(old: str, new: str) -> Damage:
    """Give a file another name."""

    def damage(plan: Path, _canaries: Canaries, _random: random.Random) -> None:
        (plan / old).rename(plan / new)

    return damage


def both(*damages: Damage) -> Damage:
    """Do one after the other."""

    def damage(plan: Path, canaries: Canaries, source: random.Random) -> None:
        for one in damages:
            one(plan, canaries, source)

    return damage


def noise(name: str, at: int, size: int) -> Damage:
    """Overwrite bytes with seeded garbage."""

    def damage(plan: Path, canaries: Canaries, source: random.Random) -> None:
        poke(name, at, source.randbytes(size))(plan, canaries, source)

    return damage
