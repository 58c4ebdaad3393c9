"""Reads sheets of XLSX workbooks."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any

from gisplan.errors import ReadError
from gisplan.model import Note
from gisplan.read.found import Found
from gisplan.read.limits import DEFAULT, Limits
from gisplan.read.request import told
from gisplan.read.tables import (
    check_size,
    is_blank,
    repeated_names,
    rows_above_header,
    table_frame,
)


def _unreadable(path: Path, zh: str, en: str) -> ReadError:
    return ReadError(f"{path.name}：{zh}", f"{path.name}: {en}")


def _cell(cell: Any) -> Any:
    """Return the value of a cell; a whole number shown as 000000 keeps its zeros, as text."""
    value = cell.value
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        shape = getattr(cell, "number_format", "") or ""
        if re.fullmatch(r"0{2,}", shape) and float(value).is_integer():
            return str(int(value)).zfill(len(shape))
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            return int(value)
    return value


def sheets(path: Path, limits: Limits = DEFAULT) -> list[str]:
    """Return the names of the sheets of a workbook that hold anything."""
    with Workbook(path, limits) as book:
        return [
            sheet.title
            for sheet in book.worksheets
            if any(
                not is_blank(v) for row in sheet.iter_rows(max_row=5, values_only=True) for v in row
            )
        ]


class Workbook:
    """Open a workbook read-only, after looking how big it is unpacked."""

    def __init__(self, path: Path, limits: Limits, formulas: bool = False) -> None:
        self.path = path
        self.formulas = formulas
        self.limits = limits

    def __enter__(self) -> Any:
        import openpyxl

        try:
            with zipfile.ZipFile(self.path) as packed:
                size = sum(info.file_size for info in packed.infolist())
            check_size(self.path, self.limits, size)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.book = openpyxl.load_workbook(
                    self.path, read_only=True, data_only=not self.formulas
                )
        except (ReadError, MemoryError):
            raise
        except zipfile.BadZipFile:
            raise _unreadable(
                self.path, "不是有效的 .xlsx，请另存为 xlsx", "no valid .xlsx; save it as .xlsx"
            ) from None
        # A damaged workbook makes openpyxl raise whatever its parts run into.
        except Exception as error:  # noqa: BLE001
            raise self._broken(error) from None
        return self.book

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.book.close()
        # Cells are read as they are asked for: the damage may only show now.
        if isinstance(error, Exception) and not isinstance(error, ReadError | MemoryError):
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> ReadError:
        why = str(error).strip().split("\n")[0][:200] or type(error).__name__
        return _unreadable(
            self.path,
            f"工作簿已损坏（{why}），请在 Excel 中打开并另存",
            f"the workbook is broken ({why}); open it in Excel and save it anew",
        )


def read_xlsx(path: Path, sheet: str | None = None, limits: Limits = DEFAULT) -> Found:
    """Read one sheet of a workbook, the first that holds anything where none is named.

    Raises
    ------
    ReadError
        No workbook, no such sheet, or nothing in it.
    """
    check_size(path, limits)
    names = sheets(path, limits)
    wanted = sheet if sheet is not None else next(iter(names), None)
    if wanted is None or wanted not in names:
        raise _unreadable(
            path,
            f"没有工作表 {wanted}，有：{'、'.join(names)}" if wanted else "工作簿是空的",
            f"no sheet {wanted}; there are {', '.join(names)}"
            if wanted
            else "the workbook is empty",
        )
    with Workbook(path, limits) as book:
        rows = [[_cell(cell) for cell in row] for row in book[wanted].iter_rows()]
    notes = (
        *repeated_names(rows),
        *rows_above_header(rows),
        *_not_computed(path, wanted, rows, limits),
    )
    frame = table_frame(rows)
    return Found("XLSX", frame, (path,), encoding="UTF-8", encoding_from="format", notes=notes)


def _not_computed(path: Path, sheet: str, rows: list[list[Any]], limits: Limits) -> list[Note]:
    """Return the note that formulas have no stored result: they were read as blanks.

    Excel stores what a formula gave; what other software writes has no results before Excel
    opened and saved it.
    """
    with Workbook(path, limits, formulas=True) as book, zipfile.ZipFile(path) as packed:
        sheets = [n for n in packed.namelist() if n.startswith("xl/worksheets/")]
        if not any(b"<f" in packed.read(name) for name in sheets):
            return []
        lost = [
            cell.coordinate
            for at, row in enumerate(book[sheet].iter_rows())
            for position, cell in enumerate(row)
            if cell.data_type == "f" and rows[at][position] is None
        ]
    if not lost:
        return []
    places = ", ".join(lost[:5]) + (" …" if len(lost) > 5 else "")
    return [
        told(
            "formulas_not_computed",
            f"{len(lost)} 个公式没有保存计算结果，按空值读取（{places}）；请用 Excel 打开并保存",
            f"{len(lost)} formulas have no stored result and were read as blanks ({places}); open "
            "the workbook in Excel and save it",
            count=len(lost),
        )
    ]
