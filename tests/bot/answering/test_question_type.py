"""What a question asks for, told by its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.question_type import QuestionType, question_type

SPAN = (
    "Who denied the missile attack?",
    "What did the mayor open?",
    "What is the name of the ferry?",
    "When was the bridge closed?",
    "Where is the theatre?",
    "Which town was flooded?",
    "Whose house burned down?",
    "How many people were hurt?",
    "How much did the bridge cost?",
    "How long is the wait?",
    "How old is the captain?",
    "How far is it to Halm?",
    "In which year did it open?",
    "the mayor of Halm",
    "Android phones were sold where?",
)
SENTENCES = (
    "Why was the bridge closed?",
    "How did the fire start?",
    "How was the child saved?",
    "How does the lock work?",
    "How come nobody was hurt?",
    "What happened in Halm?",
    "What has happened to the ferry?",
    "What's happening in Halm?",
    "What is going on at the harbour?",
    "What caused the flood?",
    "What led to the strike?",
    "What was the reason for the delay?",
    "Describe the flood.",
    "Explain the delay",
    "Summarise the report",
    "Tell me about the flood.",
    "Tell me why it closed.",
)
YES_NO = (
    "Did the mayor pay?",
    "Is the bridge open?",
    "Was anybody hurt?",
    "Were there any witnesses?",
    "Has the ferry sailed?",
    "Will the theatre reopen?",
    "Can children swim there?",
    "Does the ferry run on Sundays?",
    "Should the water be boiled?",
    "Didn't the captain deny it?",
    "Isn’t the bridge closed?",
)
CHOICE = (
    "Was it the mayor or the captain?",
    "Is the ferry red OR blue?",
    "Did it happen on Monday or on Tuesday?",
)


@pytest.mark.parametrize(
    ("questions", "kind"),
    [
        ((*SPAN, *CHOICE), QuestionType.SPAN),
        (SENTENCES, QuestionType.SENTENCES),
        (YES_NO, QuestionType.YES_NO),
    ],
)
def test_type_is_told_by_the_first_words(questions: tuple[str, ...], kind: QuestionType) -> None:
    assert {question: question_type(question) for question in questions} == dict.fromkeys(
        questions, kind
    )


@pytest.mark.parametrize(
    "said",
    ["{}", "And {}", "but {}", "Please, {}", "ok, so {}", "Hello newsbot: {}", "  {}  ", "AND\n{}"],
)
@pytest.mark.parametrize("question", [SPAN[0], SENTENCES[0], SENTENCES[1], YES_NO[0], CHOICE[0]])
def test_case_spacing_and_polite_lead_change_nothing(said: str, question: str) -> None:
    expected = question_type(question)
    for form in (question, question.upper(), question.lower(), question.replace(" ", " \t\n ")):
        assert question_type(said.format(form)) is expected


PIECES = st.sampled_from(["and", "please", " ", ",", ":", "is", "or", "why", "what"])


@given(st.text() | st.lists(PIECES).map("".join))
def test_any_text_has_a_type(question: str) -> None:
    assert question_type(question) in QuestionType


@pytest.mark.parametrize("nothing", ["", "  ", "?", "and"])
def test_empty_question_asks_for_a_span(nothing: str) -> None:
    assert question_type(nothing) is QuestionType.SPAN


def test_endless_lead_takes_no_time() -> None:
    assert question_type("and, " * 20_000 + "x") is QuestionType.SPAN
