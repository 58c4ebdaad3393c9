from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def gisplan() -> Run:
    """Return a function that runs the command line in a process of its own."""

    def run(*arguments: str | os.PathLike[str], **env: str) -> subprocess.CompletedProcess[str]:
        words: Sequence[str] = [os.fspath(word) for word in arguments]
        return subprocess.run(
            [sys.executable, "-m", "gisplan", *words],
            capture_output=True,
            text=True,
            encoding=env.pop("encoding", "utf-8"),
            timeout=300,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **env},
        )

    return run
