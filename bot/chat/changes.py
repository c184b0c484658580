"""Changing the index from the page: one change at a time, in a thread, followed and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.chat.originals import Originals
from bot.errors import BotError
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.newsbot import NewsBot
    from index.builder import BuildReport
    from index.embedder import Embedder

__all__ = ["Change", "ChangeBusy", "Changes"]


class ChangeBusy(BotError):
    """Somebody is changing the index from this page already."""


class _Stopped(Exception):  # no failure: how a build is left when it is told to stop
    """The change was told to stop."""


class Change:
    """One run of indexing or removing; read from any thread while it goes on.

    Attributes:
        what: what is being done, for people, such as "Adding 3 files".
        step: what it is at: ``waiting``, ``reading`` or ``indexing``.
        done: files or passages that are done of this step.
        total: how many there are; 0 where that is not known yet.
        name: the file or address read last.
        report: what it did, once it is finished.
        problem: why it failed, in one line; None where it did not.
        is_stopped: whether it ended because it was told to.
    """

    def __init__(self, what: str) -> None:
        """Describe a change that has not begun."""
        self.what = what
        self.step = "waiting"
        self.done = 0
        self.total = 0
        self.name = ""
        self.report: BuildReport | None = None
        self.problem: str | None = None
        self.is_stopped = False
        self._told_to_stop = threading.Event()
        self._finished = threading.Event()

    @property
    def is_finished(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._finished.is_set()

    def stop(self) -> None:
        """Tell it to end before it changes anything; after the switch it is too late."""
        self._told_to_stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end, and tell whether it has come."""
        return self._finished.wait(seconds)

    def files(self, done: int, total: int, name: str) -> None:
        """Note how many files have been read, for ``index.builder.Progress``."""
        self._at("reading", done, total, name)

    def passages(self, done: int, total: int) -> None:
        """Note how many passages have been embedded, for ``index.builder.Progress``."""
        self._at("indexing", done, total, "")

    def run(self, work: Callable[[Change], BuildReport]) -> None:
        """Do it, in this thread."""
        try:
            self.report = work(self)
        except _Stopped:
            self.is_stopped = True
        except NewsbotError as error:
            self.problem = str(error)
        except Exception as error:
            self.problem = f"this should not have happened: {type(error).__name__}: {error}"
            raise
        finally:
            self._finished.set()

    def _at(self, step: str, done: int, total: int, name: str) -> None:
        if self._told_to_stop.is_set():
            raise _Stopped
        self.step, self.done, self.total, self.name = step, done, total, name


class Changes:
    """Starts changes of one index. Questions go on meanwhile, and see a change when it is done."""

    def __init__(self, bot: NewsBot) -> None:
        """Change the index that this bot answers from."""
        self._bot = bot
        self._lock = threading.Lock()
        self._latest: Change | None = None
        self.originals = Originals(bot.index)

    @property
    def latest(self) -> Change | None:
        """The change that runs, or ran last; None before the first."""
        return self._latest

    def add_files(self, files: Sequence[Path]) -> Change:
        """Keep files beside the index and index them; raises ``ChangeBusy`` and ``BotError``."""
        self._refuse_second()
        kept = self.originals.keep(files)
        return self._index(f"Adding {_count(len(kept), 'file')}", kept)

    def add_text(self, text: str, title: str, source: str, published: str, url: str) -> Change:
        """Keep a pasted article beside the index and index it; raises what ``add_files`` does."""
        self._refuse_second()
        kept = self.originals.keep_text(
            text, title=title, source=source, published=published, url=url
        )
        return self._index("Adding a pasted article", [kept])

    def add_addresses(self, addresses: Sequence[str]) -> Change:
        """Fetch web addresses and index what is there; raises ``ChangeBusy``."""
        from index.builder import build_index

        return self._start(
            f"Fetching {_count(len(addresses), 'address', 'addresses')}",
            lambda change: build_index(
                addresses, self._bot.index, embedder=self._embedder(), progress=change
            ),
        )

    def remove(self, article_ids: Sequence[str]) -> Change:
        """Take articles out of the index; what they came from stays. Raises ``ChangeBusy``."""
        from index.builder import remove_articles

        return self._start(
            f"Removing {_count(len(article_ids), 'article')}",
            lambda change: remove_articles(article_ids, self._bot.index, progress=change),
        )

    def _index(self, what: str, kept: Sequence[Path]) -> Change:
        from index.builder import build_index

        return self._start(
            what,
            lambda change: build_index(
                kept, self._bot.index, embedder=self._embedder(), progress=change
            ),
        )

    def _embedder(self) -> Embedder:
        return self._bot.searcher().embedder

    def _refuse_second(self) -> None:
        if self._latest is not None and not self._latest.is_finished:
            raise ChangeBusy(f"{self._latest.what} is still going on: wait for its end.")

    def _start(self, what: str, work: Callable[[Change], BuildReport]) -> Change:
        with self._lock:
            self._refuse_second()
            change = self._latest = Change(what)
        threading.Thread(
            target=change.run, args=(work,), name="newsbot-change", daemon=True
        ).start()
        return change


def _count(number: int, noun: str, many: str = "") -> str:
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"
