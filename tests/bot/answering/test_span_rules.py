"""Names that a reader stopped in the middle of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.span_rules import whole_name
from bot.reader.reader import AnswerSpan
from tests.fakes.invented import TEXT_BEFORE, span_in


@pytest.mark.parametrize(
    ("question", "text", "answer", "whole"),
    [
        ("Who is the mayor?", "Radomir Fells, the mayor, spoke.", "Radomir", "Radomir Fells"),
        (
            "who spoke",
            "The mayor Radomir J. Fells spoke.",
            "mayor Radomir",
            "mayor Radomir J. Fells",
        ),
        ("Whose house is it?", "It is Aoife O'Brien's house.", "Aoife", "Aoife O'Brien"),
        ("Who came?", "Jean-Luc Picard-Smith came.", "Jean-Luc", "Jean-Luc Picard-Smith"),
        ("Who came?", "Élodie Évrard came.", "Élodie", "Élodie Évrard"),
        ("Who came?", "One Two Three Four Five Six came.", "Two", "Two Three Four Five"),
    ],
)
def test_cut_name_is_given_to_its_end(question: str, text: str, answer: str, whole: str) -> None:
    assert whole_name(question, span_in(text, answer)).text == whole


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("What is the mayor called?", "Radomir Fells spoke.", "Radomir"),
        ("Who is Fells by his first name?", "Radomir Fells spoke.", "Radomir"),
        ("Who told Fells?", "It was Anna Radomir Fells who heard.", "Anna"),
        ("Who met the mayor?", "They met Fells Tuesday in town.", "Fells"),
        ("Who spoke?", "Radomir, Fells and others spoke.", "Radomir"),
        ("Who spoke?", "the Mayor Fells spoke.", "the"),
        ("Who spoke?", "Radomir  Fells spoke.", "Radomir"),
        ("Who spoke?", "Radomir Fells", "Radomir Fells"),
        ("Who spoke?", "The UN Council spoke.", "UN"),
    ],
)
def test_span_is_not_extended_by_what_is_no_name(question: str, text: str, answer: str) -> None:
    span = span_in(text, answer)
    assert whole_name(question, span) == span


@given(st.text(alphabet="Ab cÉé.'’- \n?8", max_size=40), st.data())
def test_extended_span_is_the_articles_characters(text: str, data: st.DataObject) -> None:
    words = [word for word in text.split() if word]
    if not words:
        return
    span = span_in(text, data.draw(st.sampled_from(words)))
    whole = whole_name("Who was it?", span)
    assert (TEXT_BEFORE + text)[whole.start : whole.end] == whole.text
    assert whole.start == span.start and span.end <= whole.end <= span.sentence[1]


def test_name_stays_in_its_sentence() -> None:
    text = "They saw Radomir Fells came later."
    base = len(TEXT_BEFORE)
    end = base + len("They saw Radomir")
    span = span_in(text, "Radomir")
    cut = AnswerSpan(span.passage, span.start, span.end, span.text, (base, end), 1, 0)
    assert whole_name("Who was seen?", cut) == cut


@pytest.mark.parametrize("answer", ["", " "])
def test_span_without_words_is_unchanged(answer: str) -> None:
    span = span_in("Radomir Fells spoke.", answer)
    assert whole_name("Who spoke?", span) == span
