"""Follow-up questions asked of a bot, over the samples and over one article."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.answers import REFUSAL, Answer
from bot.conversation.gate import Dependence, dependence
from bot.newsbot import NewsBot
from index.builder import build_index
from index.embedding.embedder import Embedder
from index.terms import words
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader
from tests.fakes.reports import FLOOD

HOMES = "How many people had to leave their homes in Merrowford?"
NAMED = ("Who is the mayor of Merrowford?", "Hanne Vold — “The mayor is Hanne Vold.” [1]")
texts = st.text(max_size=200)
histories = st.lists(st.tuples(texts, texts), max_size=4)


def as_bytes(answer: Answer) -> str:
    record = answer.to_dict()
    del record["timings"]
    return json.dumps(record)


@pytest.fixture(scope="module")
def newsbot(samples_index: Path, embedder: Embedder) -> NewsBot:
    return NewsBot(samples_index, embedder=embedder)


@pytest.fixture(scope="module")
def flood(tmp_path_factory: pytest.TempPathFactory) -> NewsBot:
    """It answers everything by the same words of one article."""
    folder = tmp_path_factory.mktemp("flood")
    (folder / "flood.txt").write_text(f"Flood in Merrowford\n\n{FLOOD}")
    build_index([folder / "flood.txt"], folder / "index", embedder=HashedEmbedder())
    reader = PhraseReader("410 people")
    return NewsBot(folder / "index", embedder=HashedEmbedder(), reader=reader, threshold=0.0)


def test_follow_up_is_answered_in_full_with_exact_citations(newsbot: NewsBot) -> None:
    first = newsbot.answer(HOMES)
    answer = newsbot.answer("How high did the river rise there?", [(HOMES, first.text)])
    assert answer.question_read_as == "How high did the river rise in Merrowford?"
    assert answer.short_answer == "4.6 metres"
    for cited in answer.citations:
        article = newsbot.article(cited.article_id)
        assert article.text[cited.start : cited.end] == cited.quote


def test_another_year_is_answered_like_the_question_in_full(newsbot: NewsBot) -> None:
    question = "How many passengers did the Grelle ferry carry in 2023?"
    answer = newsbot.answer("And in 2022?", [(question, newsbot.answer(question).text)])
    in_full = question.replace("2023", "2022")
    assert answer.question_read_as == in_full
    assert answer.text == newsbot.answer(in_full).text


def test_follow_up_without_an_answer_is_refused(newsbot: NewsBot) -> None:
    answer = newsbot.answer("What is its capital?", [(HOMES, newsbot.answer(HOMES).text)])
    assert answer.refused and answer.text == REFUSAL


def test_question_about_nobody_is_refused(newsbot: NewsBot) -> None:
    refused = ("How tall is King Olaf?", REFUSAL)
    assert newsbot.answer("What did he say?").refused
    assert newsbot.answer("What did he say?", [refused]).refused


def test_refused_question_gives_no_context(flood: NewsBot) -> None:
    history = [("Who is King Olaf?", REFUSAL)]
    alone = flood.answer("How old is he?")
    assert as_bytes(flood.answer("How old is he?", history)) == as_bytes(alone)


def test_every_way_to_ask_takes_the_history(flood: NewsBot) -> None:
    question, history = "How old is she?", [NAMED]
    answer = flood.answer(question, history)
    assert answer.question_read_as == "How old is Hanne Vold?"
    *_, last = flood.stream(question, history)
    given = {"question": question, "history": history}
    others = [
        last["answer"],
        asyncio.run(flood.aanswer(question, history)),
        *flood.batch([question], history),
        flood.chain.invoke(given)["answer"],  # type: ignore[arg-type]
    ]
    assert {as_bytes(one) for one in others} == {as_bytes(answer)}
    assert answer.to_dict()["question_read_as"] == answer.question_read_as


@settings(max_examples=30)
@given(question=texts.filter(words), history=histories)
def test_question_that_stands_by_itself_is_never_changed(
    flood: NewsBot, question: str, history: list[tuple[str, str]]
) -> None:
    plain = as_bytes(flood.answer(question))
    assert as_bytes(flood.answer(question, [])) == plain
    whole = f"Where did Mayor Vold speak about {question}?"
    if dependence(whole) is Dependence.NONE:
        assert as_bytes(flood.answer(whole, history)) == as_bytes(flood.answer(whole))


@settings(max_examples=30)
@given(question=texts.filter(words), history=histories)
def test_any_history_leaves_citations_exact(
    flood: NewsBot, question: str, history: list[tuple[str, str]]
) -> None:
    answer = flood.answer(question, [*history, NAMED])
    for cited in (*answer.citations, *answer.closest):
        article = flood.article(cited.article_id)
        assert article.text[cited.start : cited.end] == cited.quote
