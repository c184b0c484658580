"""Follow-up questions on the page: how one was read, and what to do where that is wrong."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from bot.newsbot import NewsBot
from index.builder import build_index
from tests.fakes.browser import ask, open_page, questions
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader
from tests.fakes.pages import serving
from tests.fakes.reports import FLOOD

FIRST, SECOND = "When did Hanne Vold speak?", "How old is she?"
HOSTILE = "<img src=x onerror='window.hacked = 1'>"


def test_page_shows_how_a_follow_up_was_read(tab: Page, tmp_path: Path) -> None:
    (tmp_path / "flood.txt").write_text(f"Flood\n\n{FLOOD}")
    build_index([tmp_path / "flood.txt"], tmp_path / "index", embedder=HashedEmbedder())
    reader = PhraseReader("410 people")
    bot = NewsBot(tmp_path / "index", embedder=HashedEmbedder(), reader=reader, threshold=0.0)
    with serving(bot, tab) as url:
        box = open_page(tab, url)
        read_as = tab.locator(".read-as")
        ask(tab, FIRST)
        expect(read_as).to_have_count(0)
        ask(tab, SECOND)
        expect(read_as).to_have_text("Read as: How old is Hanne Vold? Not what I meant")
        read_as.get_by_title("Edit this question").click()
        expect(box).to_have_value("How old is Hanne Vold?")
        expect(box).to_be_focused()

        ask(tab, f"What about {HOSTILE}?")
        expect(read_as.last).to_contain_text(f"How old is Hanne Vold ({HOSTILE})?")
        expect(tab.locator(".read-as img")).to_have_count(0)
        assert tab.evaluate("window.hacked") is None

        for _ in range(20):  # passed over until the page has heard of the end of the last answer
            tab.get_by_role("button", name="Not what I meant").first.click()
            try:
                expect(questions(tab)).to_have_text([FIRST, SECOND], timeout=3_000)
            except AssertionError:
                continue
            break
        expect(read_as).to_have_count(0)

        tab.get_by_role("button", name="New conversation").click()
        expect(questions(tab)).to_have_count(0)
        ask(tab, SECOND)
        expect(read_as).to_have_count(0)
