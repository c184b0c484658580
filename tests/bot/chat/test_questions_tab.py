"""Watched questions on the page: added from an answer, told when it changes, and removed."""

from __future__ import annotations

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from bot.chat.html.questions import questions_html
from bot.watching.questions import QuestionStore, questions_beside
from index.builder import build_index
from tests.bot.watching.test_questions import Desk
from tests.fakes.browser import ask, open_page
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.pages import serving
from tests.fakes.served import flooded

HOSTILE = "<img src=x onerror=alert(1)>"


def test_what_is_shown_is_escaped(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.store.add(f"Is it {HOSTILE}?", {"source": [HOSTILE]})
    for number in (1, 2):
        desk.becomes(number)
        desk.watch.ask()
    shown = questions_html(desk.store.all(), desk.store.changes())
    assert HOSTILE not in shown and "&lt;img" in shown
    assert "No question is watched" in questions_html((), ())


def test_question_is_watched_told_and_removed(tab: Page, tmp_path: Path) -> None:
    bot = flooded(tmp_path, "Arlen")
    with serving(bot, tab) as url:
        open_page(tab, url)
        watch = tab.get_by_role("button", name="Watch this question")
        expect(watch).to_be_hidden()  # there is nothing to watch yet
        ask(tab, "In which town did the river rise?")
        watch.click()
        expect(tab.locator("#notice")).to_contain_text("asked again after each change")
        wait_for_answer(tab, questions_beside(bot.index))

        article = tmp_path / "arlen.txt"
        article.write_text("Fair in Arlen\n\nA fair was held on the market square.\n")
        build_index([article], bot.index, embedder=HashedEmbedder())
        wait_for_change(tab, questions_beside(bot.index))
        tab.get_by_role("tab", name="Watched").click()
        told = tab.locator(".change")
        expect(told).to_contain_text("In which town did the river rise?")
        expect(told.locator("blockquote")).to_contain_text(["The river rose in the town of Arlen"])
        feed = httpx.get(f"{url}questions.atom", timeout=60)
        assert feed.headers["content-type"].startswith("application/atom+xml")
        assert "In which town did the river rise?" in feed.text

        tab.get_by_label("Watched question").click()
        tab.get_by_role("option").first.click()
        tab.get_by_role("button", name="Stop watching").click()
        expect(tab.locator("#watched")).to_contain_text("No question is watched")
        assert questions_beside(bot.index).all() == []


def wait_for_answer(tab: Page, store: QuestionStore) -> None:
    for _ in range(300):
        if store.all() and store.all()[0].answer:
            return
        tab.wait_for_timeout(100)
    raise AssertionError("it was not asked")


def wait_for_change(tab: Page, store: QuestionStore) -> None:
    for _ in range(300):
        if store.changes():
            return
        tab.wait_for_timeout(100)
    raise AssertionError("no change was found")
