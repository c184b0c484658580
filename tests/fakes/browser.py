"""Debian's Chromium, driven by Playwright, as the tests and the README's picture use it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

__all__ = [
    "CHROMIUM",
    "SAMPLE",
    "ask",
    "chromium",
    "free_port",
    "no_chromium",
    "open_adding",
    "open_articles",
    "open_page",
    "questions",
    "shown_cards",
]

SAMPLE = "Who denied the missile attack?"
_CHROMIUM = Path("/usr/bin/chromium")
_WITHOUT_WINDOWS = Path("/usr/bin/chromium-headless-shell")  # of Debian's, too
CHROMIUM = _WITHOUT_WINDOWS if os.access(_WITHOUT_WINDOWS, os.X_OK) else _CHROMIUM

_ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 60_000  # milliseconds: the first question may wait for the model to load


def no_chromium() -> str:
    """Return how to install the browser if it is missing, else nothing."""
    if os.access(CHROMIUM, os.X_OK):
        return ""
    return (
        f"no {_WITHOUT_WINDOWS}, which the tests of the chat page need: "
        "sudo apt-get install --yes --no-install-recommends chromium-headless-shell"
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser.

    Raises:
        FileNotFoundError: it is not installed; the message says how to install it.
    """
    if missing := no_chromium():
        raise FileNotFoundError(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(_ARGUMENTS), timeout=_PATIENCE
        )
        try:
            yield browser
        finally:
            browser.close()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def open_page(page: Page, url: str) -> Locator:
    """Open the chat page, wait until it can be used, and return its question box."""
    page.set_default_timeout(_PATIENCE)
    expect.set_options(timeout=_PATIENCE)
    page.goto(url)
    # The header gets its count from the first event of the page, which also brings the examples.
    expect(page.locator(".held, .problem").filter(has_text="ind")).to_have_count(1)
    return page.get_by_label("Your question")


def open_articles(page: Page, url: str) -> None:
    """Open the tab of the articles."""
    open_page(page, url)
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator("table.articles")).to_be_visible()


def open_adding(page: Page, way: str) -> None:
    """Open the form that adds articles, at ``Files``, ``Addresses`` or ``Text``."""
    page.locator("#add").get_by_role("button", name="Add articles").click()
    page.get_by_role("tab", name=way, exact=True).click()


def ask(page: Page, question: str) -> Locator:
    """Ask as a person would, wait for the end of the answer, and return it."""
    replies = page.locator(".answer:not(.streaming), .refusal")
    before, asked = replies.count(), questions(page).count()
    box = page.get_by_label("Your question")
    box.fill(question)
    for _ in range(20):
        # Gradio passes over what is sent until it has heard of the end of the last answer.
        box.press("Enter")
        try:
            expect(questions(page)).to_have_count(asked + 1, timeout=3_000)
        except AssertionError:
            continue
        break
    expect(replies).to_have_count(before + 1)
    return replies.nth(before)


def questions(page: Page) -> Locator:
    """The questions of the conversation, as they are shown."""
    return page.locator("#conversation .user-row .message-content")


def shown_cards(page: Page) -> Locator:
    """The cards of the latest answer: those that are not folded away."""
    return page.locator(".sources > .card")
