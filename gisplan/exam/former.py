"""Reads a former `exam.json`, which the exam of this year is compared with."""

from __future__ import annotations

from pathlib import Path

from gisplan.exam.stated import Key
from gisplan.output.document import not_whole, read_document, refused

SCHEMA = "gisplan-exam/1"


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
    document = read_document(
        file, SCHEMA, "请指明上一年度的体检结果", "name the result of a former exam"
    )
    year = document.get("year")
    if not isinstance(year, int):
        raise refused(
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
        raise not_whole(file) from None
