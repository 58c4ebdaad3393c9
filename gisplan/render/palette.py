"""The colours of verdicts and severities, the same in the map, the workbook, the report and QGIS.

Chosen to differ in lightness as well as hue, so that they still differ in grey print and for
readers who do not tell red from green.
"""

from __future__ import annotations

from collections.abc import Mapping

from gisplan.model import Severity, Verdict

VERDICT_COLOUR: Mapping[str, str] = {
    Verdict.BLOCKED: "#b2182b",
    Verdict.UNDETERMINED: "#7f7f7f",
    Verdict.CONDITIONAL: "#f4a03b",
    Verdict.CLEAR: "#4daf7c",
}
SEVERITY_COLOUR: Mapping[str, str] = {
    Severity.ERROR: "#b2182b",
    Severity.WARNING: "#e08214",
    Severity.INFO: "#2b7bba",
}
# Pale fills for cells that hold dark text.
VERDICT_FILL: Mapping[str, str] = {
    Verdict.BLOCKED: "#f7d4d6",
    Verdict.UNDETERMINED: "#e3e3e3",
    Verdict.CONDITIONAL: "#fde6c4",
    Verdict.CLEAR: "#d9efe2",
}
SEVERITY_FILL: Mapping[str, str] = {
    Severity.ERROR: "#f7d4d6",
    Severity.WARNING: "#fde6c4",
    Severity.INFO: "#d8e8f5",
}

# What would resolve a conflict: greens and blues, for they are offers.
RESOLUTION_COLOUR: Mapping[str, str] = {
    "boundary": "#1b7837",
    "mode": "#2166ac",
    "height": "#4393c3",
    "keep": "#5aae61",
}
