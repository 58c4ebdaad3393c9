"""Fixtures that every room of the tests shares."""

from __future__ import annotations

from pathlib import Path

import pytest

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
