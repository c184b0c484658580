"""The sentences of the found passages that answer a question which no few words answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answering.confidence import Regression
from bot.answering.identifiers import names_another_code
from bot.answering.quote import Quote
from bot.reader.reader import LEAST_MARGIN, AnswerSpan, bounded_margin, passage_margins
from corpus.article import Span
from index.results import Hit, SearchResult

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

__all__ = ["PASSAGES_SEARCHED", "SelectedSentence", "select_sentences"]

PASSAGES_SEARCHED = 8
"""Passages whose sentences are scored."""


@dataclass(frozen=True)
class SelectedSentence(Quote):
    """A sentence that may answer.

    Attributes:
        probability: that it holds the answer, 0 to 1.
        features: what the probability comes from, as ``SENTENCE_FEATURES`` names them.
        answerable: log-odds that the passage it stands in holds some answer.
    """

    probability: float
    features: tuple[float, ...] = ()
    answerable: float = LEAST_MARGIN

    @property
    def supports(self) -> tuple[Quote, ...]:
        """The sentence itself, as a candidate names those it stands in."""
        return (self,)


def select_sentences(
    result: SearchResult, spans: Sequence[AnswerSpan], embedder: Embedder, regression: Regression
) -> list[SelectedSentence]:
    """Score every sentence of the best passages that is not about another code than the question.

    The features of a sentence: its similarity to the question as a vector
    (``sentence_similarity``), and the ``margin`` of the best span in it.

    Args:
        result: of a search; the sentences of its first ``PASSAGES_SEARCHED`` hits are scored.
        spans: what the second reader found in the best of these, in any order.
        embedder: the model of the index that was searched.
        regression: from ``SENTENCE_FEATURES`` to the probability.

    Returns:
        Each sentence once, the most probable first; equal ones in the order found.
    """
    found: dict[tuple[str, Span], Hit] = {}
    for hit in result.hits[:PASSAGES_SEARCHED]:
        for sentence in hit.passage.sentences:
            if not names_another_code(result.question, hit, *sentence):
                found.setdefault((hit.article.id, sentence), hit)
    if not found:
        return []
    margins: dict[tuple[str, Span], float] = {}
    for span in spans:
        place = (span.passage.article_id, span.sentence)
        margins[place] = max(bounded_margin(span.margin), margins.get(place, LEAST_MARGIN))
    margin_of = passage_margins(spans)
    texts = [Quote(hit.article, *sentence).text for (_, sentence), hit in found.items()]
    similarities = embedder.embed_passages(texts) @ result.vector
    selected = []
    for (place, hit), similarity in zip(found.items(), similarities, strict=True):
        features = (float(similarity), margins.get(place, LEAST_MARGIN))
        probability = regression.probability(features)
        answerable = margin_of.get(hit.passage, LEAST_MARGIN)
        selected.append(
            SelectedSentence(
                hit.article, *place[1], probability, features, answerable, copies=hit.copies
            )
        )
    return sorted(selected, key=lambda sentence: -sentence.probability)
