"""Sentences of what search found, each weighed once."""

from __future__ import annotations

from pathlib import Path

from bot.evidence import PASSAGES_READ, find_evidence
from index.embedder import Embedder
from index.searcher import Searcher


def test_every_sentence_of_every_hit_is_weighed_once_best_first(
    samples_index: Path, embedder: Embedder
) -> None:
    searcher = Searcher.open(samples_index, embedder)
    result = searcher.search("Who denied the missile attack?", PASSAGES_READ + 4)
    evidence = find_evidence(result, searcher)
    places = [(item.article.id, item.start, item.end) for item in evidence]
    expected = {(hit.article.id, *span) for hit in result.hits for span in hit.passage.sentences}
    assert len(result.hits) > PASSAGES_READ
    assert len(places) == len(set(places))
    assert set(places) == expected
    probabilities = [item.probability for item in evidence]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 < probability < 1 for probability in probabilities)
