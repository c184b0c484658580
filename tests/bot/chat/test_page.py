"""The page as a person meets it: the real bot, in a real browser."""

from __future__ import annotations

import html
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from bot.newsbot import NewsBot
from index.builder import build_index
from tests.fakes.browser import SAMPLE, ask, open_page, questions, shown_cards
from tests.fakes.pages import serving

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder


def test_example_is_asked_by_a_click(tab: Page, site: str) -> None:
    open_page(tab, site)
    examples = tab.locator("#conversation .examples button")
    expect(examples).to_have_count(4)
    expect(examples.first).to_have_text(SAMPLE)
    examples.first.click()
    expect(shown_cards(tab).locator("mark").first).to_contain_text("denied")
    expect(questions(tab)).to_have_text(SAMPLE)


def test_keyboard_alone_is_enough(tab: Page, site: str) -> None:
    box = open_page(tab, site)
    for _ in range(30):
        if box.evaluate("box => box === document.activeElement"):
            break
        tab.keyboard.press("Tab")
    tab.keyboard.type(SAMPLE)
    tab.keyboard.press("Enter")
    expect(shown_cards(tab).locator("mark").first).to_contain_text("denied")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    frame = box.evaluate("box => getComputedStyle(box).boxShadow")
    assert frame != "none"


def test_new_conversation_starts_empty(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE)
    tab.get_by_role("button", name="New conversation").click()
    expect(tab.locator(".user-row, .card")).to_have_count(0)
    expect(tab.get_by_role("button", name="New conversation")).to_be_hidden()
    assert ask(tab, SAMPLE).locator("a").first.get_attribute("href") == "#source-1-1"


@pytest.mark.parametrize("tab", [(900, 500, "light")], indirect=True, ids=["low"])
def test_sources_scroll_beside_a_fixed_question_box(tab: Page, site: str) -> None:
    box = open_page(tab, site)
    markers = ask(tab, "How many passengers did the Grelle ferry carry in 2023?").locator("a")
    assert markers.count() > 0
    place = box.bounding_box()
    markers.last.click()
    last = tab.locator(".sources > .card").last
    expect(last).to_be_focused()
    expect(last.locator("mark")).to_be_in_viewport()
    after = box.bounding_box()
    assert place is not None and after is not None
    assert after["x"] == place["x"] and abs(after["y"] - place["y"]) <= 2  # pixels, by rounding
    expect(tab.get_by_role("heading", name="newsbot")).to_be_in_viewport()


HOSTILE = (
    "<script>window.hacked = 1</script>",
    "<img src=https://evil.example/x.png onerror='window.hacked = 1'>",
    "![pixel](https://evil.example/y.png)",
    "[click](javascript:window.hacked=1)",
    "${window.hacked = 1}{{constructor.constructor('window.hacked = 1')()}}",
    "$$\\href{javascript:window.hacked=1}{x}$$",
    "</blockquote></article><style>body{display:none}</style>",
    "<svg onload='window.hacked = 1'>",
    "‮txet desrever",
    "W" * 400,
)


def test_hostile_articles_and_questions_stay_text(
    tab: Page, tmp_path: Path, embedder: Embedder
) -> None:
    tail = " ".join(HOSTILE)
    text = html.escape(tail)  # markup in JSON is taken out, and entities become characters
    record = {
        "title": f"Quokka census {text}",
        "text": f"The quokka census counted 512 animals on the island {text} said the warden.",
        "url": "javascript:window.hacked=1",
        "source": "Paper &lt;img src=x onerror='window.hacked = 1'&gt;",
        "published": "2024-05-31",
    }
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "one.json").write_text(json.dumps(record), encoding="utf-8")
    build_index([articles], tmp_path / "index", embedder=embedder)
    with serving(NewsBot(tmp_path / "index", embedder=embedder), tab) as url:
        open_page(tab, url)
        ask(tab, f"How many animals did the quokka census count?\n\n{tail[:500]}")
        card = shown_cards(tab).first
        expect(card).to_contain_text("<img src=https://evil.example/x.png onerror=")
        expect(card.locator("h3")).to_contain_text("![pixel](https://evil.example/y.png)")
        expect(tab.locator(".answer")).to_contain_text("<script>window.hacked = 1</script>")
        expect(questions(tab)).to_contain_text("![pixel](https://evil.example/y.png)")
        inside = tab.locator(".user-row .message-content, .answer, .sources, #timeline")
        expect(inside.locator("script, img, svg, style, iframe, b, .katex")).to_have_count(0)
        hrefs = [link.get_attribute("href") for link in inside.locator("a").all()]
        assert all(href and href.startswith("#source-") for href in hrefs), hrefs
        assert "\u202e" not in tab.content()
        tab.locator("#filters").get_by_role(
            "button", name="Dates, sources, names, articles"
        ).click()
        tab.get_by_label("Only these sources").click()
        expect(tab.get_by_role("option", name="Paper <img src=x onerror=")).to_be_visible()
        expect(tab.locator("#filters img")).to_have_count(0)
        tab.keyboard.press("Escape")
        tab.wait_for_timeout(500)
        assert tab.evaluate("window.hacked") is None
        tab.set_viewport_size({"width": 360, "height": 740})
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for block in tab.locator(".user-row .message-content, .answer, .card").all():
            assert block.evaluate("block => block.scrollWidth <= block.clientWidth")


def test_missing_index_is_reported_with_what_to_run(
    tab: Page, tmp_path: Path, samples_index: Path, embedder: Embedder
) -> None:
    copy = tmp_path / "index"
    shutil.copytree(samples_index, copy)
    with serving(NewsBot(copy, embedder=embedder), tab) as url:
        box = open_page(tab, url)
        shutil.rmtree(copy)
        box.fill(SAMPLE)
        box.press("Enter")
        notice = tab.get_by_role("status").filter(has_text="There is no index")
        expect(notice).to_contain_text("newsbot index FOLDER")
        expect(box).to_have_value(SAMPLE)
        expect(tab.locator(".user-row, .card")).to_have_count(0)
        open_page(tab, url)
        expect(notice).to_contain_text("newsbot index FOLDER")

        shutil.copytree(samples_index, copy)
        expect(ask(tab, SAMPLE)).to_contain_text("denied")
        expect(notice).to_have_count(0)
