"""Hits in the order in which a reader finds answers in them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.reranking import SEARCH_WEIGHT, rerank
from bot.reader.reader import AnswerSpan
from index.results import Hit
from tests.fakes.invented import BRIDGE, FERRY, HARBOUR, hit_of, passage_of, span_of

PASSAGES = [passage_of(FERRY), passage_of(HARBOUR), passage_of(BRIDGE), passage_of(FERRY, 1)]
HITS = [hit_of(passage) for passage in PASSAGES]
ROOS, MAYOR = (PASSAGES[0], "Ina Roos"), (PASSAGES[1], "The mayor")
SPANS = st.builds(
    lambda passage, margin: span_of(passage, passage.text.split()[0], margin),
    st.sampled_from(PASSAGES),
    st.floats(-30, 30) | st.floats(allow_nan=False),
)


def test_hit_with_the_surest_span_is_ranked_first() -> None:
    spans = [span_of(PASSAGES[2], "fog", 3.0), span_of(PASSAGES[2], "mayor", 1.0)]
    ranked = rerank(HITS, [*spans, span_of(PASSAGES[0], "late", 2.0)])
    assert [hit.article.id for hit in ranked] == ["bridge", "ferry", "harbour", "ferry"]
    assert ranked[0].score == pytest.approx(1 / (1 + math.exp(-3)))
    assert [hit.score for hit in ranked[2:]] == [0.0, 0.0]


def test_search_score_decides_between_equally_sure_hits() -> None:
    hits = [replace(HITS[0], score=0.5), replace(HITS[1], score=0.9), *HITS[2:]]
    first, second, *_ = rerank(hits, [span_of(*ROOS, 2.0), span_of(*MAYOR, 2.0)])
    assert [first.article.id, second.article.id] == ["harbour", "ferry"]
    assert first.score == pytest.approx(1 / (1 + math.exp(-2)))
    assert second.score == pytest.approx(1 / (1 + math.exp(-2 + SEARCH_WEIGHT * 0.4)))
    surer = span_of(*ROOS, 2.1 + SEARCH_WEIGHT * 0.4)
    assert rerank(hits, [surer, span_of(*MAYOR, 2.0)])[0].article.id == "ferry"


@given(st.lists(SPANS, max_size=12), st.permutations(HITS))
def test_reranking_keeps_all_hits_and_puts_spanless_ones_last(
    spans: list[AnswerSpan], hits: list[Hit]
) -> None:
    ranked = rerank(hits, spans)
    assert {hit.passage for hit in ranked} == {hit.passage for hit in hits}
    assert len(ranked) == len(hits)
    scores = [hit.score for hit in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    read = {span.passage for span in spans}
    assert [score > 0 for score in scores] == [hit.passage in read for hit in ranked]
