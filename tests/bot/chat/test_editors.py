"""Who may change the index through the page: what is shown, and what its own events let through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from bot.chat.limits import Limits
from bot.chat.terms import Terms
from bot.newsbot import NewsBot
from bot.users import UserFile
from index.builder import build_index
from tests.bot.chat.conftest import Watch
from tests.bot.chat.served import serving_on
from tests.bot.chat.test_articles_tab import open_adding, open_articles
from tests.bot.invented import PhraseReader
from tests.corpus.reports import FLOOD
from tests.index.hashed import HashedEmbedder

ANN, BEN = ("ann", "a long password"), ("ben", "another password")
LIMITS = Limits(requests_a_minute=0, text=60, upload_files=1)
CENSUS = "The quokka census counted 512 animals."
REFUSAL = "ou may not add or remove articles"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> NewsBot:
    folder = tmp_path_factory.mktemp("edited")
    (folder / "flood.txt").write_text(f"Flood\n\n{FLOOD}")
    build_index([folder / "flood.txt"], folder / "index", embedder=HashedEmbedder())
    return NewsBot(folder / "index", embedder=HashedEmbedder(), reader=PhraseReader("410 people"))


@pytest.fixture(scope="module")
def site(bot: NewsBot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """For ann, who may edit, and ben, who may not."""
    users = tmp_path_factory.mktemp("users") / "users"
    for name, password in (ANN, BEN):
        UserFile(users).add(name, password)
    with serving_on(bot, Terms(users=users, editors=["ann"], limits=LIMITS)) as url:
        yield url


def pressed(client: httpx.Client, button: str, text: str = "") -> str:
    """Send what the page sends when a button is pressed, and give all that it is told."""
    config: Any = client.get("/config").json()
    components = {one["id"]: one for one in config["components"]}
    [event] = [
        one
        for one in config["dependencies"]
        for target, kind in one["targets"]
        if kind == "click" and components[target]["props"].get("value") == button
    ][:1]
    kinds = [components[one]["type"] for one in event["inputs"]]
    data = [text if kind == "textbox" else None for kind in kinds]
    joined = {"data": data, "fn_index": event["id"], "session_hash": "0123456789"}
    reply = client.post("/gradio_api/queue/join", json=joined)
    assert reply.status_code == 200, reply.text
    told = ""
    where = "/gradio_api/queue/data?session_hash=0123456789"
    with client.stream("GET", where) as stream:
        for line in stream.iter_lines():
            told += line
            if "process_completed" in line or "close_stream" in line:
                break
    return told


@pytest.mark.parametrize(
    "button",
    [
        *("Add the files", "Fetch and add", "Add the article"),
        *("Yes, remove it", "Yes, remove them"),
    ],
)
def test_the_page_s_own_events_refuse_whoever_may_not_edit(
    site: str, bot: NewsBot, button: str
) -> None:
    before = bot.status().generation
    with httpx.Client(base_url=site, auth=BEN, timeout=120) as ben:
        assert REFUSAL in pressed(ben, button, CENSUS)
    with httpx.Client(base_url=site, auth=ANN, timeout=120) as ann:
        assert REFUSAL not in pressed(ann, button)
    assert bot.status().generation == before
    assert not bot.index.with_name("index-originals").exists()


def test_the_endpoints_limits_hold_for_the_page_too(site: str, bot: NewsBot) -> None:
    before = bot.status().generation
    with httpx.Client(base_url=site, auth=ANN, timeout=120) as ann:
        assert "onger than 60 characters" in pressed(ann, "Add the article", "x" * 61)
        assert "ot a usable web address" in pressed(ann, "Fetch and add", "/etc/passwd")
    assert bot.status().generation == before


def logged_in(browser: Browser, site: str, user: tuple[str, str]) -> BrowserContext:
    name, password = user
    return browser.new_context(
        http_credentials={"username": name, "password": password, "origin": site}
    )


def test_a_reader_is_told_so_and_an_editor_adds(site: str, browser: Browser) -> None:
    for user in (BEN, ANN):
        context = logged_in(browser, site, user)
        watch, tab = Watch(context), context.new_page()
        open_articles(tab, site)
        tab.locator("table.articles button[name=open]").first.click()
        expect(tab.locator("#reader .pane")).to_be_visible()
        remove = tab.get_by_role("button", name="Remove from the index")
        if user == BEN:
            expect(tab.locator("#readers-only")).to_contain_text("decided by whoever runs")
            expect(tab.locator("#add")).to_have_count(0)
            expect(remove).to_have_count(0)
            expect(tab.locator("#table input")).to_have_count(0)
        else:
            expect(remove).to_be_visible()
            expect(tab.locator('input[name="choose"]')).to_have_count(1)
            expect(tab.locator("#readers-only")).to_have_count(0)
            open_adding(tab, "Text")
            tab.get_by_label("Text", exact=True).fill(CENSUS)
            tab.get_by_role("button", name="Add the article").click()
            expect(tab.locator("#status .change")).to_contain_text("1 added")
        context.close()
        assert not watch.outside and not watch.complaints, (watch.outside, watch.complaints)
