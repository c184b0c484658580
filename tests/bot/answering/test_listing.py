"""All answers to a question that asks for several, and events that are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.answering.answers import REFUSAL, Answer, Statement
from bot.answering.composing import cite
from bot.answering.listing import (
    FoundItem,
    asks_for_list,
    asks_how_often,
    count_events,
    find_items,
    with_count,
    with_list,
)
from bot.answering.quote import Quote
from bot.chat.html.answers import answer_html
from bot.cli.formatting import answer_lines
from bot.reader.reader import AnswerSpan, Reader
from corpus.article import Article, Passage
from index.results import Hit, SearchResult
from tests.fakes.invented import passage_of, result_of, span_of
from tests.fakes.reports import view_of

WHICH = "Which towns were flooded by the Sarn?"
HOW_MANY = "How many fires were there in Dunholm?"
IDF = {"fire": 1.0, "dunholm": 1.0}


class KnownReader:
    """Finds in each article the words that are known to answer, as sure as is said."""

    name = "known"
    folder = None

    def __init__(self, known: dict[str, tuple[str, float]]) -> None:
        self.known = known
        self.asked: list[str] = []

    @property
    def second(self) -> Reader:
        return self

    def read(
        self, question: str, passages: Sequence[Passage], titles: Sequence[str] | None = None
    ) -> list[AnswerSpan]:
        self.asked.append(question)
        return [span_of(one, *self.known[one.article_id]) for one in passages]


def found_in(*said: tuple[str, str, float]) -> tuple[SearchResult, list[str], Answer]:
    """Return the result of articles with their answers and margins, what is listed, the answer."""
    articles = [Article(str(place), "Flood", text) for place, (text, *_) in enumerate(said)]
    hits = [Hit(passage_of(one), one, 0.5, 0.5, 1.0) for one in articles]
    result = result_of(hits, WHICH)
    reader = KnownReader({str(place): (span, sure) for place, (_, span, sure) in enumerate(said)})
    items = find_items(reader, result, reader.read(WHICH, [hit.passage for hit in hits]))
    answer = with_list(Answer("x", "Oxlade", False, 0.9, ()), items, result)
    return result, [item.value for item in items], answer


def fires(*said: tuple[str, str]) -> SearchResult:
    articles = [
        Article(day, "Fire in Dunholm", text, published=f"{day}T00:00:00+00:00")
        for day, text in said
    ]
    hits = [Hit(passage_of(one), one, 0.5, 0.5, 1.0) for one in articles]
    return result_of(hits, HOW_MANY, IDF)


ELM = Article("a", "Fire", "A barn burned in Elm.")
TWO_FIRES = (
    ("2024-06-03", "A fire destroyed a shop in Dunholm on Sunday. It was the cold."),
    ("2024-06-10", "A second fire broke out in Dunholm on Saturday."),
)


@pytest.mark.parametrize(
    "question",
    [WHICH, HOW_MANY, "Name all banks.", "list the winners of it", "Who has resigned?",
     "In which cities did it rain?", "What countries have banned it?",
     "Which party leaders resigned?"],
)  # fmt: skip
def test_question_for_several_asks_for_a_list(question: str) -> None:
    assert asks_for_list(question)


@pytest.mark.parametrize(
    "question",
    ["Which town was flooded?", "Who denied it?", "How many people were there?",
     "Which bus was late?",
     "Which firm makes cars?", "Which species was found?", "Why were the towns flooded?"],
)  # fmt: skip
def test_question_for_one_asks_for_no_list(question: str) -> None:
    assert not asks_for_list(question)


def test_each_answer_is_listed_once_with_its_quotes() -> None:
    result, values, answer = found_in(
        ("The Sarn flooded Oxlade.", "Oxlade", 5.0),
        ("Water stood in Tarnby and Pell.", "Tarnby", 4.0),
        ("In Oxlade the Sarn fell.", "Oxlade", 3.0),
        ("Nobody knows.", "Nobody", -9.0),
    )
    assert values == ["Oxlade", "Tarnby", "Pell"]
    assert answer.listing is not None and len(answer.listing.items[0].citations) == 2
    assert str(answer.listing) == "3 answers in 3 of 4 articles that were read"
    assert answer.text.startswith("3 answers in 3 of 4 articles that were read: Oxlade — “The Sarn")
    texts = {hit.article.id: hit.article.text for hit in result.hits}
    assert all(texts[c.article_id][c.start : c.end] == c.quote for c in answer.citations)
    assert [cited.number for cited in answer.citations] == [1, 2, 3]
    tarnby, pell = answer.listing.items[1:]
    assert tarnby.citations == pell.citations


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Which towns had fires in May?", "which town had a fire?"),
        ("In which villages were there floods in May 2024?", "In which village was there a flood?"),
        ("What countries have banned it?", "which country has banned it?"),
        ("Where were there accidents?", "Where was there an accident?"),
        ("Name all women who won in Dunholm.", "which woman who won in Dunholm."),
        ("Who has resigned?", "Who has resigned?"),
    ],
)
def test_each_article_is_asked_for_one(question: str, asked: str) -> None:
    reader = KnownReader({"a": ("Elm", 3.0)})
    result = result_of([Hit(passage_of(ELM), ELM, 0.5, 0.5, 1.0)], question)
    assert [item.value for item in find_items(reader, result, [])] == ["Elm"]
    assert reader.asked == [asked]


@pytest.mark.parametrize(
    ("question", "published", "found"),
    [
        ("Which towns had fires in May?", "2024-05-09", ["Elm"]),
        ("Which towns had fires in May?", "2024-06-09", []),
        ("Which towns had fires in May?", None, ["Elm"]),
        ("Which towns had fires in 2023?", "2024-05-09", []),
    ],
)
def test_time_that_is_asked_of_chooses(
    question: str, published: str | None, found: list[str]
) -> None:
    article = replace(ELM, published=published and f"{published}T00:00:00+00:00")
    result = result_of([Hit(passage_of(article), article, 0.5, 0.5, 1.0)], question)
    items = find_items(KnownReader({"a": ("Elm", 3.0)}), result, [])
    assert [item.value for item in items] == found


def test_one_answer_stays_an_answer() -> None:
    assert found_in(("The Sarn flooded Oxlade.", "Oxlade", 5.0))[2].listing is None


def test_unsure_answers_are_not_listed() -> None:
    _, values, _ = found_in(("The Sarn flooded Oxlade.", "Oxlade", -1.0))
    assert values == []


def test_list_replaces_views_and_a_refusal() -> None:
    result, _, _ = found_in(("The Sarn flooded Oxlade.", "Oxlade", 5.0))
    quote = Quote(result.hits[0].article, 0, 8)
    items = [FoundItem("Oxlade", (quote,), 5.0), FoundItem("Pell", (quote,), 3.0)]
    differing = Answer("x", None, False, 0.9, (), views=(view_of(1, "A", None),))
    assert with_list(differing, items, result).views == ()
    refused = Answer(REFUSAL, None, True, 0.1, ())
    assert not with_list(refused, items, result).refused
    assert with_list(refused, [items[0], replace(items[1], margin=1.0)], result) is refused


def test_statements_of_a_chat_model_stand_above_a_list() -> None:
    result, _, _ = found_in(("The Sarn flooded Oxlade.", "Oxlade", 5.0))
    own = Quote(result.hits[0].article, 0, 8)
    written = Answer(
        "So [1]", None, False, 0.9, cite([own], 1), statements=(Statement("So", (1,)),)
    )
    items = [FoundItem("Oxlade", (own,), 5.0), FoundItem("Pell", (own,), 3.0)]
    answer = with_list(written, items, result)
    assert answer.text.startswith("So [1] Found here: 2 answers") and answer.surveyed == {2}
    lines = ["".join(text for text, _ in line.pieces) for line in answer_lines(answer)]
    assert lines[0] == "So [1]" and "found here" in lines[1]


def test_count_stands_below_the_totals_that_reports_give() -> None:
    result = fires(*TWO_FIRES)
    differing = Answer("x", None, False, 0.9, (), views=(view_of(1, "3", None),))
    answer = with_count(differing, count_events(result), result)
    assert answer.text.startswith("x Found here: ") and answer.views and answer.listing
    assert answer_html(answer, 1).count('class="views"') == 2


def test_events_are_counted_as_found_here() -> None:
    result = fires(*TWO_FIRES)
    answer = with_count(Answer(REFUSAL, None, True, 0.1, ()), count_events(result), result)
    assert answer.listing is not None and answer.short_answer is None and not answer.refused
    assert [item.value for item in answer.listing.items] == ["2024-06-02", "2024-06-08"]
    assert answer.text.startswith(
        "No article that was read states the number. Found here: 2 answers in 2 of 2 articles"
    )


def test_total_stands_above_only_where_an_article_states_it() -> None:
    result = fires(*TWO_FIRES)
    text = "Dunholm had 14 fires this year."
    cited = cite([Quote(Article("sum", "", text), 0, len(text))], 1)
    stated = Answer("14 — it [1]", "14", False, 0.9, cited)
    answer = with_count(stated, count_events(result), result)
    assert (answer.short_answer, len(answer.citations)) == ("14", 3)
    assert answer.text.startswith("14 — it [1] Found here: 2 answers")
    other = with_count(Answer("1904 — it", "1904", False, 0.9, cited), count_events(result), result)
    assert other.short_answer is None


def test_people_are_no_events() -> None:
    assert asks_how_often(HOW_MANY) and not asks_how_often("How many people were there?")
    assert not asks_how_often("How many workers has Dunholm had?")


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("How many fires in Dunholm?", ["2024-05-28", "2024-06-02", "2024-06-08"]),
        ("How many fires did Dunholm have in June?", ["2024-06-02", "2024-06-08"]),
        ("How often was there a fire in Dunholm in May 2024?", ["2024-05-28"]),
        ("How many robberies were there in Dunholm?", []),
    ],
)
def test_events_of_one_kind_and_time_are_counted_once(question: str, days: list[str]) -> None:
    assert asks_how_often(question)
    fire = ("2024-06-01", "A barn burned in Dunholm on Tuesday.")
    again = ("2024-06-20", "Dunholm has had its second fire this month.")
    plan = ("2024-06-12", "Dunholm will light a fire on 24 June.")
    result = replace(fires(again, *TWO_FIRES, fire, plan), question=question)
    assert [item.value for item in count_events(result)] == days
