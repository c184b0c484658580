"""How soon can one type? ``python -m tests.bench.opening``.

A server of its own over the samples (or ``--index``) is opened in Debian's chromium, each time as a
new visitor with an empty cache: seconds until the question box has taken a letter and shows it, and
until all is there, the number of articles and the example questions that come from them too. Needs
the browser that the tests of the page need.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from tests.bench.crowd import serving
from tests.bench.datasets import print_result
from tests.fakes.browser import chromium

_PATIENCE = 60_000  # milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=12)
    parser.add_argument(
        "--index", type=Path, help="an index to open; the samples are indexed if not"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    with serving(given.index) as (url, _), chromium() as browser:
        seconds = [visit(browser, url) for _ in range(given.visits)]
    result = {
        name: {
            "visits": len(took),
            "first, s": took[0],
            "median, s": median(took),
            "longest, s": max(took),
        }
        for name, took in zip(("typing", "complete"), zip(*seconds, strict=True), strict=True)
    }
    print_result(result, given.json)


def visit(browser: Browser, url: str) -> tuple[float, float]:
    """Open the page as a new visitor; give the seconds until typing, and until all is there."""
    context = browser.new_context()
    try:
        page = context.new_page()
        began = time.monotonic()
        page.goto(url, wait_until="commit")
        box = page.get_by_label("Your question")
        box.wait_for(timeout=_PATIENCE)
        box.press_sequentially("w")
        page.wait_for_function("box => box.value === 'w'", arg=box.element_handle())
        typing = time.monotonic() - began
        page.locator(".held").wait_for(timeout=_PATIENCE)
        page.locator("#conversation .example").first.wait_for(timeout=_PATIENCE)
        return typing, time.monotonic() - began
    finally:
        context.close()


if __name__ == "__main__":
    main()
