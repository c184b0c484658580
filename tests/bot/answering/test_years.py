"""Answers that a sentence gives for another year than the one that is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.years import is_of_another_year
from tests.fakes.invented import span_in

FERRY = "The line counted 238,900 passengers in 2023, 26,500 more than in 2022."


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("How many passengers came in 2022?", FERRY, "238,900"),
        ("what did oil cost in 1979", "Oil, at $40 in 1979, fell in the 1980s to $10.", "$10"),
        (
            "Who won in 1999?",
            "Ina won in 1998; in 1999 and 1998 nobody could say that of Ole.",
            "Ole",
        ),
    ],
)
def test_an_answer_nearer_to_another_year_is_of_that_year(
    question: str, text: str, answer: str
) -> None:
    assert is_of_another_year(question, span_in(text, answer))


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("How many passengers came in 2023?", FERRY, "238,900"),
        ("How many more passengers came than in 2022?", FERRY, "26,500"),
        ("How many passengers came?", FERRY, "238,900"),
        ("How many more came in 2023 than in 2022?", FERRY, "238,900"),
        ("How many passengers came in 2021?", FERRY, "238,900"),
        ("When did more come than in 2022?", FERRY, "2023"),
        ("Who came in 2022?", "In 2022 Ole came.", "Ole"),
        ("Who came in 2022?", "In 2022 Ole came with 2,023 others and paid $2023.", "Ole"),
        ("Who came in 2022?", "In 2022 Ole, 2023 Ina.", "Ole"),
        ("Who came in 2022?", "Ole came.", "Ole"),
    ],
)
def test_other_answers_are_left_alone(question: str, text: str, answer: str) -> None:
    assert not is_of_another_year(question, span_in(text, answer))


def test_years_of_other_sentences_do_not_count() -> None:
    text = "It was 2023. Ole came, as in 2022."
    span = span_in(text, "Ole")
    whole = span.sentence
    assert is_of_another_year(
        "Who came in 2022?", span_in("It was 2023: Ole came, as in 2022.", "Ole")
    )
    cut = (whole[0] + text.index("Ole"), whole[1])
    assert not is_of_another_year("Who came in 2022?", replace(span, sentence=cut))
