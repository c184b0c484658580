"""From spans to candidate answers: equal spans are one candidate, each with a probability."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.answering.confidence import Regression
from bot.answering.context_rereading import FirstReading
from bot.answering.quote import Quote
from bot.answering.span_rules import whole_name
from bot.reader.reader import LEAST_MARGIN, AnswerSpan, bounded_margin
from corpus.article import Passage
from corpus.shingles import folded_words
from index.results import Hit, SearchResult

__all__ = ["Candidate", "Support", "group_spans", "normalised_answer", "score_candidates"]

_MOST = 10  # candidates that are scored
_PUNCTUATION = str.maketrans("", "", string.punctuation + "‘’“”–—…´")


@dataclass(frozen=True)
class Support(Quote):
    """A sentence that a candidate stands in.

    Attributes:
        margin: log-odds of the span in it against no answer.
    """

    margin: float


@dataclass(frozen=True)
class Candidate:
    """An answer that the found passages may give.

    Attributes:
        text: the span, white space made single.
        probability: that it is right, 0 to 1.
        supports: the sentences it stands in, the strongest first, each once.
        features: what the probability comes from, as ``ANSWER_FEATURES`` names them.
        answerable: log-odds that the passage it stands in holds some answer.
    """

    text: str
    probability: float
    supports: tuple[Support, ...]
    features: tuple[float, ...] = ()
    answerable: float = LEAST_MARGIN

    @property
    def margin(self) -> float:
        """Log-odds of its best span against no answer."""
        return bounded_margin(self.supports[0].margin)


def normalised_answer(text: str) -> str:
    """Return an answer without case, articles, punctuation and superfluous white space.

    As in the SQuAD evaluation (Rajpurkar et al. 2016).
    """
    words = text.lower().translate(_PUNCTUATION).split()
    return " ".join(word for word in words if word not in ("a", "an", "the"))


def group_spans(question: str, spans: Sequence[AnswerSpan]) -> list[list[AnswerSpan]]:
    """Group spans that give the same answer, names completed by ``whole_name``.

    Args:
        question: as it was read.
        spans: what the reader found, in any order.

    Returns:
        The groups, each with its strongest span first, in the order of these.
    """
    groups: dict[str, list[AnswerSpan]] = {}
    whole = (whole_name(question, span) for span in spans)
    for span in sorted(whole, key=lambda span: -span.margin):
        groups.setdefault(normalised_answer(span.text), []).append(span)
    groups.pop("", None)
    return list(groups.values())


def score_candidates(
    groups: Sequence[Sequence[AnswerSpan]],
    result: SearchResult,
    first_reading: FirstReading,
    regression: Regression,
) -> list[Candidate]:
    """Make a candidate of each group of spans, with its probability.

    The features of a candidate come from its best span: ``answerable``, the log-odds that the
    passage holds some answer; ``first_margin``, the margin in the first reading; ``gap``, the
    difference in margin to the best other candidate; ``agreement``, the log of how many sentences
    give it, copies of a sentence counted once; ``search_score`` of the passage, how far it is below
    the best one's; and ``similarity`` of the passage to the question as vectors.

    Args:
        groups: as ``group_spans`` returns them.
        result: of the search whose hits were read.
        first_reading: of the hits' passages.
        regression: from ``ANSWER_FEATURES`` to the probability.

    Returns:
        At most ten, the most probable first.
    """
    hits = {hit.passage: hit for hit in result.hits}
    best_score = max((hit.score for hit in result.hits), default=0.0)
    margins = [bounded_margin(group[0].margin) for group in groups]
    best, next_best, *_ = [*margins, LEAST_MARGIN, LEAST_MARGIN]
    candidates = []
    for group, margin in list(zip(groups, margins, strict=True))[:_MOST]:
        top, hit = group[0], hits[group[0].passage]
        answerable = bounded_margin(top.passage_margin)
        features = (
            answerable,
            first_reading.margin(top),
            margin - (next_best if margin == best else best),
            math.log(len({_witness(span) for span in group})),
            hit.score - best_score,
            hit.dense,
        )
        text = " ".join(top.text.split())
        probability, supports = regression.probability(features), _supports(group, hits)
        candidates.append(Candidate(text, probability, supports, features, answerable))
    return sorted(candidates, key=lambda candidate: -candidate.probability)


def _witness(span: AnswerSpan) -> tuple[tuple[str, ...], int]:
    """Return a span's sentence and its place in it, both in words: the same for each copy."""
    text, offset = span.passage.text, span.passage.start
    start, end = span.sentence
    before = folded_words(text[start - offset : span.start - offset])
    return tuple(folded_words(text[start - offset : end - offset])), len(before)


def _supports(group: Sequence[AnswerSpan], hits: Mapping[Passage, Hit]) -> tuple[Support, ...]:
    supports: dict[tuple[str, int, int], Support] = {}
    for span in group:
        hit = hits[span.passage]
        place = (hit.article.id, *span.sentence)
        support = Support(hit.article, *span.sentence, span.margin, copies=hit.copies)
        supports.setdefault(place, support)
    return tuple(supports.values())
