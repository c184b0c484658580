"""The surest passages are read once more, among what stands around them, and never quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.candidates import Candidate, group_spans, score_candidates
from bot.answering.confidence import ANSWER_FEATURES
from bot.answering.context_rereading import PASSAGES_REREAD, ContextRereading, reread_in_context
from bot.reader.reader import LEAST_MARGIN, AnswerSpan
from corpus.article import Article, Passage
from index.results import Hit
from tests.fakes.invented import (
    FERRY,
    HARBOUR,
    PhraseReader,
    calibration,
    hit_of,
    passage_of,
    result_of,
    span_of,
)

QUESTION = "Who denied the charge?"
FIRST, LAST = passage_of(FERRY, 0, 2), passage_of(FERRY, 2)
ELSEWHERE = passage_of(HARBOUR)


def again(spans: Sequence[AnswerSpan], reader: PhraseReader) -> ContextRereading:
    hits = [hit_of(passage) for passage in dict.fromkeys(span.passage for span in spans)]
    return reread_in_context(reader, QUESTION, hits, spans)


def scored(span: AnswerSpan, rereading: ContextRereading) -> Candidate:
    groups, result = group_spans(QUESTION, [span]), result_of([hit_of(LAST)], QUESTION)
    (candidate,) = score_candidates(groups, result, rereading, calibration().answer)
    return candidate


def test_passages_with_the_best_spans_are_reread_in_context() -> None:
    reader = PhraseReader("Ina Roos")
    spans = [
        span_of(FIRST, "Fog", 1.0),
        span_of(LAST, "Ina Roos", 3.0),
        span_of(ELSEWHERE, "The mayor", 2.0),
        span_of(LAST, "the charge", 2.5),
    ]
    again(spans, reader)
    assert [passage.article_id for passage in reader.passages] == ["ferry", "harbour"]
    assert len(reader.passages) == PASSAGES_REREAD
    assert reader.passages[0].text == FERRY.text, "with what stands before it"
    assert reader.titles == ["Ferry", "Ferry, again"]


def test_no_spans_are_not_reread() -> None:
    reader = PhraseReader("Ina Roos")
    again([], reader)
    assert reader.passages == []


def test_span_has_the_margin_of_the_rereading_of_its_sentence() -> None:
    span = span_of(LAST, "Captain Ina Roos", 3.0)
    second = again([span], PhraseReader("Ina Roos", 4.0))
    assert second.margins(span) == (4.0, 4.0)
    assert second.margins(span_of(FIRST, "Fog", 1.0)) == (LEAST_MARGIN, 4.0), "it says otherwise"
    other = replace(span_of(ELSEWHERE, "The mayor", 2.0), answerable=2.5)
    assert second.margins(other) == (2.0, 2.5), "not read again: as the first reading said"


def test_first_reading_counts_where_there_is_no_second() -> None:
    span = replace(span_of(LAST, "Ina Roos", 3.0), answerable=3.5)
    assert ContextRereading().margins(span) == (3.0, 3.5)
    candidate = scored(span, ContextRereading())
    features = dict(zip(ANSWER_FEATURES, candidate.features, strict=True))
    assert (features["margin_again"], features["answerable_again"]) == (3.0, 3.5)


def test_candidate_quotes_the_first_reading_only() -> None:
    span = span_of(LAST, "Ina Roos", 3.0)
    second = again([span], PhraseReader("Ina Roos", -1.5))
    candidate = scored(span, second)
    features = dict(zip(ANSWER_FEATURES, candidate.features, strict=True))
    assert (features["margin_again"], features["answerable_again"]) == (-1.5, -1.5)
    assert candidate.supports[0].text == "Captain Ina Roos denied the charge."


@pytest.mark.parametrize("count", [1, 10, 49, 50, 51, 200])
def test_context_is_fifty_words_on_either_side(count: int) -> None:
    before = " ".join(f"b{number}" for number in range(count))
    after = " ".join(f"a{number}" for number in range(count))
    article = Article("long", "", f"{before}. Ina Roos denied it. {after}.")
    start = article.text.index("Ina")
    end = article.text.index("it.") + 3
    passage = Passage("long", 1, start, end, article.text[start:end], ((start, end),))
    reader = PhraseReader("Ina Roos")
    reread_in_context(
        reader, QUESTION, [Hit(passage, article, 1, 1, 1)], [span_of(passage, "Ina", 1.0)]
    )
    (window,) = reader.passages
    assert len(window.text.split()) == 4 + 2 * min(count, 50)
    assert "Ina Roos denied it." in window.text


@given(st.text(max_size=900), st.text(min_size=1, max_size=40), st.text(max_size=900))
def test_context_is_its_articles_characters_in_bounds(before: str, own: str, after: str) -> None:
    article = Article("any", "", before + own + after)
    start, end = len(before), len(before) + len(own)
    passage = Passage("any", 3, start, end, own, ((start, end),))
    span = AnswerSpan(passage, start, end, own, (start, end), 1.0, 0.0)
    reader = PhraseReader(own)
    reread_in_context(reader, QUESTION, [Hit(passage, article, 1, 1, 1)], [span])
    (window,) = reader.passages
    assert article.text[window.start : window.end] == window.text
    assert window.start <= start and end <= window.end
    assert len(window.text) <= len(own) + 1_200
    borders = [window.start, *(high for _, high in window.sentences)]
    assert [low for low, _ in window.sentences] == borders[:-1]
    assert borders[-1] == window.end and (start, end) in window.sentences
