"""A list and a timeline on the page: laid out, saved as CSV, and asked for with a button."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from bot.newsbot import NewsBot
from index.builder import build_index
from tests.fakes.browser import ask, open_page
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader
from tests.fakes.pages import serving

HOSTILE = "<img src=x onerror='window.hacked = 1'>"
ARTICLES = (
    ("2024-02-07", f"The Sarn flooded Oxlade and Tarnby on Tuesday. {HOSTILE}"),
    ("2024-02-19", "The last towns flooded by the Sarn were dry yesterday."),
)


def flooded(folder: Path) -> NewsBot:
    records = (
        {"title": "Towns flooded by the Sarn", "published": day, "text": text}
        for day, text in ARTICLES
    )
    (folder / "flood.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in records))
    build_index([folder / "flood.jsonl"], folder / "index", embedder=HashedEmbedder())
    reader = PhraseReader("Oxlade")
    return NewsBot(folder / "index", embedder=HashedEmbedder(), reader=reader, threshold=0.0)


def test_list_and_timeline_are_shown_and_saved(tab: Page, tmp_path: Path) -> None:
    with serving(flooded(tmp_path), tab) as url:
        open_page(tab, url)
        reply = ask(tab, "Which towns were flooded by the Sarn?")
        listed = reply.locator(".views")
        expect(listed).to_contain_text("2 answers in 1 of 2 articles that were read")
        expect(listed.locator("li strong")).to_have_text(["Oxlade", "Tarnby"])
        with tab.expect_download() as saving:
            listed.get_by_role("button", name="Save as CSV").click()
        assert saving.value.suggested_filename == "newsbot.csv"
        table = Path(saving.value.path()).read_text()
        assert table.startswith("answer,quote,") and "\nTarnby,The Sarn flooded Oxlade" in table

        reply.get_by_role("button", name="Timeline").click()
        days = tab.locator(".events strong")
        expect(days).to_have_text(["6 February 2024", "18 February 2024"], timeout=60_000)
        expect(tab.locator("#conversation img[src=x]")).to_have_count(0)
        assert tab.evaluate("window.hacked") is None
