"""How well each sentence of the found passages supports an answer to the question.

For questions that no few words answer. Every sentence of the best passages gets a few features:
how near it is to the question as a vector, how much of the question's weight in rare words it and
its surroundings hold, whether it has the kind of thing that is asked for, the reader's margin for
the best span in it, and how answerable the reader finds its passage. A logistic regression over
them (Cox 1958), a part of the reader's calibration, gives the probability that the sentence
answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answering.confidence import Regression
from bot.answering.quote import Quote
from bot.answering.span_rules import DAYS_AND_MONTHS
from bot.answering.term_overlap import covered, stems
from bot.reader.reader import LEAST_MARGIN, AnswerSpan, bounded_margin, passage_margins
from corpus.article import Span
from index.results import Hit, SearchResult

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

__all__ = ["PASSAGES_SEARCHED", "SelectedSentence", "select_sentences"]

PASSAGES_SEARCHED = 8
"""Passages whose sentences are weighed."""

_MONTHS_AND_DAYS = "|".join([*sorted(DAYS_AND_MONTHS), "yesterday", "today", "tomorrow"])
_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|dozens|hundred|hundreds|"
    "thousand|thousands|million|millions|billion|half|both|no"
)
_NUMBER = re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE)
_TIME = re.compile(rf"\d|\b(?:{_MONTHS_AND_DAYS})\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,;:\"“‘(] )[\"“‘(]?[^\W\d_a-z]\w+|^[A-Z]\w+ [A-Z]\w+")
_REASON = re.compile(
    r"\b(?:because|since|due|after|so|as|to|for|cause[sd]?|reasons?|led|blamed?)\b", re.IGNORECASE
)
_ASKED = (
    (re.compile(r"\bhow (?:many|much|old|long|far|big|tall|high|often)\b", re.IGNORECASE), _NUMBER),
    (re.compile(r"\b(?:when|what (?:year|date|day|month|time)|since when)\b", re.I), _TIME),
    (re.compile(r"\b(?:who|whom|whose|where|which)\b", re.IGNORECASE), _NAME),
    (re.compile(r"\bwhy\b", re.IGNORECASE), _REASON),
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class SelectedSentence(Quote):
    """A sentence that may support an answer.

    Attributes:
        probability: that it holds the answer, 0 to 1.
        features: what the probability comes from, as ``SENTENCE_FEATURES`` names them.
    """

    probability: float
    features: tuple[float, ...] = ()


def select_sentences(
    result: SearchResult,
    spans: Sequence[AnswerSpan],
    embedder: Embedder,
    regression: Regression,
) -> list[SelectedSentence]:
    """Score every sentence of the best passages.

    Args:
        result: of a search; the sentences of its first ``PASSAGES_SEARCHED`` hits are scored.
        spans: what the reader found in the hits' passages, in any order.
        embedder: the model of the index that was searched.
        regression: from ``SENTENCE_FEATURES`` to the probability.

    Returns:
        Each sentence once, the most probable first; equal ones in the order found.
    """
    found: dict[tuple[str, Span], Hit] = {}
    for hit in result.hits[:PASSAGES_SEARCHED]:
        for sentence in hit.passage.sentences:
            found.setdefault((hit.article.id, sentence), hit)
    if not found:
        return []
    margins: dict[tuple[str, Span], float] = {}
    for span in spans:
        place = (span.passage.article_id, span.sentence)
        margins[place] = max(bounded_margin(span.margin), margins.get(place, LEAST_MARGIN))
    answerable = passage_margins(spans)
    texts = [hit.article.text[slice(*sentence)] for (_, sentence), hit in found.items()]
    similarities = embedder.embed_passages(texts) @ result.vector
    selected = []
    for (place, hit), text, similarity in zip(found.items(), texts, similarities, strict=True):
        features = (
            float(similarity),
            covered(result.idf, stems(text)),
            float(_has_asked_kind(result.question, text)),
            margins.get(place, LEAST_MARGIN),
            answerable.get(hit.passage, LEAST_MARGIN),
        )
        probability = regression.probability(features)
        selected.append(
            SelectedSentence(hit.article, *place[1], probability, features, copies=hit.copies)
        )
    return sorted(selected, key=lambda sentence: -sentence.probability)


def _has_asked_kind(question: str, sentence: str) -> bool:
    for asked, kind in _ASKED:
        if asked.search(question):
            words = set(_WORD.findall(question.lower()))
            return any(
                not set(_WORD.findall(match.group().lower())) & words
                for match in kind.finditer(sentence)
            )
    return True
