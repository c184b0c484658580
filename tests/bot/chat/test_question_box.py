"""Questions asked, repeated, edited and stopped, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from playwright.sync_api import Page, Route, expect

from bot.newsbot import NewsBot
from bot.settings import Level
from index.builder import build_index
from tests.fakes.browser import SAMPLE, ask, open_page, questions, shown_cards
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader
from tests.fakes.pages import serving
from tests.fakes.reports import FLOOD

if TYPE_CHECKING:
    from bot.reader.reader import AnswerSpan
    from corpus.article import Passage

FIRST = "How many people had to leave their homes?"
SECOND = "How many people left Merrowford?"


class HeldReader(PhraseReader):
    """Waits until it is let go."""

    def __init__(self) -> None:
        super().__init__("410 people")
        self.go = threading.Event()

    def read(
        self, question: str, passages: Sequence[Passage], titles: Sequence[str] | None = None
    ) -> list[AnswerSpan]:
        assert self.go.wait(60)
        return super().read(question, passages, titles)


@contextmanager
def held_page(folder: Path, tab: Page) -> Iterator[tuple[str, HeldReader]]:
    """A page whose reader can be held up, over one article."""
    (folder / "flood.txt").write_text(f"Flood\n\n{FLOOD}")
    build_index([folder / "flood.txt"], folder / "index", embedder=HashedEmbedder())
    reader = HeldReader()
    reader.go.set()
    bot = NewsBot(folder / "index", embedder=HashedEmbedder(), reader=reader, level=Level.EAGER)
    with serving(bot, tab) as url:
        yield url, reader


def test_question_waits_in_its_box_while_another_is_answered(tab: Page, tmp_path: Path) -> None:
    with held_page(tmp_path, tab) as (url, reader):
        box = open_page(tab, url)
        first = ask(tab, FIRST)
        first.evaluate("answer => answer.setAttribute('data-old', '')")
        reader.go.clear()
        tab.get_by_role("button", name="Retry").click()
        expect(tab.locator(".pending")).to_be_visible()
        box.fill(SECOND)
        box.press("Enter")
        expect(tab.get_by_role("status").filter(has_text="is on its way")).to_be_visible()
        expect(box).to_have_value(SECOND)
        expect(questions(tab)).to_have_text([FIRST])
        reader.go.set()
        again = tab.locator(".answer:not(.streaming):not([data-old])")
        expect(again).to_have_count(1)
        expect(tab.get_by_role("status").filter(has_text="is on its way")).to_have_count(0)
        expect(box).to_have_value(SECOND)
        box.press("Enter")
        expect(questions(tab)).to_have_text([FIRST, SECOND])
        expect(tab.locator(".answer:not(.streaming)")).to_have_count(2)
        expect(box).to_have_value("")


def test_text_typed_before_a_sent_question_shows_stays(tab: Page, tmp_path: Path) -> None:
    held: list[Route] = []
    with held_page(tmp_path, tab) as (url, _):
        box = open_page(tab, url)
        tab.route("**/queue/join*", lambda route: held.append(route))  # as where many are waiting
        with tab.expect_request("**/queue/join*"):
            box.fill(FIRST)
            box.press("Enter")
        expect(box).to_have_value(FIRST)
        box.fill("Who else?")
        for route in held:
            route.continue_()
        tab.unroute("**/queue/join*")
        expect(tab.locator(".answer:not(.streaming)")).to_have_count(1)
        expect(questions(tab)).to_have_text([FIRST])
        expect(box).to_have_value("Who else?")
        for _ in range(2):  # the same question twice leaves the box each time
            ask(tab, FIRST)
            expect(box).to_have_value("")


def test_stopped_or_failed_retry_changes_nothing(tab: Page, tmp_path: Path) -> None:
    with held_page(tmp_path, tab) as (url, reader):
        box = open_page(tab, url)
        ask(tab, FIRST)
        ask(tab, SECOND)
        answers = tab.locator(".answer:not(.streaming)")
        reader.go.clear()
        tab.get_by_role("button", name="Retry").click()
        expect(tab.locator(".pending")).to_be_visible()
        box.fill("Who else?")
        tab.get_by_role("button", name="Stop").click()
        expect(tab.get_by_role("status").filter(has_text="as it was")).to_be_visible()
        reader.go.set()
        expect(questions(tab)).to_have_text([FIRST, SECOND])
        expect(answers).to_have_count(2)
        expect(box).to_have_value("Who else?")
        tab.locator("#filters > button").press("Enter")
        tab.get_by_label("From").fill("2024-13-01")
        tab.get_by_role("button", name="Retry").click()
        expect(tab.locator("#notice .problem")).to_contain_text("is not a date")
        expect(questions(tab)).to_have_text([FIRST, SECOND])
        expect(answers).to_have_count(2)
        expect(box).to_have_value("Who else?")


def test_late_reply_to_a_stopped_question_covers_nothing(tab: Page, tmp_path: Path) -> None:
    held: list[Route] = []

    def answered_before_it_is_done(route: Route) -> None:
        held.append(route)
        route.fulfill(json={"success": True})

    with held_page(tmp_path, tab) as (url, reader):
        open_page(tab, url)
        ask(tab, FIRST)
        reader.go.clear()
        tab.get_by_role("button", name="Retry").click()
        expect(tab.locator(".pending")).to_be_visible()
        tab.route("**/cancel", answered_before_it_is_done)
        with tab.expect_request("**/cancel"):
            tab.get_by_role("button", name="Stop").click()
        expect(tab.get_by_role("status").filter(has_text="as it was")).to_be_visible()
        covering = tab.locator("#conversation > [data-testid='status-tracker']:not(.hide)")
        with ThreadPoolExecutor() as pool:
            for request in (route.request for route in held):
                late = {"json": request.post_data_json, "headers": request.headers}
                pool.submit(httpx.post, request.url, **late, timeout=60)
            tab.wait_for_timeout(1_000)  # the server says it once the reader is through
            reader.go.set()
        expect(covering).not_to_have_count(0)  # Gradio takes it for an error
        tab.get_by_role("button", name="Retry").click(timeout=5_000)
        expect(tab.locator(".answer:not(.streaming)")).to_have_count(1)


def test_edited_question_replaces_what_followed(tab: Page, tmp_path: Path) -> None:
    with held_page(tmp_path, tab) as (url, _):
        box = open_page(tab, url)
        ask(tab, FIRST)
        ask(tab, SECOND)
        box.fill("Who else?")
        tab.get_by_role("button", name="Edit").first.click()
        tab.get_by_label("The question", exact=True).fill("How many people left?")
        tab.get_by_role("button", name="Submit").click()
        expect(questions(tab)).to_have_text(["How many people left?"])
        expect(tab.locator(".answer:not(.streaming), .refusal")).to_have_count(1)
        expect(box).to_have_value("Who else?")
        box.press("Enter")
        expect(questions(tab)).to_have_text(["How many people left?", "Who else?"])


def test_edited_question_may_hold_markup(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE)
    ask(tab, "What is the capital of France?")
    tab.get_by_role("button", name="Edit").first.click()
    edited = tab.get_by_label("The question", exact=True)
    expect(edited).to_have_value(SAMPLE)
    edited.fill("Who has accused Iran of orchestrating <an attack>?")
    tab.get_by_role("button", name="Submit").click()
    expect(questions(tab)).to_have_count(1)
    expect(questions(tab)).to_have_text("Who has accused Iran of orchestrating <an attack>?")
    expect(tab.locator(".refusal")).to_have_count(0)
    expect(shown_cards(tab).first).to_be_visible()


def test_stopped_question_comes_back_to_its_box(tab: Page, tmp_path: Path) -> None:
    with held_page(tmp_path, tab) as (url, reader):
        reader.go.clear()
        box = open_page(tab, url)
        box.fill(FIRST)
        box.press("Enter")
        expect(tab.locator(".pending")).to_be_visible()
        expect(tab.get_by_role("button", name="Ask", exact=True)).to_be_hidden()
        tab.get_by_role("button", name="Stop").click()
        expect(tab.get_by_role("status").filter(has_text="Stopped")).to_be_visible()
        expect(box).to_have_value(FIRST)
        expect(questions(tab)).to_have_count(0)
        reader.go.set()
        for _ in range(60):  # Gradio takes no second question before the first has ended
            box.press("Enter")
            tab.wait_for_timeout(250)
            if questions(tab).count():
                break
        expect(shown_cards(tab).locator("mark").first).to_contain_text("410 people")
        expect(questions(tab)).to_have_count(1)
