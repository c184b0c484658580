"""Feeds polled: what is new is fetched, kept as it came, and indexed.

Everything that came is kept beside the index, in ``INDEX-feeds``: each answer of a server in a web
archive (WARC) named by the time, and each feed as it is now, which is what its entries are indexed
from. Where the linked pages are fetched, these are indexed and not the entries. A poll is written
down once it is indexed: one that is cut short is simply done again.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import FeedFailure
from bot.watching.feeds import LONGEST_PAUSE, Feed, FeedEntry, FeedStore, now_iso
from bot.watching.robots import Robots
from corpus.address import clean_address
from corpus.errors import NewsbotError, UnexpectedStatus, UnreadableArticle
from corpus.formats.draft import Draft
from corpus.web.fetching import Fetched, Validators, fetch
from index.address import IndexAddress, beside
from index.store.layout import sync

if TYPE_CHECKING:
    from index.builder import BuildReport

__all__ = ["FeedPoller", "PollResult"]

_MOST_PAGES = 50  # of one poll; the others come with the next
_MOST_TRIES = 5  # for one page
_UNCHANGED, _GONE = 304, 410
_LOOK_SECONDS = 5.0  # until feeds that were added meanwhile are seen
_LONGEST_FIELD = 500


@dataclass(frozen=True)
class PollResult:
    """What one poll did.

    Attributes:
        feed: address of the feed.
        new: entries that were not known before.
        pages: pages that were fetched.
        problem: why it failed; empty if it did not.
    """

    feed: str
    new: int = 0
    pages: int = 0
    problem: str = ""


class FeedPoller:
    """Polls the feeds of an index, each when it is due."""

    def __init__(
        self,
        store: FeedStore,
        index: IndexAddress,
        carry_out: Callable[[Sequence[Path]], BuildReport],
        tell: Callable[[PollResult], None] = lambda result: None,
        *,
        stop: threading.Event | None = None,
        pause: float = 1.0,
    ) -> None:
        """Prepare; ``poll_due`` and ``run`` begin.

        Args:
            store: knows the feeds.
            index: what came is kept beside it.
            carry_out: indexes files.
            tell: called with the result of each poll.
            stop: ends ``run`` once it is set.
            pause: seconds between two requests to a site that does not say.
        """
        self._store = store
        self._folder = beside(index, "-feeds")
        self._carry_out = carry_out
        self._tell = tell
        self._stop = threading.Event() if stop is None else stop
        self._pause = pause

    def run(self) -> None:
        """Poll each feed whenever it is due, until ``stop`` is set."""
        while not self._stop.is_set():
            self.poll_due()
            self._stop.wait(min(_LOOK_SECONDS, max(0.5, self._store.next_due())))

    def poll_due(self, *, all_feeds: bool = False) -> list[PollResult]:
        """Poll the feeds that are due now, or all; return what each poll did."""
        results = []
        for feed in self._store.all():
            if self._stop.is_set():
                break
            if all_feeds or feed.is_due(time.time()):
                results.append(self._poll(feed))
                self._tell(results[-1])
        return results

    def _poll(self, feed: Feed) -> PollResult:
        try:
            return self._read(feed)
        except NewsbotError as error:  # of the web, or of an index that is being written
            failures = feed.failures + 1
            pause: float = min(LONGEST_PAUSE, feed.minutes * 60 * 2 ** min(failures, 12))
            if not isinstance(error, UnreadableArticle | FeedFailure):
                pause = _LOOK_SECONDS  # the index is being written: that is not the feed's fault
            if isinstance(error, UnexpectedStatus):
                pause = max(pause, _retry_after(error.retry_after))
                pause = LONGEST_PAUSE if error.status == _GONE else pause
            problem = str(error)
            self._store.settle(
                replace(
                    feed,
                    polled=now_iso(),
                    due=time.time() + pause,
                    failures=failures,
                    problem=problem,
                )
            )
            return PollResult(feed.address, problem=problem)

    def _read(self, feed: Feed) -> PollResult:
        found = self._fetch(feed)
        known = {entry.key: entry for entry in self._store.entries(feed.address)}
        came = now_iso()
        new: list[FeedEntry] = []
        if found is not None:
            new = [one for one in _entries(feed, found, came) if one.key not in known]
        waiting = [one for one in (*new, *known.values()) if one.page and one.tries < _MOST_TRIES]
        pages, tried = self._pages(feed, waiting) if feed.pages else ([], [])
        paths: list[Path] = []
        try:
            if found is not None or pages:
                archive = self._archive(feed, [*([found] if found is not None else []), *pages])
                paths += [archive] if pages else []
            if found is not None and not feed.pages:
                paths.append(self._current(feed, found))
        except OSError as error:
            line = f"cannot keep it in {self._folder}: {error.strerror or error}"
            raise FeedFailure(line) from error
        if paths:
            self._carry_out(paths)
        polled = replace(
            feed, polled=came, due=time.time() + feed.minutes * 60, failures=0, problem=""
        )
        if found is not None:
            validators = found.validators
            polled = replace(
                polled, etag=validators.etag, modified=validators.modified, digest=_digest(found)
            )
        self._store.settle(polled, [*{one.key: one for one in (*new, *tried)}.values()])
        return PollResult(feed.address, len(new), len(pages))

    def _fetch(self, feed: Feed) -> Fetched | None:
        """Return the feed; None where it has not changed."""
        known = Validators(feed.etag, feed.modified)
        try:
            found = fetch(feed.given, allow_local=feed.allow_local, unless=known)
        except UnexpectedStatus as error:
            if error.status == _UNCHANGED:
                return None
            raise
        if found.format.module != "feed":
            raise FeedFailure(
                f"no feed is there, but {found.content_type[:80] or 'something else'}"
            )
        return None if _digest(found) == feed.digest else found

    def _pages(
        self, feed: Feed, entries: Sequence[FeedEntry]
    ) -> tuple[list[Fetched], list[FeedEntry]]:
        """Fetch the pages of entries, and return them and the entries as they are now."""
        robots = Robots(allow_local=feed.allow_local, pause=self._pause)
        pages, tried = [], []
        for entry in entries[:_MOST_PAGES]:
            try:
                if not robots.allows(entry.page):
                    raise UnreadableArticle("the site's robots.txt does not allow it")
                if self._stop.wait(robots.wait_for(entry.page)):
                    break
                pages.append(fetch(entry.page, allow_local=feed.allow_local))
            except UnreadableArticle as error:
                problem = str(error)[:_LONGEST_FIELD]
                tried.append(replace(entry, tries=entry.tries + 1, problem=problem))
            else:
                tried.append(replace(entry, page="", problem=""))
        return pages, tried

    def _current(self, feed: Feed, found: Fetched) -> Path:
        """Keep a feed as it is now, under a name that stays, and return it."""
        file = self._folder / f"{_slug(feed.address)}.xml"
        new = file.with_suffix(".new")
        new.write_bytes(found.data)
        sync(new)
        os.replace(new, file)
        return file

    def _archive(self, feed: Feed, answers: Sequence[Fetched]) -> Path:
        """Keep what servers answered, each with its address, and return the web archive."""
        from warcio.statusandheaders import StatusAndHeaders
        from warcio.warcwriter import WARCWriter

        folder = self._folder / _slug(feed.address)
        folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        written = io.BytesIO()
        writer = WARCWriter(written, gzip=True)
        for answer in answers:
            headers = StatusAndHeaders(
                "200 OK",
                [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.data)))],
                protocol="HTTP/1.1",
            )
            payload = io.BytesIO(answer.data)
            record = writer.create_warc_record(
                answer.address, "response", payload=payload, http_headers=headers
            )
            writer.write_record(record)
        new = folder / f".{stamp}.new"
        new.write_bytes(written.getvalue())
        sync(new)
        archive = folder / f"{stamp}.warc.gz"
        os.replace(new, archive)
        return archive


def _entries(feed: Feed, found: Fetched, came: str) -> Iterator[FeedEntry]:
    """Yield what a feed lists."""
    for draft in found.format.parse(found.data, found.name):
        if not isinstance(draft, Draft):
            continue
        link = clean_address(draft.url)
        key = (link or draft.key or "")[:_LONGEST_FIELD]
        if key:
            title = " ".join(draft.title.split())[:_LONGEST_FIELD]
            yield FeedEntry(feed.address, key, title, link or "" if feed.pages else "", came)


def _digest(found: Fetched) -> str:
    return hashlib.sha256(found.data).hexdigest()


def _slug(address: str) -> str:
    """Return a file name that tells feeds apart and says which is which."""
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    plain = re.sub(r"[^A-Za-z0-9]+", "-", address.partition("://")[2]).strip("-")[:60]
    return f"{plain}-{digest}"


def _retry_after(header: str) -> float:
    """Return the seconds that a server asks to wait, a day at the most; 0 where it does not say."""
    if header.isascii() and header.isdigit():
        return min(LONGEST_PAUSE, float(header[:9]))
    with suppress(ValueError, TypeError):
        return max(0.0, min(LONGEST_PAUSE, parsedate_to_datetime(header).timestamp() - time.time()))
    return 0.0
