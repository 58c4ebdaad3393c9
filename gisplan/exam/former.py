"""Reads a former `exam.json`, which the exam of this year is compared with."""

from __future__ import annotations

import json
from pathlib import Path

from gisplan.errors import PlanError
from gisplan.exam.stated import Key

SCHEMA = "gisplan-exam/1"
LARGEST = 200_000_000  # bytes


def read_former(path: Path) -> dict[Key, tuple[int, float]]:
    """Return the values of a former exam with their year, by indicator, level and place.

    Parameters
    ----------
    path : Path
        `exam.json`, or the folder that it is in.

    Raises
    ------
    PlanError
        It is not there, no exam of ours, of another version, or without a year.
    """
    file = path / "exam.json" if path.is_dir() else path
    try:
        if file.stat().st_size > LARGEST:
            raise _refused(file, "文件过大", "it is too large")
        document = json.loads(file.read_text("utf-8-sig"))
    except OSError:
        raise _refused(file, "无法打开", "it cannot be opened") from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise _refused(file, "不是 JSON", "it is no JSON") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _refused(file, f"不是 {SCHEMA} 的体检结果", f"it is no result of an exam of {SCHEMA}")
    year = document.get("year")
    if not isinstance(year, int):
        raise _refused(
            file,
            "没有体检年度，请在 [exam] 写明 year 后重算",
            "it has no year; state year in [exam] and run it again",
        )
    try:
        return {
            (str(row["indicator"]), str(row["level"]), str(row["place"])): (
                year,
                float(row["value"]),
            )
            for row in document["values"]
            if row["value"] is not None
        }
    except (KeyError, TypeError, ValueError):
        raise _refused(file, "内容不完整", "it is not whole") from None


def _refused(file: Path, zh: str, en: str) -> PlanError:
    return PlanError(f"--compare {file.name}：{zh}", f"--compare {file.name}: {en}")
