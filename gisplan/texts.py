"""Keeps texts the same whether pyarrow is installed or not.

With pyarrow pandas stores texts as UTF-8. A text that is none, half a character out of a damaged
file, then raises deep inside pandas instead of being told, and what is found would depend on what
else is installed. So texts stay Python's own, for the whole process.
"""

from __future__ import annotations

import pandas as pd


def keep_python_texts() -> None:
    """Make pandas store texts as Python does. Calling it again changes nothing."""
    pd.set_option("mode.string_storage", "python")
