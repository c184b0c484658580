"""A quote where it stands: a piece of its article, cut so that it can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Excerpt", "excerpt"]

_CONTEXT = 240  # code points of the article shown before and after a quote, at the most
_LEAST_CONTEXT = 80  # rather cut at a word than show less than this

_SENTENCE_END = re.compile(r"([.!?…][\"'”’)\]]*)\s+")
_GAP = re.compile(r"\s+")


@dataclass(frozen=True)
class Excerpt:
    """A quote where it stands: ``before + quote + after`` is a piece of the article's text.

    Attributes:
        before: context before the quote, from the start of a sentence or word.
        quote: the quote.
        after: context after it, to the end of a sentence or word.
        starts: whether the excerpt starts where the article does.
        ends: whether it ends where the article does.
    """

    before: str
    quote: str
    after: str
    starts: bool
    ends: bool


def excerpt(text: str, start: int, end: int) -> Excerpt:
    """Cut ``text[start:end]`` out of an article with some context on either side.

    Args:
        text: the article's text.
        start: first code point of the quote, 0 or more.
        end: one past its last, not above ``len(text)``.

    Returns:
        The quote with at most 240 code points before and after it, cut between sentences where
        that leaves enough to read, else between words, else anywhere.
    """
    first, last = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    before, after = text[first:start], text[end:last]
    if first:
        before = before[_opening(before) :]
    if last < len(text):
        after = after[: _closing(after)]
    starts, ends = start == len(before), end + len(after) == len(text)
    return Excerpt(before, text[start:end], after, starts, ends)


def _opening(before: str) -> int:
    """Where to begin in a context that was cut at its front."""
    sentences = [match.end() for match in _SENTENCE_END.finditer(before)]
    words = [match.end() for match in _GAP.finditer(before)]
    long_enough = [place for place in sentences if len(before) - place >= _LEAST_CONTEXT]
    return next(iter(long_enough or words), 0)


def _closing(after: str) -> int:
    """Where to end in a context that was cut at its back."""
    sentences = [match.end(1) for match in _SENTENCE_END.finditer(after)]
    words = [match.start() for match in _GAP.finditer(after)]
    long_enough = [place for place in sentences if place >= _LEAST_CONTEXT]
    return next(reversed(long_enough or words), len(after))
