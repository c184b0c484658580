"""The chat page, running, and a tab of the browser that looks at it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bot.newsbot import NewsBot
from tests.fakes.browser import chromium, free_port, no_chromium

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

PICTURES = Path(__file__).parents[3] / ".screenshots"
"""Where failing tests leave a picture of the page and a trace; git ignores it."""

_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
        tab = getattr(item, "funcargs", {}).get("tab")
        if report.failed and tab is not None and not tab.is_closed():
            PICTURES.mkdir(exist_ok=True)
            (PICTURES / ".gitignore").write_text("*\n", encoding="utf-8")
            tab.screenshot(path=_left_at(item, ".png"), full_page=True)
    return report


def _left_at(item: pytest.Item, ending: str) -> Path:
    return PICTURES / (re.sub(r"\W+", "-", item.name).strip("-") + ending)


@contextmanager
def serving(bot: NewsBot, *tabs: Page) -> Iterator[str]:
    """Serve the real page on a free port, and give its address.

    The tabs are closed before it ends, of which they would complain.
    """
    from bot.server.serving import (
        start,  # Gradio takes seconds: only for the tests that need it
    )

    port = free_port()
    page = start(bot, port=port)
    try:
        yield f"http://127.0.0.1:{port}/"
        for tab in tabs:
            tab.close()  # which does nothing where it is closed already
    finally:
        page.close()


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
def own(
    request: pytest.FixtureRequest, tmp_path: Path, samples_index: Path, embedder: Embedder
) -> Iterator[tuple[str, NewsBot]]:
    """Address and bot of a page of its own, whose index a test may change."""
    shutil.copytree(samples_index, tmp_path / "index")
    bot = NewsBot(tmp_path / "index", embedder=embedder)
    tabs = [request.getfixturevalue("tab")] if "tab" in request.fixturenames else []
    with serving(bot, *tabs) as url:
        yield url, bot


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if missing := no_chromium():
        pytest.fail(missing, pytrace=False)
    with chromium() as running:
        yield running


class Watch:
    """What a page did that it must not do."""

    def __init__(self, context: BrowserContext) -> None:
        self.outside: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", lambda line: self._said(line.type, line.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1":
            self.outside.append(url)

    def _said(self, kind: str, text: str) -> None:
        # What Gradio says of every upload, in the progress of which nothing is missing.
        if kind in ("error", "warning") and text != "Method not implemented.":
            self.complaints.append(f"{kind}: {text}")


@pytest.fixture
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of 1280x800 that fails its test where the page leaves the machine or complains.

    A test marked with ``@pytest.mark.parametrize("tab", [dict(...)], indirect=True)`` gives
    Playwright's options for the context. A failing test leaves a picture in ``PICTURES``, and a
    trace for ``playwright show-trace``.
    """
    options: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}
    options.update(getattr(request, "param", {}))
    context = browser.new_context(**options)
    context.tracing.start(snapshots=True)
    watch = Watch(context)
    page = context.new_page()
    yield page
    if request.node.stash.get(_failed, False):
        context.tracing.stop(path=_left_at(request.node, ".zip"))
    context.close()
    assert not watch.outside, f"the page asked for {watch.outside}"
    assert not watch.complaints, f"the page complained: {watch.complaints}"
