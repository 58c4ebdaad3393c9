"""Every text survives every console: nothing raises, nothing is lost to a question mark."""

from __future__ import annotations

import io
import sys

import pytest

from gisplan.cli.console import prepare

ODD = "面积 12 m² ㎡ √ ✓ ⚠ 䶮 𬒈 é ‘x’ → — ° · \xa0|"


def printed(monkeypatch, encoding, text):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    prepare()
    stream.write(text)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["gbk", "cp936"])
def test_a_chinese_console_shows_stand_ins_and_spells_rare_hanzi(monkeypatch, encoding):
    shown = printed(monkeypatch, encoding, ODD)
    assert "?" not in shown
    assert shown.startswith("面积 12 m2 ㎡ √ √ ! \\u4dae \\U0002c488 ")
    assert shown.endswith("→ — ° ·  |")


@pytest.mark.parametrize(
    "encoding", ["gb2312", "ascii", "latin-1", "cp1252", "big5", "shift_jis", "koi8-r"]
)
def test_no_console_raises(monkeypatch, encoding):
    shown = printed(monkeypatch, encoding, ODD)
    assert "?" not in shown
    assert "12 m" in shown


def test_utf8_is_left_alone(monkeypatch):
    assert printed(monkeypatch, "utf-8", ODD) == ODD
