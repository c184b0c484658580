"""The Python functions, over the samples and over articles that change meanwhile."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot
from bot import Answer, NewsBot
from bot.composer import REFUSAL
from bot.errors import UnknownArticle
from index.builder import build_index, remove_articles
from index.embedder import Embedder
from index.errors import BadFilter, EmptyQuestion, IndexMissing

QUESTION = "who denied the missile attack?"

ANSWERED = {
    QUESTION: "denied being behind the missile attack",
    "Who was on vacation?": "Matthew H. Tueller",
    "How many days of mourning did Mahdi ask for?": "three days",
    "Who played against Gerrit Oland on board eight?": "Mirela Tosh",
    "How many people had to leave their homes in the Merrowford flood?": "340 people",
    "How long will children wait for a planned operation in Ostermere?": "eleven weeks to seven",
    "How many passengers did the Grelle ferry carry in 2022?": "212,400",
    "How many passengers did the Grelle ferry carry in 2023?": "238,900",
}
NOT_ANSWERED = (
    "What is the capital of France?",
    "Who won the football world cup in 2022?",
    "How do I bake sourdough bread at home?",
    "When does the next train to Berlin leave?",
    "What is the share price of Apple?",
    "How many moons does Jupiter have?",
    "Who wrote Pride and Prejudice?",
    "asdf qwer zxcv",
    "😀😀😀",
)


@pytest.fixture(scope="module")
def newsbot(samples_index: Path, embedder: Embedder) -> NewsBot:
    return NewsBot(samples_index, embedder=embedder)


def test_the_first_citation_is_the_sentence_with_the_denial(newsbot: NewsBot) -> None:
    answer = newsbot.answer(QUESTION)
    first = answer.citations[0]
    assert "Kataib Hezbollah denied being behind the missile attack" in first.quote
    assert newsbot.article(first.article_id).text[first.start : first.end] == first.quote
    assert f"{first.quote} [1]" in answer.text


@pytest.mark.parametrize(("question", "expected"), ANSWERED.items())
def test_a_question_that_the_samples_answer_is_answered(
    newsbot: NewsBot, question: str, expected: str
) -> None:
    answer = newsbot.answer(question)
    assert expected in " ".join(citation.quote for citation in answer.citations)
    for citation in answer.citations:
        text = newsbot.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_a_question_about_something_else_is_refused_without_sources(
    newsbot: NewsBot, question: str
) -> None:
    answer = newsbot.answer(question)
    assert (answer.refused, answer.citations, answer.text) == (True, (), REFUSAL)


@settings(max_examples=20)
@given(st.text(min_size=1))
def test_any_text_gets_an_answer_or_a_clear_error(newsbot: NewsBot, question: str) -> None:
    try:
        answer = newsbot.answer(question)
    except EmptyQuestion:
        return
    for citation in answer.citations:
        text = newsbot.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_a_stream_gives_the_sources_first_then_the_text_then_the_answer(newsbot: NewsBot) -> None:
    chunks = list(newsbot.stream(QUESTION))
    assert [*chunks[0]] == ["sources"]
    assert chunks[0]["sources"][0]["number"] == 1
    answer = chunks[-1]["answer"]
    assert "".join(chunk["text"] for chunk in chunks[1:-1]) == answer.text
    assert len(chunks) > 5
    whole = newsbot.answer(QUESTION)
    assert (answer.text, answer.citations) == (whole.text, whole.citations)


def test_a_refusal_streams_no_sources(newsbot: NewsBot) -> None:
    chunks = list(newsbot.stream(NOT_ANSWERED[0]))
    assert chunks[0]["sources"] == []


def test_async_and_batch_answer_alike(newsbot: NewsBot) -> None:
    def told(answer: Answer) -> tuple[str, float]:
        return answer.text, round(answer.confidence, 4)

    expected = told(newsbot.answer(QUESTION))
    assert told(asyncio.run(newsbot.aanswer(QUESTION))) == expected
    first, second = newsbot.batch([QUESTION, NOT_ANSWERED[0]])
    assert told(first) == expected
    assert second.refused


def test_search_gives_hits_whose_text_is_the_article_s(newsbot: NewsBot) -> None:
    hits = newsbot.search(QUESTION, k=3)
    assert len(hits) == 3
    for hit in hits:
        record = hit.to_dict()
        text = newsbot.article(record["article_id"]).text
        assert text[record["start"] : record["end"]] == record["text"]


def test_filters_reach_the_answer(newsbot: NewsBot) -> None:
    question = "How many passengers did the Grelle ferry carry?"
    new = newsbot.answer(question, since="2024-01-01")
    old = newsbot.answer(question, until="2023-12-31")
    assert "238,900" in new.text
    assert "212,400" in old.text and "238,900" not in old.text
    assert any("without a date" in note for note in new.notes)
    with pytest.raises(BadFilter):
        newsbot.answer(question, since="soon")


def test_a_blank_question_is_a_clear_error(newsbot: NewsBot) -> None:
    with pytest.raises(EmptyQuestion):
        newsbot.answer("  ")


def test_an_unknown_article_is_a_clear_error(newsbot: NewsBot) -> None:
    with pytest.raises(UnknownArticle, match="nope"):
        newsbot.article("nope")


def test_a_missing_index_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        NewsBot(tmp_path / "none")


def test_answer_asks_the_default_index(
    samples_index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NEWSBOT_INDEX", str(samples_index))
    assert "Kataib Hezbollah" in bot.answer(QUESTION).text
    monkeypatch.setenv("NEWSBOT_INDEX", str(tmp_path / "none"))
    with pytest.raises(IndexMissing):
        bot.answer(QUESTION)


def test_the_next_question_sees_what_was_indexed_and_removed_meanwhile(
    tmp_path: Path, embedder: Embedder
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("Bridge\n\nThe Askvik bridge was closed by the mayor on Friday.")
    build_index([folder], tmp_path / "index", embedder=embedder)
    newsbot = NewsBot(tmp_path / "index", embedder=embedder)
    assert "mayor" in newsbot.answer("Who closed the Askvik bridge?").text
    (folder / "a.txt").write_text("Bridge\n\nThe Askvik bridge was closed by the police on Friday.")
    build_index([folder], tmp_path / "index", embedder=embedder)
    answer = newsbot.answer("Who closed the Askvik bridge?")
    assert "police" in answer.text and "mayor" not in answer.text
    remove_articles(["a.txt"], tmp_path / "index")
    assert newsbot.answer("Who closed the Askvik bridge?").refused


def test_eight_threads_ask_while_the_index_is_rebuilt_five_times(
    tmp_path: Path, embedder: Embedder
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()

    def write(round_: int) -> None:
        for name in ("north", "south"):
            (folder / f"{name}.txt").write_text(
                f"Vote {name}\n\nThe {name} counted {1000 + round_} votes in the ballot."
            )
        build_index([folder], tmp_path / "index", embedder=embedder)

    write(0)
    newsbot = NewsBot(tmp_path / "index", embedder=embedder)
    done = threading.Event()
    wrong: list[object] = []

    def ask() -> None:
        try:
            while not done.is_set():
                hits = newsbot.search("How many votes were counted in the ballot?", 5)
                counts = {hit.article.text.split()[3] for hit in hits}
                if len(hits) != 2 or len(counts) != 1:
                    wrong.append(counts)
        except BaseException as error:
            wrong.append(error)
            raise

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for round_ in range(1, 6):
        write(round_)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
