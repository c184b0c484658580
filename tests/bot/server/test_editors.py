"""Who may change the index through the page: what is shown, and what its own events let through."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from bot.access.rate_limits import ServerLimits
from bot.access.users import UserFile
from bot.newsbot import NewsBot
from bot.server.config import ServerConfig
from index.builder import build_index
from tests.fakes.browser import open_adding, open_articles
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader
from tests.fakes.pages import PageWatch
from tests.fakes.reports import FLOOD
from tests.fakes.served import call, serving_on

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ANN, BEN = ("ann", "a long password"), ("ben", "another password")
LIMITS = ServerLimits(requests_a_minute=0, text=60, upload_files=1)
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
    with serving_on(bot, ServerConfig(users=users, editors=["ann"], limits=LIMITS)) as url:
        yield url


def pressed(client: httpx.Client, button: str, text: str = "") -> str:
    """Send what the page sends when a button is pressed, and give all that it is told."""
    return sent(client, event_of(client, "click", button), text)


def event_of(client: httpx.Client, kind: str, shown: str) -> dict[str, Any]:
    """Return the last event of this kind of the component that shows these words."""
    return all_events(client, kind, shown)[-1]


def all_events(client: httpx.Client, kind: str, shown: str) -> list[dict[str, Any]]:
    """Return the events of this kind of the component that shows these words."""
    config: Any = client.get("/config").json()
    components = {one["id"]: one for one in config["components"]}

    def words(component: int) -> object:
        props = components[component]["props"]
        return props.get("label") if kind == "select" else props.get("value")

    return [
        {**one, "kinds": [components[given]["type"] for given in one["inputs"]]}
        for one in config["dependencies"]
        for target, what in one["targets"]
        if what == kind and words(target) == shown
    ]


def sent(
    client: httpx.Client,
    event: dict[str, Any],
    text: str = "",
    session: str = "0123456789",
    until: str = "process_completed",
) -> str:
    """Send an event as the page does, and give all that it is told."""
    data = [text if kind == "textbox" else None for kind in event["kinds"]]
    joined = {"data": data, "fn_index": event["id"], "session_hash": session}
    reply = client.post("/gradio_api/queue/join", json=joined)
    assert reply.status_code == 200, reply.text
    told = ""
    where = f"/gradio_api/queue/data?session_hash={session}"
    with client.stream("GET", where) as stream:
        for line in stream.iter_lines():
            told += line
            if until in line or "process_completed" in line or "close_stream" in line:
                break
    return told


@pytest.mark.parametrize(
    "button",
    [
        *("Add the files", "Fetch and add", "Add the article"),
        *("Yes, remove it", "Yes, remove them"),
    ],
)
def test_page_event_refuses_a_visitor_who_may_not_edit(
    site: str, bot: NewsBot, button: str
) -> None:
    before = bot.status().generation
    with httpx.Client(base_url=site, auth=BEN, timeout=120) as ben:
        assert REFUSAL in pressed(ben, button, CENSUS)
    with httpx.Client(base_url=site, auth=ANN, timeout=120) as ann:
        assert REFUSAL not in pressed(ann, button)
    assert bot.status().generation == before
    assert not bot.index.with_name("index-originals").exists()


def test_limits_of_endpoints_hold_for_the_page(site: str, bot: NewsBot) -> None:
    before = bot.status().generation
    with httpx.Client(base_url=site, auth=ANN, timeout=120) as ann:
        assert "onger than 60 characters" in pressed(ann, "Add the article", "x" * 61)
        assert "ot a usable web address" in pressed(ann, "Fetch and add", "/etc/passwd")
    assert bot.status().generation == before


class SlowEmbedder(HashedEmbedder):
    """Waits before it embeds passages until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go = threading.Event(), threading.Event()

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.begun.set()
        assert self.go.wait(60)
        return super().embed_passages(texts, on_batch)


@pytest.mark.parametrize("session", ["0123456789", "9876543210"], ids=["hers", "his-own"])
def test_change_is_cancelled_by_an_editor_only(tmp_path: Path, session: str) -> None:
    (tmp_path / "flood.txt").write_text(f"Flood\n\n{FLOOD}")
    build_index([tmp_path / "flood.txt"], tmp_path / "index", embedder=HashedEmbedder())
    slow = SlowEmbedder()
    bot = NewsBot(tmp_path / "index", embedder=slow, reader=PhraseReader("410 people"))
    users = {"ann": ANN, "ben": BEN, "cat": ("cat", "a third password")}
    for name, password in users.values():
        UserFile(tmp_path / "users").add(name, password)
    config = ServerConfig(users=tmp_path / "users", editors=["ann", "cat"], limits=LIMITS)
    with ExitStack() as open_until_the_end:
        url = open_until_the_end.enter_context(serving_on(bot, config))
        ann, ben, cat = (
            open_until_the_end.enter_context(httpx.Client(base_url=url, auth=user, timeout=120))
            for user in users.values()
        )
        add, cancel = (event_of(ann, "click", words) for words in ("Add the article", "Cancel"))
        [follow] = [
            event
            for event in all_events(ann, "select", "Articles")
            if event["outputs"] == add["outputs"]
        ]
        for canceller in (ben, cat):
            text = CENSUS if canceller is ben else CENSUS.replace("512", "513")
            slow.begun.clear()
            slow.go.clear()
            assert "job running" in sent(ann, add, text, until="job running")
            assert slow.begun.wait(60)
            # Whoever comes later is shown the change, and the button stops what is shown.
            own = session if canceller is ben else "1122334455"
            assert "job running" in sent(canceller, follow, session=own, until="job running")
            sent(canceller, cancel, session=own)
            slow.go.set()
            while call(ann, "status")["change"]["running"]:
                time.sleep(0.05)
            assert bot.status().articles == 2


def logged_in(browser: Browser, site: str, user: tuple[str, str]) -> BrowserContext:
    name, password = user
    return browser.new_context(
        http_credentials={"username": name, "password": password, "origin": site}
    )


def test_reader_sees_no_forms_and_editor_adds(site: str, browser: Browser) -> None:
    for user in (BEN, ANN):
        context = logged_in(browser, site, user)
        watch, tab = PageWatch(context), context.new_page()
        open_articles(tab, site)
        tab.locator("table.articles button[name=open]").first.click()
        expect(tab.locator("#reader .pane")).to_be_visible()
        remove = tab.get_by_role("button", name="Remove from the index")
        if user == BEN:
            expect(tab.locator("#read-only")).to_contain_text("Whoever runs this newsbot decides")
            expect(tab.locator("#add")).to_have_count(0)
            expect(remove).to_have_count(0)
            tab.locator('input[name="select"]').first.check()
            expect(tab.get_by_role("button", name="Ask only these")).to_be_visible()
            expect(tab.get_by_role("button", name="Remove these from")).to_have_count(0)
        else:
            expect(remove).to_be_visible()
            expect(tab.locator('input[name="select"]')).to_have_count(1)
            expect(tab.locator("#read-only")).to_have_count(0)
            open_adding(tab, "Text")
            tab.get_by_label("Text", exact=True).fill(CENSUS)
            tab.get_by_role("button", name="Add the article").click()
            expect(tab.locator("#status .job")).to_contain_text("1 added")
        context.close()
        assert not watch.outside and not watch.complaints, (watch.outside, watch.complaints)
