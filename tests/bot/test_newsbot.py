"""The Python functions, over the samples and over articles that change meanwhile."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot
from bot import Answer, NewsBot
from bot.answering.answers import REFUSAL
from bot.answering.pipeline import PASSAGES_READ
from bot.settings import Level
from index.builder import build_index, remove_articles
from index.embedding.embedder import Embedder
from index.errors import BadFilter, EmptyQuestion, IndexMissing
from index.results import Hit
from tests.fakes.invented import PhraseReader, write_calibration

QUESTION = "who denied the missile attack?"

NOT_ANSWERED = ("What is the capital of France?", "How do I bake bread at home?", "😀😀😀")
WHY = "Why was the Lantern Theatre closed?"
YES_NO = "Did Kataib Hezbollah deny the missile attack?"


@pytest.fixture(scope="module")
def newsbot(samples_index: Path, embedder: Embedder) -> NewsBot:
    return NewsBot(samples_index, embedder=embedder)


@pytest.fixture(scope="module")
def keen(samples_index: Path, embedder: Embedder) -> NewsBot:
    """It gives whatever answer it finds, sure or not."""
    return NewsBot(samples_index, embedder=embedder, level="cautious", threshold=0.0)


def stands_where_it_says(newsbot: NewsBot, answer: Answer) -> bool:
    others = (cited for other in answer.alternatives for cited in other.citations)
    return all(
        newsbot.article(cited.article_id).text[cited.start : cited.end] == cited.quote
        for cited in (*answer.citations, *others, *answer.closest)
    )


def test_short_answer_is_in_the_sentence_it_cites(newsbot: NewsBot) -> None:
    answer = newsbot.answer(QUESTION)
    first = answer.citations[0]
    assert answer.short_answer == "Kataib Hezbollah"
    assert "Kataib Hezbollah denied being behind the missile attack" in first.quote
    assert answer.text.startswith(f"{answer.short_answer} — “{first.quote}” [1]")
    assert stands_where_it_says(newsbot, answer)


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_question_of_something_else_is_refused(newsbot: NewsBot, question: str) -> None:
    first, *_, last = newsbot.stream(question)
    assert first["sources"] == []
    answer = last["answer"]
    assert (answer.refused, answer.citations, answer.text) == (True, (), REFUSAL)
    assert (answer.short_answer, answer.alternatives) == (None, ())
    assert len(answer.closest) <= 1
    assert stands_where_it_says(newsbot, answer)


def test_yes_no_question_gets_the_deciding_sentence(newsbot: NewsBot, keen: NewsBot) -> None:
    answer = newsbot.answer(YES_NO)
    assert answer.short_answer is None and answer.alternatives == ()
    assert len(answer.citations) == (0 if answer.refused else 1)
    (cited,) = keen.answer(YES_NO).citations
    assert "Kataib Hezbollah denied" in cited.quote
    assert stands_where_it_says(newsbot, answer)


def test_question_why_gets_one_to_three_sentences(keen: NewsBot) -> None:
    answer = keen.answer(WHY)
    assert answer.short_answer is None
    assert 1 <= len(answer.citations) <= 3
    assert "ceiling" in answer.text
    assert stands_where_it_says(keen, answer)


def test_stricter_level_refuses_more(
    samples_index: Path, embedder: Embedder, tmp_path: Path
) -> None:
    folder = write_calibration(tmp_path / "reader")  # its levels are 0.9, 0.5 and 0.1
    answering = {-3.0: "", -1.0: "eager", 1.0: "eager balanced", 3.0: "eager balanced cautious"}
    reader = PhraseReader("Kataib Hezbollah", 0.0, folder)
    for level in Level:
        bot = NewsBot(samples_index, embedder=embedder, reader=reader, level=level)
        for reader.margin, levels in answering.items():
            answer = bot.answer(QUESTION)
            assert answer.refused == (level not in levels)
            assert answer.confidence == pytest.approx(1 / (1 + math.exp(-reader.margin)))


@pytest.mark.parametrize("question", [NOT_ANSWERED[0], WHY])
def test_threshold_of_0_refuses_nothing_and_1_everything(keen: NewsBot, question: str) -> None:
    answer = keen.answer(question)
    assert not answer.refused and answer.citations
    assert stands_where_it_says(keen, answer)
    strict = NewsBot(keen.index, embedder=keen.searcher().embedder, level="eager", threshold=1.0)
    assert strict.answer(question).refused


def test_given_reader_is_read_with(samples_index: Path, embedder: Embedder) -> None:
    reader = PhraseReader("Matthew H. Tueller")
    bot = NewsBot(samples_index, embedder=embedder, reader=reader, threshold=0.0)
    answer = bot.answer(QUESTION)
    assert answer.short_answer == "Matthew H. Tueller"
    assert all("Matthew H. Tueller" in cited.quote for cited in answer.citations)
    assert reader.asked == [QUESTION] * 2  # the second time among what stands around
    reader.phrase = "no article has this"
    assert bot.answer(QUESTION).refused


def test_steps_of_an_answer_are_timed(newsbot: NewsBot) -> None:
    timings = newsbot.answer(QUESTION).timings
    assert set(timings) == {"search", "read", "total"}
    assert 0 < timings["search"] + timings["read"] <= timings["total"]


@settings(max_examples=10)
@given(st.text(min_size=1))
def test_any_text_gets_an_answer_or_a_clear_error(newsbot: NewsBot, question: str) -> None:
    try:
        answer = newsbot.answer(question)
    except EmptyQuestion:
        return
    assert stands_where_it_says(newsbot, answer)


def test_stream_yields_sources_then_text_then_the_answer(newsbot: NewsBot) -> None:
    chunks = list(newsbot.stream(QUESTION))
    assert [*chunks[0]] == ["sources"]
    assert chunks[0]["sources"][0]["number"] == 1
    answer = chunks[-1]["answer"]
    assert "".join(chunk["text"] for chunk in chunks[1:-1]) == answer.text
    assert len(chunks) > 5
    whole = newsbot.answer(QUESTION)
    assert (answer.text, answer.citations) == (whole.text, whole.citations)


def test_async_and_batch_answer_alike(newsbot: NewsBot) -> None:
    def told(answer: Answer) -> tuple[str, float]:
        return answer.text, round(answer.confidence, 4)

    expected = told(newsbot.answer(QUESTION))
    assert told(asyncio.run(newsbot.aanswer(QUESTION))) == expected
    first, second = newsbot.batch([QUESTION, NOT_ANSWERED[0]])
    assert told(first) == expected
    assert second.refused


@pytest.mark.parametrize("question", [QUESTION, "wait for an operation"])
def test_reader_reorders_the_same_hits(newsbot: NewsBot, question: str) -> None:
    read = newsbot.search(question, PASSAGES_READ)
    unread = newsbot.search(question, PASSAGES_READ, rerank=False)

    def places(hits: list[Hit]) -> list[tuple[str, int]]:
        return [(hit.article.id, hit.passage.number) for hit in hits]

    assert sorted(places(read)) == sorted(places(unread))
    for hits in (read, unread):
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
    assert places(newsbot.search(question, 3)) == places(read)[:3]


def test_hit_that_the_reader_is_sure_of_comes_first(
    samples_index: Path, embedder: Embedder
) -> None:
    unread = NewsBot(samples_index, embedder=embedder).search(QUESTION, 20, rerank=False)
    last = unread[-1].passage
    phrase = last.text[last.sentences[-1][0] - last.start :]
    bot = NewsBot(samples_index, embedder=embedder, reader=PhraseReader(phrase))
    (first,) = bot.search(QUESTION, 1)
    assert phrase in first.passage.text and phrase not in unread[0].passage.text
    assert first.score > 0


def test_filters_reach_the_answer(newsbot: NewsBot) -> None:
    question = "How many passengers did the Grelle ferry carry?"
    sure_or_not = NewsBot(newsbot.index, threshold=0.0)
    new = sure_or_not.answer(question, since="2024-01-01")
    old = sure_or_not.answer(question, until="2023-12-31")
    assert "238,900" in new.text
    assert "212,400" in old.text and "238,900" not in old.text
    assert any("without a date" in note for note in new.notes)
    named = sure_or_not.answer(question, name="Iran")
    assert {cited.article_id for cited in named.citations} == {"baghdad-embassy.txt"}
    with pytest.raises(BadFilter):
        newsbot.answer(question, since="soon")


def test_only_named_articles_are_asked(newsbot: NewsBot) -> None:
    ids = sorted(article.id for article in newsbot.articles())
    for some in (ids[:3], ids[3:4]):
        hits = newsbot.search(QUESTION, 20, articles=some)
        assert {hit.article.id for hit in hits} == set(some)
    answer = newsbot.answer(QUESTION, articles=["baghdad-embassy.txt"])
    assert {cited.article_id for cited in answer.citations} == {"baghdad-embassy.txt"}
    assert newsbot.answer(QUESTION, articles=[]).refused
    last = list(newsbot.stream(QUESTION, articles=()))[-1]
    assert last["answer"].refused and last["hits"] == ()


def test_answer_asks_the_default_index(
    samples_index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NEWSBOT_INDEX", str(samples_index))
    assert "Kataib Hezbollah" in bot.answer(QUESTION).text
    monkeypatch.setenv("NEWSBOT_INDEX", str(tmp_path / "none"))
    with pytest.raises(IndexMissing):
        bot.answer(QUESTION)


def test_next_question_sees_what_was_indexed_and_removed(
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
