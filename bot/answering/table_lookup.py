"""Cells of tables that a question names by their row and their column.

A table stands in an article as lines of cells with ``|`` between them, its header first. The
reader was made for sentences: of a row that does not repeat its header it knows too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.answering.candidates import Candidate, Support
from bot.answering.term_overlap import names_found
from bot.reader.reader import LEAST_MARGIN
from corpus.article import Article, Span
from corpus.dates import DAYS_AND_MONTHS
from index.results import SearchResult
from index.terms import content_stems, stems

__all__ = ["cells_asked_for"]

_SEPARATOR = " | "
_PROBABILITY = 0.9  # how often it is right in ``tests/bench/tables.py``
# What a row may be said to do with what stands in its cells. Whatever else a question says of them
# ("sold", "last year", "expects") asks for something that the table does not hold.
_HAVING = frozenset(
    stems(
        "be become big carried carry catch caught cost count counted earn earned find found gain "
        "gained get give given go got great had have held high hold keep kept large long made make "
        "many measure measured much number own owned place receive received record recorded score "
        "scored small take took total win won"
    )
)
_TIME = re.compile(
    rf"\d[:.]\d\d|\b\d{{4}}\b|\b(?:{'|'.join(sorted(DAYS_AND_MONTHS))})\b", re.IGNORECASE
)


def cells_asked_for(result: SearchResult) -> list[Candidate]:
    """Return the cells that a question asks for.

    Args:
        result: of the search, with the stems of its question.

    Returns:
        A candidate for each row whose label is in the question with all of its words, if the
        question has words of one column's heading more than of the others', and says nothing
        besides that is in neither the row, the header nor the article's title.
    """
    question, asked = result.question, set(result.idf)
    found: dict[tuple[str, int], Candidate] = {}
    for hit in result.hits:
        if _SEPARATOR not in hit.passage.text:
            continue
        for header, row, (start, end) in _rows(hit.article):
            inside = hit.passage.start <= start < hit.passage.end
            column = _column(asked, header, row) if inside else None
            known = " ".join((hit.article.title, *header, *row))
            if (
                column is not None
                and asked <= _HAVING | set(stems(known))
                and names_found(question, known) == 1
                and _is_of_kind(question, row[column])
            ):
                support = Support(hit.article, start, end, LEAST_MARGIN, copies=hit.copies)
                cell = Candidate(row[column], _PROBABILITY, (support,))
                found.setdefault((hit.article.id, start), cell)
    return list(found.values())


def _column(asked: set[str], header: Sequence[str], row: Sequence[str]) -> int | None:
    """The column that a question asks for in a row; None where it asks for none of them."""
    label = set(content_stems(row[0]))
    if not label or not label <= asked:
        return None
    shares = [len((asked - label) & set(content_stems(heading))) for heading in header[1:]]
    most = max(shares)
    if not most or shares.count(most) > 1:
        return None
    column = 1 + shares.index(most)
    return column if row[column] else None


def _is_of_kind(question: str, cell: str) -> bool:
    """Return whether a cell may be who, where or when something is, if a question asks for that."""
    asked = question.lower()
    if asked.startswith(("who", "where")):
        return not any(map(str.isdigit, cell))
    return not asked.startswith("when") or bool(_TIME.search(cell))


def _rows(article: Article) -> Iterator[tuple[list[str], list[str], Span]]:
    """The rows of an article's tables: the header's cells, their own, and where they stand."""
    header: list[str] = []
    for start, end in _lines(article.text):
        # A row that begins or ends with an empty cell has lost its outer space.
        cells = [cell.strip() for cell in f" {article.text[start:end]} ".split(_SEPARATOR)]
        if len(cells) < 2:
            header = []
        elif len(cells) != len(header):
            header = cells
        else:
            yield header, cells, (start, end)


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1
