"""One question of a conversation at a time, whichever event asks it."""

from __future__ import annotations

import copy
import gc
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from playwright.sync_api import Page, Route, expect

from bot.answering.answers import Answer
from bot.chat.conversation_lock import ConversationLock
from bot.chat.turns import Turn, Vote
from bot.newsbot import NewsBot
from bot.settings import Level
from index.builder import build_index
from tests.bot.chat.conftest import serving
from tests.fakes.browser import ask, asked, open_page
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader
from tests.fakes.reports import FLOOD

if TYPE_CHECKING:
    from bot.reader.reader import AnswerSpan
    from corpus.article import Passage

FIRST = "How many people had to leave their homes?"
SECOND = "How many people left Merrowford?"


def turn(number: int) -> Turn:
    return Turn(number, f"Question {number}", Answer("Text.", None, True, 0.0, ()))


def steps(*said: tuple[list[Turn], str]) -> Iterator[tuple[list[Turn], str]]:
    yield from said


def test_a_second_one_is_turned_away_until_the_first_is_through() -> None:
    floor, one = ConversationLock(), turn(1)
    first = floor.alone([], steps(([], "a"), ([one], "b")), "busy")
    assert next(first) == "a"
    assert list(floor.alone([], steps(([], "c")), "busy")) == ["busy"]
    assert list(first) == ["b"]
    assert list(floor.alone([one], steps(([one], "c")), "busy")) == ["c"]


def test_one_that_does_not_know_of_the_last_answer_is_turned_away_once() -> None:
    floor, one = ConversationLock(), turn(1)
    assert list(floor.alone([], steps(([one], "a")), "busy")) == ["a"]
    assert list(floor.alone([], steps(([], "b")), "busy")) == ["busy"]
    assert list(floor.alone([], steps(([], "b")), "busy")) == ["b"]


def test_a_vote_makes_no_other_conversation() -> None:
    floor, one = ConversationLock(), turn(1)
    assert list(floor.alone([], steps(([one], "a")), "busy")) == ["a"]
    voted = replace(one, vote=Vote(1, True))
    assert list(floor.alone([voted], steps(([voted], "b")), "busy")) == ["b"]


def test_one_that_was_stopped_says_no_more_and_keeps_nobody_out() -> None:
    floor = ConversationLock()
    first = floor.alone([], steps(([], "a"), ([], "b")), "busy")
    assert next(first) == "a"
    floor.clear()
    second = floor.alone([], steps(([], "c"), ([], "d")), "busy")
    assert next(second) == "c"
    assert list(first) == []
    assert list(floor.alone([], steps(([], "e")), "busy")) == ["busy"]
    assert list(second) == ["d"]


def test_one_that_is_closed_or_fails_keeps_nobody_out() -> None:
    floor = ConversationLock()

    def failing() -> Iterator[tuple[list[Turn], str]]:
        yield [], "a"
        raise RuntimeError("surprise")

    closed = floor.alone([], steps(([], "a"), ([], "b")), "busy")
    assert next(closed) == "a"
    closed.close()
    fails = floor.alone([], failing(), "busy")
    assert next(fails) == "a"
    try:
        next(fails)
    except RuntimeError:
        pass
    dropped = floor.alone([], steps(([], "a"), ([], "b")), "busy")
    assert next(dropped) == "a"
    del dropped
    gc.collect()
    assert list(floor.alone([], steps(([], "c")), "busy")) == ["c"]


def test_each_conversation_has_its_own() -> None:
    floor = ConversationLock()
    first = floor.alone([], steps(([], "a"), ([], "b")), "busy")
    assert next(first) == "a"
    other = copy.deepcopy(ConversationLock())
    assert list(other.alone([], steps(([], "c")), "busy")) == ["c"]


class _Held(PhraseReader):
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
def held_page(folder: Path, tab: Page) -> Iterator[tuple[str, _Held]]:
    """A page whose reader can be held up, over one article."""
    (folder / "flood.txt").write_text(f"Flood\n\n{FLOOD}")
    build_index([folder / "flood.txt"], folder / "index", embedder=HashedEmbedder())
    reader = _Held()
    reader.go.set()
    bot = NewsBot(folder / "index", embedder=HashedEmbedder(), reader=reader, level=Level.EAGER)
    with serving(bot, tab) as url:
        yield url, reader


def test_what_is_asked_while_a_repeated_question_is_answered_waits_in_the_box(
    tab: Page, tmp_path: Path
) -> None:
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
        expect(asked(tab)).to_have_text([FIRST])
        reader.go.set()
        again = tab.locator(".answer:not(.streaming):not([data-old])")
        expect(again).to_have_count(1)
        expect(tab.get_by_role("status").filter(has_text="is on its way")).to_have_count(0)
        expect(box).to_have_value(SECOND)
        box.press("Enter")
        expect(asked(tab)).to_have_text([FIRST, SECOND])
        expect(tab.locator(".answer:not(.streaming)")).to_have_count(2)
        expect(box).to_have_value("")


def test_what_is_typed_before_a_sent_question_is_shown_stays_in_the_box(
    tab: Page, tmp_path: Path
) -> None:
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
        expect(asked(tab)).to_have_text([FIRST])
        expect(box).to_have_value("Who else?")
        for _ in range(2):  # the same question twice leaves the box each time
            ask(tab, FIRST)
            expect(box).to_have_value("")


def test_a_repeated_question_that_is_stopped_or_fails_leaves_conversation_and_box_as_they_were(
    tab: Page, tmp_path: Path
) -> None:
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
        expect(asked(tab)).to_have_text([FIRST, SECOND])
        expect(answers).to_have_count(2)
        expect(box).to_have_value("Who else?")
        tab.locator("#filters > button").press("Enter")
        tab.get_by_label("From").fill("2024-13-01")
        tab.get_by_role("button", name="Retry").click()
        expect(tab.locator("#notice .problem")).to_contain_text("is not a date")
        expect(asked(tab)).to_have_text([FIRST, SECOND])
        expect(answers).to_have_count(2)
        expect(box).to_have_value("Who else?")


def test_what_the_server_says_late_of_a_stopped_question_covers_nothing(
    tab: Page, tmp_path: Path
) -> None:
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


def test_an_edited_question_takes_the_place_of_what_followed_and_leaves_the_box_alone(
    tab: Page, tmp_path: Path
) -> None:
    with held_page(tmp_path, tab) as (url, _):
        box = open_page(tab, url)
        ask(tab, FIRST)
        ask(tab, SECOND)
        box.fill("Who else?")
        tab.get_by_role("button", name="Edit").first.click()
        tab.get_by_label("The question", exact=True).fill("How many people left?")
        tab.get_by_role("button", name="Submit").click()
        expect(asked(tab)).to_have_text(["How many people left?"])
        expect(tab.locator(".answer:not(.streaming), .refusal")).to_have_count(1)
        expect(box).to_have_value("Who else?")
        box.press("Enter")
        expect(asked(tab)).to_have_text(["How many people left?", "Who else?"])
