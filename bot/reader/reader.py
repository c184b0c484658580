"""What a reader is: it finds answer spans in passages, and says how sure it is of each."""

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
"""Margins below it, and passages without a span, count as this one."""

_MOST_MARGIN = 50.0  # odds beyond it are no longer finite

SPANS_EACH = 3
"""Spans of a passage at the most."""


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
        no_answer: logit, on the same scale, that the passage holds no answer.
        answerable: log-odds that the passage holds some answer, all its spans together; None where
            the reader does not say.
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
        """Log-odds of the span against no answer; comparable across passages of a question."""
        return self.score - self.no_answer

    @property
    def passage_margin(self) -> float:
        """Log-odds that the passage holds some answer; the margin where the reader does not say."""
        return self.margin if self.answerable is None else self.answerable


class Reader(Protocol):
    """Finds answer spans. Safe for several threads."""

    @property
    def name(self) -> str:
        """The folder or the name it was loaded by."""
        ...

    @property
    def folder(self) -> Path | None:
        """The folder of its files and of its ``calibration.json``; None where it has none."""
        ...

    @property
    def second(self) -> Reader:
        """The reader of the few passages that this one finds best; itself where it has no other."""
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
            The best spans of each passage, at most ``SPANS_EACH``, which do not overlap; all of
            them by margin, the highest first.
        """
        ...


def bounded_margin(margin: float) -> float:
    """Return log-odds within the bounds that features have: ``LEAST_MARGIN`` to 50."""
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
    """Return the best spans of one passage.

    Args:
        passage: that was read.
        offsets: of its T tokens, in code points of the passage.
        starts: (T,) logits that a token is the first of the answer.
        ends: (T,) logits that it is the last.
        no_answer: logit that there is no answer, comparable to the sum of a start's and an end's.
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
    """Return the log of the sum of exponentials."""
    highest = float(logits.max(initial=-np.inf))
    return highest + math.log(float(np.exp(logits - highest).sum())) if logits.size else highest
