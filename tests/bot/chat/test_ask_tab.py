"""What a person can do with an answer: read on, filter, vote, copy, save."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.chat.html.answers import in_words
from bot.feedback import FeedbackStore, feedback_file
from bot.newsbot import NewsBot
from tests.bot.generation.test_writer import DENIAL, DENIED
from tests.fakes.browser import SAMPLE, ask, open_page, questions, shown_cards
from tests.fakes.chat_models import ScriptedModel, says
from tests.fakes.pages import PageWatch, serving

FERRY = "How many passengers did the Grelle ferry carry?"


@pytest.fixture(scope="module")
def answered_page(context: tuple[BrowserContext, PageWatch], site: str) -> Page:
    page = context[0].new_page()
    open_page(page, site)
    ask(page, SAMPLE)
    return page


@pytest.fixture
def answered(context: tuple[BrowserContext, PageWatch], answered_page: Page) -> Iterator[Page]:
    """A page with the answer to the sample question; its tests leave it as they find it."""
    with context[1].checked():
        answered_page.bring_to_front()
        yield answered_page


def test_short_answer_is_followed_by_its_quotation(answered: Page, bot: NewsBot) -> None:
    answer = bot.answer(SAMPLE)
    reply = answered.locator(".answer")
    expect(reply.locator(".short")).to_have_text(answer.short_answer or "")
    expect(reply.locator("blockquote")).to_contain_text(answer.citations[0].quote)
    sure = reply.locator(".confidence").first
    expect(sure).to_have_text(in_words(answer.confidence))
    assert f"{answer.confidence:.0%}" in (sure.get_attribute("title") or "")


def test_card_shows_the_quote_marked_in_its_passage(answered: Page, bot: NewsBot) -> None:
    cited = bot.answer(SAMPLE).citations[0]
    card = shown_cards(answered).first
    expect(card.get_by_role("heading")).to_contain_text(cited.title)
    assert card.locator("mark").evaluate("mark => mark.textContent") == cited.quote
    passage = card.locator(".passage").evaluate("passage => passage.textContent")
    shown = passage.removeprefix("… ").removesuffix(" …")
    assert shown in bot.article(cited.article_id).text
    assert len(shown) > len(cited.quote)
    expect(card.locator(".offsets")).to_have_text(
        f"characters {cited.start:,}–{cited.end:,}", use_inner_text=True
    )


def test_screen_readers_hear_names_and_no_tags(answered: Page) -> None:
    expect(answered.get_by_role("region", name="Sources")).to_be_visible()
    expect(answered.get_by_role("article", name="embassy compound")).to_be_visible()
    expect(answered.locator("#conversation [aria-label*='<']")).to_have_count(0)


def test_article_opens_at_the_quote_and_closes_again(answered: Page, bot: NewsBot) -> None:
    cited = bot.answer(SAMPLE).citations[0]
    answered.locator(".answer a.marker").first.press("Enter")
    expect(answered.locator("#source-1-1")).to_be_focused()
    opener = shown_cards(answered).first.get_by_role("button", name="Read the article")
    opener.press("Enter")
    here = answered.locator("#reading mark.here")
    expect(here).to_be_focused()
    expect(here).to_be_in_viewport()
    expect(here).to_have_text(" ".join(cited.quote.split()))
    whole = answered.locator("#reading .text").evaluate("text => text.textContent")
    assert whole == bot.article(cited.article_id).text
    expect(answered.locator("#sources")).to_be_hidden()
    answered.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(answered.locator("#sources")).to_be_visible()


def test_how_an_answer_was_found_is_shown(answered: Page, bot: NewsBot) -> None:
    answered.get_by_role("button", name="Show how").click()
    pane = answered.locator("#reading")
    expect(pane).to_contain_text("How this was found")
    expect(pane.locator("tbody tr")).to_have_count(len(bot.find(SAMPLE, 20).hits))
    expect(pane).to_contain_text("Time to search")
    answered.get_by_role("button", name="Back to the sources").click()
    expect(shown_cards(answered).first).to_be_visible()


def test_answer_is_copied_with_its_citations(answered: Page, bot: NewsBot) -> None:
    answered.get_by_role("button", name="Copy with citations").click()
    expect(answered.get_by_role("button", name="Copied")).to_be_visible()
    copied = answered.evaluate("navigator.clipboard.readText()")
    answer = bot.answer(SAMPLE)
    assert copied.startswith(answer.text)
    assert f"\n[1] {answer.citations[0].title}" in copied


def test_conversation_is_saved_as_markdown_and_as_json(answered: Page, bot: NewsBot) -> None:
    with answered.expect_download() as saving:
        answered.get_by_role("button", name="Save as Markdown").click()
    assert saving.value.suggested_filename == "newsbot.md"
    assert f"## {SAMPLE}" in Path(saving.value.path()).read_text().replace("\\", "")
    with answered.expect_download() as saving:
        answered.get_by_role("button", name="Save as JSON").click()
    (record,) = json.loads(Path(saving.value.path()).read_text())
    expected = bot.answer(SAMPLE).to_dict()
    assert {**record["answer"], "timings": 0} == {**expected, "timings": 0}


def test_answer_and_conversation_are_saved_as_citations(answered: Page) -> None:
    menu = answered.locator("#conversation details.cite")
    menu.locator("summary").press("Enter")
    with answered.expect_download() as saving:
        menu.get_by_role("button", name="BibTeX").press("Enter")
    assert saving.value.suggested_filename == "newsbot.bib"
    assert "title = {{Trump blames Iran" in Path(saving.value.path()).read_text()
    whole = answered.locator("#cite-all")
    tools, asking = whole.bounding_box(), answered.locator("#asking").bounding_box()
    assert tools and asking and tools["x"] + tools["width"] <= asking["x"] + asking["width"]
    whole.get_by_text("Save citations").click()
    with answered.expect_download() as saving:
        whole.get_by_role("button", name="Footnotes (Chicago)").click()
    notes = Path(saving.value.path()).read_text()
    assert notes.startswith(SAMPLE) and "\n1. “Trump blames Iran" in notes


def test_conversation_prints_with_its_sources_alone(answered: Page) -> None:
    answered.emulate_media(media="print")
    for shown in ("#conversation .answer", "#source-1-1"):
        expect(answered.locator(shown)).to_be_visible()
    for hidden in ("#asking", "#tabs .tab-wrapper", "button[name=copy]", ".card button"):
        expect(answered.locator(hidden).first).to_be_hidden()
    answered.emulate_media(media="screen")


def test_marker_of_an_earlier_answer_unfolds_its_sources(tab: Page, site: str) -> None:
    # With a query in the page's address a plain "#source-1-1" would lead away and lose everything.
    open_page(tab, f"{site}?__theme=dark")
    first = ask(tab, SAMPLE)
    ask(tab, "What is the capital of France?")
    expect(shown_cards(tab)).to_have_count(0)
    expect(tab.locator("#source-1-1")).to_be_hidden()
    first.locator("a.marker").first.click()
    expect(tab.locator("#source-1-1")).to_be_visible()
    expect(tab.locator("#source-1-1 mark")).to_contain_text("denied")
    expect(questions(tab)).to_have_count(2)


def test_refusal_opens_the_article_of_the_closest_sentence(tab: Page, bot: NewsBot) -> None:
    careful = NewsBot(bot.index, embedder=bot.searcher().embedder, threshold=1.0)
    with serving(careful) as url:
        open_page(tab, url)
        reply = ask(tab, SAMPLE)
        expect(reply).to_have_class("refusal")
        expect(reply.locator(".closest blockquote")).to_contain_text("Kataib Hezbollah denied")
        reply.locator(".closest button").click()
        expect(tab.locator("#reading .pane-title")).to_be_visible()
        tab.close()


def test_bar_of_the_timeline_sets_the_dates_of_the_next_answer(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, FERRY)
    bar = tab.locator("#timeline .bars button").last
    since, until = (bar.get_attribute("value") or "").split("/")
    bar.press("Enter")
    expect(tab.locator("#filters")).to_contain_text(f"Only articles: {since} to {until}")
    ask(tab, FERRY)
    tab.locator("button[name=how]").last.click()
    expect(tab.locator("#reading .facts")).to_contain_text(f"{since} to {until}")
    days = tab.locator("#reading time").evaluate_all("all => all.map(one => one.dateTime)")
    assert days and all(since <= day[:10] <= until for day in days)
    tab.get_by_role("button", name="All articles").click()
    expect(tab.locator("#filters")).to_contain_text("Dates, sources, names, articles")


def test_name_in_what_was_found_narrows_the_next_question(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE)
    tab.locator("#timeline .names summary").press("Enter")
    tab.locator('#timeline button[name="quotes"][value="Iran"]').press("Enter")
    expect(tab.locator("#reading .quotes mark").first).to_have_text("Iran")
    tab.locator('#reading button[name="named"]').press("Enter")
    expect(tab.locator("#filters > button")).to_contain_text("Only articles: Iran")
    tab.locator("#reading button[name=close]").press("Enter")
    ask(tab, "Who denied the attack on the base?")
    tab.locator("button[name=how]").last.click()
    expect(tab.locator("#reading .facts")).to_contain_text("Iran")
    found = tab.locator("#reading tbody bdi").all_text_contents()
    assert found and set(found) == {
        "Trump blames Iran as protesters storm US embassy compound in Baghdad"
    }


def test_label_of_the_filters_names_both_dates(tab: Page, site: str) -> None:
    open_page(tab, site)
    label = tab.locator("#filters > button")
    label.press("Enter")
    for since, until, told in (
        ("2024-05-01", "2024-05-31", "Only articles: 2024-05-01 to 2024-05-31"),
        ("2024-05-01", "2024-05-01", "Only articles: 2024-05-01"),
        ("", "2024-05-31", "Only articles: until 2024-05-31"),
        ("2024-02-30", "", "Only articles: not a date"),
        ("2024-05-31", "2024-05-01", "Only articles: not a date"),
    ):
        tab.get_by_label("From").fill(since)
        tab.get_by_label("Until").fill(until)
        tab.get_by_label("Until").press("Tab")  # a date is taken when its field is left
        expect(label).to_contain_text(told)
        tab.get_by_role("button", name="All articles").click()
        expect(label).to_contain_text("Dates, sources, names, articles")


def test_sources_and_dates_are_chosen_with_the_keyboard(tab: Page, site: str) -> None:
    box = open_page(tab, site)
    tab.locator("#filters").get_by_role("button", name="Dates, sources, names, articles").press(
        "Enter"
    )
    tab.get_by_label("From").fill("2024-13-01")
    box.fill(FERRY)
    box.press("Enter")
    expect(tab.locator("#notice .problem")).to_contain_text("“From” is not a date")
    expect(box).to_have_value(FERRY)
    tab.get_by_label("From").fill("2021-01-01")
    source = tab.get_by_label("Only these sources")
    chosen = []
    for words, name in (("Halvik", "Halvik Observer"), ("Northshore", "Northshore Post")):
        source.fill(words)
        tab.get_by_role("option", name=name).wait_for()
        source.press("ArrowDown")
        source.press("Enter")
        chosen.append(name)
        label = f"from 2021-01-01 · {', '.join(chosen)}"
        expect(tab.locator("#filters > button")).to_contain_text(label)
        ask(tab, FERRY)
        tab.locator("button[name=how]").last.click()
        expect(tab.locator("#reading .facts")).to_contain_text(name)
        assert set(tab.locator("#reading .source").all_inner_texts()) == set(chosen)


def test_article_of_a_card_alone_is_asked(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE)
    shown_cards(tab).first.get_by_role("button", name="Ask only this article").click()
    label = tab.locator("#filters > button")
    expect(label).to_contain_text("Only articles: 1 article")
    expect(tab.locator("#notice")).to_contain_text("Only this article is asked: Trump blames Iran")
    expect(tab.locator("#question textarea")).to_be_focused()
    ask(tab, FERRY)
    tab.locator("button[name=how]").last.click()
    facts = tab.locator("#reading .facts")
    expect(facts).to_contain_text("1 article")
    titles = tab.locator("#reading tbody td > bdi").all_inner_texts()
    assert titles and all(title.startswith("Trump blames Iran") for title in titles)
    label.press("Enter")
    expect(tab.locator("#only-articles")).to_contain_text("Trump blames Iran")
    tab.get_by_role("button", name="All articles").click()
    expect(label).to_contain_text("Dates, sources, names, articles")


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


def test_votes_and_reasons_are_kept_beside_the_index(
    tab: Page, own_site: tuple[str, NewsBot]
) -> None:
    url, bot = own_site
    store = FeedbackStore(feedback_file(bot.index))
    open_page(tab, url)
    ask(tab, SAMPLE)
    reason, expected = tab.get_by_label("Why?"), tab.get_by_label("What would be right?")
    tab.get_by_role("button", name="Like", exact=True).click()
    expect(reason).to_be_visible()
    expect(expected).to_be_hidden()
    assert [vote.liked for vote in store.all()] == [True]
    tab.get_by_role("button", name="Dislike", exact=True).click()
    expected.fill("<b>The embassy</b>")
    reason.fill("the wrong group")
    tab.get_by_role("button", name="Send", exact=True).click()
    expect(reason).to_be_hidden()
    (vote,) = store.all()
    assert (vote.liked, vote.reason) == (False, "the wrong group")
    assert (vote.question, vote.expected) == (SAMPLE, "<b>The embassy</b>")
    tab.get_by_role("button", name="Disliked").click()
    expect(tab.get_by_role("button", name="Dislike", exact=True)).to_be_visible()
    kept, ends = [(-1,)], time.monotonic() + 60
    with closing(sqlite3.connect(feedback_file(bot.index))) as connection:
        while kept != [(0,)] and time.monotonic() < ends:  # the page does not wait for it
            tab.wait_for_timeout(100)
            kept = connection.execute("SELECT count(*) FROM votes").fetchall()
    assert kept == [(0,)]


def test_person_chooses_who_answers_each_question(bot: NewsBot, tab: Page) -> None:
    model = ScriptedModel(scripts=[says(DENIAL, DENIED)])
    writing = NewsBot(bot.index, embedder=bot.searcher().embedder, chat_model=model)
    with serving(writing, tab) as url:
        open_page(tab, url)
        written = ask(tab, SAMPLE)
        expect(written).to_contain_text("Written by scripted")
        expect(written.locator(".sentence")).to_contain_text(DENIAL)
        tab.get_by_label("Quoted from the articles").check()
        expect(ask(tab, SAMPLE).locator(".short")).to_have_text("Kataib Hezbollah")
    assert len(model.asked) == 1


def test_page_without_a_chat_model_offers_no_choice(answered: Page) -> None:
    expect(answered.locator("#answer-by")).to_have_count(0)
