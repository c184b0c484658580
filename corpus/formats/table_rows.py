"""Rows of tables as lines of text, each cell in its column."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["TableRows", "span_of"]

_MOST_SPANNED = 50  # columns or rows; "100" is written for all that there are


class TableRows:
    """Writes the rows of a table, from its first to its last, with bars between their cells."""

    def __init__(self) -> None:
        """Begin a table."""
        self._width = 0  # cells of the row before

    def line(self, cells: Sequence[str]) -> str:
        """Write a row, so that each cell stands below its heading.

        Args:
            cells: of the row; an empty one for each further column or row that a cell takes.

        Returns:
            The line; empty where all cells are. A first row of one cell is the table's title.
        """
        width = self._width
        if len(cells) > 1:
            self._width = len(cells)
        if not any(cells):
            return ""
        if not width and not any(cells[1:]):
            return cells[0]
        row = [*cells, *[""] * (width - len(cells))]
        while len(row) > width > 0 and not row[-1]:
            row.pop()
        return " | ".join(row)


def span_of(value: str | None) -> int:
    """Return how many columns or rows a cell takes; one where what is said of it is no number."""
    given = (value or "").strip()
    number = int(given[:4]) if given.isascii() and given.isdigit() else 1
    return number if 1 <= number <= _MOST_SPANNED else 1
