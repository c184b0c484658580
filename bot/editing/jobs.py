"""Changing the index behind the answers: one change at a time, followed, stopped, waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import RequestRefused
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from index.builder import BuildReport

__all__ = ["Job", "JobProgress", "JobQueue"]


class _Stopped(Exception):  # no failure: how a build is left when it is told to stop
    """The change was told to stop."""


@dataclass(frozen=True)
class JobProgress:
    """How far the change that goes on is.

    Attributes:
        running: whether one goes on.
        waiting: how many wait behind it.
        step: ``files``, ``passages`` or ``articles``; ``""`` where it has begun with none.
        done: of ``step``, how many are done.
        total: of ``step``, how many there are.
    """

    running: bool = False
    waiting: int = 0
    step: str = ""
    done: int = 0
    total: int = 0


class Job:
    """One run of indexing or removing; read from any thread while it goes on.

    Attributes:
        number: names it among the changes of one server; 1 for the first.
        what: what is being done, for people, such as "Adding 3 files".
        outcome: done when questions are answered from the new index, or nothing was changed.
        step: what it is at: ``files``, ``passages``, ``articles`` (looking for copies), or ``""``
            before the first of them.
        done: files, passages or articles that are done of this step.
        total: how many there are; 0 where that is not known yet.
        name: the file or address read last.
        report: what it did, once it is finished.
        problem: why it failed, in one line; None where it did not.
        is_stopped: whether it ended because it was told to.
    """

    def __init__(self, what: str, number: int = 0) -> None:
        """Describe a change that has not begun."""
        self.what = what
        self.number = number
        self.outcome: Future[BuildReport] = Future()
        self.step = ""
        self.done = 0
        self.total = 0
        self.name = ""
        self.report: BuildReport | None = None
        self.problem: str | None = None
        self.is_stopped = False
        self._told_to_stop = threading.Event()

    @property
    def is_finished(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.outcome.done()

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop and has not ended yet."""
        return self._told_to_stop.is_set() and not self.is_finished

    def stop(self) -> None:
        """Tell it to end before it changes anything; after the switch it is too late."""
        self._told_to_stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end, and tell whether it has come."""
        return bool(wait_for([self.outcome], seconds).done)

    def begin(self) -> None:
        """Note that its turn has come, and leave at once where it was told to stop."""
        self._at("", 0, 0, "")

    def files(self, done: int, total: int, name: str) -> None:
        """Note how many files have been read, for ``index.builder.JobProgress``."""
        self._at("files", done, total, name)

    def passages(self, done: int, total: int) -> None:
        """Note how many passages have been embedded, for ``index.builder.JobProgress``."""
        self._at("passages", done, total, "")

    def articles(self, done: int, total: int) -> None:
        """Note how many new articles have been compared, for ``index.builder.JobProgress``."""
        self._at("articles", done, total, "")

    def run(self, work: Callable[[Job], BuildReport]) -> None:
        """Do it, in this thread."""
        if not self.outcome.set_running_or_notify_cancel():
            self.is_stopped = True  # whoever waited for it has left before its turn
            return
        try:
            self.report = work(self)
        except _Stopped:
            self.is_stopped = True
            self.outcome.set_exception(RequestRefused("it was stopped; nothing was changed"))
        except NewsbotError as error:
            self.problem = str(error)
            self.outcome.set_exception(error)
        except Exception as error:
            self.problem = f"this should not have happened: {type(error).__name__}: {error}"
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(self.report)

    def forget(self) -> None:
        """End it without having begun, because the server closes."""
        if self.outcome.set_running_or_notify_cancel():
            self.problem = "the server is closing"
            self.outcome.set_exception(RequestRefused(self.problem))

    def _at(self, step: str, done: int, total: int, name: str) -> None:
        if self._told_to_stop.is_set():
            raise _Stopped
        self.step, self.done, self.total, self.name = step, done, total, name


class JobQueue:
    """Makes the changes of one index, whoever asks for them, one after the other."""

    def __init__(self, most_waiting: int) -> None:
        """Begin with none.

        Args:
            most_waiting: changes that may wait behind the one that goes on.
        """
        self._most = most_waiting
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="newsbot-changes")
        self._lock = threading.Lock()
        self._open: dict[int, Job] = {}  # those that wait or go on, in their order
        self._endings: dict[int, Callable[[BuildReport | None], None]] = {}
        self._count = 0

    @property
    def current(self) -> Job | None:
        """The change that goes on, or is about to; None where there is none."""
        with self._lock:
            return next(iter(self._open.values()), None)

    def progress(self) -> JobProgress:
        """Tell what goes on."""
        with self._lock:
            changes = list(self._open.values())
        if not changes:
            return JobProgress()
        first = changes[0]
        return JobProgress(True, len(changes) - 1, first.step, first.done, first.total)

    def check_room(self) -> None:
        """Check that one more change may wait.

        Raises:
            RequestRefused: too many wait already.
        """
        with self._lock:
            self._check_room()

    def start(
        self,
        what: str,
        work: Callable[[Job], BuildReport],
        ended: Callable[[BuildReport | None], None] | None = None,
    ) -> Job:
        """Make a change when those before it are done.

        Args:
            what: what is being done, for people.
            work: does it, in a thread of its own; tells the change how far it is.
            ended: called once when it has ended, in whatever way and thread, with what it did or
                None; whoever waits for the outcome hears of it afterwards, unless that one left.

        Raises:
            RequestRefused: too many wait already, or the server is closing.
        """
        with self._lock:
            self._check_room()
            self._count += 1
            change = self._open[self._count] = Job(what, self._count)
            if ended is not None:
                self._endings[change.number] = ended
            try:
                future = self._worker.submit(self._run, change, work)
            except RuntimeError as error:
                del self._open[change.number]
                self._endings.pop(change.number, None)
                raise RequestRefused("the server is closing") from error
        future.add_done_callback(lambda done: self._forget(change) if done.cancelled() else None)
        return change

    def stop(self, number: int) -> None:
        """Tell a change to stop; one that is over or was never there is left alone."""
        with self._lock:
            change = self._open.get(number)
        if change is not None:
            change.stop()

    def close(self) -> None:
        """Take no more changes, forget those that wait, and wait for the one that goes on."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _check_room(self) -> None:
        if len(self._open) > self._most:  # the one that goes on does not wait
            raise RequestRefused(f"{self._most} changes wait already: try again when they are done")

    def _run(self, change: Job, work: Callable[[Job], BuildReport]) -> None:
        def done(change: Job) -> BuildReport:
            report = None
            try:
                change.begin()
                report = work(change)
                return report
            finally:
                # Before whoever waits for the outcome hears of it, and then asks what goes on.
                self._leave(change, report)

        change.run(done)
        self._leave(change)  # where whoever waited had left before its turn

    def _forget(self, change: Job) -> None:
        self._leave(change)
        change.forget()

    def _leave(self, change: Job, report: BuildReport | None = None) -> None:
        with self._lock:
            ended = self._endings.pop(change.number, None)
        if ended is not None:
            ended(report)
        with self._lock:
            self._open.pop(change.number, None)
