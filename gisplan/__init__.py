"""gisplan: checks urban-renewal plans down the chain and against heritage protection.

>>> import gisplan
>>> plan = gisplan.open_plan("my-plan")
>>> result = gisplan.review(plan)
>>> result.save("out")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gisplan.surroundings import clean_environment

if TYPE_CHECKING:
    from gisplan.errors import GisplanError, PlanError, ReadError
    from gisplan.model import Plan, Severity, Verdict
    from gisplan.pipeline import Result, open_plan, review

__version__ = "0.1.0"
__all__ = [
    "GisplanError",
    "Plan",
    "PlanError",
    "ReadError",
    "Result",
    "Severity",
    "Verdict",
    "__version__",
    "open_plan",
    "review",
]

_HOMES = {
    "GisplanError": "gisplan.errors",
    "PlanError": "gisplan.errors",
    "ReadError": "gisplan.errors",
    "Plan": "gisplan.model",
    "Severity": "gisplan.model",
    "Verdict": "gisplan.model",
    "Result": "gisplan.pipeline",
    "open_plan": "gisplan.pipeline",
    "review": "gisplan.pipeline",
}


def __getattr__(name: str) -> Any:  # heavy modules load when first asked for
    if name in _HOMES:
        with clean_environment():
            return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'gisplan' has no attribute {name!r}")
