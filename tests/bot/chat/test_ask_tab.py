"""What a person can do with an answer: read on, narrow, vote, copy, save, ask again, stop."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from bot.chat.html.answers import in_words
from bot.feedback import FeedbackStore, feedback_file
from bot.newsbot import NewsBot
from bot.reader.reader import AnswerSpan
from bot.reader.registry import load_reader
from tests.bot.chat.conftest import serving
from tests.fakes.browser import ask, asked, open_page, shown_cards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.article import Passage
    from index.embedding.embedder import Embedder

SAMPLE = "Who denied the missile attack?"
FERRY = "How many passengers did the Grelle ferry carry?"


def test_the_short_answer_stands_out_and_its_sentence_follows_as_a_quotation(
    tab: Page, site: str, bot: NewsBot
) -> None:
    answer = bot.answer(SAMPLE)
    open_page(tab, site)
    reply = ask(tab, SAMPLE)
    expect(reply.locator(".short")).to_have_text(answer.short_answer or "")
    expect(reply.locator("blockquote")).to_contain_text(answer.citations[0].quote)
    sure = reply.locator(".confidence").first
    expect(sure).to_have_text(in_words(answer.confidence))
    assert f"{answer.confidence:.0%}" in (sure.get_attribute("title") or "")


def test_the_whole_article_opens_at_the_quoted_sentence_and_closes_again(
    tab: Page, site: str, bot: NewsBot
) -> None:
    cited = bot.answer(SAMPLE).citations[0]
    open_page(tab, site)
    ask(tab, SAMPLE).locator("a.marker").first.press("Enter")
    opener = shown_cards(tab).first.get_by_role("button", name="Read the article")
    opener.press("Enter")
    here = tab.locator("#reading mark.here")
    expect(here).to_be_focused()
    expect(here).to_be_in_viewport()
    expect(here).to_have_text(" ".join(cited.quote.split()))
    whole = tab.locator("#reading .text").evaluate("text => text.textContent")
    assert whole == bot.article(cited.article_id).text
    expect(tab.locator("#sources")).to_be_hidden()
    tab.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(tab.locator("#sources")).to_be_visible()


def test_how_it_was_found_is_shown_with_what_search_found(
    tab: Page, site: str, bot: NewsBot
) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE).get_by_role("button", name="Show how").click()
    pane = tab.locator("#reading")
    expect(pane).to_contain_text("How this was found")
    expect(pane.locator("tbody tr")).to_have_count(len(bot.find(SAMPLE, 20).hits))
    expect(pane).to_contain_text("Time to search")
    tab.get_by_role("button", name="Back to the sources").click()
    expect(shown_cards(tab).first).to_be_visible()


def test_a_bar_of_the_timeline_narrows_the_dates_and_the_next_answer_keeps_to_them(
    tab: Page, site: str
) -> None:
    open_page(tab, site)
    ask(tab, FERRY)
    bar = tab.locator("#coverage button").last
    since, until = (bar.get_attribute("value") or "").split("/")
    bar.press("Enter")
    expect(tab.locator("#filters")).to_contain_text(f"Only articles: {since} to {until}")
    ask(tab, FERRY)
    tab.locator("button[name=how]").last.click()
    expect(tab.locator("#reading .facts")).to_contain_text(f"{since} to {until}")
    days = tab.locator("#reading time").evaluate_all("all => all.map(one => one.dateTime)")
    assert days and all(since <= day[:10] <= until for day in days)
    tab.get_by_role("button", name="All articles").click()
    expect(tab.locator("#filters")).to_contain_text("Dates, sources, articles")


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        ("2024-05-01", "2024-05-31", "Only articles: 2024-05-01 to 2024-05-31"),
        ("2024-05-01", "2024-05-01", "Only articles: 2024-05-01"),
        ("", "2024-05-31", "Only articles: until 2024-05-31"),
        ("2024-02-30", "", "Only articles: not a date"),
        ("2024-05-31", "2024-05-01", "Only articles: not a date"),
    ],
)
def test_the_line_of_the_filters_tells_both_dates(
    tab: Page, site: str, since: str, until: str, told: str
) -> None:
    open_page(tab, site)
    line = tab.locator("#filters").get_by_role("button", name="Dates, sources, articles")
    line.press("Enter")
    tab.get_by_label("From").fill(since)
    tab.get_by_label("Until").fill(until)
    tab.get_by_label("Until").press("Tab")  # a date is taken when its field is left
    expect(tab.locator("#filters > button")).to_contain_text(told)


def test_sources_and_dates_are_chosen_with_the_keyboard(tab: Page, site: str) -> None:
    box = open_page(tab, site)
    tab.locator("#filters").get_by_role("button", name="Dates, sources, articles").press("Enter")
    tab.get_by_label("From").fill("2024-13-01")
    box.fill(FERRY)
    box.press("Enter")
    expect(tab.locator("#notice .problem")).to_contain_text("“From” is not a date")
    expect(box).to_have_value(FERRY)
    tab.get_by_label("From").fill("2021-01-01")
    source = tab.get_by_label("Only these sources")
    source.fill("Halvik")
    tab.get_by_role("option", name="Halvik Observer").wait_for()
    source.press("ArrowDown")
    source.press("Enter")
    expect(tab.locator("#filters")).to_contain_text("from 2021-01-01 · Halvik Observer")
    ask(tab, FERRY).get_by_role("button", name="Show how").click()
    sources = tab.locator("#reading .source")
    assert set(sources.all_inner_texts()) == {"Halvik Observer"}
    source.fill("Northshore")
    tab.get_by_role("option", name="Northshore Post").wait_for()
    source.press("ArrowDown")
    source.press("Enter")
    line = tab.locator("#filters > button")
    expect(line).to_contain_text("from 2021-01-01 · Halvik Observer, Northshore Post")
    ask(tab, FERRY)
    tab.locator("button[name=how]").last.click()
    expect(tab.locator("#reading .facts")).to_contain_text("Northshore Post")
    assert set(sources.all_inner_texts()) == {"Halvik Observer", "Northshore Post"}


def test_a_source_s_article_alone_is_asked_until_all_are_asked_again(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE)
    shown_cards(tab).first.get_by_role("button", name="Ask only this article").click()
    line = tab.locator("#filters > button")
    expect(line).to_contain_text("Only articles: 1 article")
    expect(tab.locator("#notice")).to_contain_text("Only this article is asked: Trump blames Iran")
    expect(tab.locator("#question textarea")).to_be_focused()
    ask(tab, FERRY)
    tab.locator("button[name=how]").last.click()
    facts = tab.locator("#reading .facts")
    expect(facts).to_contain_text("1 article")
    titles = tab.locator("#reading tbody td > bdi").all_inner_texts()
    assert titles and all(title.startswith("Trump blames Iran") for title in titles)
    line.press("Enter")
    expect(tab.locator("#only-articles")).to_contain_text("Trump blames Iran")
    tab.get_by_role("button", name="All articles").click()
    expect(line).to_contain_text("Dates, sources, articles")


def test_articles_are_chosen_by_their_titles(tab: Page, site: str) -> None:
    open_page(tab, site)
    tab.locator("#filters > button").press("Enter")
    chosen = tab.get_by_label("Only these articles")
    chosen.focus()
    for words in ("Grelle ferry carried 212,400", "Trump blames"):
        chosen.press_sequentially(words)
        tab.get_by_role("option", name=words).wait_for()
        chosen.press("ArrowDown")
        chosen.press("Enter")
    expect(tab.locator("#filters > button")).to_contain_text("Only articles: 2 articles")
    ask(tab, FERRY).get_by_role("button", name="Show how").click()
    expect(tab.locator("#reading .facts")).to_contain_text("2 articles")
    titles = tab.locator("#reading tbody td > bdi").all_inner_texts()
    assert titles and all(title.startswith(("Grelle ferry", "Trump blames")) for title in titles)


def test_thumbs_and_reasons_are_kept_beside_the_index(tab: Page, own: tuple[str, NewsBot]) -> None:
    url, bot = own
    store = FeedbackStore(feedback_file(bot.index))
    open_page(tab, url)
    ask(tab, SAMPLE)
    tab.get_by_role("button", name="Like", exact=True).click()
    expect(tab.get_by_label("Why? (if you like)")).to_be_visible()
    expect(tab.get_by_label("What would be right?")).to_be_hidden()
    assert [vote.liked for vote in store.all()] == [True]
    tab.get_by_role("button", name="Dislike", exact=True).click()
    tab.get_by_label("What would be right?").fill("<b>The embassy</b>")
    tab.get_by_label("Why? (if you like)").fill("the wrong group")
    tab.get_by_role("button", name="Keep", exact=True).click()
    expect(tab.get_by_label("Why? (if you like)")).to_be_hidden()
    (vote,) = store.all()
    assert (vote.liked, vote.reason) == (False, "the wrong group")
    assert (vote.question, vote.expected) == (SAMPLE, "<b>The embassy</b>")
    tab.get_by_role("button", name="Disliked").click()
    expect(tab.get_by_role("button", name="Dislike", exact=True)).to_be_visible()
    with sqlite3.connect(feedback_file(bot.index)) as connection:
        assert connection.execute("SELECT count(*) FROM votes").fetchone() == (0,)


@pytest.mark.parametrize(
    "tab", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True, ids=["copy"]
)
def test_an_answer_is_copied_with_its_citations(tab: Page, site: str, bot: NewsBot) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE).get_by_role("button", name="Copy with citations").click()
    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    copied = tab.evaluate("navigator.clipboard.readText()")
    answer = bot.answer(SAMPLE)
    assert copied.startswith(answer.text)
    assert f"\n[1] {answer.citations[0].title}" in copied


def test_a_conversation_is_saved_as_markdown_and_as_json(
    tab: Page, site: str, bot: NewsBot
) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE)
    with tab.expect_download() as saving:
        tab.get_by_role("button", name="Save as Markdown").click()
    assert saving.value.suggested_filename == "newsbot.md"
    assert f"## {SAMPLE}" in Path(saving.value.path()).read_text().replace("\\", "")
    with tab.expect_download() as saving:
        tab.get_by_role("button", name="Save as JSON").click()
    (record,) = json.loads(Path(saving.value.path()).read_text())
    expected = bot.answer(SAMPLE).to_dict()
    assert {**record["answer"], "timings": 0} == {**expected, "timings": 0}


def test_a_question_is_asked_again_or_edited_in_place(tab: Page, site: str) -> None:
    open_page(tab, site)
    first = ask(tab, SAMPLE)
    first.evaluate("answer => answer.setAttribute('data-old', '')")
    tab.get_by_role("button", name="Retry").click()
    again = tab.locator(".answer:not(.streaming):not([data-old])")
    expect(again).to_have_count(1)  # or the next question would overtake the repeated one
    expect(again).to_contain_text("denied")
    ask(tab, "What is the capital of France?")
    tab.get_by_role("button", name="Edit").first.click()
    edited = tab.get_by_label("The question", exact=True)
    expect(edited).to_have_value(SAMPLE)
    edited.fill("Who has accused Iran of orchestrating <an attack>?")
    tab.get_by_role("button", name="Submit").click()
    expect(asked(tab)).to_have_count(1)
    expect(asked(tab)).to_have_text("Who has accused Iran of orchestrating <an attack>?")
    expect(tab.locator(".refusal")).to_have_count(0)
    expect(shown_cards(tab).first).to_be_visible()


class _Held:
    """The real reader, which waits until it is let go."""

    def __init__(self) -> None:
        self._reader = load_reader(None)
        self.go = threading.Event()
        self.calibration = getattr(self._reader, "calibration", None)

    def __getattr__(self, name: str) -> object:
        return getattr(self._reader, name)

    def read(
        self, question: str, passages: Sequence[Passage], titles: Sequence[str]
    ) -> list[AnswerSpan]:
        assert self.go.wait(60)
        return self._reader.read(question, passages, titles)


def test_an_answer_is_stopped_and_the_question_comes_back(
    tab: Page, samples_index: Path, embedder: Embedder
) -> None:
    reader = _Held()
    with serving(NewsBot(samples_index, embedder=embedder, reader=reader), tab) as url:
        box = open_page(tab, url)
        box.fill(SAMPLE)
        box.press("Enter")
        expect(tab.locator(".pending")).to_be_visible()
        expect(tab.get_by_role("button", name="Ask", exact=True)).to_be_hidden()
        tab.get_by_role("button", name="Stop").click()
        expect(tab.get_by_role("status").filter(has_text="Stopped")).to_be_visible()
        expect(box).to_have_value(SAMPLE)
        expect(asked(tab)).to_have_count(0)
        reader.go.set()
        for _ in range(60):  # Gradio takes no second question before the first has ended
            box.press("Enter")
            tab.wait_for_timeout(250)
            if asked(tab).count():
                break
        expect(shown_cards(tab).locator("mark").first).to_contain_text("denied")
        expect(asked(tab)).to_have_count(1)
