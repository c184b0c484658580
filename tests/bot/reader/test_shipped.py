"""The shipped reader on the samples: what an answer promises, and a few that must not be lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.newsbot import NewsBot
from bot.reader.onnx_reader import MODEL_FILE
from bot.reader.registry import SHIPPED_READER
from index.embedding.embedder import Embedder


@pytest.fixture(scope="module")
def bot(samples_index: Path, embedder: Embedder) -> NewsBot:
    return NewsBot(samples_index, embedder=embedder, level="balanced")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who denied the missile attack?", "Kataib Hezbollah"),
        ("Who is the fire chief of Merrowford?", "Odalys Brenn"),
        ("How long is the detour over the motorway crossing at Hexley?", "19 kilometres"),
    ],
)
def test_answer_of_the_samples_is_in_the_sentence_it_cites(
    bot: NewsBot, question: str, expected: str
) -> None:
    answer = bot.answer(question)
    assert answer.short_answer is not None and expected in answer.short_answer
    for citation in answer.citations:
        assert answer.short_answer in " ".join(citation.quote.split())
        text = bot.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", ["What is the capital of France?", "Who denied the theft?"])
def test_question_of_something_else_is_refused(bot: NewsBot, question: str) -> None:
    answer = bot.answer(question)
    assert answer.refused
    assert answer.citations == ()


def test_shipped_weights_are_small() -> None:
    assert (SHIPPED_READER / MODEL_FILE).stat().st_size < 25_000_000
