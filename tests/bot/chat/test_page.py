"""The page as a person meets it: the real bot, in a real browser."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from bot.newsbot import NewsBot
from index.builder import build_index
from tests.bot.chat.conftest import serving
from tests.fakes.browser import ask, asked, open_page, shown_cards

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

SAMPLE = "Who denied the missile attack?"
NARROW = {"viewport": {"width": 360, "height": 740}}
WIDE = {"viewport": {"width": 1600, "height": 1000}}
DARK = {"color_scheme": "dark"}


def test_the_sample_question_shows_the_cited_sentence_marked_in_its_passage(
    tab: Page, site: str, bot: NewsBot
) -> None:
    cited = bot.answer(SAMPLE).citations[0]
    assert "denied" in cited.quote
    open_page(tab, site)
    reply = ask(tab, SAMPLE)

    expect(reply).to_contain_text(cited.quote)
    card = shown_cards(tab).first
    expect(card.get_by_role("heading")).to_contain_text(cited.title)
    assert card.locator("mark").evaluate("mark => mark.textContent") == cited.quote
    passage = card.locator(".passage").evaluate("passage => passage.textContent")
    shown = passage.removeprefix("… ").removesuffix(" …")
    assert shown in bot.article(cited.article_id).text
    assert len(shown) > len(cited.quote)
    expect(card.locator(".offsets")).to_have_text(
        f"characters {cited.start:,}–{cited.end:,}", use_inner_text=True
    )


def test_a_question_the_articles_do_not_answer_is_refused_without_sources(
    tab: Page, site: str
) -> None:
    open_page(tab, site)
    reply = ask(tab, "What is the capital of France?")
    expect(reply).to_have_class("refusal")
    expect(reply).to_contain_text("The articles do not say.")
    expect(tab.locator(".card, mark, .marker")).to_have_count(0)
    closest = reply.locator("details")
    expect(closest.locator("button").first).to_be_hidden()
    closest.locator("summary").click()
    closest.locator("button").first.click()
    expect(tab.locator("#reading .pane-title")).to_be_visible()


def test_a_card_names_source_and_date_and_links_the_original(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, "Who is the fire chief of Merrowford?")
    card = shown_cards(tab).filter(has_text="Merrowford Courier").first
    expect(card.locator("time")).to_have_text("12 February 2022")
    link = card.get_by_role("link", name="Original at example.org")
    assert link.get_attribute("href") == "https://example.org/courier/2022/02/merrowford-flood"
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"


def test_an_example_is_asked_by_a_click(tab: Page, site: str) -> None:
    open_page(tab, site)
    examples = tab.locator("#conversation .examples button")
    expect(examples).to_have_count(4)
    expect(examples.first).to_have_text(SAMPLE)
    examples.first.click()
    expect(shown_cards(tab).locator("mark").first).to_contain_text("denied")
    expect(asked(tab)).to_have_text(SAMPLE)


# With a query in the page's address a plain "#source-1-1" would lead away and lose everything.
@pytest.mark.parametrize("query", ["", "?__theme=dark"])
def test_a_marker_leads_to_its_card_with_the_keyboard(tab: Page, site: str, query: str) -> None:
    open_page(tab, site + query)
    marker = ask(tab, SAMPLE).locator("a.marker").first
    expect(marker).to_have_text("[1]")
    marker.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#source-1-1")).to_be_focused()
    expect(asked(tab)).to_have_count(1)


def test_a_marker_of_an_earlier_answer_unfolds_its_own_sources(tab: Page, site: str) -> None:
    open_page(tab, site)
    first = ask(tab, SAMPLE)
    ask(tab, "What is the capital of France?")
    expect(shown_cards(tab)).to_have_count(0)
    expect(tab.locator("#source-1-1")).to_be_hidden()
    first.locator("a.marker").first.click()
    expect(tab.locator("#source-1-1")).to_be_visible()
    expect(tab.locator("#source-1-1 mark")).to_contain_text("denied")


def test_the_keyboard_alone_is_enough(tab: Page, site: str) -> None:
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


def test_an_empty_question_gets_a_hint(tab: Page, site: str) -> None:
    open_page(tab, site).press("Enter")
    hint = tab.get_by_role("status").filter(has_text="Type a question first")
    expect(hint).to_be_visible()
    expect(asked(tab)).to_have_count(0)


def test_a_new_conversation_starts_empty(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE)
    tab.get_by_role("button", name="New conversation").click()
    expect(tab.locator(".user-row, .card")).to_have_count(0)
    expect(tab.get_by_role("button", name="New conversation")).to_be_hidden()
    assert ask(tab, SAMPLE).locator("a").first.get_attribute("href") == "#source-1-1"


@pytest.mark.parametrize("tab", [NARROW, WIDE, DARK], indirect=True, ids=["360", "1600", "dark"])
def test_it_fits_and_can_be_read(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE)
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    answer, card = tab.locator(".answer").bounding_box(), shown_cards(tab).first.bounding_box()
    assert answer and card
    if tab.viewport_size == NARROW["viewport"]:
        assert card["y"] >= answer["y"] + answer["height"]
        assert card["width"] > 300
    else:
        assert card["x"] >= answer["x"] + answer["width"]
    for words in (".answer p", ".quote p", ".card h3", ".card mark", ".card .foot", "#send"):
        assert _contrast(tab, words) >= 4.5, words


@pytest.mark.parametrize(
    "tab", [{"viewport": {"width": 900, "height": 500}}], indirect=True, ids=["low"]
)
def test_sources_scroll_beside_a_question_box_that_stays(tab: Page, site: str) -> None:
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


def test_screen_readers_hear_names_and_no_tags(tab: Page, site: str) -> None:
    open_page(tab, site)
    ask(tab, SAMPLE)
    expect(tab.get_by_role("region", name="Sources")).to_be_visible()
    expect(tab.get_by_role("article", name=re.compile("embassy compound"))).to_be_visible()
    expect(tab.locator("#conversation [aria-label*='<']")).to_have_count(0)


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


def test_hostile_articles_and_questions_are_shown_as_text_and_run_nothing(
    tab: Page, tmp_path: Path, embedder: Embedder
) -> None:
    tail = " ".join(HOSTILE)
    record = {
        "id": "<b id=x>",
        "title": f"Quokka census {tail}",
        "text": f"The quokka census counted 512 animals on the island {tail} said the warden.",
        "url": "javascript:window.hacked=1",
        "source": "<img src=x onerror='window.hacked = 1'>",
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
        expect(asked(tab)).to_contain_text("![pixel](https://evil.example/y.png)")
        inside = tab.locator(".user-row .message-content, .answer, .sources, #coverage")
        expect(inside.locator("script, img, svg, style, iframe, b, .katex")).to_have_count(0)
        hrefs = [link.get_attribute("href") for link in inside.locator("a").all()]
        assert all(href and href.startswith("#source-") for href in hrefs), hrefs
        assert "\u202e" not in tab.content()
        tab.locator("#filters").get_by_role("button", name="Dates, sources, articles").click()
        tab.get_by_label("Only these sources").click()
        expect(tab.get_by_role("option", name="<img src=x onerror=")).to_be_visible()
        expect(tab.locator("#filters img")).to_have_count(0)
        tab.keyboard.press("Escape")
        tab.wait_for_timeout(500)
        assert tab.evaluate("window.hacked") is None
        tab.set_viewport_size({"width": 360, "height": 740})
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for block in tab.locator(".user-row .message-content, .answer, .card").all():
            assert block.evaluate("block => block.scrollWidth <= block.clientWidth")


def test_an_index_that_has_gone_is_told_with_what_to_run_and_the_question_stays(
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


_CONTRAST = """element => {
  const rgba = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const light = ([r, g, b]) => [r, g, b]
    .map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = element;
  while (rgba(getComputedStyle(behind).backgroundColor)[3] < 1) behind = behind.parentElement;
  const ink = light(rgba(getComputedStyle(element).color));
  const paper = light(rgba(getComputedStyle(behind).backgroundColor));
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
}"""


def _contrast(page: Page, selector: str) -> float:
    """The WCAG contrast ratio of an element's text, 1 to 21."""
    return float(page.locator(selector).first.evaluate(_CONTRAST))
