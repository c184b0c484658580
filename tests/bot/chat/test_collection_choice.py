"""The choice among collections: links in the head of each page, each to a page of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.chat.collection_choice import CollectionChoice
from bot.chat.html.markup import header_html
from tests.fakes.browser import ask, open_page
from tests.fakes.served import flooded, serving_on


@pytest.mark.parametrize("names", [(), ("council",)])
def test_one_collection_is_no_choice(names: tuple[str, ...]) -> None:
    assert "<nav" not in header_html("", CollectionChoice(names, "council"))


def test_names_are_escaped_and_the_prefix_of_a_proxy_kept() -> None:
    choice = CollectionChoice(("a", "<b>"), "a", "https://example.org/news/")
    assert dict(choice.links()) == {"a": "/news/", "<b>": "/news/c/%3Cb%3E/"}
    assert "<b>" not in header_html("", choice)


def test_other_collection_is_chosen_and_asked(tab: Page, tmp_path: Path) -> None:
    bots = {}
    for name, town in (("council", "Arlen"), ("fires", "Bexby")):
        (tmp_path / name).mkdir()
        bots[name] = flooded(tmp_path / name, town)
    with serving_on(bots) as url:
        open_page(tab, f"{url}/")
        links = tab.get_by_role("navigation", name="Collections").get_by_role("link")
        expect(links).to_have_text(["council", "fires"])
        expect(links.first).to_have_attribute("aria-current", "page")
        links.last.click()
        tab.wait_for_url("**/c/fires/")
        open_page(tab, tab.url)
        expect(links.last).to_have_attribute("aria-current", "page")
        reply = ask(tab, "In which town did the river rise?")
        expect(reply).to_contain_text("Bexby")
        tab.close()
