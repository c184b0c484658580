"""The dated sentences about a question's subject, in the order of their days."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.answers import REFUSAL, Answer, Event, Statement
from bot.answering.composing import cite
from bot.answering.quote import Quote
from bot.answering.timeline import asks_for_timeline, find_events, with_timeline
from bot.chain import answer_pieces
from corpus.article import Article
from index.results import Hit, SearchResult
from tests.fakes.invented import passage_of, result_of
from tests.fakes.reports import surveyed_answer

QUESTION = "Timeline of the flood in Oxlade"
IDF = {"timelin": 2.0, "flood": 1.0, "oxlad": 1.0}
REFUSED = Answer(REFUSAL, None, True, 0.1, ())
BROKE = "The Sarn flooded Oxlade on Tuesday. A second flood in Oxlade came on 9 February."
HAPPENED = "What happened when it rained?"
LONG = "The mayor spoke for an hour. His deputy slept. A dog barked outside the hall."
LATER = "The flood in Oxlade cost a million crowns, the mayor said on Friday."


def result(*articles: tuple[str, str, str], question: str = QUESTION) -> SearchResult:
    made = [
        Article(f"{day} {text}", title, text, published=f"{day}T00:00:00+00:00")
        for day, title, text in articles
    ]
    hits = [Hit(passage_of(one), one, 0.5, 0.5, 1.0) for one in made]
    return result_of(hits, question, IDF)


def told(found: SearchResult) -> list[tuple[str, str]]:
    answer = with_timeline(REFUSED, find_events(found), found)
    return [(event.days, event.citation.quote) for event in answer.events]


FLOOD = ("2024-02-07", "Flood in Oxlade", BROKE)
COST = ("2024-02-16", "Cost of the flood in Oxlade", LATER)


@pytest.mark.parametrize(
    "question",
    [QUESTION, "Show me a timeline of the strikes", "What happened when the bridge closed?",
     "chronology: the trial", "Timeline"],
)  # fmt: skip
def test_question_for_what_happened_asks_for_a_timeline(question: str) -> None:
    assert asks_for_timeline(question)


@pytest.mark.parametrize("question", ["What happened?", "Who made the timeline?", "When was it?"])
def test_other_questions_ask_for_no_timeline(question: str) -> None:
    assert not asks_for_timeline(question)


def test_events_stand_by_the_days_that_sentences_name() -> None:
    found = result(COST, FLOOD)
    first, second = BROKE.split(". ")
    assert told(found) == [
        ("2024-02-06", f"{first}."),
        ("2024-02-09", second),
        ("2024-02-16", LATER),
    ]
    assert [event.is_named for event in find_events(found)] == [True, True, False]


def test_articles_on_something_else_are_left_out() -> None:
    fair = ("2024-02-10", "Fair in Oxlade", "The fair in Oxlade opens on 20 February.")
    assert "The fair" not in str(told(result(FLOOD, COST, fair)))


def test_event_that_two_articles_tell_stands_once() -> None:
    again = ("2024-02-08", "Oxlade after the flood", "The Sarn flooded Oxlade on Tuesday, too.")
    assert [day for day, _ in told(result(FLOOD, again))] == ["2024-02-06", "2024-02-09"]


def test_timeline_answers_alone_or_beside_sentences() -> None:
    found = result(FLOOD, COST)
    alone = with_timeline(REFUSED, find_events(found), found)
    assert not alone.refused and alone.text.startswith("Timeline: 2024-02-06 — “The Sarn")
    assert alone.surveyed == {one.number for one in alone.citations} == {1, 2, 3}
    own = cite([Quote(Article("own", "", LATER), 0, len(LATER))], 1)
    beside = with_timeline(
        Answer("So [1]", None, False, 0.9, own),
        find_events(found),
        result(FLOOD, question=HAPPENED),
    )
    assert beside.text.startswith("So [1] Timeline: ")
    assert (beside.citations[0], beside.surveyed) == (own[0], {2, 3, 4})


def test_timeline_answers_where_a_headline_has_it_all() -> None:
    found = result(FLOOD, COST, question="What happened during the flood in Oxlade?")
    assert len(with_timeline(REFUSED, find_events(found), found).events) == 3


def test_statements_of_a_chat_model_stay_beside_a_timeline() -> None:
    own = cite([Quote(Article("own", "", LATER), 0, len(LATER))], 1)
    written = Answer("So [1]", None, False, 0.9, own, statements=(Statement("So", (1,)),))
    found = result(FLOOD, COST)
    answer = with_timeline(written, find_events(found), found)
    assert answer.text.startswith("So [1] Timeline: ") and answer.surveyed == {2, 3, 4}
    assert "".join(answer_pieces(answer)) == answer.text


def test_questions_and_conditions_are_no_events() -> None:
    said = "The flood came on Tuesday. Did it come on Monday? It may fall if rain ends on Friday."
    aside = (
        "2024-02-07",
        "Court and council",
        f"Oxlade had a flood. {LONG} A ship came on Monday.",
    )
    found = result(("2024-02-07", "Flood in Oxlade", said), FLOOD, aside)
    quotes = [event.quote.text for event in find_events(found)]
    assert quotes[0] == "The flood came on Tuesday."
    assert not [q for q in quotes if q.startswith(("Did", "It may", "A ship"))]


def test_expected_event_is_marked_until_it_is_told() -> None:
    plan = (
        "2024-02-10",
        "Oxlade after the flood",
        "After the flood Oxlade plans to vote on 3 March.",
    )
    vote = (
        "2024-03-04",
        "Oxlade votes after the flood",
        "After the flood Oxlade voted on 3 March.",
    )
    for articles, note in (((FLOOD, plan), "expected"), ((FLOOD, plan, vote), "")):
        found = result(*articles)
        answer = with_timeline(REFUSED, find_events(found), found)
        assert (answer.events[-1].days, answer.events[-1].note) == ("2024-03-03", note)
        assert ("2024-03-03 (expected) — “After" in answer.text) is (note == "expected")


def test_refusal_and_single_event_have_no_timeline() -> None:
    searched = result(FLOOD, COST)
    found = find_events(searched)
    rained = replace(searched, question=HAPPENED, idf={**IDF, "rain": 1.0})
    assert with_timeline(REFUSED, found, rained) is REFUSED
    assert with_timeline(REFUSED, found[:1], searched) is REFUSED
    assert find_events(result()) == []


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2024-02-06", "2024-02-06", "2024-02-06"),
        ("2024-02-01", "2024-02-29", "2024-02"),
        ("2023-01-01", "2023-12-31", "2023"),
        ("2023-12-01", "2024-02-29", "2023-12-01 to 2024-02-29"),
        ("9999-12-31", "9999-12-31", "9999-12-31"),
    ],
)
def test_period_is_named_as_short_as_it_is_exact(first: str, last: str, days: str) -> None:
    event = surveyed_answer().events[0]
    assert replace(event, first=first, last=last).days == days
    assert isinstance(event, Event)
