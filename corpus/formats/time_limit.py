"""An end to parsers that do not come to one: they run in a process of their own, which is killed.

The limits on sizes and counts stop what is foreseen. A file that is made to be slow finds the loop
that nobody foresaw, and the parsers it finds it in are other people's. One process lives as long
as this one and parses one file after the other (``corpus/formats/worker.py``); it is started
again after it was killed or has crashed. It is no ``multiprocessing`` process: those import the
caller's main module anew, and run a script that has no guard a second time.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft

__all__ = [
    "LONGEST_WAIT",
    "MOST_SECONDS",
    "SECONDS",
    "close_worker",
    "parse_with_limit",
    "seconds_for",
]

SECONDS = 8
"""Processor time; a machine that is busy with something else does not make a file unreadable."""

MOST_SECONDS = 120
"""Processor time of the largest file."""

LONGEST_WAIT = 60
"""Seconds on the clock, whatever the process does. Where the system has no limit on processor time
(Windows), ``SECONDS`` are seconds on the clock as well."""

_START = "import sys; sys.path[:] = sys.argv[1:]; from corpus.formats.worker import main; main()"
# What the system ends a process with that has used up its time.
_OUT_OF_TIME = None if sys.platform == "win32" else -signal.SIGXCPU


def seconds_for(size: int, megabyte: float) -> float:
    """Return the processor time that a file may take.

    Args:
        size: of the file, in bytes.
        megabyte: seconds that each of its megabytes may take besides.
    """
    return min(MOST_SECONDS, SECONDS + megabyte * size / 1_000_000)


def parse_with_limit(
    module: str,
    data: bytes,
    name: str,
    options: Mapping[str, str | None],
    seconds: float = SECONDS,
    wait: float = LONGEST_WAIT,
) -> list[Draft | BadRecord]:
    """Parse a file in the other process.

    Args:
        module: the module whose ``parse`` is called.
        data: the whole file.
        name: the file's name.
        options: further arguments of ``parse``.
        seconds: most processor time, counted in whole seconds.
        wait: most seconds on the clock, or twice the processor time where that is more.

    Returns:
        What ``parse`` yields.

    Raises:
        UnreadableArticle: it raised one, failed in another way, or took longer.
    """
    request = {"module": module, "name": name, "size": len(data), "seconds": seconds}
    answer = _WORKER.ask(
        json.dumps({**request, "options": options}).encode() + b"\n", data, seconds, wait
    )
    if "error" in answer:
        raise UnreadableArticle(answer["error"])
    return [_record(kind, fields) for kind, fields in answer["records"]]


def _record(kind: str, fields: dict[str, Any]) -> Draft | BadRecord:
    if kind == "BadRecord":
        return BadRecord(**fields)
    numbers = {name: tuple(fields[name]) for name in ("pages", "recognised")}
    return Draft(**{**fields, **numbers})


def close_worker() -> None:
    """End the other process; the next file starts another."""
    _WORKER.close()


class _Worker:
    """The process, and whose turn it is to use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0  # a process that was forked from the one that started it has its own
        self._deadline: float | None = None

    def ask(self, header: bytes, data: bytes, seconds: float, wait: float) -> dict[str, Any]:
        with self._lock:
            process = self._running()
            assert process.stdin is not None and process.stdout is not None
            beside = wait - LONGEST_WAIT + seconds  # where processor time is not limited
            longest = beside if sys.platform == "win32" else max(wait, 2 * seconds)
            self._deadline = deadline = time.monotonic() + longest
            answer = b""
            try:
                process.stdin.write(header + data)
                process.stdin.flush()
                answer = process.stdout.readline()
            except BrokenPipeError:
                pass  # it has ended before it took the whole file
            finally:
                self._deadline = None
                if not answer.endswith(b"\n"):  # also where this thread was interrupted
                    self._end(process)
            if answer.endswith(b"\n"):
                found: dict[str, Any] = json.loads(answer)
                return found
            if time.monotonic() > deadline or process.returncode == _OUT_OF_TIME:
                raise UnreadableArticle(f"takes more than {seconds:.3g} seconds to read")
            raise UnreadableArticle("cannot be parsed (the parser crashed)")

    def close(self) -> None:
        with self._lock:
            if self._process is not None and self._owner == os.getpid():
                self._end(self._process)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, *map(os.path.abspath, sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # parsers report there what they put up with
            )
            watch = threading.Thread(target=self._watch, args=[self._process], daemon=True)
            watch.start()
        return self._process

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        while process is self._process:
            if self._deadline is not None and time.monotonic() > self._deadline:
                process.kill()
                return
            time.sleep(0.5)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        process.kill()
        process.__exit__(None, None, None)  # closes the pipes and waits


_WORKER = _Worker()
atexit.register(close_worker)
