"""How well each sentence of the found passages supports an answer to the question.

Every sentence of the best passages gets a few features: how near it is to the question as a
vector, how much of the question's weight in rare words it and its surroundings hold, and whether
it has the kind of thing that is asked for. A logistic regression (Cox 1958) over them gives the
probability that the sentence holds the answer. Its weights were fitted on openly licensed
question sets by ``tests/bench/evidence.py``, which also measures the refusal threshold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.article import Article
from index.searcher import Hit, SearchResult
from index.sparse import query_terms

if TYPE_CHECKING:
    from index.searcher import Searcher

__all__ = ["FEATURES", "PASSAGES_READ", "REFUSAL_THRESHOLD", "Evidence", "find_evidence", "weigh"]

REFUSAL_THRESHOLD = 0.05
"""An answer is refused when no sentence is more probable than this.

The best balanced accuracy on half of clapnq (``python -m tests.bench.evidence refuse``).
"""

PASSAGES_READ = 8
"""Passages to search for, whose sentences are then weighed."""

FEATURES = (
    "sentence_similarity",
    "passage_similarity",
    "sentence_coverage",
    "context_coverage",
    "rarest_word_found",
    "asked_kind_found",
)
"""Names of the features, in the order of ``weigh`` and of the weights."""

# python -m tests.bench.evidence fit --data DIR --most 1200
_WEIGHTS = (6.546, -0.243, 3.152, 2.107, 0.265, 1.213)
_BIAS = -10.576

_MONTHS_AND_DAYS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|today|tomorrow"
)
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
class Evidence:
    """A sentence that may support an answer: ``article.text[start:end]``.

    Attributes:
        article: the article as indexed.
        start: first code point of the sentence in the article's text.
        end: one past its last.
        probability: that it holds the answer, 0 to 1; somewhat too low where it is low, as the
            reliability that ``tests/bench/evidence.py`` prints for held-out titles shows.
    """

    article: Article
    start: int
    end: int
    probability: float

    @property
    def quote(self) -> str:
        """The sentence's own characters."""
        return self.article.text[self.start : self.end]


def find_evidence(result: SearchResult, searcher: Searcher) -> list[Evidence]:
    """Weigh every sentence of the best passages.

    Args:
        result: of a search; all its hits are read.
        searcher: the generation that was searched.

    Returns:
        Each sentence once, the most probable first; equal ones in the order found.
    """
    evidence = [
        Evidence(hit.article, start, end, _probability(features))
        for hit, start, end, features in weigh(result, searcher)
    ]
    return sorted(evidence, key=lambda item: -item.probability)


def weigh(
    result: SearchResult, searcher: Searcher
) -> list[tuple[Hit, int, int, tuple[float, ...]]]:
    """Give every sentence of the best passages once: its hit, start, end and features.

    Takes what ``find_evidence`` does.
    """
    found: dict[tuple[str, int, int], tuple[Hit, int, int]] = {}
    for hit in result.hits:
        for start, end in hit.passage.sentences:
            found.setdefault((hit.article.id, start, end), (hit, start, end))
    if not found:
        return []
    places = list(found.values())
    sentences = [hit.article.text[start:end] for hit, start, end in places]
    similarities = searcher.embedder.embed_passages(sentences) @ result.vector
    rarity = searcher.rarity(query_terms(result.question))
    return [
        (*place, _features(result.question, rarity, sentence, place[0], float(similarity)))
        for place, sentence, similarity in zip(places, sentences, similarities, strict=True)
    ]


def _features(
    question: str, rarity: Mapping[str, float], sentence: str, hit: Hit, similarity: float
) -> tuple[float, ...]:
    """Give the features of one sentence, in the order of ``FEATURES``.

    Args:
        question: the question.
        rarity: inverse document frequency of each of its words.
        sentence: one sentence of the hit's passage.
        hit: the passage and how near it is.
        similarity: cosine similarity of sentence and question, -1 to 1.

    Returns:
        One float a feature: similarities in [-1, 1], shares in [0, 1], findings 0 or 1.
    """
    own = _stems(sentence)
    around = own | _stems(hit.passage.text) | _stems(hit.article.title)
    weights = [(_stem(word), weight) for word, weight in rarity.items()]
    total = sum(weight for _, weight in weights) or 1.0
    rarest = max(weights, key=lambda pair: pair[1], default=("", 0.0))[0]
    return (
        similarity,
        hit.dense,
        sum(weight for stem, weight in weights if stem in own) / total,
        sum(weight for stem, weight in weights if stem in around) / total,
        float(rarest in around),
        float(_has_asked_kind(question, sentence)),
    )


def _probability(features: Sequence[float]) -> float:
    logit = _BIAS + sum(w * x for w, x in zip(_WEIGHTS, features, strict=True))
    return 1 / (1 + math.exp(-logit))


def _has_asked_kind(question: str, sentence: str) -> bool:
    for asked, kind in _ASKED:
        if asked.search(question):
            words = set(_WORD.findall(question.lower()))
            return any(
                not set(_WORD.findall(match.group().lower())) & words
                for match in kind.finditer(sentence)
            )
    return True


@lru_cache(maxsize=2_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    from snowballstemmer import stemmer  # pure Python tables: imported when first needed

    return str(stemmer("english").stemWord(word))
