"""The full forms of follow-up questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answers import REFUSAL
from bot.conversation.resolution import conversation_of, full_forms, search_words

MAYOR = (
    "Who is the mayor of Merrowford?",
    "Hanne Vold — “The mayor, Hanne Vold, said on Monday that 410 people had to leave.” [1]",
)
FERRY = (
    "How many passengers did the Grelle ferry carry in 2022?",
    "4,000 — “In 2022 the ferry carried 4,000 people to Grelle.” [1]",
)
texts = st.text(max_size=300)


def full(question: str, *history: tuple[str, str]) -> str:
    return full_forms(question, conversation_of(history))[0]


@pytest.mark.parametrize(
    ("before", "question", "in_full"),
    [
        (MAYOR, "How old is she?", "How old is Hanne Vold?"),
        (MAYOR, "And who is her deputy?", "Who is Hanne Vold's deputy?"),
        (MAYOR, "who defeated her?", "Who defeated Hanne Vold?"),
        (FERRY, "And in 2023?", "How many passengers did the Grelle ferry carry in 2023?"),
        (FERRY, "Who owns it?", "Who owns the Grelle ferry?"),
        (FERRY, "What did they pay?", "What did the passengers pay?"),
        (
            ("How hot was it in Lyon on Sunday?", "35 — “It was 35 degrees.” [1]"),
            "And on Monday?",
            "How hot was it in Lyon on Monday?",
        ),
        (
            ("How hot was it in Lyon on Sunday?", "35 — “It was 35 degrees.” [1]"),
            "What about Paris?",
            "How hot was it in Paris on Sunday?",
        ),
        (
            ("How much did shares lose in Seoul?", "7 % — “Shares in Seoul lost 7 %.” [1]"),
            "And in India and China?",
            "How much did shares lose in India and China?",
        ),
        (
            ("How many people died in the bus crash near Orr?", "Nine — “Nine people died.” [1]"),
            "And when did it happen?",
            "When did it happen (the bus crash, Orr)?",
        ),
        (
            ("Why was the Orr Theatre closed?", "A roof fell in. [1]"),
            "When did it reopen?",
            "When did it reopen (the Orr Theatre)?",
        ),
        (
            ("When did Bo Ray find the coin?", "May — “Ray found the coin in May.” [1]"),
            "And the lamp?",
            "When did Bo Ray find the lamp?",
        ),
        (
            ("When did Orr elect a mayor?", "May — “Orr chose teacher Ann Lee in May.” [1]"),
            "How old is she?",
            "How old is Ann Lee?",
        ),
        (
            ("When did Minister Kallas resign?", "Monday — “Kallas resigned on Monday.” [1]"),
            "And why?",
            "Why did Minister Kallas resign?",
        ),
        (
            ("Who runs Kestrel Air?", "Jo Dunne — “Jo Dunne runs Kestrel Air.” [1]"),
            "Where was the company founded?",
            "Where was the company founded (Kestrel Air, Jo Dunne)?",
        ),
    ],
)
def test_follow_up_is_put_in_full(before: tuple[str, str], question: str, in_full: str) -> None:
    assert full(question, before) == in_full


def test_person_stays_the_same_from_question_to_question() -> None:
    second = ("How old is she?", "46 — “Vold, 46, was elected in 2019.” [1]")
    assert full("And where was she born?", MAYOR, second) == "Where was Hanne Vold born?"


def test_change_of_subject_forgets_what_was_before() -> None:
    turns = conversation_of([MAYOR, FERRY])
    assert [turn.question for turn in turns] == [FERRY[0]]


def test_question_about_the_same_subject_keeps_what_was_before() -> None:
    more = ("When was the dyke of Merrowford built?", "1953 — “It was built in 1953.” [1]")
    assert len(conversation_of([MAYOR, more])) == 2


def test_refusal_is_no_part_of_the_conversation() -> None:
    refused = ("How tall is King Olaf?", REFUSAL)
    assert conversation_of([refused]) == []
    assert conversation_of([MAYOR, refused]) == conversation_of([MAYOR])


def test_search_has_the_words_of_question_answer_and_sentence() -> None:
    words = search_words("How old is she?", conversation_of([MAYOR])).split()
    assert words[:4] == ["How", "old", "is", "she?"]
    assert {"mayor", "merrowford", "hanne", "vold", "410"} <= {*words}


def test_search_for_another_topic_leaves_the_old_one_out() -> None:
    words = search_words("And in 2023?", conversation_of([FERRY]))
    assert words == "How many passengers did the Grelle ferry carry in 2023?"


def test_word_of_an_answer_does_not_ask_for_the_latest() -> None:
    said = ("Who is Hanne Vold?", "the mayor — “Hanne Vold is today the mayor.” [1]")
    assert "today" not in search_words("How old is she?", conversation_of([said]))


def test_answer_of_another_program_is_understood() -> None:
    plain = ("Who is the mayor of Merrowford?", "Hanne Vold.")
    assert full("How old is she?", plain) == "How old is Hanne Vold?"


@given(st.lists(st.tuples(texts, texts), max_size=12), texts, texts)
def test_any_conversation_gives_bounded_forms(
    history: list[tuple[str, str]], question: str, article: str
) -> None:
    turns = conversation_of(history)
    if turns:
        forms = full_forms(question, turns, article)
        assert forms and len(forms) == len(set(forms))
        assert len(search_words(question, turns)) <= 1_000
