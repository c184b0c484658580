"""How much a visitor may ask for, and the counters that keep to it."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from bot.errors import RequestRefused

__all__ = ["RateLimiter", "ServerLimits"]

_MEGABYTE = 1_000_000
_WRONG_LOGINS = 10  # a minute for each client
_UPLOADS_KEPT_SECONDS = 3_600


@dataclass(frozen=True)
class ServerLimits:
    """What one server does for its visitors.

    Attributes:
        requests_a_minute: of each client, not counting GET and HEAD; 0 for any number.
        question: characters of a question; the page's own box cuts at the index's limit.
        turns: questions of the conversation that a program sends along.
        turn: characters of one of them, or of its answer.
        file_bytes: of one uploaded file.
        upload_bytes: of the files that are uploaded in one request.
        upload_files: files of one ``/add``.
        kept_bytes: of all uploads that have not been indexed yet.
        originals_bytes: of all that is kept beside the index of what was added; 0 for any amount.
        text: characters of a pasted text.
        body_bytes: of a request that is no upload.
        waiting: questions that may wait for their turn.
        changes_waiting: changes of the index that may wait for theirs.
        sessions: opened pages and programs that are remembered; of more, the one that has asked
            nothing for the longest time is forgotten. One takes 160 KB, and its conversation.
    """

    requests_a_minute: int = 120
    question: int = 2_000
    turns: int = 100
    turn: int = 20_000
    file_bytes: int = 50 * _MEGABYTE
    upload_bytes: int = 200 * _MEGABYTE
    upload_files: int = 100
    kept_bytes: int = 2_000 * _MEGABYTE
    originals_bytes: int = 10_000 * _MEGABYTE
    text: int = 1_000_000
    body_bytes: int = 8 * _MEGABYTE
    waiting: int = 100
    changes_waiting: int = 8
    sessions: int = 1_000

    def check_question(self, question: object) -> str:
        """Return what a program asks, checked.

        Raises:
            RequestRefused: it is no text, or too long.
        """
        if not isinstance(question, str):
            raise RequestRefused("a question is a text")
        if len(question) > self.question:
            raise RequestRefused(f"a question may have {self.question:,} characters")
        return question

    def check_history(self, history: object) -> list[tuple[str, str]]:
        """Return the conversation that a program sends along, checked.

        Raises:
            RequestRefused: it is no list of questions with their answers, or too long.
        """
        if history is None:
            return []
        if not isinstance(history, list) or not all(
            isinstance(turn, list | tuple)
            and len(turn) == 2
            and all(isinstance(text, str) for text in turn)
            for turn in history
        ):
            raise RequestRefused("a history is a list of pairs: a question, and its answer's text")
        if len(history) > self.turns:
            raise RequestRefused(f"a history may have {self.turns:,} questions")
        if any(len(text) > self.turn for turn in history for text in turn):
            raise RequestRefused(f"a text of a history may have {self.turn:,} characters")
        return [(question, answer) for question, answer in history]


class RateLimiter:
    """Counts requests, wrong logins and uploads; in memory, for one process."""

    def __init__(self, limits: ServerLimits, uploads: Path) -> None:
        """Take the limits, and the folder that uploads lie in until they are indexed."""
        self._limits = limits
        self._uploads = uploads
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._requests = RateLimitItemPerMinute(max(1, limits.requests_a_minute))
        self._wrong_logins = RateLimitItemPerMinute(_WRONG_LOGINS)

    def wait_for_request(self, client: str) -> int:
        """Count a request; return the seconds that the client has to wait, 0 for none."""
        if not self._limits.requests_a_minute:
            return 0
        if self._counter.hit(self._requests, "request", client):
            return 0
        return self._seconds_left(self._requests, "request", client)

    def wait_for_login(self, client: str) -> int:
        """Return the seconds until a client may try another password, 0 where it may now."""
        if self._counter.test(self._wrong_logins, "login", client):
            return 0
        return self._seconds_left(self._wrong_logins, "login", client)

    def count_wrong_login(self, client: str) -> None:
        """Count a wrong password."""
        self._counter.hit(self._wrong_logins, "login", client)

    def room_for_upload(self) -> bool:
        """Return whether one more upload fits; what has lain there for an hour is deleted."""
        oldest, total = time.time() - _UPLOADS_KEPT_SECONDS, 0
        for folder, _, names in os.walk(self._uploads):
            for name in names:
                path = Path(folder, name)
                try:
                    found = path.lstat()
                    if found.st_mtime < oldest:
                        path.unlink()
                    else:
                        total += found.st_size
                except FileNotFoundError:
                    continue
        return total + self._limits.upload_bytes <= self._limits.kept_bytes

    def _seconds_left(self, limit: RateLimitItem, *key: str) -> int:
        stats = self._counter.get_window_stats(limit, *key)
        return max(1, math.ceil(stats.reset_time - time.time()))
