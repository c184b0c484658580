"""Folders watched: what arrives in them or changes is indexed, once it has come to rest.

The system's notices only say when to look. What has changed is told by comparing what the folders
hold with what they held when they were indexed last, so a notice that is lost costs time and no
article. A file is at rest when two looks, some time apart, find it the same: what is still being
written waits, and holds up nothing else. A file that the system does not give, as on a share that
is away for a moment, is tried again later, and later each time.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import NewsbotError
from corpus.walk import find_files
from index.errors import EmbedderFailure, EmbedderMismatch, IndexForeign, WatchFailure

if TYPE_CHECKING:
    from index.builder import BuildReport

__all__ = [
    "LONGEST_PAUSE",
    "LOOK_AGAIN_SECONDS",
    "QUIET_SECONDS",
    "FolderWatch",
    "UnreadableFiles",
    "WatchRound",
    "WatchTotals",
]

QUIET_SECONDS = 2.0
"""Between the two looks that have to find a file the same."""

LOOK_AGAIN_SECONDS = 30
"""Until the folders are looked at without a notice, for those that were lost and for a round that
failed."""

LONGEST_PAUSE = 3_600
"""Seconds after which a file that the system refuses is tried again at the latest."""

_BURST_MS = 1_000  # notices that come within this time are one
_LOCK_PREFIX = "~$"  # what Office puts beside an open document: it has the document's extension
_LASTING = (EmbedderFailure, EmbedderMismatch, IndexForeign)  # waiting does not mend these

_Mark = tuple[int, int, int, int]


@dataclass(frozen=True)
class WatchRound:
    """What is to be brought up to date.

    Attributes:
        only: the files to read, as ``build_index`` takes them.
        prune: whether to remove the articles whose files have gone.
    """

    only: frozenset[str]
    prune: bool


@dataclass
class WatchTotals:
    """What all rounds did together."""

    rounds: int = 0
    added: int = 0
    replaced: int = 0
    removed: int = 0


class FolderWatch:
    """Keeps an index in step with folders until it is stopped."""

    def __init__(
        self,
        folders: Sequence[Path],
        index: str | Path,
        carry_out: Callable[[WatchRound], BuildReport],
        complain: Callable[[str], None],
        *,
        tell: Callable[[BuildReport], None] = lambda report: None,
        prune: bool = False,
        stop: threading.Event | None = None,
        quiet: float = QUIET_SECONDS,
    ) -> None:
        """Prepare; ``run`` begins.

        Args:
            folders: what to watch, with all that is below.
            index: address of the index; a folder of it below one of the others is passed over.
            carry_out: does a round of indexing.
            complain: told in one line why a round failed; once, if it fails again for that.
            tell: told what a round did, once it counts in ``tally``.
            prune: whether articles whose files have gone are to be removed.
            stop: ends ``run`` once it is set.
            quiet: seconds for which a file has to stay the same before it is read.

        Raises:
            WatchFailure: one of ``folders`` is not a folder.
        """
        for folder in folders:
            if not folder.is_dir():
                raise WatchFailure(f"{folder}: no such folder; newsbot watch takes folders")
        self.tally = WatchTotals()
        self._folders = folders
        self._index = Path(os.path.realpath(index))
        self._carry_out = carry_out
        self._complain = complain
        self._tell = tell
        self._prune = prune
        self._stop = threading.Event() if stop is None else stop
        self._quiet = quiet
        self._indexed: dict[str, _Mark] | None = None  # None until the first round is done
        self._unreadable = UnreadableFiles()
        self._owes_prune = False  # what has gone could not be told, because not all was to be seen
        self._all_seen = True
        self._complaint = ""

    def run(self) -> None:
        """Index what is there, and then what comes, until ``stop`` is set.

        Raises:
            WatchFailure: the system cannot watch the folders.
            EmbedderFailure, EmbedderMismatch, IndexForeign: the index cannot be written to, now or
                later. Other failures of a round are told, and the round is tried again.
        """
        rest = 0
        for noticed in self._seconds():
            rest -= 1
            if noticed or rest <= 0:
                while self._look_and_index():
                    pass
                rest = LOOK_AGAIN_SECONDS

    def _seconds(self) -> Iterator[bool]:
        """Yield about one value a second: whether anything was noticed in it.

        Notices are kept from the first value on, also while a round goes on. Should the system
        stop giving them, as when more folders come than it watches, that is told, and the values
        go on without any.
        """
        from watchfiles import watch  # late: nobody else needs it

        begun = False
        try:
            for changes in watch(
                *self._folders,
                watch_filter=None,
                debounce=_BURST_MS,
                stop_event=self._stop,
                rust_timeout=1_000,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                begun = True
                yield bool(changes)
        except (OSError, RuntimeError) as error:  # the latter is watchfiles' own
            cause = getattr(error, "strerror", None) or " ".join(str(error).split())
            if not begun:
                raise WatchFailure(f"the folders cannot be watched: {cause}") from error
            often = f"looking every {LOOK_AGAIN_SECONDS} seconds now"
            self._complain(f"the system tells of no more changes ({cause}): {often}")
            while not self._stop.wait(1):
                yield False

    def _look_and_index(self) -> bool:
        """Index what has changed and is at rest; tell whether to look again for what is not."""
        before = self._look()
        due = before.keys() & self._unreadable.due()
        if before == self._indexed and not due:
            return False
        self._stop.wait(self._quiet)
        now = self._look()
        if self._stop.is_set():
            return False
        resting = {real: mark for real, mark in now.items() if before.get(real) == mark}
        held = self._indexed or {}
        gone = held.keys() - now.keys() - before.keys()
        changed = {real for real, mark in resting.items() if held.get(real) != mark or real in due}
        owed = self._owes_prune and self._all_seen
        # These may have lost articles.
        rewritten = {real for real in changed & held.keys() if held[real] != resting[real]}
        prune = self._prune and (self._indexed is None or bool(gone | rewritten) or owed)
        if self._indexed is None or changed or prune:
            # An article that a file has lost may stand in another one, unchanged: all are read.
            if not self._round(WatchRound(frozenset(resting if prune else changed), prune)):
                return False
            if prune:
                self._owes_prune = not self._all_seen
        self._indexed = {real: mark for real, mark in held.items() if real not in gone} | resting
        return resting.keys() != now.keys() or bool(before.keys() - now.keys())

    def _round(self, what: WatchRound) -> bool:
        try:
            report = self._carry_out(what)
        except _LASTING:
            raise
        except NewsbotError as error:
            if str(error) != self._complaint:
                self._complain(str(error))
            self._complaint = str(error)
            return False
        self._complaint = ""
        self._unreadable.note(what.only, {one.later for one in report.failures if one.later})
        self.tally.rounds += 1
        self.tally.added += report.added
        self.tally.replaced += report.replaced
        self.tally.removed += report.removed
        self._tell(report)
        return True

    def _look(self) -> dict[str, _Mark]:
        """Return all files, each with what changes when it is written to or replaced.

        A file whose folder cannot be listed now is not there, nor is one on a disk that is missing:
        ``build_index`` knows better than to remove their articles.
        """
        found: dict[str, _Mark] = {}
        walk = find_files(self._folders)
        for finding in walk.files:
            real = Path(finding.real)
            if real.is_relative_to(self._index) or real.name.startswith(_LOCK_PREFIX):
                continue
            try:
                status = real.stat()
            except OSError:
                continue  # gone since it was found
            found[finding.real] = (
                status.st_mtime_ns,
                status.st_ctime_ns,
                status.st_size,
                status.st_ino,
            )
        inside = [os.path.join(os.path.realpath(folder), "") for folder in self._folders]
        self._all_seen = not walk.unlisted and all(
            any(real.startswith(folder) for real in found) for folder in inside
        )
        return found


class UnreadableFiles:
    """The files that the system did not give, and when each is to be tried again."""

    def __init__(self) -> None:
        """Begin with none."""
        self._pauses: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def note(self, tried: Collection[str], refused: Collection[str]) -> None:
        """Note how a round went: twice the pause for what was refused again."""
        for real in tried:
            pause = self._pauses.pop(real, LOOK_AGAIN_SECONDS / 2)
            self._due.pop(real, None)
            if real in refused:
                self._pauses[real] = min(2 * pause, LONGEST_PAUSE)
                self._due[real] = time.monotonic() + self._pauses[real]

    def due(self) -> set[str]:
        """Return those whose time has come."""
        now = time.monotonic()
        return {real for real, moment in self._due.items() if moment <= now}
