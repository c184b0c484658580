"""CSV and TSV: a header of known field names, then an article a row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.records import TEXT_HINT, bounded_lines, draft_of, field_of
from corpus.text import detect_encoding

__all__ = ["DELIMITERS", "LONGEST_FIELD", "LONGEST_ROW", "parse"]

LONGEST_FIELD = 5_000_000
"""Characters of one field, as of one article's text; csv's own limit of 131,072 is too short."""

LONGEST_ROW = 20_000_000
"""Characters of a row, over all its lines: a cell of two characters takes sixty bytes once read."""

DELIMITERS = ",;\t|"

_SEPARATOR = re.compile('[\ufeff"]*sep=(.?)"?', re.IGNORECASE)  # of Excel, before the header
_DAMAGED = re.compile("[\udc80-\udcff]")


class _Lines:
    """A file's lines, and whether the reader has asked for one past the last."""

    def __init__(self, lines: Iterator[str | None]) -> None:
        self._lines = lines
        self._row = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._lines)
        except StopIteration:
            self.ended = True
            raise
        self._row += 0 if line is None else len(line)
        if line is None or self._row > LONGEST_ROW:
            raise _RowTooLong
        return line

    def begin_row(self) -> None:
        self._row = 0


class _RowTooLong(Exception):
    pass


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read a CSV or TSV file; the delimiter is the one that makes the header known names.

    Args:
        data: the whole file.
        name: the file's name, without ``.gz``.

    Yields:
        A Draft for each row, or a BadRecord for one that cannot be read.

    Raises:
        UnreadableArticle: the file is not text, is empty, or has no column of text.
    """
    if not data.strip():
        raise UnreadableArticle("empty")
    encoding, sound = detect_encoding(data)
    # Only damaged UTF-8 is read with escapes: the rows that hold one are then told apart.
    errors = "strict" if sound else "surrogateescape"
    delimiter = _delimiter(bounded_lines(data, encoding, errors, newline="", longest=LONGEST_ROW))
    lines = _Lines(bounded_lines(data, encoding, errors, newline="", longest=LONGEST_ROW))
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(lines, delimiter=delimiter)
    header: list[str] | None = None
    number = 0
    while True:
        place = f"line {reader.line_num + 1}"
        lines.begin_row()
        try:
            row = next(reader)
        except StopIteration:
            break
        except (csv.Error, _RowTooLong) as error:
            # Past an unclosed quote the rows are anybody's guess.
            row_too_long = isinstance(error, _RowTooLong)
            what, most = ("row", LONGEST_ROW) if row_too_long else ("field", LONGEST_FIELD)
            cause = f"a {what} longer than {most:,} characters (an unclosed quote?)"
            if header is None:
                raise UnreadableArticle(cause) from None
            yield BadRecord(place, f"{cause}; the rest of the file is left out")
            return
        if not any(cell.strip() for cell in row):
            continue
        if header is None and _SEPARATOR.fullmatch(row[0]):
            continue
        if header is None:
            header = [cell.strip("\ufeff\0 \t") for cell in row]
            continue
        number += 1
        yield _read(row, header, number, place, cut_off=lines.ended)
    if header is None:
        raise UnreadableArticle("empty")
    if not number:
        raise UnreadableArticle("holds a header and no rows")


def _delimiter(lines: Iterator[str | None]) -> str:
    """Choose the delimiter by the header, and refuse a header without a column of text."""
    given = ""
    for first in lines:
        if first is None:
            raise UnreadableArticle(f"a row longer than {LONGEST_ROW:,} characters")
        first = first.strip("\ufeff\0")
        named = _SEPARATOR.fullmatch(first.strip())
        given = named[1] if named else given
        if first.strip() and not named:
            break
    else:
        first = ""
    best, names = DELIMITERS[0], -1
    texts = False
    for delimiter in given or DELIMITERS:
        try:
            header = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        fields = [field_of(cell.strip()) for cell in header]
        known = sum(field is not None for field in fields)
        if known > names:
            best, names = delimiter, known
            texts = "text" in fields
    if not texts:
        raise UnreadableArticle(f"no column named {TEXT_HINT}")
    return best


def _read(
    row: list[str], header: list[str], number: int, place: str, *, cut_off: bool
) -> Draft | BadRecord:
    if cut_off:
        return BadRecord(place, "cut off: a quote that is opened here is never closed")
    if any(_DAMAGED.search(cell) for cell in row):
        return BadRecord(place, "not valid UTF-8")
    if any(cell.strip() for cell in row[len(header) :]):
        return BadRecord(place, f"{len(row)} fields, where the header has {len(header)}")
    try:
        return draft_of(dict(zip(header, row, strict=False)), number, place)
    except UnreadableArticle as error:
        return BadRecord(place, str(error))
