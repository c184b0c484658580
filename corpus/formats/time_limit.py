"""An end to parsers that do not come to one: most processor time for a file, then it is given up.

The limits on sizes and counts stop what is foreseen. A file that is made to be slow finds the loop
that nobody foresaw, and the parsers it finds it in are other people's and ask nobody whether to go
on. So another thread looks at the clock and raises an exception in the one that parses, which
CPython takes at the next step of the Python code.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from corpus.errors import UnreadableArticle

__all__ = ["SECONDS", "time_limit"]

SECONDS = 8.0
"""Processor time; a machine that is busy with something else does not make a file unreadable."""

_LOOK = 0.25  # seconds between two looks at the clock

_Result = TypeVar("_Result")


class _OutOfTime(BaseException):
    """Not an Exception: parsers catch those of any kind, and go on."""


def time_limit(work: Callable[[], _Result], seconds: float = SECONDS) -> _Result:
    """Do a piece of work, and give it up when it takes too long.

    Args:
        work: what to do; it holds nothing that must be put back in order when it is broken off.
        seconds: most processor time of this thread; where the system does not count that by
            thread, time on the clock.

    Returns:
        What the work returns.

    Raises:
        UnreadableArticle: it took longer.
    """
    watch = _Watch(seconds)
    try:
        watch.start()
        try:
            return work()
        finally:
            watch.end()
    except _OutOfTime:
        raise UnreadableArticle(f"takes more than {seconds:g} seconds to read") from None


class _Watch:
    """The thread that looks at the clock of the one that made it."""

    def __init__(self, seconds: float) -> None:
        self._watched = ctypes.c_ulong(threading.get_ident())
        self._used = _clock()
        self._until = self._used() + seconds
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._raised = False

    def start(self) -> None:
        threading.Thread(target=self._look, name="newsbot-patience", daemon=True).start()

    def end(self) -> None:
        """From now on nothing is raised, and what has been raised and not yet taken is undone."""
        with self._lock:
            self._ended.set()
            if self._raised:
                _raise_in(self._watched, None)

    def _look(self) -> None:
        while not self._ended.wait(_LOOK):
            if self._used() > self._until:
                with self._lock:
                    if not self._ended.is_set():
                        self._raised = True
                        _raise_in(self._watched, _OutOfTime)


def _clock() -> Callable[[], float]:
    """A clock of this thread that other threads can read."""
    try:
        clock = time.pthread_getcpuclockid(threading.get_ident())
    except (AttributeError, OSError):  # macOS and Windows
        return time.monotonic
    return lambda: time.clock_gettime(clock)


def _raise_in(thread: ctypes.c_ulong, kind: type[BaseException] | None) -> None:
    """Ask CPython to raise in another thread; None takes that back."""
    taken = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, taken)
