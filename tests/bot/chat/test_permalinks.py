"""A kept answer as people meet it: copied, opened, read and printed; hostile text stays text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from bot.answering.answers import Answer, Citation
from bot.chat.html.permalink import permalink_html
from bot.citing.answered import AnsweredQuestion
from bot.citing.permalinks import KeptAnswer, PermalinkStore, QuoteState, permalink_file
from bot.newsbot import NewsBot
from tests.bot.chat.test_accessibility import SIZES, violations
from tests.fakes.browser import SAMPLE, ask, open_page
from tests.fakes.kept import kept_from, three_articles
from tests.fakes.pages import serving
from tests.fakes.parsed_html import ANY_TEXT, ParsedHtml

TAGS = {*("html", "head", "meta", "title", "style", "body", "header", "a", "main", "h1", "p")} | {
    *("div", "bdi", "time", "br", "ol", "li", "blockquote", "h2", "ul", "span", "cite", "nav", "q")
}


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_text_of_others_is_no_markup(question: str, quote: str, title: str) -> None:
    cited = Citation(1, title, title, quote, title, title, quote, 0, 1, author=title)
    filters = {"since": title, "source": [title], "articles": [title] * 30}
    answered = AnsweredQuestion(question, Answer(quote, None, False, 0.5, (cited,)), filters)
    kept = KeptAnswer("a" * 16, "2026-11-29T10:00:00+00:00", title, answered, ("",))
    page = permalink_html(kept, [(QuoteState.CHANGED, title)])
    seen = ParsedHtml(page.removeprefix("<!doctype html>"))
    assert set(seen.tags) <= TAGS
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert all(
        value.startswith(("http://", "https://", "../", "?format="))
        for name, value in seen.attributes
        if name in ("href", "src")
    )


def test_link_is_copied_and_opens_with_the_keyboard(
    tab: Page, own_site: tuple[str, NewsBot]
) -> None:
    url, _ = own_site
    open_page(tab, url)
    ask(tab, SAMPLE).get_by_role("button", name="Copy link").press("Enter")
    link = tab.get_by_role("status").get_by_role("link")
    expect(link).to_be_visible()
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == url.rstrip("/") + str(link.get_attribute("href"))
    tab.goto(copied)
    expect(tab.get_by_role("heading", level=1)).to_have_text(SAMPLE)
    expect(tab.locator(".state").first).to_have_text("Still stands in the article.")


def test_question_is_asked_again_with_its_filters(tab: Page, own_site: tuple[str, NewsBot]) -> None:
    url, bot = own_site
    [article] = [one for one in bot.articles() if one.title.startswith("Vantle Glass")]
    filters = {"since": "2023-10-17", "source": [article.source], "articles": [article.id]}
    asked = AnsweredQuestion("How many jobs?", bot.answer("How many jobs?", **filters), filters)
    made = PermalinkStore(permalink_file(bot.index)).keep(asked, bot.searcher().generation)
    tab.goto(f"{url}a/{made}")
    tab.get_by_role("link", name="Ask again").press("Enter")
    box = tab.get_by_label("Your question")
    expect(box).to_have_value("How many jobs?")
    label = tab.locator("#filters > button")
    expect(label).to_contain_text("from 2023-10-17 · Ardel Business Daily · 1 article")
    label.press("Enter")
    expect(tab.locator("#only-articles")).to_contain_text("Vantle Glass to melt")
    box.press("Enter")
    expect(tab.locator(".answer:not(.streaming), .refusal")).to_have_count(1)
    permalink_file(bot.index).write_bytes(b"damaged" * 100)
    open_page(tab, f"{url}?again={made}")
    ask(tab, SAMPLE)
    expect(tab.locator(".toast-body")).to_have_count(0)


@pytest.mark.parametrize("tab", SIZES, indirect=True, ids=lambda size: size[0])
def test_page_is_open_to_all_and_prints_clean(tab: Page, tmp_path: Path) -> None:
    bot = three_articles(tmp_path)
    address = kept_from(bot)
    three_articles(tmp_path, tug="")
    with serving(bot, tab) as url:
        tab.goto(url.rstrip("/") + address)
        assert violations(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        expect(tab.locator("img")).to_have_count(0)
        assert tab.evaluate("window.hacked") is None
        tab.emulate_media(media="print")
        expect(tab.locator("nav, header").first).to_be_hidden()
        (tmp_path / "page.pdf").write_bytes(tab.pdf())
        printed = PdfReader(tmp_path / "page.pdf").pages[0].extract_text()
        assert "[1]" in printed and "[2]" in printed and "BibTeX" not in printed
