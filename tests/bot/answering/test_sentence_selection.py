"""Sentences of what search found, each weighed once."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.confidence import SENTENCE_FEATURES
from bot.answering.sentence_selection import PASSAGES_SEARCHED, SelectedSentence, select_sentences
from bot.reader.reader import AnswerSpan
from corpus.article import Article
from index.embedding.embedder import Embedder
from index.results import Hit, SearchResult
from index.searcher import Searcher
from tests.fakes.invented import calibration, passage_of, span_of

QUESTION = "Who denied the missile attack?"


@pytest.fixture(scope="module")
def searcher(samples_index: Path, embedder: Embedder) -> Searcher:
    return Searcher.open(samples_index, embedder)


@pytest.fixture(scope="module")
def result(searcher: Searcher) -> SearchResult:
    return searcher.search(QUESTION, PASSAGES_SEARCHED + 4)


def feature(features: tuple[float, ...], name: str) -> float:
    return features[SENTENCE_FEATURES.index(name)]


def place(item: SelectedSentence) -> tuple[str, int, int]:
    return item.article.id, item.start, item.end


def selected_of(
    result: SearchResult, spans: list[AnswerSpan], searcher: Searcher
) -> list[SelectedSentence]:
    return select_sentences(result, spans, searcher.embedder, calibration().sentence)


def test_every_sentence_of_the_best_passages_is_scored_once(
    searcher: Searcher, result: SearchResult
) -> None:
    weights = calibration({}, dict.fromkeys(SENTENCE_FEATURES, 0.5))
    evidence = select_sentences(result, [], searcher.embedder, weights.sentence)
    assert len(result.hits) > PASSAGES_SEARCHED
    best = result.hits[:PASSAGES_SEARCHED]
    expected = {(hit.article.id, *span) for hit in best for span in hit.passage.sentences}
    assert len(evidence) == len(expected)
    assert set(map(place, evidence)) == expected
    probabilities = [item.probability for item in evidence]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 < probability < 1 for probability in probabilities)


def test_features_of_a_sentence_are_finite_and_in_bounds(
    searcher: Searcher, result: SearchResult
) -> None:
    for selected in selected_of(result, [], searcher):
        features = selected.features
        assert len(features) == len(SENTENCE_FEATURES)
        assert all(map(math.isfinite, features))
        assert -1.001 <= feature(features, "sentence_similarity") <= 1.001


def test_sentence_has_the_margin_of_its_best_span_or_the_least(
    searcher: Searcher, result: SearchResult
) -> None:
    passage = result.hits[0].passage
    words = passage.text.split()
    spans = [span_of(passage, words[0], margin) for margin in (-30.0, 2.5, 1.0)]
    found = {
        place(selected): feature(selected.features, "margin")
        for selected in selected_of(result, spans, searcher)
    }
    read = (passage.article_id, *spans[0].sentence)
    assert found.pop(read) == 2.5
    assert set(found.values()) == {-12.0}
    (evidence, *_) = selected_of(result, spans, searcher)
    assert place(evidence) == (passage.article_id, *spans[0].sentence)


def test_no_hits_give_no_sentences(searcher: Searcher, result: SearchResult) -> None:
    assert selected_of(replace(result, hits=()), [], searcher) == []


@pytest.mark.parametrize(("gate", "kept"), [("B12", 2), ("B21", 1)])
def test_sentence_about_another_code_is_left_out(searcher: Searcher, gate: str, kept: int) -> None:
    article = Article("gates", "Airport", "Rain fell. Gate B12 was closed after a bag was found.")
    question = f"Why was gate {gate} closed?"
    hit = Hit(passage_of(article), article, 1.0, 1.0, 1.0)
    found = SearchResult((hit,), question, searcher.embedder.embed_query(question))
    assert len(selected_of(found, [], searcher)) == kept
