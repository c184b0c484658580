"""Rows of tables as lines of text, each cell in its column."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["span_of", "written_row"]

_MOST_SPANNED = 50  # columns or rows; "100" is written for all that there are


def written_row(cells: Sequence[str], above: int) -> str:
    """Write a row with bars between its cells, so that each stands below its heading.

    Args:
        cells: of the row; an empty one for each further column or row that a cell takes.
        above: how many cells the row above has, as it was written; 0 for the first row.

    Returns:
        The line; empty where all cells are. A first row of one cell is the table's title.
    """
    if not any(cells):
        return ""
    if not above and not any(cells[1:]):
        return cells[0]
    row = [*cells, *[""] * (above - len(cells))]
    while len(row) > above > 0 and not row[-1]:
        row.pop()
    return " | ".join(row)


def span_of(value: str | None) -> int:
    """Return how many columns or rows a cell takes; one where what is said of it is no number."""
    given = (value or "").strip()
    number = int(given[:4]) if given.isascii() and given.isdigit() else 1
    return number if 1 <= number <= _MOST_SPANNED else 1
