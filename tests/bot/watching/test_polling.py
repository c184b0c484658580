"""Feeds of a real web server: what is new comes once, politely, and within bounds."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest

from bot.errors import FeedFailure
from bot.watching.feeds import LONGEST_PAUSE, Feed, FeedStore, feeds_beside
from bot.watching.polling import FeedPoller, PollResult, _retry_after
from corpus.article import Article
from corpus.errors import NewsbotError
from index.builder import BuildReport, build_index
from index.errors import IndexBusy
from index.searcher import Searcher
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.web_server import Request, WebServer, page, serve


def rss(*entries: tuple[str, str]) -> str:
    """Make a feed of entries, each a link and a text."""
    items = "".join(
        f"<item><title>Report {link}</title><link>{link}</link><description>{text}</description>"
        "</item>"
        for link, text in entries
    )
    return f'<rss version="2.0"><channel><title>Post</title>{items}</channel></rss>'


class Watched:
    """A web server with a feed, and the index that it is watched for."""

    def __init__(self, web: WebServer, folder: Path) -> None:
        self.web = web
        self.index = folder / "index"
        self.store: FeedStore = feeds_beside(self.index)
        self.builds = 0

    @property
    def address(self) -> str:
        return f"{self.web.at}/feed"

    def lists(self, *entries: str, **headers: str) -> None:
        """Let the feed list these pages."""
        feed = rss(*((f"{self.web.at}{one}", f"Short text of {one}.") for one in entries))
        self.web.answers["/feed"] = lambda request: request.respond(
            feed, "application/rss+xml", **headers
        )

    def carry_out(self, paths: Sequence[Path]) -> BuildReport:
        self.builds += 1
        return build_index(paths, self.index, embedder=HashedEmbedder())

    def poll(
        self, carry_out: Callable[[Sequence[Path]], BuildReport] | None = None
    ) -> list[PollResult]:
        """Poll the feed, due or not."""
        poller = FeedPoller(self.store, self.index, carry_out or self.carry_out, pause=0.0)
        return poller.poll_due(all_feeds=True)

    def articles(self) -> list[Article]:
        return list(Searcher.open(self.index, HashedEmbedder()).articles())

    def feed(self) -> Feed:
        [feed] = self.store.all()
        return feed


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with serve() as web:
        web.answers["/robots.txt"] = lambda request: request.send_error(404)
        watched = Watched(web, tmp_path)
        watched.store.add(watched.address, pages=False, minutes=30, allow_local=True)
        yield watched


def test_entries_are_indexed_once_and_kept_as_they_came(watched: Watched) -> None:
    watched.lists("/1", "/2")
    assert watched.poll() == [PollResult(watched.address, new=2)]
    assert [one.text for one in watched.articles()] == ["Short text of /1.", "Short text of /2."]
    assert watched.poll() == [PollResult(watched.address)]
    assert watched.builds == 1, "the same bytes are not read again"
    watched.lists("/2", "/3")
    assert watched.poll()[0].new == 1
    assert len(watched.articles()) == 3, "an entry that the feed no longer lists stays"
    kept = sorted((watched.index.parent / "index-feeds").glob("*/*.warc.gz"))
    assert len(kept) == 2
    assert b"Short text of /1." in gzip.decompress(kept[0].read_bytes())
    assert [one.title[-2:] for one in watched.store.entries()] == ["/3", "/2", "/1"]


def test_server_is_told_what_is_known(watched: Watched) -> None:
    """Both validators go back exactly as they came, whatever the server's clock says."""
    told = {"ETag": 'W/"é-7"'.encode().decode("latin-1"), "Last_Modified": formatdate(4e9)}
    watched.lists("/1", **told)
    watched.poll()

    def unchanged(request: Request) -> None:
        assert request.headers["If-Modified-Since"] == told["Last_Modified"]
        assert request.headers["If-None-Match"] == told["ETag"]
        request.send_response(304)
        request.end_headers()

    watched.web.answers["/feed"] = unchanged
    assert watched.poll() == [PollResult(watched.address)]
    assert (watched.builds, watched.feed().failures) == (1, 0)
    assert watched.web.requests[-1][1]["User-Agent"].startswith("newsbot")


