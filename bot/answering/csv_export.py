"""A list or a timeline as CSV, a row for each sentence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.sanitize import one_line

if TYPE_CHECKING:
    from bot.answering.answers import Answer, Citation

__all__ = ["as_csv", "csv_cell"]

_PLACE = ("quote", "title", "source", "published", "url", "article_id", "start", "end")
_FORMULA = tuple("=+-@＝＋－＠")


def as_csv(answer: Answer) -> str:
    """Return the list or the timeline of an answer as CSV with a header; empty if it has neither.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    rows = list(_rows(answer))
    if not rows:
        return ""
    written = io.StringIO()
    names = ("first", "last", "dated_by", "expected") if answer.events else ("answer",)
    csv.writer(written, lineterminator="\n").writerows([(*names, *_PLACE), *rows])
    return written.getvalue()


def _rows(answer: Answer) -> Iterator[tuple[object, ...]]:
    for event in answer.events:
        by = "sentence" if event.is_named else "publication"
        expected = "yes" if event.is_expected else "no"
        yield (event.first, event.last, by, expected, *_place(event.citation))
    for item in answer.listing.items if answer.listing else ():
        for cited in item.citations:
            yield (csv_cell(item.value), *_place(cited))


def _place(cited: Citation) -> Iterator[object]:
    for name in _PLACE:
        value = getattr(cited, name)
        yield value if isinstance(value, int) else csv_cell(value or "")


def csv_cell(text: str) -> str:
    """Return a text on one line, with an apostrophe where a spreadsheet would compute it."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line
