"""Every text survives every console: nothing raises, nothing is lost to a question mark."""

from __future__ import annotations

import io
import json
import sys

import pytest

from gisplan.cli.common import one_line
from gisplan.cli.console import escape_json, prepare, still

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


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_json_stays_json_on_every_console(monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    prepare()
    value = {"名称": ODD + STEERING}
    stream.write(escape_json(json.dumps(value, ensure_ascii=False)))
    stream.flush()
    assert json.loads(stream.buffer.getvalue().decode(encoding)) == value


STEERING = "a\x1b[2Jb\x07c\x9b2Jd\x7fe\u202ef\u2066g\u2028h"


def test_json_says_the_same_and_steers_no_terminal():
    text = json.dumps({"name": STEERING, "中文": "§"}, ensure_ascii=False)
    assert json.loads(escape_json(text)) == json.loads(text)
    assert escape_json(text).replace("中文", "").replace("§", "").isprintable()


def test_lines_and_columns_stay_and_nothing_steers():
    assert still(f"x\t{STEERING}\r\ny\n") == (
        "x\ta\\x1b[2Jb\\x07c\\x9b2Jd\\x7fe\\u202ef\\u2066g\\u2028h\r\ny\n"
    )
    assert one_line(f"{STEERING}\n\n中  文") == "a [2Jb c 2Jd e f g h 中 文"


def test_a_hostile_name_in_an_error_is_one_harmless_line(gisplan, tmp_path):
    path = tmp_path / "no\x1b[31m\x9b\nsuch\u202efile"
    done = gisplan("check", path, "--lang", "en")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.rstrip("\n").isprintable()
