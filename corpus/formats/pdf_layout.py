"""Characters where they stand on a page, made lines in the order in which they are read.

Characters make pieces, which end at a gap that no justified line has. Pieces on both sides of a
gutter are columns, read one after the other, between whatever crosses the gutter; unless they are
short and stand on the same lines, which is a table, read row by row.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median

from corpus.formats.print_lines import PrintedLine, is_ended
from corpus.formats.typography import lowered, raised

__all__ = ["Glyph", "Stroke", "lines_of", "without_struck"]

_GAP = 0.5  # of the size: wider than the space between words, narrower than a gutter
_SPACE = 0.17  # of the size: what stands so far apart is two words
_CELL_GAP = 1.0  # of the size, between cells of a table
_SAME_LINE = 0.25  # of the size, between baselines
_SMALL = 0.85  # of the size of its neighbours: a letter that may be raised or lowered
_LARGEST = 100.0  # points of a character that may be struck
_FEWEST = 3  # lines of a column
_SHORT = 15  # characters: cells of a table have fewer, lines of a column more
_MOST_PIECES = 3_000  # of a page; of more, columns are not looked for
_DEEPEST = 12


@dataclass(slots=True)
class Glyph:
    """A character: its baseline begins at x and y; left and right are its ends."""

    char: str
    x: float
    y: float
    left: float
    right: float
    size: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A thin line across the page, with its ends."""

    left: float
    right: float
    bottom: float
    top: float


@dataclass(slots=True)
class _Piece:
    text: str
    left: float
    right: float
    y: float
    size: float


def lines_of(glyphs: Sequence[Glyph]) -> list[PrintedLine]:
    """Put the characters of a page together to lines, and those in order.

    Args:
        glyphs: in the order in which the page draws them; white space among them counts.

    Returns:
        Lines from the first to the last that is read. Cells of a table stand on one line with
        " | " between them; raised and lowered figures are Unicode's, or stand apart.
    """
    pieces = _merged(list(_pieces(glyphs)))
    if len(pieces) > _MOST_PIECES:
        return list(_rows(pieces))
    return list(_ordered(pieces, 0))


def without_struck(glyphs: Sequence[Glyph], strokes: Sequence[Stroke]) -> list[Glyph]:
    """Leave out the characters that are struck: by a stroke as long as they are together."""
    by_height = sorted(range(len(glyphs)), key=lambda place: glyphs[place].y)
    heights = [glyphs[place].y for place in by_height]
    struck: set[int] = set()
    for stroke in strokes:
        y = (stroke.bottom + stroke.top) / 2
        crossed = [
            place
            for place in by_height[bisect(heights, y - _LARGEST) : bisect(heights, y)]
            if _crosses(stroke, y, glyphs[place])
        ]
        if crossed:
            ends = (
                min(glyphs[one].left for one in crossed),
                max(glyphs[one].right for one in crossed),
            )
            near = _GAP * glyphs[crossed[0]].size
            if abs(ends[0] - stroke.left) < near and abs(ends[1] - stroke.right) < near:
                struck.update(crossed)
    return [glyph for place, glyph in enumerate(glyphs) if place not in struck]


def _crosses(stroke: Stroke, y: float, glyph: Glyph) -> bool:
    """Whether a stroke goes through the middle of a character, not below it."""
    return (
        stroke.left <= (glyph.left + glyph.right) / 2 <= stroke.right
        and 0.12 * glyph.size < y - glyph.y < 0.5 * glyph.size
        and stroke.top - stroke.bottom < 0.4 * glyph.size
    )


def _pieces(glyphs: Sequence[Glyph]) -> Iterator[_Piece]:
    """Characters that follow each other on one line, scripts among them."""
    line: _Line | None = None
    spaced = False
    for glyph in glyphs:
        if glyph.char.isspace():
            spaced = True
        elif line is None or not line.take(glyph, spaced):
            if line is not None:
                yield line.piece()
            line = _Line(glyph)
        if not glyph.char.isspace():
            spaced = False
    if line is not None:
        yield line.piece()


class _Line:
    """The characters of a piece, in runs that are raised, lowered or neither."""

    def __init__(self, first: Glyph) -> None:
        self._runs = [("", first.char)]
        self._left, self._right = first.left, first.right
        self._y, self._size = first.y, first.size

    def take(self, glyph: Glyph, spaced: bool) -> bool:
        """Add the next character, unless it stands elsewhere."""
        gap = glyph.left - self._right
        kind = _script(glyph, self._y, self._size)
        if kind is None and len(self._runs) == 1 and self._is_raised_before(glyph):
            # The line begins with a raised figure: what stood for the line was that.
            self._runs = [("raised", self._runs[0][1])]
            self._y, self._size, kind = glyph.y, glyph.size, ""
        if kind is None or not -self._size < gap < _GAP * self._size:
            return False
        space = " " if (spaced and gap > 0.05 * self._size) or gap > _SPACE * self._size else ""
        if kind == self._runs[-1][0]:
            self._runs[-1] = (kind, f"{self._runs[-1][1]}{space}{glyph.char}")
        else:
            if space:
                self._runs.append(("", space))
            self._runs.append((kind, glyph.char))
        self._left, self._right = min(self._left, glyph.left), max(self._right, glyph.right)
        return True

    def piece(self) -> _Piece:
        text = ""
        for kind, run in self._runs:
            text += {"raised": raised, "lowered": lowered}[kind](run, text) if kind else run
        return _Piece(text, self._left, self._right, self._y, self._size)

    def _is_raised_before(self, glyph: Glyph) -> bool:
        return self._size <= _SMALL * glyph.size and 0 < self._y - glyph.y < 0.8 * glyph.size