@pytest.mark.parametrize("status", [500, 503, 404, 410, 429])
def test_failing_feed_is_left_alone_longer_and_longer(watched: Watched, status: int) -> None:
    def fail(request: Request) -> None:
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()

    watched.web.answers["/feed"] = fail
    pauses = []
    for failures in (1, 2, 3):
        [result] = watched.poll()
        assert str(status) in result.problem
        assert watched.feed().failures == failures
        pauses.append(round(watched.feed().due - time.time(), -1))
    assert pauses == sorted(pauses) and pauses[0] > 1_800
    assert pauses[-1] <= LONGEST_PAUSE
    poller = FeedPoller(watched.store, watched.index, watched.carry_out)
    assert poller.poll_due() == [], "it is not due"
    watched.lists("/1")
    assert watched.poll()[0].new == 1
    assert (watched.feed().failures, watched.feed().problem) == (0, "")


def test_retry_after_of_a_server_is_kept(watched: Watched) -> None:
    def busy(request: Request) -> None:
        request.send_response(503)
        request.send_header("Retry-After", "7200")
        request.send_header("Content-Length", "0")
        request.end_headers()

    watched.web.answers["/feed"] = busy
    watched.poll()
    assert 7_100 < watched.feed().due - time.time() <= 7_200


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("120", 120, 120),
        ("9" * 400, LONGEST_PAUSE, LONGEST_PAUSE),
        ("", 0, 0),
        ("soon", 0, 0),
        ("-5", 0, 0),
        ("٣", 0, 0),
        ("Mon, 32 Foo 2024", 0, 0),
        ("Mon, 01 Jan 2120 00:00:00 GMT", LONGEST_PAUSE, LONGEST_PAUSE),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 0, 0),
    ],
    ids=["seconds", "endless", "none", "word", "negative", "arabic", "no date", "later", "past"],
)
def test_retry_after_is_read_and_bounded(header: str, least: float, most: float) -> None:
    assert least <= _retry_after(header) <= most
    assert 500 < _retry_after(formatdate(time.time() + 600, usegmt=True)) <= 600


