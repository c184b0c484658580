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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answering.confidence import Calibration
from bot.answering.quote import Quote
from bot.answering.span_rules import DAYS_AND_MONTHS
from bot.answering.term_overlap import covered, rarest_in, stems
from bot.reader.reader import LEAST_MARGIN, AnswerSpan, bounded_margin
from corpus.article import Passage, Span
from index.results import Hit, SearchResult
from index.store.sparse import query_terms

if TYPE_CHECKING:
    from index.searcher import Searcher

__all__ = ["PASSAGES_SEARCHED", "SelectedSentence", "select_sentences", "sentence_features"]

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
    """

    probability: float


def select_sentences(
    result: SearchResult,
    spans: Sequence[AnswerSpan],
    searcher: Searcher,
    calibration: Calibration,
) -> list[SelectedSentence]:
    """Weigh every sentence of the best passages.

    Args:
        result: of a search; the sentences of its first ``PASSAGES_SEARCHED`` hits are weighed.
        spans: what the reader found in the hits' passages, in any order.
        searcher: the generation that was searched.
        calibration: the reader's.

    Returns:
        Each sentence once, the most probable first; equal ones in the order found.
    """
    evidence = [
        SelectedSentence(
            hit.article,
            *sentence,
            calibration.sentence.probability(features),
            copies=hit.copies,
        )
        for hit, sentence, features in sentence_features(result, spans, searcher)
    ]
    return sorted(evidence, key=lambda item: -item.probability)


def sentence_features(
    result: SearchResult, spans: Sequence[AnswerSpan], searcher: Searcher
) -> list[tuple[Hit, Span, tuple[float, ...]]]:
    """Give every sentence of the best passages once: its hit, its span and its features.

    Takes what ``select_sentences`` does.
    """
    found: dict[tuple[str, Span], Hit] = {}
    for hit in result.hits[:PASSAGES_SEARCHED]:
        for sentence in hit.passage.sentences:
            found.setdefault((hit.article.id, sentence), hit)
    if not found:
        return []
    margins: dict[tuple[str, Span], float] = {}
    answerable: dict[Passage, float] = {}
    for span in spans:
        place = (span.passage.article_id, span.sentence)
        margins[place] = max(span.margin, margins.get(place, LEAST_MARGIN))
        known = answerable.get(span.passage, LEAST_MARGIN)
        answerable[span.passage] = max(span.passage_margin, known)
    sentences = [hit.article.text[slice(*place[1])] for place, hit in found.items()]
    similarities = searcher.embedder.embed_passages(sentences) @ result.vector
    rarity = searcher.rarity(query_terms(result.question))
    return [
        (
            hit,
            place[1],
            (
                float(similarity),
                *_features(result.question, rarity, sentence, hit),
                bounded_margin(margins.get(place, LEAST_MARGIN)),
                bounded_margin(answerable.get(hit.passage, LEAST_MARGIN)),
            ),
        )
        for (place, hit), sentence, similarity in zip(
            found.items(), sentences, similarities, strict=True
        )
    ]


def _features(
    question: str, rarity: Mapping[str, float], sentence: str, hit: Hit
) -> tuple[float, ...]:
    """Give the features that need no model but the hit's similarity, as they are named in order.

    Args:
        question: the question.
        rarity: inverse document frequency of each of its words.
        sentence: one sentence of the hit's passage.
        hit: the passage and how near it is.

    Returns:
        One float a feature: similarity in [-1, 1], shares in [0, 1], findings 0 or 1.
    """
    own = stems(sentence)
    around = own | stems(hit.passage.text) | stems(hit.article.title)
    return (
        hit.dense,
        covered(rarity, own),
        covered(rarity, around),
        float(rarest_in(rarity, around)),
        float(_has_asked_kind(question, sentence)),
    )


def _has_asked_kind(question: str, sentence: str) -> bool:
    for asked, kind in _ASKED:
        if asked.search(question):
            words = set(_WORD.findall(question.lower()))
            return any(
                not set(_WORD.findall(match.group().lower())) & words
                for match in kind.finditer(sentence)
            )
    return True