def _script(glyph: Glyph, y: float, size: float) -> str | None:
    """How a character stands to a line: on it, "raised" or "lowered", or None where not in it."""
    off = glyph.y - y
    if abs(off) <= 0.06 * size:
        return ""
    if glyph.size <= _SMALL * size and -0.6 * size < off < 0.8 * size:
        return "raised" if off > 0 else "lowered"
    return "" if abs(off) <= _SAME_LINE * size and glyph.size > _SMALL * size else None


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    """Join pieces of one line that were drawn one after others."""
    pieces.sort(key=lambda one: (-one.y, one.left))
    merged: list[_Piece] = []
    for piece in pieces:
        for before in reversed(merged[-8:]):
            size = max(piece.size, before.size)
            if abs(piece.y - before.y) <= 0.1 * size and before.left <= piece.left:
                gap = piece.left - before.right
                if -0.2 * size < gap < 0.3 * size and before.text != piece.text:
                    before.text += piece.text if gap < _SPACE * size else f" {piece.text}"
                    before.right = max(before.right, piece.right)
                    break
        else:
            merged.append(piece)
    return merged


def _ordered(pieces: list[_Piece], depth: int) -> Iterator[PrintedLine]:
    """Lines of a part of the page: its columns, and what crosses them."""
    gutter = _gutter(pieces) if depth < _DEEPEST and len(pieces) >= 2 * _FEWEST else None
    if gutter is None:
        yield from _rows(pieces)
        return
    band: list[_Piece] = []
    plain: list[_Piece] = []  # rows without columns
    for piece in [*sorted(pieces, key=lambda one: (-one.y, one.left)), None]:
        if piece is not None and not piece.left < gutter < piece.right:
            band.append(piece)
            continue
        left = [one for one in band if one.right <= gutter]
        right = [one for one in band if one.left >= gutter]
        if _are_columns(left, right):
            yield from _rows(plain)
            plain = []
            yield from _ordered(left, depth + 1)
            yield from _ordered(right, depth + 1)
        else:
            plain.extend(band)
        band = []
        if piece is not None:
            plain.append(piece)
    yield from _rows(plain)


def _gutter(pieces: list[_Piece]) -> float | None:
    """The middle of the gutter that the fewest pieces cross, the widest of them; None if none."""
    size = median(piece.size for piece in pieces)
    edges = sorted({round(x, 1) for piece in pieces for x in (piece.left, piece.right)})
    best: tuple[int, float] | None = None
    found = None
    for start, end in zip(edges, edges[1:], strict=False):
        middle = (start + end) / 2
        crossing = sum(piece.left < middle < piece.right for piece in pieces)
        if best is not None and crossing > best[0]:
            continue
        left = [piece for piece in pieces if piece.right <= middle]
        right = [piece for piece in pieces if piece.left >= middle]
        if not _are_columns(left, right):
            continue
        width = min(piece.left for piece in right) - max(piece.right for piece in left)
        if width >= _GAP * size and (best is None or (crossing, -width) < best):
            best, found = (crossing, -width), middle
    return found


def _are_columns(left: list[_Piece], right: list[_Piece]) -> bool:
    """Whether two groups of pieces beside each other are read one after the other."""
    if min(len(left), len(right)) < _FEWEST:
        return _is_rest_of_column(left, right)
    beside = min(left[0].y, right[0].y) - max(left[-1].y, right[-1].y)
    if beside < 2 * median(piece.size for piece in left):
        return False  # they stand one above the other
    short = min(mean(len(piece.text) for piece in side) for side in (left, right)) < _SHORT
    if not short:
        return True
    lines = {round(piece.y) for piece in left}
    aligned = sum(bool({round(piece.y) + off for off in (-1, 0, 1)} & lines) for piece in right)
    return aligned < 0.6 * min(len(left), len(right))


def _is_rest_of_column(left: list[_Piece], right: list[_Piece]) -> bool:
    """Whether the last words of a sentence stand alone at the head of the next column."""
    if not right or len(left) < 2 * _FEWEST:
        return False
    last = min(left, key=lambda one: one.y)
    return right[0].text[0].islower() and last.y < right[-1].y and not is_ended(last.text)


def _rows(pieces: list[_Piece]) -> Iterator[PrintedLine]:
    """Lines without columns: what stands on one baseline is one, cells apart from each other."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda one: (-one.y, one.left)):
        if rows and abs(rows[-1][0].y - piece.y) <= _SAME_LINE * rows[-1][0].size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    cells = [_cells(sorted(row, key=lambda one: one.left)) for row in rows]
    for place, row in enumerate(cells):
        beside = [cells[other] for other in (place - 1, place + 1) if 0 <= other < len(cells)]
        table = len(row) > 1 and any(len(other) > 1 for other in beside)
        first = rows[place][0]
        text = (" | " if table else " ").join(row)
        yield PrintedLine(text, min(one.left for one in rows[place]), first.y, first.size, table)


def _cells(row: list[_Piece]) -> list[str]:
    cells = [row[0].text]
    for before, piece in zip(row, row[1:], strict=False):
        if piece.left - before.right >= _CELL_GAP * before.size:
            cells.append(piece.text)
        else:
            cells[-1] += f" {piece.text}"
    return cells
