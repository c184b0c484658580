"""Whether a question stands by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.gate import Dependence, dependence, is_fragment, topic_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did she resign?", Dependence.PERSON),
        ("And why did Mayor Vold dismiss him?", Dependence.NONE),
        ("Who accepted his resignation?", Dependence.PERSON),
        ("And how long is it?", Dependence.THING),
        ("What were its crews told?", Dependence.THING),
        ("In which ports did it call?", Dependence.THING),
        ("Which company bought it?", Dependence.THING),
        ("How many sailors saw it?", Dependence.THING),
        ("Which two captains backed him?", Dependence.PERSON),
        ("Which countries banned his film?", Dependence.PERSON),
        ("Which pilot gave her a map?", Dependence.PERSON),
        ("What, by her account, do sailors drink?", Dependence.PERSON),
        ("Which of its ships sank?", Dependence.THING),
        ("How many of them were hurt?", Dependence.THING),
        ("How many nurses work there?", Dependence.PLACE),
        ("How many seats are there in Halvik's theatre?", Dependence.NONE),
        ("And in 2023?", Dependence.TOPIC),
        ("What about Halvik?", Dependence.TOPIC),
        ("And the NASDAQ?", Dependence.TOPIC),
        ("Where?", Dependence.SUBJECT),
        ("Since when?", Dependence.SUBJECT),
        ("How many were hurt?", Dependence.SUBJECT),
        ("Which religion does the premier have?", Dependence.SUBJECT),
        ("When did the minister resign?", Dependence.SUBJECT),
        ("Who denied that attack?", Dependence.SUBJECT),
    ],
)
def test_form_says_what_is_left_to_the_conversation(question: str, kind: Dependence) -> None:
    assert dependence(question) is kind


@pytest.mark.parametrize(
    "question",
    [
        "Before she resigned, what did Minister Kallas promise?",
        "Which billionaire lost his place on the list?",
        "Which town has been told it must move its harbour?",
        "Which ferry line said it would stop this fall?",
        "Which of these ships has the most berths?",
        "How is bread made and what is it eaten with?",
        "Brissa raised its fares by how much in May?",
        "What did Halvik build a camp for, and who could live there?",
        "True or false: it is not possible to swim to Askvik.",
        "",
        "?!",
        "Who denied the missile attack?",
        "When did Hanne Vold say she would resign?",
        "Why did Morocco call home its ambassador to the Netherlands?",
        "How long did it take to build the Grelle ferry?",
        "Did the mayor of Merrowford say that the county had put it off?",
        "How many of those injured at Kessock are in critical condition?",
        "Which of the two ferries that sail to Grelle is the older one?",
        "How old was the captain when his ship sank?",
        "Which airline called back its crews?",
        "Which ferry company said it was not asked?",
        "Which former mayor rebelled against his party?",
        "How many pilots lost their jobs?",
        "Why did divers chain themselves to a crane?",
        "What do sailors say about their pay?",
        "Why did parliament change its mind?",
        "what did captain vold do after his trial?",
        "Who said he had warned of the leak?",
        "Who wants to give back his medal?",
        "Who lost her own seat?",
        "Which dam was closed until it could be repaired?",
        "What is a hydrofoil?",
        "What does it mean to careen a ship?",
        "Who knows why it is illegal to anchor near wrecks?",
        "What do ferries cost these days?",
        "How many people watch films on iTunes?",
        f"Where was {'a very long question about it ' * 20}?",
    ],
)
def test_question_with_its_own_subject_stands_by_itself(question: str) -> None:
    assert dependence(question) is Dependence.NONE


def test_topic_is_what_the_last_question_is_asked_of() -> None:
    assert topic_of("And what about the S&P 500?") == "the S&P 500"
    assert topic_of("But on Saturday?") == "on Saturday"
    assert topic_of("Paris?") is None
    assert topic_of("What about?") is None


def test_fragment_is_no_more_than_its_asking_words() -> None:
    assert is_fragment("And why?") and is_fragment("At what temperature?")
    assert not is_fragment("Who denied it?") and not is_fragment("Where is it?")


@given(st.text(max_size=400))
def test_any_text_has_a_dependence(question: str) -> None:
    assert dependence(question) in Dependence
    topic_of(question)
