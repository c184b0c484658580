"""From a reader's logits to the best spans of a passage: whole words, each in one sentence.

Where an answer stands is surer than where it ends: "the mayor" or "the mayor, Ina Roos". Of the
spans that overlap the likeliest, the one with the highest expected token F1 is chosen: minimum
Bayes risk (Kumar and Byrne 2004).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.article import Span

__all__ = ["LENGTH_COST", "LONGEST_SPAN", "best_spans"]

LENGTH_COST = 0.07
"""Cost in score of each token of a span but the first.

First and last token are found apart: without a cost, a span may begin with one answer and end with
the next.
"""

LONGEST_SPAN = 30
"""Tokens of an answer span at the most."""

_TEMPERATURE = 1.5  # of the softmax over overlapping spans
_MOST_OVERLAPPING = 40  # spans that are compared with each other
_MUCH_LESS_LIKELY = 6.0  # spans further below the likeliest are left out

_EDGES = " \t\n\r,;:.!?-–—'\"`´‘’“”([{)]}…"  # what an answer neither begins nor ends with


def best_spans(
    text: str,
    sentences: Sequence[Span],
    offsets: Sequence[Span],
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    most: int,
) -> list[tuple[int, int, Span, float]]:
    """Find the best spans of a passage that do not overlap.

    Args:
        text: the passage.
        sentences: of the passage, in its own code points; a span never leaves its sentence.
        offsets: of each of the T tokens, in code points of the passage.
        starts: (T,) logits of a token's being the first of the answer.
        ends: (T,) logits of its being the last.
        most: spans at the most.

    Returns:
        (start, end, sentence, score) with offsets in the passage, the best first. The score is that
        of the likeliest of the spans that overlap: the sum of its two logits, less the cost of its
        length.
    """
    home = _sentence_of(offsets, sentences)
    count = len(offsets)
    # scores[i, d] is of the span from token i to token i + d.
    width = min(LONGEST_SPAN, count)
    last = np.minimum(np.arange(count)[:, None] + np.arange(width), count - 1)
    inside = (np.arange(count)[:, None] + np.arange(width) < count) & (home[:, None] >= 0)
    inside &= home[last] == home[:, None]
    cost = LENGTH_COST * np.arange(width, dtype=np.float32)
    scores = np.where(inside, starts[:, None] + ends[last] - cost, -np.inf)
    found: list[tuple[int, int, Span, float]] = []
    while len(found) < most and count:
        first, length = divmod(int(scores.argmax()), width)
        score = float(scores[first, length])
        if score == -np.inf:
            break
        final = first + length
        sentence = sentences[home[first]]
        low, high = _most_alike(scores, last, first, final)
        start, end = _whole(text, offsets[low][0], offsets[high][1], sentence)
        scores[: final + 1][last[: final + 1] >= first] = -np.inf
        if start < end and not any(start < e and s < end for s, e, _, _ in found):
            found.append((start, end, sentence, score))
    return found


def _most_alike(
    scores: NDArray[np.float32], last: NDArray[np.int64], first: int, final: int
) -> tuple[int, int]:
    """Return the span of the highest expected F1 among a span and those that overlap it.

    Args:
        scores: (T, width) of the spans that begin at each token, -inf where there is none.
        last: (T, width) their last tokens.
        first: first token of the span with the highest score.
        final: its last one.

    Returns:
        First and last token.
    """
    lowest = max(0, first - scores.shape[1] + 1)
    near = scores[lowest : final + 1]
    ends = last[lowest : final + 1]
    begun, longer = np.nonzero((ends >= first) & (near >= near.max() - _MUCH_LESS_LIKELY))
    likely = near[begun, longer]
    if len(likely) > _MOST_OVERLAPPING:
        kept = np.sort(np.argpartition(-likely, _MOST_OVERLAPPING)[:_MOST_OVERLAPPING])
        begun, longer, likely = begun[kept], longer[kept], likely[kept]
    begins, stops = begun + lowest, ends[begun, longer] + 1
    lengths = stops - begins
    shared = np.minimum(stops[:, None], stops) - np.maximum(begins[:, None], begins)
    alike = 2 * np.maximum(shared, 0) / (lengths[:, None] + lengths)
    expected = alike @ np.exp((likely - likely.max()) / _TEMPERATURE)
    chosen = int(expected.argmax())
    return int(begins[chosen]), int(stops[chosen]) - 1


def _sentence_of(offsets: Sequence[Span], sentences: Sequence[Span]) -> NDArray[np.int64]:
    """Return the number of the sentence that holds each token, -1 where none does."""
    if not offsets or not sentences:
        return np.full(len(offsets), -1)
    begins = np.array([start for start, _ in sentences])
    finishes = np.array([end for _, end in sentences])
    tokens = np.array(offsets)
    home = np.searchsorted(begins, tokens[:, 0], side="right") - 1
    held = (tokens[:, 0] < tokens[:, 1]) & (tokens[:, 1] <= finishes[home])
    return np.where((home >= 0) & held, home, -1)


def _whole(text: str, start: int, end: int, sentence: Span) -> Span:
    """Widen a span to the whole words of its sentence, then strip punctuation from its edges."""
    while start > sentence[0] and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < sentence[1] and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and text[end - 1] in _EDGES and not _abbreviated(text, start, end):
        end -= 1
    return start, end


def _abbreviated(text: str, start: int, end: int) -> bool:
    """Return whether the full stop at the end belongs to a word such as ``U.S.`` or ``J.``."""
    if text[end - 1] != "." or end - start < 2:
        return False
    *_, word = ["", *text[start : end - 1].split()]
    return "." in word or (len(word) == 1 and word.isupper())
