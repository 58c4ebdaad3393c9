"""Reads a JSON document that gisplan wrote: a manifest, a result, an exam."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gisplan.errors import PlanError

LARGEST = 500_000_000  # bytes


def read_document(
    file: Path, schema: str | tuple[str, ...], remedy_zh: str, remedy_en: str
) -> dict[str, Any]:
    """Return a document of one schema, or of one of several.

    Parameters
    ----------
    file : Path
    schema : str or tuple of str
        What its member `schema` must say.
    remedy_zh, remedy_en : str
        What to do where it is none.

    Raises
    ------
    PlanError
        It is not there, too large, no JSON, or of another schema; one line with the remedy.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise refused(file, "文件过大", "it is too large")
        document = json.loads(file.read_text("utf-8-sig"))
    except OSError:
        raise refused(
            file, f"没有，或者无法打开；{remedy_zh}", f"not there, or cannot be opened; {remedy_en}"
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise refused(file, f"不是 JSON；{remedy_zh}", f"no JSON; {remedy_en}") from None
    wanted = (schema,) if isinstance(schema, str) else schema
    if not isinstance(document, dict) or document.get("schema") not in wanted:
        raise refused(
            file,
            f"不是 {'、'.join(wanted)}；{remedy_zh}",
            f"not of {' or '.join(wanted)}; {remedy_en}",
        )
    return document


def area_of(document: Mapping[str, Any]) -> str:
    """Return the code of the area that alone was reviewed; "" where all of the plan was."""
    plan = document.get("plan")
    within = plan.get("within") if isinstance(plan, dict) else None
    return str(within.get("code", "")) if isinstance(within, dict) else ""


def not_whole(file: Path) -> PlanError:
    """Return the error of a document in which something is missing or of another kind."""
    return refused(file, "内容不完整，请重新生成", "it is not whole; write it again")


def refused(file: Path, zh: str, en: str) -> PlanError:
    """Return an error that names the file by its folder and name."""
    name = f"{file.parent.name}/{file.name}"
    return PlanError(f"{name}：{zh}", f"{name}: {en}")
