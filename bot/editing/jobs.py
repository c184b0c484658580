"""Jobs that change the index: one at a time, and each can be followed, stopped and waited for."""

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

    _Ended = Callable[[BuildReport | None], None]

__all__ = ["Job", "JobProgress", "JobQueue"]


class _Stopped(Exception):  # no failure: how a build is left when it is told to stop
    """The job was told to stop."""


@dataclass(frozen=True)
class JobProgress:
    """How far the running job is, with the names of ``Job``'s attributes."""

    running: bool = False
    waiting: int = 0  # jobs behind it
    step: str = ""
    done: int = 0
    total: int = 0


class Job:
    """One run of indexing or removing. Any thread may read it meanwhile.

    Attributes:
        number: names it among the jobs of one server; 1 for the first.
        what: what is being done, for people, such as "Adding 3 files".
        outcome: done when questions are answered from the new index, or nothing was changed.
        step: ``files``, ``passages``, ``articles`` (looking for copies), or ``""`` before the first
            of them.
        done: files, passages or articles that are done.
        total: how many there are; 0 while that is unknown.
        name: the file or address read last.
        report: what it did, once it has succeeded.
        problem: why it failed, in one line; None if it did not.
        is_stopped: whether it ended because it was told to.
    """

    def __init__(self, what: str, number: int = 0) -> None:
        """Describe a job that has not begun."""
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
        """Whether it has ended, in any way."""
        return self.outcome.done()

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop and has not ended yet."""
        return self._told_to_stop.is_set() and not self.is_finished

    def stop(self) -> None:
        """Tell it to end before it changes anything; once the index is switched it is too late."""
        self._told_to_stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end, and return whether it has come."""
        return bool(wait_for([self.outcome], seconds).done)

    def begin(self) -> None:
        """Note that its turn has come; leave at once if it was told to stop."""
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

    def finish(self, report: BuildReport | None, error: Exception | None = None) -> None:
        """Note what the work returned or raised, and tell whoever waits for the outcome."""
        if report is not None:
            self.report = report
            self.outcome.set_result(report)
        elif error is None:
            self.is_stopped = True  # whoever waited for it left before its turn
        elif isinstance(error, _Stopped):
            self.is_stopped = True
            self.outcome.set_exception(RequestRefused("it was stopped; nothing was changed"))
        else:
            unexpected = f"this should not have happened: {type(error).__name__}: {error}"
            self.problem = str(error) if isinstance(error, NewsbotError) else unexpected
            self.outcome.set_exception(error)

    def _at(self, step: str, done: int, total: int, name: str) -> None:
        if self._told_to_stop.is_set():
            raise _Stopped
        self.step, self.done, self.total, self.name = step, done, total, name


class JobQueue:
    """Runs the jobs of one index, whoever asks for them, one after the other."""

    def __init__(self, most_waiting: int) -> None:
        """Begin with none; ``most_waiting`` may wait behind the running one."""
        self._most = most_waiting
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="newsbot-jobs")
        self._lock = threading.Lock()
        self._open: dict[int, Job] = {}  # those that wait or run, in their order
        self._count = 0

    @property
    def current(self) -> Job | None:
        """The job that runs or is about to; None if there is none."""
        with self._lock:
            return next(iter(self._open.values()), None)

    def progress(self) -> JobProgress:
        """Return how far the running job is."""
        with self._lock:
            jobs = list(self._open.values())
        if not jobs:
            return JobProgress()
        first = jobs[0]
        return JobProgress(True, len(jobs) - 1, first.step, first.done, first.total)

    def check_room(self) -> None:
        """Check that one more job may wait.

        Raises:
            RequestRefused: too many wait already.
        """
        with self._lock:
            self._check_room()

    def start(
        self, what: str, work: Callable[[Job], BuildReport], ended: _Ended | None = None
    ) -> Job:
        """Run a job when those before it are done.

        Args:
            what: what is being done, for people.
            work: does it, in a thread of its own, and tells the job how far it is.
            ended: called once when it has ended, in any way and thread, with what it did or None;
                whoever waits for the outcome hears of it afterwards, unless that one left.

        Raises:
            RequestRefused: too many wait already, or the server is closing.
        """
        with self._lock:
            self._check_room()
            self._count += 1
            job = self._open[self._count] = Job(what, self._count)
            try:
                future = self._worker.submit(self._run, job, work, ended)
            except RuntimeError as error:
                del self._open[job.number]
                raise RequestRefused("the server is closing") from error
        future.add_done_callback(
            lambda done: self._forget(job, ended) if done.cancelled() else None
        )
        return job

    def stop(self, number: int) -> None:
        """Tell a job to stop; nothing happens to one that is over or never was."""
        with self._lock:
            job = self._open.get(number)
        if job is not None:
            job.stop()

    def close(self) -> None:
        """Take no more jobs, forget those that wait, and wait for the running one."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _check_room(self) -> None:
        if len(self._open) > self._most:  # the running one does not wait
            raise RequestRefused(f"{self._most} changes wait already: try again when they are done")

    def _run(self, job: Job, work: Callable[[Job], BuildReport], ended: _Ended | None) -> None:
        report, problem = None, None
        if job.outcome.set_running_or_notify_cancel():
            try:
                job.begin()
                report = work(job)
            except Exception as error:
                problem = error
        try:
            # Before whoever waits for the outcome hears of it, and then asks what runs.
            self._leave(job, ended, report)
        finally:
            job.finish(report, problem)

    def _forget(self, job: Job, ended: _Ended | None) -> None:
        """End a job that has not begun, because the server closes."""
        waited_for = job.outcome.set_running_or_notify_cancel()
        self._leave(job, ended, None)
        job.finish(None, RequestRefused("the server is closing") if waited_for else None)

    def _leave(self, job: Job, ended: _Ended | None, report: BuildReport | None) -> None:
        try:
            if ended is not None:
                ended(report)
        finally:
            with self._lock:
                del self._open[job.number]
