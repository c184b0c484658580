"""The watched feeds, and what each brought and when: a SQLite file beside the index."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import FeedFailure
from corpus.address import clean_address
from corpus.web.page import web_pages
from index.address import IndexAddress, beside
from index.sqlite_file import SqliteFile

__all__ = [
    "DEFAULT_MINUTES",
    "LONGEST_PAUSE",
    "Feed",
    "FeedEntry",
    "FeedStore",
    "feed_name",
    "feeds_beside",
    "now_iso",
]

DEFAULT_MINUTES = 30
"""Between two polls of a feed."""

LONGEST_PAUSE = 86_400
"""Seconds after which a feed that fails is asked again at the latest."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feeds (
    address TEXT PRIMARY KEY, given TEXT NOT NULL, pages INTEGER NOT NULL,
    minutes INTEGER NOT NULL, allow_local INTEGER NOT NULL, added TEXT NOT NULL,
    etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '', polled TEXT NOT NULL DEFAULT '',
    due REAL NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS entries (
    feed TEXT NOT NULL, key TEXT NOT NULL, title TEXT NOT NULL, page TEXT NOT NULL,
    came TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (feed, key));
"""


@dataclass(frozen=True)
class Feed:
    """A feed that is watched.

    Attributes:
        address: of it, without user name and password.
        given: the same with them, to be fetched and never to be shown.
        pages: whether the pages that its entries link to are fetched as well.
        minutes: between two polls.
        allow_local: whether it and its pages may lie in the local network.
        added: when it was added, in ISO 8601, as all times here.
        etag: what the server told of its state.
        modified: likewise.
        digest: SHA-256 of what was indexed last.
        polled: when it was last polled; empty before the first time.
        due: when it is polled next, in seconds since 1970.
        failures: polls in a row that failed.
        problem: why the last one did; empty if it did not.
    """

    address: str
    given: str
    pages: bool
    minutes: int
    allow_local: bool
    added: str
    etag: str
    modified: str
    digest: str
    polled: str
    due: float
    failures: int
    problem: str

    def is_due(self, now: float) -> bool:
        """Return whether it is to be asked, also where the clock was set back since."""
        return self.due <= now or self.due > now + 2 * LONGEST_PAUSE


@dataclass(frozen=True)
class FeedEntry:
    """What a feed has listed.

    Attributes:
        feed: address of the feed.
        key: names it in the feed: its link, else its own id.
        title: its headline.
        page: the address of its page while that is still to be fetched; else empty.
        came: when it was first seen.
        tries: how often its page could not be fetched.
        problem: why the page could not be had.
    """

    feed: str
    key: str
    title: str
    page: str
    came: str
    tries: int = 0
    problem: str = ""


def feeds_beside(index: IndexAddress) -> FeedStore:
    """Return the feeds that belong to an index."""
    return FeedStore(beside(index, "-feeds.sqlite"))


class FeedStore:
    """The feeds of one index, in a file that is made with the first of them. Safe for threads."""

    def __init__(self, file: Path) -> None:
        """Keep feeds in this file."""
        self.file = file
        self._stored = SqliteFile(file, _SCHEMA, FeedFailure)

    def add(self, address: str, *, pages: bool, minutes: int, allow_local: bool) -> bool:
        """Watch a feed, or change how it is watched; it is due at once.

        Returns:
            Whether it is new.

        Raises:
            FeedFailure: it is no web address, or the file cannot be written.
        """
        name = feed_name(address)
        with self._stored.changing() as connection:
            known = connection.execute("SELECT 1 FROM feeds WHERE address = ?", (name,)).fetchone()
            connection.execute(
                "INSERT INTO feeds (address, given, pages, minutes, allow_local, added) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET "
                "given = excluded.given, pages = excluded.pages, minutes = excluded.minutes, "
                "allow_local = excluded.allow_local, "
                "etag = '', modified = '', digest = '', due = 0, failures = 0",
                (name, address, pages, minutes, allow_local, now_iso()),
            )
        return known is None

    def remove(self, address: str) -> None:
        """Stop watching a feed; its articles stay in the index.

        Raises:
            FeedFailure: it is not watched, or the file cannot be written.
        """
        name = feed_name(address)
        with self._stored.changing() as connection:
            if not connection.execute("DELETE FROM feeds WHERE address = ?", (name,)).rowcount:
                raise FeedFailure(f"{name} is not watched")
            connection.execute("DELETE FROM entries WHERE feed = ?", (name,))

    def all(self) -> list[Feed]:
        """Return the feeds by address; none where nothing was ever added.

        Raises:
            FeedFailure: the file cannot be read.
        """
        return [
            Feed(**{**row, "pages": bool(row["pages"]), "allow_local": bool(row["allow_local"])})
            for row in self._stored.rows(f"SELECT {_columns(Feed)} FROM feeds ORDER BY address")
        ]

    def entries(self, address: str = "") -> list[FeedEntry]:
        """Return what feeds have listed, or one of them, the latest first; raises as ``all``."""
        where, values = ("WHERE feed = ?", (address,)) if address else ("", ())
        columns = _columns(FeedEntry)
        order = f"SELECT {columns} FROM entries {where} ORDER BY came DESC, rowid DESC"
        return [FeedEntry(**{**row}) for row in self._stored.rows(order, values)]

    def settle(self, feed: Feed, entries: Iterable[FeedEntry] = ()) -> None:
        """Record what a poll brought, in one transaction; nothing of a feed that was removed.

        Raises:
            FeedFailure: the file cannot be written.
        """
        names = [one.name for one in fields(Feed)][6:]
        with self._stored.changing() as connection:
            changed = connection.execute(
                f"UPDATE feeds SET {', '.join(f'{name} = ?' for name in names)} "
                "WHERE address = ? AND added = ?",
                (*(getattr(feed, name) for name in names), feed.address, feed.added),
            )
            if changed.rowcount:
                connection.executemany(
                    f"INSERT OR REPLACE INTO entries ({_columns(FeedEntry)}) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [
                        tuple(getattr(one, field.name) for field in fields(FeedEntry))
                        for one in entries
                    ],
                )

    def next_due(self) -> float:
        """Return in how many seconds the next feed is due; 0 or more, raises as ``all``."""
        now = time.time()
        waits = [0.0 if feed.is_due(now) else feed.due - now for feed in self.all()]
        return min(waits, default=float(LONGEST_PAUSE))


def feed_name(address: str) -> str:
    """Return what a feed is known by: its address without user name and password.

    Raises:
        FeedFailure: it is no web address.
    """
    _, pages = web_pages([address.strip()])
    if not pages or clean_address(pages[0].name) is None:
        raise FeedFailure(f"not a web address: {address[:100]!r}; give it whole, with https://")
    return pages[0].name


def now_iso() -> str:
    """Return the time as it is kept here."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _columns(record: type) -> str:
    return ", ".join(field.name for field in fields(record))
