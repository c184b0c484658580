"""A reader finds the answer to a question in passages, and says how sure it is that it is there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.reader.spans import best_spans
from corpus.article import Passage, Span
from corpus.shingles import folded_words

__all__ = [
    "LEAST_MARGIN",
    "SPANS_EACH",
    "AnswerSpan",
    "Reader",
    "bounded_margin",
    "passage_margins",
    "passage_spans",
]

LEAST_MARGIN = -12.0
"""What a margin below it, or no span at all, counts as where margins are weighed."""

_MOST_MARGIN = 50.0  # no margin counts for more: odds beyond it are no longer numbers

SPANS_EACH = 3
"""Spans that a reader gives of each passage at the most."""


@dataclass(frozen=True)
class AnswerSpan:
    """Characters of a passage that may answer: ``article.text[start:end] == text``, always.

    Attributes:
        passage: that was read.
        start: first code point in the article's text.
        end: one past the last.
        text: the characters.
        sentence: span of the sentence that holds them, in the article's text.
        score: logit of the span, the sum of its two ends'.
        no_answer: logit, on the same scale, of the passage's not holding an answer.
        answerable: log-odds of the passage's holding some answer, all its spans taken together;
            the margin counts for it where a reader does not give it.
    """

    passage: Passage
    start: int
    end: int
    text: str
    sentence: Span
    score: float
    no_answer: float
    answerable: float | None = None

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words without regard to case and punctuation, numbers whole."""
        return frozenset(folded_words(self.text))

    @property
    def margin(self) -> float:
        """Log-odds of the span against no answer; compares across passages of a question."""
        return self.score - self.no_answer

    @property
    def passage_margin(self) -> float:
        """Log-odds of the passage's holding some answer, as near as the reader tells."""
        return self.margin if self.answerable is None else self.answerable


class Reader(Protocol):
    """Finds answer spans. Safe for several threads."""

    @property
    def name(self) -> str:
        """The folder or the name it was loaded by."""
        ...

    @property
    def folder(self) -> Path | None:
        """Folder of its files, where its ``calibration.json`` may be; None where it has none."""
        ...

    def read(
        self, question: str, passages: Sequence[Passage], titles: Sequence[str] | None = None
    ) -> list[AnswerSpan]:
        """Read passages for a question.

        Args:
            question: plain words.
            passages: any number of them.
            titles: of the passages' articles, one each; none where None.

        Returns:
            Of each passage its best spans, at most ``SPANS_EACH``, that do not overlap; of all of
            them the one with the highest margin first.
        """
        ...


def bounded_margin(margin: float) -> float:
    """Give log-odds as they count where they are weighed, between ``LEAST_MARGIN`` and 50."""
    return min(max(margin, LEAST_MARGIN), _MOST_MARGIN)


def passage_margins(spans: Iterable[AnswerSpan]) -> dict[Passage, float]:
    """Return the highest bounded log-odds of holding some answer, of each passage with a span."""
    margins: dict[Passage, float] = {}
    for span in spans:
        margin = bounded_margin(span.passage_margin)
        margins[span.passage] = max(margin, margins.get(span.passage, LEAST_MARGIN))
    return margins


def passage_spans(
    passage: Passage,
    offsets: Sequence[Span],
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    no_answer: float,
) -> Iterator[AnswerSpan]:
    """Give the best spans of one passage.

    Args:
        passage: that was read.
        offsets: of its T tokens, in code points of the passage.
        starts: (T,) logits of a token's being the first of the answer.
        ends: (T,) logits of its being the last.
        no_answer: logit of there being no answer, comparable to a start's and an end's together.
    """
    base = passage.start
    sentences = [(start - base, end - base) for start, end in passage.sentences]
    sentences = sentences or [(0, len(passage.text))]
    found = best_spans(passage.text, sentences, offsets, starts, ends, SPANS_EACH)
    answerable = _log_sum(starts) + _log_sum(ends) - no_answer
    for start, end, sentence, score in found:
        yield AnswerSpan(
            passage,
            base + start,
            base + end,
            passage.text[start:end],
            (base + sentence[0], base + sentence[1]),
            score,
            no_answer,
            answerable,
        )


def _log_sum(logits: NDArray[np.float32]) -> float:
    """Give the logit of all tokens together."""
    highest = float(logits.max(initial=-np.inf))
    return highest + math.log(float(np.exp(logits - highest).sum())) if logits.size else highest
