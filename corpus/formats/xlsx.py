"""Excel workbooks (.xlsx): a row of known columns is an article, any other sheet is one."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.number_formats import printed
from corpus.formats.records import draft_of, field_of
from corpus.formats.table_rows import TableRows
from corpus.formats.text import title_from_name
from corpus.formats.zipped import check_archive

__all__ = ["MOST_CELLS", "parse"]

MOST_CELLS = 2_000_000
"""Cells of a sheet that are read, empty ones counted."""


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read a workbook.

    Args:
        data: the whole file.
        name: the file's name.

    Yields:
        Of a sheet whose first row names a column of text, a Draft for each row, as of a CSV file;
        of any other sheet one Draft of all its rows, cells with " | " between them. Hidden sheets
        are left out.

    Raises:
        UnreadableArticle: the file is no workbook, is too large unpacked, or has no text.
    """
    check_archive(data, "workbook", ".xlsx")
    try:
        import openpyxl
    except ImportError:
        raise UnreadableArticle("a workbook needs pip install 'newsbot-qa[formats]'") from None
    found = False
    try:
        with warnings.catch_warnings(action="ignore"):
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    for one in _sheet(sheet, name, len(book.worksheets) > 1):
                        found = True
                        yield one
    except UnreadableArticle:
        raise
    except Exception as error:  # openpyxl's, zipfile's and the XML parser's
        raise UnreadableArticle(f"a damaged workbook ({type(error).__name__})") from error
    if not found:
        raise UnreadableArticle("no text in it")


def _sheet(sheet: Any, name: str, many: bool) -> Iterator[Draft | BadRecord]:
    header: list[str] | None = None
    lines: list[str] = []
    rows, width = TableRows(), 0
    cells = 0
    for number, cells_of_row in enumerate(sheet.iter_rows(), start=1):
        cells += max(1, len(cells_of_row))
        place = f"sheet {sheet.title[:40]!r} row {number}"
        if cells > MOST_CELLS:
            yield BadRecord(place, f"more than {MOST_CELLS:,} cells; the rest is left out")
            break
        row = [printed(one.value, one.number_format or "") for one in cells_of_row]
        if not any(row):
            continue
        if header is None:
            header = row
        if not any(field_of(column) == "text" for column in header):
            row = _without_end(row)
            row += [""] * (width - len(row))
            width = len(row)
            lines.append(rows.line(row))
        elif row is not header:
            yield _record(header, row, number, place, f"{sheet.title}!" if many else "")
    if lines:
        title = f"{title_from_name(name)}: {sheet.title}" if many else title_from_name(name)
        yield Draft(title=title, text="\n".join(lines), key=sheet.title if many else None)


def _record(
    header: list[str], row: list[str], number: int, place: str, sheet: str
) -> Draft | BadRecord:
    record = {column: cell for column, cell in zip(header, row, strict=False) if column}
    try:
        draft = draft_of(record, number, place)
    except UnreadableArticle as error:
        return BadRecord(place, str(error))
    return replace(draft, key=f"{sheet}{draft.key}")


def _without_end(row: Sequence[str]) -> list[str]:
    last = max(place for place, cell in enumerate(row) if cell)
    return list(row[: last + 1])
