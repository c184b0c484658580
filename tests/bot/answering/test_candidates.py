"""Spans to candidate answers: equal ones made one, ordered by probability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.candidates import Candidate, group_spans, normalised_answer, score_candidates
from bot.answering.confidence import ANSWER_FEATURES, Calibration
from bot.answering.context_rereading import FirstReading
from bot.reader.reader import LEAST_MARGIN, AnswerSpan
from tests.fakes.invented import (
    BRIDGE,
    FERRY,
    HARBOUR,
    calibration,
    hit_of,
    passage_of,
    result_of,
    span_of,
)

WHOLE = [passage_of(FERRY), passage_of(HARBOUR), passage_of(BRIDGE)]
PASSAGES = [*WHOLE, passage_of(FERRY, 1), passage_of(HARBOUR, 0, 2)]  # the last two overlap others
HITS = [
    replace(hit_of(passage, dense), score=dense / 2)
    for passage, dense in zip(PASSAGES, (0.9, 0.7, 0.5, 0.3, -0.1), strict=True)
]
QUESTION = "Who denied the charge off Halm?"
PHRASES = ("Ina Roos", "Captain Ina Roos", "the captain, Ina Roos", "300 crowns", "fog", "the fog")
PHRASES += ("The mayor", "the mayor", "The", "was", "was  closed", "😀", "late", "hurt", "Halm")


def found(
    *spans: AnswerSpan, first: Sequence[AnswerSpan] = (), weights: Calibration | None = None
) -> list[Candidate]:
    regression = (weights or calibration()).answer
    return score_candidates(
        group_spans(QUESTION, spans), result_of(HITS), FirstReading(first), regression
    )


def feature(candidate: Candidate, name: str) -> float:
    return candidate.features[ANSWER_FEATURES.index(name)]


def test_margin_stands_in_where_a_reader_gives_no_answerable() -> None:
    span = span_of(WHOLE[0], "Ina Roos", 3.0)
    for one, expected in ((span, 3.0), (replace(span, answerable=5.0), 5.0)):
        assert feature(found(one)[0], "answerable") == expected
    assert feature(found(replace(span, answerable=-99.0))[0], "answerable") == LEAST_MARGIN


@st.composite
def spans_read(draw: st.DrawFn) -> list[AnswerSpan]:
    """Spans as a reader gives them, with scores that no sane reader has."""
    spans = []
    for passage in draw(st.lists(st.sampled_from(PASSAGES), max_size=12)):
        text = draw(st.sampled_from([text for text in PHRASES if text in passage.text]))
        margin = draw(st.floats(-30, 30) | st.floats(allow_nan=False))
        spans.append(span_of(passage, text, margin))
    return spans


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("The Mayor", "mayor"),
        ("  an  old\n mill ", "old mill"),
        ("U.S.", "us"),
        ("“Ina Roos,”", "ina roos"),
        ("Ina Roos’s", "ina rooss"),
        ("Theatre", "theatre"),
        ("the", ""),
        ("…", ""),
    ],
)
def test_normalised_answer_has_no_case_articles_or_punctuation(text: str, same: str) -> None:
    assert normalised_answer(text) == same


def test_equal_spans_are_one_candidate_with_all_sentences() -> None:
    (candidate,) = found(span_of(WHOLE[1], "The mayor", 1.0), span_of(WHOLE[2], "the mayor", 3.0))
    assert candidate.text == "the mayor"
    assert [s.article.id for s in candidate.supports] == ["bridge", "harbour"]
    assert [s.margin for s in candidate.supports] == [3.0, 1.0]
    assert candidate.supports[0].text == "The bridge of Askvik [2]\twas  closed by the mayor."
    assert feature(candidate, "agreement") == math.log(2)


def test_sentence_of_overlapping_passages_supports_once() -> None:
    (candidate,) = found(span_of(WHOLE[0], "Ina Roos", 1.0), span_of(PASSAGES[3], "Ina Roos", 2.0))
    (support,) = candidate.supports
    assert support.text == "Captain Ina Roos denied the charge."
    assert support.margin == 2.0
    assert feature(candidate, "agreement") == 0.0
    assert feature(candidate, "search_score") == pytest.approx(-0.3), "where it was surest"


def test_higher_margin_comes_first_of_equal_weights() -> None:
    candidates = found(
        span_of(WHOLE[0], "late", -1.0),
        span_of(WHOLE[0], "Fog", 4.0),
        span_of(WHOLE[0], "Nobody", 2.0),
    )
    assert [candidate.text for candidate in candidates] == ["Fog", "Nobody", "late"]
    assert [feature(candidate, "gap") for candidate in candidates] == [2.0, -2.0, -5.0]


def test_more_probable_candidate_comes_first_at_any_margin() -> None:
    candidates = found(
        span_of(WHOLE[2], "the mayor", 4.0),
        span_of(WHOLE[0], "late", 1.0),
        first=[span_of(WHOLE[0], "late", 0.5), span_of(WHOLE[2], "the mayor", -1.0)],
        weights=calibration({"first_margin": 2.0}),
    )
    assert [candidate.text for candidate in candidates] == ["late", "the mayor"]
    assert candidates[0].probability == pytest.approx(1 / (1 + math.exp(-1)))


def test_features_of_a_candidate_are_what_their_names_say() -> None:
    spans = [
        replace(span_of(WHOLE[0], "Ina Roos", 2.0), answerable=2.5),
        replace(span_of(WHOLE[2], "the fog", 1.0), answerable=3.5),
    ]
    first = [span_of(WHOLE[0], "Captain Ina Roos", -3.0), span_of(WHOLE[0], "Fog", -2.0)]
    roos, fog = sorted(found(*spans, first=first), key=lambda one: one.text)
    names = ("answerable", "first_margin", "gap", "agreement", "search_score", "similarity")
    assert names == ANSWER_FEATURES
    assert roos.features == (2.5, -3.0, 1.0, 0.0, 0.0, 0.9)
    assert fog.features == (3.5, LEAST_MARGIN, -1.0, 0.0, pytest.approx(-0.2), 0.5)


def test_candidate_has_single_spaces_and_an_exact_sentence() -> None:
    (candidate,) = found(span_of(WHOLE[2], "[2]\twas  closed", 1.0))
    assert candidate.text == "[2] was closed"
    assert "[2]\twas  closed" in candidate.supports[0].text


def test_name_that_a_reader_cut_is_given_and_counted_whole() -> None:
    candidates = found(span_of(WHOLE[0], "Captain", 2.0), span_of(WHOLE[0], "Captain Ina Roos", 1))
    assert [candidate.text for candidate in candidates] == ["Captain Ina Roos"]


def test_candidates_are_ten_at_most() -> None:
    words = ("ferry", "late", "Fog", "water", "off", "Halm", "lay", "denied", "charge")
    words += ("Nobody", "hurt", "Roos")
    candidates = found(*(span_of(WHOLE[0], word, at) for at, word in enumerate(words)))
    assert [candidate.text for candidate in candidates] == list(reversed(words))[:10]


def test_no_spans_give_no_candidates() -> None:
    assert found() == []
    assert found(span_of(WHOLE[0], "The", 5.0)) == []


@given(spans_read(), spans_read())
def test_candidates_of_any_scores_are_ordered_and_finite(
    spans: list[AnswerSpan], first: list[AnswerSpan]
) -> None:
    weights = calibration(dict.fromkeys(ANSWER_FEATURES, 0.5))
    candidates = found(*spans, first=first, weights=weights)
    assert len(candidates) <= 10
    assert bool(candidates) == any(normalised_answer(span.text) for span in spans)
    probabilities = [candidate.probability for candidate in candidates]
    assert probabilities == sorted(probabilities, reverse=True)
    texts = [normalised_answer(candidate.text) for candidate in candidates]
    assert len(set(texts)) == len(texts)
    for candidate in candidates:
        assert 0 <= candidate.probability <= 1
        assert len(candidate.features) == len(ANSWER_FEATURES)
        assert all(map(math.isfinite, candidate.features))
        places = [(s.article.id, s.start, s.end) for s in candidate.supports]
        assert places and len(set(places)) == len(places)
        margins = [s.margin for s in candidate.supports]
        assert margins == sorted(margins, reverse=True)
        for support in candidate.supports:
            assert normalised_answer(candidate.text) in normalised_answer(support.text)
