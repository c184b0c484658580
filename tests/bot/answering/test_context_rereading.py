"""The best passages are read once more, among what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.candidates import group_spans, score_candidates
from bot.answering.confidence import ANSWER_FEATURES
from bot.answering.context_rereading import FirstReading, reread_in_context
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


def again(passages: Sequence[Passage], reader: PhraseReader) -> list[AnswerSpan]:
    return reread_in_context(reader, QUESTION, [hit_of(passage) for passage in passages])


def test_passages_are_reread_in_context_with_dated_titles() -> None:
    reader = PhraseReader("Ina Roos")
    again([LAST, ELSEWHERE], reader)
    assert [passage.article_id for passage in reader.passages] == ["ferry", "harbour"]
    assert reader.passages[0].text == FERRY.text, "with what stands before it"
    assert reader.titles == ["Ferry (1 January 2024)", "Ferry, again"]


def test_no_passages_are_not_reread() -> None:
    reader = PhraseReader("Ina Roos")
    assert again([], reader) == []
    assert reader.passages == []


def test_spans_are_of_the_passages_and_not_of_the_context() -> None:
    read = again([LAST], PhraseReader("Ina Roos"))
    assert [(span.text, span.passage) for span in read] == [("Ina Roos", LAST)]


def test_first_reading_tells_the_margin_of_the_same_answer() -> None:
    first = FirstReading([span_of(LAST, "Captain Ina Roos", 3.0), span_of(FIRST, "Fog", 1.0)])
    assert first.margin(span_of(LAST, "Ina Roos", -1.0)) == 3.0
    assert first.margin(span_of(LAST, "the charge", 5.0)) == LEAST_MARGIN, "it said other"
    assert first.margin(span_of(ELSEWHERE, "The mayor", 5.0)) == LEAST_MARGIN


def test_candidate_is_of_the_second_reading() -> None:
    read = [span_of(LAST, "Ina Roos", -1.5)]
    result = result_of([hit_of(LAST)], QUESTION)
    first = FirstReading([span_of(LAST, "Ina Roos", 3.0)])
    (found,) = score_candidates(group_spans(QUESTION, read), result, first, calibration().answer)
    features = dict(zip(ANSWER_FEATURES, found.features, strict=True))
    assert (features["answerable"], features["first_margin"]) == (-1.5, 3.0)
    assert found.supports[0].text == "Captain Ina Roos denied the charge."


@pytest.mark.parametrize("count", [1, 10, 49, 50, 51, 200])
def test_context_is_fifty_words_on_either_side(count: int) -> None:
    before = " ".join(f"b{number}" for number in range(count))
    after = " ".join(f"a{number}" for number in range(count))
    article = Article("long", "", f"{before}. Ina Roos denied it. {after}.")
    start = article.text.index("Ina")
    end = article.text.index("it.") + 3
    passage = Passage("long", 1, start, end, article.text[start:end], ((start, end),))
    reader = PhraseReader("Ina Roos")
    reread_in_context(reader, QUESTION, [Hit(passage, article, 1, 1, 1)])
    (window,) = reader.passages
    assert len(window.text.split()) == 4 + 2 * min(count, 50)
    assert "Ina Roos denied it." in window.text


@given(st.text(max_size=900), st.text(min_size=1, max_size=40), st.text(max_size=900))
def test_context_is_its_articles_characters_in_bounds(before: str, own: str, after: str) -> None:
    article = Article("any", "", before + own + after)
    start, end = len(before), len(before) + len(own)
    passage = Passage("any", 3, start, end, own, ((start, end),))
    reader = PhraseReader(own)
    reread_in_context(reader, QUESTION, [Hit(passage, article, 1, 1, 1)])
    (window,) = reader.passages
    assert article.text[window.start : window.end] == window.text
    assert window.start <= start and end <= window.end
    assert len(window.text) <= len(own) + 1_200
    assert window.sentences == ((start, end),)
