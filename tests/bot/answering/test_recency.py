"""The latest first, where it is asked for, and only there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.candidates import Candidate, Support
from bot.answering.recency import asks_for_latest, newest_first, newest_hits
from bot.newsbot import NewsBot
from corpus.article import Article, Passage
from index.builder import build_index
from index.results import Hit
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader, write_calibration

LATEST = [
    "What is the latest ferry fare?",
    "who is the mayor now",
    "What is the current fare?",
    "What was the most recent fare?",
    "How many are ill at the moment?",
    "How many ships have come so far?",
]
ANY_TIME = [
    "Who denied the missile attack?",
    "What is known of the snow?",
    "Who lasted longest?",
    "When did the currents change?",
]


def article(name: str, published: str | None) -> Article:
    return Article(name, f"About {name}", f"It was {name}.", published=published)


def hit(name: str, score: float, published: str | None) -> Hit:
    made = article(name, published)
    passage = Passage(name, 0, 0, len(made.text), made.text, ((0, len(made.text)),))
    return Hit(passage, made, score, 0.5, 1.0)


def day(number: int) -> str:
    return f"2024-05-{number:02d}T12:00:00+00:00"


@pytest.mark.parametrize("question", LATEST)
def test_question_for_the_latest_is_recognised(question: str) -> None:
    assert asks_for_latest(question) and asks_for_latest(question.upper())


@pytest.mark.parametrize("question", ANY_TIME)
def test_other_question_does_not_ask_for_the_latest(question: str) -> None:
    assert not asks_for_latest(question)


def test_newest_good_hits_come_first_and_weak_ones_stay() -> None:
    hits = [
        hit("old", 1.0, day(1)),
        hit("undated", 0.9, None),
        hit("new", 0.6, day(9)),
        hit("newest but weak", 0.2, day(20)),
    ]
    names = [found.article.id for found in newest_hits(hits, 4)]
    assert names == ["new", "old", "undated", "newest but weak"]
    assert [found.article.id for found in newest_hits(hits, 2)] == ["new", "old"]
    assert newest_hits([], 3) == ()


@given(st.lists(st.tuples(st.floats(0, 1), st.none() | st.integers(1, 28)), max_size=12))
def test_newest_hits_are_a_permutation(made: list[tuple[float, int | None]]) -> None:
    hits = [
        hit(str(at), score, None if number is None else day(number))
        for at, (score, number) in enumerate(made)
    ]
    found = newest_hits(hits, len(hits))
    assert sorted(one.article.id for one in found) == sorted(one.article.id for one in hits)


def candidate(name: str, probability: float, published: str | None) -> Candidate:
    return Candidate(name, probability, (Support(article(name, published), 0, 5, 1.0),))


def test_newest_answer_that_is_sure_enough_comes_first() -> None:
    found = [
        candidate("old", 0.9, day(1)),
        candidate("new", 0.5, day(9)),
        candidate("undated", 0.48, None),
        candidate("unsure", 0.4, day(20)),
    ]
    assert [c.text for c in newest_first(found, 0.3)] == ["new", "old", "undated", "unsure"]
    assert [c.text for c in newest_first(found, 0.95)] == [c.text for c in found]
    assert newest_first([], 0.3) == []


@pytest.fixture
def bot(tmp_path: Path) -> NewsBot:
    """Thirty reports of the fare of a ferry, a week apart, with a reader that finds the fare."""
    lines = [
        {
            "id": number,
            "title": f"Fares, week {number}",
            "text": f"The fare of the ferry is {'many' if number < 29 else 'few'} crowns.",
            "date": f"2024-{1 + number // 4:02d}-{1 + 7 * (number % 4):02d}",
        }
        for number in range(30)
    ]
    source = tmp_path / "fares.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    build_index([source], tmp_path / "index", embedder=HashedEmbedder())
    reader = PhraseReader("crowns", folder=write_calibration(tmp_path / "reader"))
    return NewsBot(tmp_path / "index", embedder=HashedEmbedder(), reader=reader)


def test_last_of_many_like_reports_is_cited(bot: NewsBot) -> None:
    answer = bot.answer("What is the latest fare of the ferry?")
    assert answer.citations[0].article_id.endswith("#29")
    assert answer.citations[0].published is not None
    assert answer.citations[0].published.startswith("2024-08-08")
    for rerank in (True, False):
        hits = bot.search("What is the fare of the ferry now?", 5, rerank=rerank)
        dates = [hit.article.published or "" for hit in hits]
        assert hits[0].article.id.endswith("#29") and dates == sorted(dates, reverse=True)


def test_age_does_not_matter_where_it_is_not_asked_for(bot: NewsBot) -> None:
    hits = bot.search("fare of the ferry", 30, rerank=False)
    assert len(hits) == 30
    dates = [hit.article.published or "" for hit in hits]
    assert dates != sorted(dates, reverse=True)
