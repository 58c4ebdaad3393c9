"""What goes wrong in use. Bad data is a finding; bad use is one of these.

Every message is one line in two languages that names the file, layer and feature and says what
to do next. The command line prints it and exits with 2; a traceback never reaches a user.
"""

from __future__ import annotations

from gisplan.model import Lang, Text


def _printable(text: str) -> str:
    """Return a text that any console and file can hold: a file's name may have odd bytes in it."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class GisplanError(Exception):
    """Base of all errors that gisplan raises on purpose."""

    def __init__(self, zh: str, en: str) -> None:
        zh, en = (_printable(text) for text in (zh, en))
        super().__init__(en)
        self.text = Text(zh, en)

    def __reduce__(self) -> tuple[type[GisplanError], tuple[str, str]]:
        return type(self), (self.text.zh, self.text.en)  # it comes whole from another process

    def message(self, lang: Lang) -> str:
        """Return the one line in the reader's language."""
        return self.text.zh if lang == "zh" else self.text.en


class PlanError(GisplanError):
    """The plan or its `gisplan.toml` is not usable as written."""


class ReadError(GisplanError):
    """A file cannot be read."""


class RuleError(GisplanError):
    """A rule, a parameter or a code that does not exist or does not fit."""


class OutputError(GisplanError):
    """A result cannot be written."""


class EngineError(GisplanError):
    """The engine that was asked for cannot do the work, or did not end it."""