def test_slow_feed_costs_no_other_one(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus.web import fetching

    limits = fetching.FetchLimits(read_seconds=0.3, seconds=0.5)
    monkeypatch.setattr(fetching, "FetchLimits", lambda: limits)
    watched.lists("/1")
    watched.web.answers["/slow"] = lambda request: watched.web.over.wait(5)
    watched.store.add(f"{watched.web.at}/slow", pages=False, minutes=30, allow_local=True)
    results = {result.feed.rpartition("/")[2]: result for result in watched.poll()}
    assert results["feed"].new == 1
    assert "timed out" in results["slow"].problem


@pytest.mark.parametrize("answer", ["<rss", "<html><body>No feed.</body></html>", "", "\0" * 99])
def test_what_is_no_feed_is_said_and_tried_again(watched: Watched, answer: str) -> None:
    watched.web.answers["/feed"] = lambda request: request.respond(answer, "application/rss+xml")
    assert watched.poll()[0].problem or watched.poll()[0].new == 0
    watched.web.answers["/feed"] = lambda request: request.respond(page("Home", "Hello."))
    assert "no feed is there, but text/html" in watched.poll()[0].problem


def test_pages_are_fetched_where_asked_and_allowed(watched: Watched) -> None:
    watched.store.add(watched.address, pages=True, minutes=30, allow_local=True)
    rules = "User-agent: *\nDisallow: /private*secret\n"
    web = watched.web
    web.answers["/robots.txt"] = lambda request: request.respond(rules, "text/plain")
    for path in ("/1", "/private/secret"):
        web.answers[path] = lambda request: request.respond(
            page("Ferry", f"The ferry {request.path} was late for an hour in the fog of Halm.")
        )
    watched.lists("/1", "/private/secret", "/none")
    web.answers["/none"] = lambda request: request.send_error(404)
    assert watched.poll() == [PollResult(watched.address, new=3, pages=1)]
    [article] = watched.articles()
    assert article.url == f"{web.at}/1" and "The ferry /1 was late" in article.text
    asked = [path for path, _ in web.requests]
    assert "/private/secret" not in asked
    assert asked.count("/robots.txt") == 1
    problems = {one.key.rpartition("/")[2]: one.problem for one in watched.store.entries()}
    assert "robots.txt" in problems["secret"] and "404" in problems["none"]

    for _ in range(9):  # a page that is missing is asked for five times, the others once
        watched.poll()
    asked = [path for path, _ in web.requests]
    assert (asked.count("/1"), asked.count("/none")) == (1, 5)


def test_site_in_trouble_is_not_crawled(watched: Watched) -> None:
    watched.store.add(watched.address, pages=True, minutes=30, allow_local=True)
    watched.web.answers["/robots.txt"] = lambda request: request.send_error(503)
    watched.lists("/1")
    assert watched.poll() == [PollResult(watched.address, new=1)]
    assert "/1" not in [path for path, _ in watched.web.requests]


def test_local_feed_and_pages_need_leave(watched: Watched) -> None:
    watched.store.add(watched.address, pages=True, minutes=30, allow_local=False)
    watched.lists("/1")
    assert "--allow-local" in watched.poll()[0].problem
    assert watched.web.requests == []


def test_poll_that_is_not_indexed_is_done_again(watched: Watched) -> None:
    """An index that another process writes to is not the feed's fault."""

    def busy(paths: Sequence[Path]) -> BuildReport:
        raise IndexBusy("another process is writing")

    watched.lists("/1", ETag='"1"')
    assert watched.poll(busy)[0].problem == "another process is writing"
    assert watched.feed().due - time.time() < 10
    assert watched.store.entries() == []
    assert watched.poll() == [PollResult(watched.address, new=1)]
    assert "If-None-Match" not in watched.web.requests[-1][1]


def test_feed_that_was_removed_meanwhile_stays_removed(watched: Watched) -> None:
    def removed(paths: Sequence[Path]) -> BuildReport:
        watched.store.remove(watched.address)
        return watched.carry_out(paths)

    watched.lists("/1")
    watched.poll(removed)
    assert (watched.store.all(), watched.store.entries()) == ([], [])


def test_clock_that_was_set_back_delays_no_poll(watched: Watched) -> None:
    feed = replace(watched.feed(), due=time.time() + 30 * LONGEST_PAUSE)
    assert feed.is_due(time.time())
    assert not replace(feed, due=time.time() + 100).is_due(time.time())


def test_password_of_an_address_is_sent_and_never_shown(watched: Watched) -> None:
    watched.store.remove(watched.address)
    secret = watched.address.replace("http://", "http://ann:PASSWORD@")
    watched.store.add(secret, pages=False, minutes=30, allow_local=True)
    watched.lists("/1")
    assert watched.poll() == [PollResult(watched.address, new=1)]
    assert watched.web.requests[-1][1]["Authorization"].startswith("Basic ")
    kept = (watched.index.parent / "index-feeds").rglob("*")
    assert not [file for file in kept if b"PASSWORD" in os_bytes(file)]


def os_bytes(file: Path) -> bytes:
    if file.is_dir():
        return file.name.encode()
    data = file.read_bytes()
    return file.name.encode() + (gzip.decompress(data) if file.suffix == ".gz" else data)


@pytest.mark.parametrize("address", ["", "news.example/feed", "ftp://news.example/", "/etc/passwd"])
def test_what_is_no_web_address_is_refused(tmp_path: Path, address: str) -> None:
    store = FeedStore(tmp_path / "feeds.sqlite")
    with pytest.raises(FeedFailure, match="not a web address"):
        store.add(address, pages=False, minutes=30, allow_local=False)
    with pytest.raises(NewsbotError):
        store.remove("https://news.example/feed")
