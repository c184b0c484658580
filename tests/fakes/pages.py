"""Fixtures: the chat page, running, and tabs of a browser that look at it.

A package whose tests need them imports them into its ``conftest.py``, so that the browser ends with
that package: while its driver runs, no other event loop runs in this thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bot.newsbot import NewsBot
from tests.fakes.browser import chromium, no_chromium
from tests.fakes.served import copied, serving_on

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

__all__ = [
    "PageWatch",
    "bot",
    "browser",
    "context",
    "own_site",
    "serving",
    "site",
    "tab",
    "take_picture",
]

PICTURES = Path(__file__).parents[2] / ".screenshots"
"""Where failing tests leave a picture of the page; git ignores it."""


def take_picture(item: pytest.Item) -> None:
    """Leave a picture of the tab of a test that failed."""
    tab = getattr(item, "funcargs", {}).get("tab")
    if tab is not None and not tab.is_closed():
        name = re.sub(r"\W+", "-", item.name).strip("-")
        tab.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@contextmanager
def serving(bot: NewsBot, *tabs: Page) -> Iterator[str]:
    """Serve the page, and close its tabs before it ends, of which they would complain."""
    with serving_on(bot) as url:
        yield f"{url}/"
        for tab in tabs:
            tab.close()  # which does nothing if it is closed already


@pytest.fixture(scope="package")
def bot(samples_index: Path, embedder: Embedder) -> NewsBot:
    """The real thing, on the sample articles."""
    return NewsBot(samples_index, embedder=embedder)


@pytest.fixture(scope="package")
def site(bot: NewsBot) -> Iterator[str]:
    """Address of the page, on the sample articles."""
    with serving(bot) as url:
        yield url


@pytest.fixture
def own_site(
    request: pytest.FixtureRequest, tmp_path: Path, samples_index: Path, embedder: Embedder
) -> Iterator[tuple[str, NewsBot]]:
    """Address and bot of a page whose index the test may change."""
    bot = copied(samples_index, tmp_path / "index", embedder)
    tabs = [request.getfixturevalue("tab")] if "tab" in request.fixturenames else []
    with serving(bot, *tabs) as url:
        yield url, bot


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if missing := no_chromium():
        pytest.fail(missing, pytrace=False)
    with chromium() as running:
        yield running


class PageWatch:
    """What the pages of a context did that they must not do."""

    def __init__(self, context: BrowserContext) -> None:
        self.outside: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self._requested(request.url))
        context.on("console", lambda line: self._logged(line.type, line.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Fail if a page did any of it meanwhile."""
        self.outside.clear()
        self.complaints.clear()
        yield
        assert not self.outside, f"the page asked for {self.outside}"
        assert not self.complaints, f"the page complained: {self.complaints}"

    def _requested(self, url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1":
            self.outside.append(url)

    def _logged(self, kind: str, text: str) -> None:
        # What Gradio says of every upload, in the progress of which nothing is missing.
        if kind in ("error", "warning") and text != "Method not implemented.":
            self.complaints.append(f"{kind}: {text}")


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[tuple[BrowserContext, PageWatch]]:
    """One context for the tabs of a module, so that the page's scripts are loaded once.

    Each open tab keeps one of the six connections that a browser has to a server.
    """
    made = browser.new_context(
        viewport={"width": 1280, "height": 800},
        color_scheme="light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield made, PageWatch(made)
    made.close()


@pytest.fixture
def tab(
    context: tuple[BrowserContext, PageWatch], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A tab of 1280x800 that fails its test if the page leaves the machine or complains.

    ``@pytest.mark.parametrize("tab", [(width, height, "dark")], indirect=True)`` asks for another.
    """
    browser_context, watch = context
    before = browser_context.pages
    width, height, scheme = getattr(request, "param", (1280, 800, "light"))
    with watch.checked():
        page = browser_context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        yield page
        for opened in browser_context.pages:
            if opened not in before:
                opened.close()
