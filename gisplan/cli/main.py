"""Where the `gisplan` command begins: watched over by a light parent, or in this process.

Imports nothing but the standard library: the parent of a long review should cost nothing.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

# These read no plan. Whatever is not listed is watched over.
_LIGHT = {"rules", "explain", "doctor"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0, 1 or 2 as contract.md section 1 says.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words instead of those that the program was called with; then all happens in this process.
        GISPLAN_SUPERVISE=0 in the environment keeps it there too.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None and _is_watched(words):
        from gisplan.cli.supervise import supervise

        sys.exit(supervise(words))
    from gisplan.cli.worker import run

    run(words)


def _is_watched(words: Sequence[str]) -> bool:
    command = next((word for word in words if not word.startswith("-")), None)
    return (
        command is not None
        and command not in _LIGHT
        and not {"--help", "-h"} & set(words)
        and os.environ.get("GISPLAN_SUPERVISE") != "0"
        and bool(sys.executable)
        and not getattr(sys, "frozen", False)  # sys.executable is no Python then
        and threading.current_thread() is threading.main_thread()
    )
