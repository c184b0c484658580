"""Answers kept under an address of their own, in SQLite beside the index.

An answer is kept as it was, with its quotes and their hashes, and never with an article. So it can
be told later whether each quote still stands.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from bot.answering.answers import Answer
from bot.citing.answered import AnsweredQuestion
from bot.errors import PermalinkFailure
from index.address import IndexAddress, beside
from index.sqlite_file import SqliteFile

if TYPE_CHECKING:
    from bot.answering.answers import Citation
    from corpus.article import Article

__all__ = ["KeptAnswer", "PermalinkStore", "QuoteState", "permalink_file", "state_of"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
    generation TEXT NOT NULL, question TEXT NOT NULL, filters TEXT NOT NULL,
    answer TEXT NOT NULL, hashes TEXT NOT NULL, size INTEGER NOT NULL);
"""
_FORGET = """
DELETE FROM answers WHERE number IN (
    SELECT number FROM (
        SELECT number, ROW_NUMBER() OVER newest AS place, SUM(size) OVER newest AS total
        FROM answers WINDOW newest AS (ORDER BY number DESC))
    WHERE place > ? OR total > ?);
"""
_RANDOM_BYTES = 12  # of an id, which nobody can guess
_ID = re.compile(r"[A-Za-z0-9_-]{16}")
_ANSWER = TypeAdapter(Answer)


@dataclass(frozen=True)
class KeptAnswer:
    """An answer as it was given.

    Attributes:
        id: names it in its address.
        at: when it was kept, timezone-aware ISO 8601.
        generation: of the index that answered.
        answered: the question and its answer.
        hashes: SHA-256 of each quote, in the order of ``Answer.cited``.
    """

    id: str
    at: str
    generation: str
    answered: AnsweredQuestion
    hashes: tuple[str, ...]


class QuoteState(StrEnum):
    """What has become of a quote."""

    STANDS = "stands"  # in the article, there or elsewhere
    CHANGED = "changed"  # the article does not say it any more
    GONE = "gone"  # the article is not in the index any more


def state_of(cited: Citation, digest: str, article: Article | None) -> QuoteState:
    """Return what has become of a quote.

    Args:
        cited: the quote as it was.
        digest: its hash, as it was kept.
        article: the article as it is now; None where it is gone.
    """
    if article is None:
        return QuoteState.GONE
    stands = _hash(article.text[cited.start : cited.end]) == digest or cited.quote in article.text
    return QuoteState.STANDS if stands else QuoteState.CHANGED


def permalink_file(index: IndexAddress) -> Path:
    """Return the file of the answers that are kept for an index: beside its folder."""
    return beside(index, "-answers.sqlite")


class PermalinkStore:
    """Kept answers in a SQLite file, made with the first of them. Safe for threads.

    The oldest are forgotten when there are too many.
    """

    def __init__(
        self,
        file: Path,
        *,
        most: int = 10_000,
        most_bytes: int = 200_000_000,
        longest: int = 500_000,
    ) -> None:
        """Keep answers in this file.

        Args:
            file: in a folder that exists.
            most: answers that are kept.
            most_bytes: bytes of all of them together.
            longest: bytes of one.
        """
        self._file = SqliteFile(file, _SCHEMA, PermalinkFailure)
        self._most = most
        self._most_bytes = most_bytes
        self._longest = longest

    def keep(self, answered: AnsweredQuestion, generation: str) -> str:
        """Keep an answer and return its id.

        Raises:
            PermalinkFailure: it is too long, or the file cannot be written.
        """
        answer = _plain(json.dumps(answered.answer.to_dict(), ensure_ascii=False))
        hashes = json.dumps([_hash(cited.quote) for cited in answered.answer.cited()])
        question = _plain(answered.question)
        given = {name: value for name, value in answered.filters.items() if value is not None}
        filters = _plain(json.dumps(given, ensure_ascii=False, default=str))
        size = sum(len(text.encode()) for text in (answer, hashes, question, filters))
        if size > self._longest:
            raise PermalinkFailure(f"the answer is longer than {self._longest:,} bytes: not kept")
        made = secrets.token_urlsafe(_RANDOM_BYTES)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._file.changing() as connection:
            connection.execute(
                "INSERT INTO answers (id, at, generation, question, filters, answer, hashes, size) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (made, at, generation, question, filters, answer, hashes, size),
            )
            connection.execute(_FORGET, (self._most, self._most_bytes))
        return made

    def find(self, kept_id: str) -> KeptAnswer | None:
        """Return the answer of an id; None where none is kept under it.

        Raises:
            PermalinkFailure: the file cannot be read.
        """
        if not _ID.fullmatch(kept_id):
            return None
        rows = self._file.rows(
            "SELECT at, generation, question, filters, answer, hashes FROM answers WHERE id = ?",
            (kept_id,),
        )
        if not rows:
            return None
        at, generation, question, filters, answer, hashes = rows[0]
        try:
            given = json.loads(filters)
            answered = AnsweredQuestion(question, _ANSWER.validate_json(answer), given)
            return KeptAnswer(kept_id, at, generation, answered, tuple(json.loads(hashes)))
        except ValueError as error:  # pydantic's ValidationError is one
            cause = str(error).partition("\n")[0]
            raise PermalinkFailure(f"{self._file.path}: cannot be read ({cause})") from error


def _hash(text: str) -> str:
    return sha256(_plain(text).encode()).hexdigest()


def _plain(text: str) -> str:
    """Return a text that can be encoded: a question or a model may give half a surrogate."""
    return text.encode("utf-8", "replace").decode()
