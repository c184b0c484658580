"""Spans that a reader found to candidate answers: equal ones made one, each with a probability."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answering.confidence import Calibration
from bot.answering.context_rereading import ContextRereading
from bot.answering.quote import Quote
from bot.answering.span_rules import whole_name
from bot.answering.term_overlap import covered, names_in, rarest_in, stems
from bot.answering.years import is_of_another_year
from bot.reader.reader import LEAST_MARGIN, AnswerSpan, bounded_margin
from corpus.article import Passage
from corpus.shingles import folded_words
from index.results import Hit

__all__ = [
    "SEARCH_WEIGHT",
    "Candidate",
    "Support",
    "find_candidates",
    "normalised_answer",
    "rerank",
]

SEARCH_WEIGHT = 24.0
"""What the search score (0 to 1) weighs in the reader's order of hits, beside the log-odds that a
passage answers.

Fitted by conditional logistic regression (McFadden 1974) on 700 of NewsQA's questions with even
numbers, over all 520 articles (``python -m tests.bench.order``: 24.2). Cross-validated on these,
the answer's passage is first for 0.554 of them and among the first five for 0.774; as found 0.471
and 0.747; with the log-odds of the best span instead 0.547 and 0.764.
"""

_MOST = 10  # candidates that are looked at closely
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
    """

    text: str
    probability: float
    supports: tuple[Support, ...]
    features: tuple[float, ...] = ()


def normalised_answer(text: str) -> str:
    """Make answers that differ only in case, articles, punctuation or white space equal.

    As the SQuAD evaluation does (Rajpurkar et al. 2016).
    """
    words = text.lower().translate(_PUNCTUATION).split()
    return " ".join(word for word in words if word not in ("a", "an", "the"))


def find_candidates(
    question: str,
    hits: Sequence[Hit],
    spans: Sequence[AnswerSpan],
    rarity: Mapping[str, float],
    calibration: Calibration,
    again: ContextRereading | None = None,
) -> list[Candidate]:
    """Group spans into candidate answers, names to their end (``whole_name``).

    Spans that their sentences give for another year are passed over (``is_of_another_year``).

    The features of a candidate: the ``margin`` of its best span, and how ``answerable`` the passage
    of that is by all its spans together; the same two in the second reading (``margin_again``,
    ``answerable_again``); the log of its ``share`` of the odds of all candidates and
    of no answer; the ``gap`` in margin to the best other candidate; the log of how many places
    agree on it, ``agreement``, where one sentence in several articles is one place; and of the
    passage of its best span the ``similarity`` to the question as a vector, and how much of the
    weight of the question's words the passage with its title (``context_coverage``) and the
    sentence (``sentence_coverage``) hold, whether the passage has the rarest of them
    (``rarest_word_found``), and the share of the question's names and numbers that the article has
    (``names_found``).

    Args:
        question: as it was read.
        hits: what was read.
        spans: what the reader found in the hits' passages, in any order.
        rarity: inverse document frequency of each of the question's words.
        calibration: the reader's.
        again: what the second reading of the surest passages gave; without it, the first one
            counts for it.

    Returns:
        At most ten, the most probable first.
    """
    found = {_place(hit.passage): hit for hit in hits}
    groups: dict[str, list[AnswerSpan]] = {}
    whole = (whole_name(question, span) for span in spans if not is_of_another_year(question, span))
    for span in sorted(whole, key=lambda span: -span.margin):
        groups.setdefault(normalised_answer(span.text), []).append(span)
    groups.pop("", None)
    again = again or ContextRereading()
    scale = _Scale([_margin(group[0]) for group in groups.values()])
    candidates = []
    for group in list(groups.values())[:_MOST]:
        hit = found[_place(group[0].passage)]
        features = _features(question, group, hit, rarity, scale, again)
        text = " ".join(group[0].text.split())
        probability = calibration.answer.probability(features)
        candidates.append(Candidate(text, probability, _supports(group, found), features))
    return sorted(candidates, key=lambda candidate: -candidate.probability)


def rerank(hits: Sequence[Hit], spans: Sequence[AnswerSpan]) -> list[Hit]:
    """Order hits by how surely each answers, as its reader says, and as they were found.

    Args:
        hits: what was found.
        spans: what was read in them, in any order.

    Returns:
        The hits, the highest score first. A score is from 0 to 1, and 0 where there is no span: the
        probability that the passage answers, its odds less the further the score of the search is
        below the best one (``SEARCH_WEIGHT``).
    """
    found_best = max((hit.score for hit in hits), default=0.0)
    answerable: dict[tuple[str, int, int], float] = {}
    for span in spans:
        place = _place(span.passage)
        answerable[place] = max(answerable.get(place, LEAST_MARGIN), _answerable(span))
    scored = []
    for hit in hits:
        odds = answerable.get(_place(hit.passage))
        if odds is None:
            scored.append(replace(hit, score=0.0))
        else:
            odds += SEARCH_WEIGHT * (hit.score - found_best)
            scored.append(replace(hit, score=1 / (1 + math.exp(-odds))))
    return sorted(scored, key=lambda hit: -hit.score)


class _Scale:
    """The margins of all candidates, against which one of them is seen."""

    def __init__(self, margins: Sequence[float]) -> None:
        self._total = math.log(1 + sum(math.exp(margin) for margin in margins))
        self._best = [*sorted(margins, reverse=True)[:2], LEAST_MARGIN, LEAST_MARGIN]

    def share(self, margin: float) -> float:
        return margin - self._total

    def gap(self, margin: float) -> float:
        first, second = self._best[:2]
        return margin - (second if margin == first else first)


def _features(
    question: str,
    group: Sequence[AnswerSpan],
    hit: Hit,
    rarity: Mapping[str, float],
    scale: _Scale,
    again: ContextRereading,
) -> tuple[float, ...]:
    """Give the features of equal spans, the strongest of which is first and stands in the hit."""
    top = group[0]
    margin = _margin(top)
    sentence = stems(hit.article.text[slice(*top.sentence)])
    around = sentence | stems(hit.passage.text) | stems(hit.article.title)
    return (
        margin,
        _answerable(top),
        *again.margins(top),
        scale.share(margin),
        scale.gap(margin),
        math.log(len({_witness(span) for span in group})),
        hit.dense,
        covered(rarity, around),
        covered(rarity, sentence),
        float(rarest_in(rarity, around)),
        names_in(question, f"{hit.article.title}\n{hit.article.text}"),
    )


def _margin(span: AnswerSpan) -> float:
    return bounded_margin(span.margin)


def _answerable(span: AnswerSpan) -> float:
    return bounded_margin(span.passage_margin)


def _place(passage: Passage) -> tuple[str, int, int]:
    return passage.article_id, passage.start, passage.end


def _witness(span: AnswerSpan) -> tuple[tuple[str, ...], int]:
    """Give a span's sentence and its place in it, both in words: copies of it are one witness."""
    text, offset = span.passage.text, span.passage.start
    start, end = span.sentence
    before = folded_words(text[start - offset : span.start - offset])
    return tuple(folded_words(text[start - offset : end - offset])), len(before)


def _supports(
    group: Sequence[AnswerSpan], found: Mapping[tuple[str, int, int], Hit]
) -> tuple[Support, ...]:
    supports: dict[tuple[str, int, int], Support] = {}
    for span in group:
        hit = found[_place(span.passage)]
        place = (hit.article.id, *span.sentence)
        support = Support(hit.article, *span.sentence, span.margin, copies=hit.copies)
        supports.setdefault(place, support)
    return tuple(supports.values())
