"""Fixtures that every room of the tests shares."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from gisplan.texts import keep_python_texts

Run = Callable[..., subprocess.CompletedProcess[str]]
keep_python_texts()  # as each run of gisplan does, also for tests that make frames themselves

# The console that commands print to; a lane of CI says gbk.
CONSOLE = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")[0]
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real layers beside the project, or skip with the reason."""
    home = ROOT.parent / "shared" / "data"
    if not home.is_dir():
        pytest.skip("the real layers (../shared/data) are not on this machine")
    return home


@pytest.fixture(scope="session")
def sample_home() -> Path:
    """Return the folder of the built-in sample plan."""
    return ROOT / "layers" / "sample"


@pytest.fixture
def gisplan() -> Run:
    """Return a function that runs the command line in a process of its own."""

    def run(*arguments: str | os.PathLike[str], **env: str) -> subprocess.CompletedProcess[str]:
        words: Sequence[str] = [os.fspath(word) for word in arguments]
        return subprocess.run(
            [sys.executable, "-m", "gisplan", *words],
            capture_output=True,
            text=True,
            encoding=env.pop("encoding", CONSOLE),
            timeout=300,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": CONSOLE, **env},
        )

    return run
