"""The stages from what a search found to an answer."""

from __future__ import annotations

from dataclasses import replace

from bot.answering.pipeline import PASSAGES_REREAD, read_hits, reread_best
from corpus.article import Article, Passage
from index.results import Hit
from tests.fakes.invented import PhraseReader, result_of

QUESTION = "Who denied the charge?"


def hits_of_days(count: int) -> list[Hit]:
    """Hits of one sentence each, in articles of one day after the other, found equally well."""
    text = "Ina Roos denied it."
    articles = [
        Article(f"{day}", "", text, published=f"2024-01-{day:02}T00:00:00+00:00")
        for day in range(1, count + 1)
    ]
    return [
        Hit(Passage(one.id, 0, 0, len(text), text, ((0, len(text)),)), one, 0.5, 0.5, 1.0)
        for one in articles
    ]


def reread(hits: list[Hit], question: str) -> list[str]:
    reader = PhraseReader("Ina Roos")
    result = result_of(hits, question)
    reread_best(reader, result, read_hits(reader, result))
    return [passage.article_id for passage in reader.passages]


def test_hits_that_most_probably_answer_are_reread() -> None:
    hits = hits_of_days(9)
    hits[6] = replace(hits[6], score=0.6)
    assert len(hits) > PASSAGES_REREAD
    assert reread(hits, QUESTION) == ["7", "1", "2", "3"]


def test_newest_hits_are_reread_for_the_latest() -> None:
    assert reread(hits_of_days(9), f"{QUESTION} Who does now?") == ["9", "8", "7", "6"]


def test_nothing_found_is_not_reread() -> None:
    assert reread([], QUESTION) == []
