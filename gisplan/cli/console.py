"""Lets text survive a console that is not UTF-8: what it lacks has a stand-in, or is spelt out."""

from __future__ import annotations

import codecs
import re
import sys
from json import dumps
from typing import Any

# What our own texts may hold. GBK, the console of Chinese Windows, lacks the first line only.
_STAND_INS = {
    "²": "2", "³": "3", "✓": "√", "✔": "√", "⚠": "!", "•": "·", "\xa0": " ",
    "√": "v", "·": ".", "×": "x", "㎡": "m2", "°": " deg", "±": "+-", "–": "-", "—": "-",
    "≤": "<=", "≥": ">=", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "→": "->",
}  # fmt: skip
_NAME = "gisplan-console"
_STEERING = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_STEERING_ALL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f]|{_STEERING.pattern}")


def prepare() -> None:
    """Make stdout and stderr take any text without an error, whatever their encoding is."""
    codecs.register_error(_NAME, _stand_in)
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_NAME)


def escape_json(text: str) -> str:
    r"""Return a JSON text, the same for every reader, that cannot steer a terminal.

    JSON escapes the control characters below a blank itself. Those above ASCII, and the marks that
    turn the direction of a line, are written as \u009b too.
    """
    still = _STEERING.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
    encoding = sys.stdout.encoding or "utf-8"
    try:
        still.encode(encoding)
    except UnicodeEncodeError:
        # What stands in for a sign elsewhere would be another text to whoever reads JSON.
        return "".join(char if _has(encoding, char) else dumps(char)[1:-1] for char in still)
    return still


def _has(encoding: str, char: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def still(text: str) -> str:
    """Return lines that cannot steer a terminal: what could is written as its number."""
    return _STEERING_ALL.sub(
        lambda match: match.group().encode("unicode_escape").decode("ascii"), text
    )


def _stand_in(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_shown(char, error.encoding) for char in text), error.end


def _shown(char: str, encoding: str) -> str:
    """Return the stand-in of a character that the encoding has, else its number, escaped."""
    other = _STAND_INS.get(char)
    while other is not None:
        try:
            other.encode(encoding)
        except UnicodeEncodeError:
            other = _STAND_INS.get(other)
        else:
            return other
    return char.encode("ascii", "backslashreplace").decode("ascii")
