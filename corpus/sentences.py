"""Where each sentence of a text starts and ends.

Sentences come from pySBD (Sadvilkar and Neumann 2020, "PySBD: Pragmatic Sentence Boundary
Disambiguation"), which knows abbreviations, initials and quotations. Its running time grows with
the square of its input, so it sees one paragraph, and never more than ``LONGEST_PIECE`` code
points, at a time. It returns strings, some of them altered; the spans are found again in the text
itself, so an offset can never point at characters that are not there.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import TYPE_CHECKING

from corpus.article import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.english_segmenter import EnglishSegmenter

__all__ = ["LONGEST_PIECE", "WIDEST_WRAP", "sentence_spans"]

LONGEST_PIECE = 2_000
"""Code points of one paragraph given to pySBD at once; a longer one is cut at white space first."""

WIDEST_WRAP = 100
"""Code points of the longest line of a text that was wrapped by hand or by a mail program."""

_BLOCK = re.compile(r"[^\n]+(?:\n(?![^\S\n]*(?:\n|\Z))[^\n]+)*")
_LINE = re.compile(r"[^\n]+")
# Where one sentence may end and the next begin; without such a place there is one sentence. It
# spares half of a news text's paragraphs the segmenter, a quarter of its time, and what that makes
# of "R-Va., told".
_MAY_END = re.compile(r"[.!?…][^\w\s]*\s+\S|[。！？]\w|[.!?][A-Z“\"]")
_ONE_LOCK = threading.Lock()


def sentence_spans(text: str) -> list[Span]:
    """Find the sentences of a text.

    A blank line always ends a sentence. So does a line end, since most news text has a paragraph a
    line, but for paragraphs that are wrapped: three or more lines, none over ``WIDEST_WRAP`` code
    points and all but the last nearly as long as the longest.

    Args:
        text: any text, normalised or not.

    Returns:
        Spans in ascending order that do not overlap. Each begins and ends with a character that is
        not white space, and together they hold every such character of the text.
    """
    spans: list[Span] = []
    for block in _BLOCK.finditer(text):
        wrapped = _is_wrapped(block.group())
        for line in (block,) if wrapped else _LINE.finditer(text, block.start(), block.end()):
            for start, end in _pieces(text, line.start(), line.end()):
                spans.extend(_split_piece(text, start, end))
    return spans


def _is_wrapped(block: str) -> bool:
    lengths = [len(line.rstrip()) for line in block.split("\n")]
    longest = max(lengths)
    return len(lengths) >= 3 and 40 <= longest <= WIDEST_WRAP and min(lengths[:-1]) >= 0.7 * longest


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut a paragraph that is too long for pySBD at the last white space before the limit."""
    while end - start > LONGEST_PIECE:
        cut = start + LONGEST_PIECE
        while cut > start and not text[cut].isspace():
            cut -= 1
        if cut == start:
            cut = start + LONGEST_PIECE
        yield start, cut
        start = cut
    yield start, end


def _split_piece(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end].replace("\n", " ")  # as long as before: the offsets hold
    if not piece.strip():
        return
    bounds = [0]
    cursor = 0
    for sentence in _segment(piece):
        stripped = sentence.strip()
        if not stripped:
            continue
        found = piece.find(stripped, cursor)
        if found < 0:  # pySBD altered it: leave it joined to the sentence before
            continue
        bounds.append(found)
        cursor = found + len(stripped)
    bounds.append(len(piece))
    for left, right in zip(bounds, bounds[1:], strict=False):
        trimmed = _trim(piece, left, right)
        if trimmed is not None:
            yield start + trimmed[0], start + trimmed[1]


def _trim(text: str, start: int, end: int) -> Span | None:
    body = text[start:end]
    left = len(body) - len(body.lstrip())
    right = len(body.rstrip())
    return (start + left, start + right) if left < right else None


def _segment(piece: str) -> list[str]:
    if not _MAY_END.search(piece):
        return [piece]
    with _ONE_LOCK:  # a Segmenter keeps the text it works on in itself
        try:
            return list(_segmenter().segment(piece))
        except (IndexError, re.error, ValueError):  # odd punctuation that trips pySBD's rules
            return [piece]


@cache
def _segmenter() -> EnglishSegmenter:
    from corpus.english_segmenter import EnglishSegmenter  # imported late: 0.1 s

    return EnglishSegmenter()
