"""Lines as they stand on printed pages, made the paragraphs that they were before they were set."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["PAGE_MARK", "PrintedLine", "is_ended", "text_of", "without_running_lines"]

_EDGE = 2  # lines at the top and at the bottom of a page, where running lines stand
_LONGEST_RUNNING = 120
_FEWEST_REPEATS = 3
_NUMBER = re.compile(r"\d{1,9}")
_PAGE_NUMBER = re.compile(r"(?:page|p\.|seite) \d+(?: ?(?:of|von|/) ?\d+)?|[-–—] ?\d+ ?[-–—]")
_ENDED = re.compile(r"[.!?:…。！？][\"'”’»)\]]*$")
_BULLET = re.compile(r"[•‣▪●◦–—*-]\s+\S")
_HYPHENATED = re.compile(r"(\w+)[-\u2010]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Parts of compounds that keep their hyphen, where the text itself does not show it.
_FIRST_PARTS = frozenset(
    "eighty fifteen fifty five forty half ninety quasi self seventy sixty thirty three twenty two "
    "vice well".split()
)
_LAST_PARTS = frozenset(
    "backed based born century controlled friendly interest known language looking month old olds "
    "owned profile related scale speaking style week winning year years".split()
)
_SUSPENDED = {"and", "or", "to"}
PAGE_MARK = "\ufdd0"
"""Where a page begins in ``text_of``: a code point that no text has."""


@dataclass(frozen=True)
class PrintedLine:
    """A line of a page.

    Attributes:
        text: without white space around it.
        x: where it begins, in points from the left.
        y: where it stands, in points from the bottom.
        size: of its first letter, in points.
        row: whether it is a row of a table.
    """

    text: str
    x: float = 0.0
    y: float = 0.0
    size: float = 0.0
    row: bool = False


def without_running_lines(pages: Sequence[Sequence[PrintedLine]]) -> list[list[PrintedLine]]:
    """Leave out page numbers and the headers and footers that pages share.

    Args:
        pages: the lines of each page.

    Returns:
        The same, without the lines at the edge of a page which are on at least three pages and
        two fifths of all, or on two of two at the same place; without those that differ only
        in a number which counts the pages, on three of them, or on both of two; and without what
        calls itself a page's number.
    """
    same: dict[str, list[int]] = defaultdict(list)
    counted: dict[str, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
    edges = [list(_edge(page)) for page in pages]
    for number, edge in enumerate(edges):
        for text in {text for text, _, _ in edge if len(text) <= _LONGEST_RUNNING}:
            same[text].append(number)
            numbers = tuple(int(found) for found in _NUMBER.findall(text))
            if numbers:
                counted[_NUMBER.sub("#", text)].append((number, numbers))
    repeated = {
        text
        for text, places in same.items()
        if len(places) >= _FEWEST_REPEATS and 5 * len(places) >= 2 * len(pages)
    }
    if len(pages) == 2:
        first, second = ({(text, height) for text, height, _ in edge} for edge in edges)
        repeated |= {text for text, _ in first & second}
    counting = {
        text
        for text, found in counted.items()
        if len(found) >= min(_FEWEST_REPEATS, max(len(pages), 2)) and _counts_pages(found)
    }
    kept = []
    for page, edge in zip(pages, edges, strict=True):
        running = {
            place
            for text, _, places in edge
            if text in repeated
            or _NUMBER.sub("#", text) in counting
            or _PAGE_NUMBER.fullmatch(text)
            for place in places
        }
        kept.append([line for place, line in enumerate(page) if place not in running])
    return kept


def is_ended(text: str) -> bool:
    """Return whether a line ends as a sentence does."""
    return _ENDED.search(text) is not None


def text_of(pages: Sequence[Sequence[PrintedLine]]) -> str:
    """Join lines to paragraphs, and undo the hyphens at their ends.

    Args:
        pages: the lines of each page, in the order in which they are read.

    Returns:
        The paragraphs with blank lines between them, rows of a table with line ends between them,
        and ``PAGE_MARK`` where a page begins, the first one excepted.
    """
    lines = [(number, line) for number, page in enumerate(pages) for line in page if line.text]
    if not lines:
        return ""
    lengths = sorted(len(line.text) for _, line in lines)
    full = lengths[len(lengths) * 9 // 10]
    gaps = [
        above.y - below.y
        for (page, above), (next_page, below) in zip(lines, lines[1:], strict=False)
        if page == next_page and 0 < above.y - below.y < 5 * max(above.size, 1)
    ]
    gap = median(gaps) if gaps else 0.0
    size = median(line.size for _, line in lines)
    words = Counter(word.casefold() for _, line in lines for word in _WORD.findall(line.text))
    parts = []
    for (page, above), (next_page, below) in zip(lines, lines[1:], strict=False):
        if above.row and below.row:
            parts.append(f"{above.text}\n")
        elif (
            above.row
            or below.row
            or _breaks(above, below, full, gap * max(1.0, above.size / size), page == next_page)
        ):
            parts.append(f"{above.text}\n\n")
        else:
            parts.append(_before(above.text, below.text, words))
        parts.append(PAGE_MARK * (next_page - page))
    return "".join(parts) + lines[-1][1].text


def _edge(page: Sequence[PrintedLine]) -> Iterator[tuple[str, int, list[int]]]:
    """The lines where running lines stand, the highest and the lowest: text, height and places.

    Where several stand on one height, as a left and a right part do, they come together as well.
    """
    rows: dict[float, list[int]] = defaultdict(list)
    for place, line in enumerate(page):
        rows[line.y].append(place)
    heights = sorted(rows)
    for y in {*heights[:_EDGE], *heights[-_EDGE:]}:
        row = sorted(rows[y], key=lambda place: page[place].x)
        for places in [row, *([place] for place in row if len(row) > 1)]:
            yield _folded(" ".join(page[place].text for place in places)), round(y), places


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _counts_pages(found: Sequence[tuple[int, tuple[int, ...]]]) -> bool:
    """Whether one of the numbers grows by one from page to page."""
    return any(
        len({numbers[place] - page for page, numbers in found}) == 1
        for place in range(len(found[0][1]))
    )


def _breaks(above: PrintedLine, below: PrintedLine, full: int, gap: float, same: bool) -> bool:
    """Whether a paragraph ends between two lines, which may be on the same page."""
    if _BULLET.match(below.text):
        return True
    if abs(above.size - below.size) > 0.15 * max(above.size, below.size):
        return True
    ended = is_ended(above.text)
    between = above.y - below.y
    if not same or between <= 0:  # the next page or column: a sentence may go on in it
        return ended
    goes_on = not ended and below.text[0].islower()
    if between > (2.5 if goes_on else 1.35) * gap:
        return True
    short = len(above.text) < 0.75 * full
    indented = 0.5 * below.size < below.x - above.x < 8 * below.size
    return ended and (short or indented)


def _before(text: str, follows: str, words: Counter[str]) -> str:
    """A line as it stands before the next one of its paragraph."""
    if text.endswith("\u00ad"):  # a hyphen that is only there at the end of a line
        return text[:-1]
    broken, rest = _HYPHENATED.search(text), _WORD.match(follows)
    if broken is None or rest is None:
        return text if broken and follows[0].isdigit() else f"{text} "
    before, after = broken[1].casefold(), rest[0].casefold()
    if after in _SUSPENDED:
        return f"{text} "  # "two- and three-year terms"
    compound = (
        follows[0].isupper()
        or before[-1].isdigit()
        or words[f"{before}-{after}"] >= max(1, words[f"{before}{after}"])
        or (words[f"{before}{after}"] == 0 and (before in _FIRST_PARTS or after in _LAST_PARTS))
    )
    return text if compound else text[:-1]
