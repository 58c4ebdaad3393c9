"""Where results go: whole or not at all, one run at a time, and no file of the user's is lost."""

from __future__ import annotations

from gisplan.output.ours import is_result
from gisplan.output.reserve import Reserved, reserve, settle
from gisplan.output.write import write_one, write_together

__all__ = ["Reserved", "is_result", "reserve", "settle", "write_one", "write_together"]
