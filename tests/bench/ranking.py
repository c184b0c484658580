"""Where the first hit of a ranking is, recall from that, and the two sides of a search alone.

``Sides`` and ``vectors_of`` are the one place of the benchmarks that reaches below ``Searcher``.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Passage
from index.embedding.batching import embedded_text
from index.filters import Filters
from index.results import Hit
from index.searcher import Searcher
from index.store.protocols import PassageLocation
from tests.bench.datasets import Question, QuizQuestion

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CUTS", "Found", "Sides", "first_hit", "found_in", "interval", "recall", "vectors_of"]

CUTS = (1, 5, 20)
DEPTH = 100
CHUNK = 4_096
RESAMPLES = 10_000

Found = tuple[Passage, Collection[str]]
"""A passage, and the ids of the articles that it ran in."""


def found_in(hits: Iterable[Hit]) -> list[Found]:
    """Return what a search found, with the copies that are folded into each hit."""
    return [
        (hit.passage, [hit.article.id, *(copy.article_id for copy in hit.copies)]) for hit in hits
    ]


def first_hit(question: Question | QuizQuestion, ranking: Sequence[Found]) -> float:
    """Return the rank of the first passage that is a hit, 1 for the best; infinite for none."""
    ranks = (at for at, found in enumerate(ranking, 1) if question.is_hit(*found))
    return next(ranks, float("inf"))


def recall(ranks: Sequence[float], cut: int) -> float:
    """Share of the questions with a hit among the first ``cut`` passages, by their first hits."""
    return sum(rank <= cut for rank in ranks) / max(1, len(ranks))


def interval(ranks: Sequence[float], cut: int) -> tuple[float, float]:
    """95 % bootstrap interval of the recall (Efron 1979).

    So many hits as questions drawn anew with replacement hold are binomially distributed.
    """
    drawn = np.random.default_rng(0).binomial(len(ranks), recall(ranks, cut), RESAMPLES)
    low, high = np.percentile(drawn / max(1, len(ranks)), [2.5, 97.5])
    return float(low), float(high)


class Sides:
    """Dense search and BM25 of one index, each alone."""

    def __init__(self, searcher: Searcher) -> None:
        self._embedder = searcher.embedder
        self._snapshot = searcher.snapshot

    def search(
        self, question: str, depth: int = DEPTH
    ) -> tuple[dict[int, float], dict[int, float]]:
        """Return the dense and the BM25 scores by passage id, the best of each side first.

        What only BM25 found has its similarity too, after the ``depth`` best of the dense side.
        """
        vector = self._embedder.embed_query(question)
        sparse = dict(self._snapshot.matching(question, depth, Filters()))
        dense = dict(self._snapshot.nearest(vector, depth, Filters()))
        alone = [number for number in sparse if number not in dense]
        dense.update(zip(alone, self._snapshot.similarities(vector, alone), strict=True))
        return dense, sparse

    def articles(self, question: str) -> dict[int, float]:
        """Return the BM25 score of the best whole articles, by their numbers."""
        return dict(self._snapshot.matching_articles(question, DEPTH, Filters()))

    def locations(self, numbers: Iterable[int]) -> dict[int, PassageLocation]:
        """Return where the passages of these ids stand in their articles."""
        return self._snapshot.locations(numbers)

    def passages(self, numbers: Iterable[int]) -> dict[int, Found]:
        """Return the passages of these ids."""
        resolved = self._snapshot.resolve(numbers)
        return {n: (passage, [article.id]) for n, (passage, article) in resolved.items()}


def vectors_of(searcher: Searcher) -> NDArray[np.float32]:
    """Make the vectors of an index anew, since a large one no longer holds them whole.

    Returns:
        float32 of shape (passages, dimension), of length 1.
    """
    parts: list[NDArray[np.float32]] = []
    texts: list[str] = []
    done = 0
    for article in searcher.articles():
        found = searcher.snapshot._catalogue.passages_of(article)
        texts += [embedded_text(article.title, passage.text) for _, passage in found]
        if len(texts) >= CHUNK:
            parts.append(searcher.embedder.embed_passages(texts))
            done += len(texts)
            texts = []
            print(f"{done:,} passages embedded", file=sys.stderr, flush=True)
    parts.append(searcher.embedder.embed_passages(texts))
    return np.concatenate(parts)
