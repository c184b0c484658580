"""A real, weak model writes: the promise is kept, whatever the prose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bot.answering.answers import EXTRACTIVE
from bot.generation.verification import Fault
from bot.newsbot import NewsBot
from index.builder import build_index
from tests.fakes.real_model import REAL_MODEL, real_model

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

FERRY = (
    "The Grelle ferry carried 238,900 passengers in 2023.\n\n"
    "The harbour master, Ina Roos, said the fog was to blame for nine days without a boat."
)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[NewsBot]:
    folder = tmp_path_factory.mktemp("real")
    (folder / "ferry.txt").write_text(f"Ferry sets a record\n\n{FERRY}\n", encoding="utf-8")
    build_index([folder / "ferry.txt"], folder / "index", embedder=embedder)
    with real_model(folder) as model:
        yield NewsBot(folder / "index", embedder=embedder, chat_model=model, threshold=0.0)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "question", ["How many passengers did the ferry carry in 2023?", "Who won the election?"]
)
def test_promise_holds_with_a_real_model(bot: NewsBot, question: str) -> None:
    answer = bot.answer(question)
    for cited in answer.citations:
        text = bot.article(cited.article_id).text
        assert text[cited.start : cited.end] == cited.quote
    if answer.answered_by == EXTRACTIVE:
        assert any(REAL_MODEL in note for note in answer.notes)  # it was asked, and failed
        return
    assert answer.answered_by == REAL_MODEL and {*answer.dropped} <= {*Fault}
    assert answer.refused == (not answer.statements)
    by_number = {cited.number: cited for cited in answer.citations}
    for statement in answer.statements:
        quotes = [by_number[number].quote for number in statement.numbers]
        words = {word for quote in quotes for word in quote.casefold().split()}
        long = [word for word in statement.text.casefold().split() if len(word) > 5]
        assert long and all(word.strip(".,") in " ".join(words) for word in long)
