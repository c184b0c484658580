"""Where each sentence of a text starts and ends: exact places, whatever the sentences are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.article import Span
from corpus.sentence_rules import sentence_ends

__all__ = ["LONGEST_PIECE", "WIDEST_WRAP", "sentence_spans"]

LONGEST_PIECE = 2_000
"""Code points of a sentence; a longer one is cut at white space."""

WIDEST_WRAP = 100
"""Code points of the longest line of a text that was wrapped by hand or by a mail program."""

_BLOCK = re.compile(r"[^\n]+(?:\n(?![^\S\n]*(?:\n|\Z))[^\n]+)*")
_LINE = re.compile(r"[^\n]+")


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
            spans.extend(_line_spans(text, line.start(), line.end()))
    return spans


def _is_wrapped(block: str) -> bool:
    lengths = [len(line.rstrip()) for line in block.split("\n")]
    longest = max(lengths)
    return len(lengths) >= 3 and 40 <= longest <= WIDEST_WRAP and min(lengths[:-1]) >= 0.7 * longest


def _line_spans(text: str, start: int, end: int) -> Iterator[Span]:
    line = text[start:end]
    ends = [*sentence_ends(line), len(line)]
    for left, right in zip([0, *ends], ends, strict=False):
        for low, high in _pieces(text, start + left, start + right):
            body = text[low:high]
            if body.strip():
                yield low + len(body) - len(body.lstrip()), low + len(body.rstrip())


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut a sentence that is too long at the last white space before the limit."""
    while end - start > LONGEST_PIECE:
        cut = start + LONGEST_PIECE
        while cut > start and not text[cut].isspace():
            cut -= 1
        if cut == start:
            cut = start + LONGEST_PIECE
        yield start, cut
        start = cut
    yield start, end
