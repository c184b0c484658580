"""The reader that comes along, asked about the samples: what they say, and what they do not."""

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
        ("How many members of Kataib Hezbollah died in the strikes?", "Twenty-four"),
        ("Who is the prime minister of Iraq?", "Adel Abdul Mahdi"),
        ("Who is the fire chief of Merrowford?", "Odalys Brenn"),
        ("How long is the detour over the motorway crossing at Hexley?", "19 kilometres"),
        ("How many passengers did the Grelle ferry carry in 2023?", "238,900"),
        ("How many passengers did the Grelle ferry carry in 2022?", "212,400"),
        ("Who wrote The Harbour Master's Umbrella?", "Teodor Quill"),
        ("When was the boil notice in Tessendale lifted?", "22 January"),
        ("Who is the managing director of Vantle Glass?", "Perpetua Holm"),
        ("How many beds does the children's wing in Ostermere have?", "36"),
        ("How many moves did Mirela Tosh need?", "94"),
    ],
)
def test_what_the_articles_say_is_answered_and_its_sentence_cited(
    bot: NewsBot, question: str, expected: str
) -> None:
    answer = bot.answer(question)
    assert answer.short_answer is not None and expected in answer.short_answer
    for citation in answer.citations:
        assert answer.short_answer in " ".join(citation.quote.split())
        text = bot.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "Who denied the drone attack?",
        "Who is the mayor of Tessendale?",
        "How many people died in the Merrowford flood?",
        "Who won the election in Averbrook?",
        "Where did the ambassador spend his vacation?",
        "Who denied the chemical attack?",
        "How many goals did the football club of Averbrook score?",
    ],
)
def test_what_the_articles_do_not_say_is_refused(bot: NewsBot, question: str) -> None:
    answer = bot.answer(question)
    assert answer.refused
    assert answer.citations == ()


def test_it_is_small_enough_to_come_along() -> None:
    assert (SHIPPED_READER / MODEL_FILE).stat().st_size < 25_000_000
