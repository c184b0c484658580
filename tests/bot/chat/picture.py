"""The README's picture of the chat page: ``python -m tests.bot.chat.picture OUT.png``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.fakes.browser import ask, chromium, free_port, open_page, shown_cards

__all__ = ["main", "take"]

_SIZE = {"width": 1280, "height": 800}


def take(page: Page, url: str, out: Path) -> None:
    """Ask the sample question on a page at ``url`` and save what a person then sees, 1280x800."""
    page.set_viewport_size({"width": _SIZE["width"], "height": _SIZE["height"]})
    page.emulate_media(color_scheme="light")
    open_page(page, url)
    ask(page, "Who denied the missile attack?")
    expect(shown_cards(page).locator("mark").first).to_be_visible()
    page.screenshot(path=out, animations="disabled", caret="hide")


def main(arguments: list[str]) -> int:
    """Index the samples in a temporary folder, serve the page there and take the picture."""
    if len(arguments) != 1:
        print("usage: python -m tests.bot.chat.picture OUT.png", file=sys.stderr)
        return 2
    from bot.newsbot import NewsBot
    from bot.server.serving import start
    from corpus.samples import samples_folder
    from index.builder import build_index

    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        build_index([samples_folder()], Path(folder))
        port = free_port()
        server = start(NewsBot(folder), port=port)
        try:
            take(browser.new_page(), f"http://127.0.0.1:{port}/", Path(arguments[0]))
        finally:
            server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
