"""Votes on answers: thumbs, reasons and right answers, in SQLite beside the index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import FeedbackFailure
from index.address import IndexAddress, beside
from index.sqlite_file import SqliteFile

if TYPE_CHECKING:
    from bot.answering.answers import Answer

__all__ = ["Feedback", "FeedbackStore", "feedback_file"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS votes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, question TEXT NOT NULL,
    liked INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '',
    expected TEXT NOT NULL DEFAULT '', unanswerable INTEGER NOT NULL DEFAULT 0,
    narrowed INTEGER NOT NULL, generation TEXT NOT NULL, answer TEXT NOT NULL);
"""
_LONGEST = 2_000  # code points of a reason or of a right answer
_FLAGS = ("liked", "unanswerable", "narrowed")


@dataclass(frozen=True)
class Feedback:
    """One vote on one answer.

    Attributes:
        number: of the vote.
        at: when it was given, timezone-aware ISO 8601.
        question: as it was asked.
        liked: whether the thumb was up.
        reason: why, in the person's words; may be empty.
        expected: what the person says is right; may be empty.
        unanswerable: whether the person says that the articles do not say.
        narrowed: whether only some of the articles were asked.
        answer: ``Answer.to_dict()``.
    """

    number: int
    at: str
    question: str
    liked: bool
    reason: str
    expected: str
    unanswerable: bool
    narrowed: bool
    answer: dict[str, Any]

    def as_question(self) -> dict[str, Any] | None:
        """Return a line for ``newsbot eval``; None where the vote does not say what is right.

        A thumb up says that the answer, or the refusal, was right; a thumb down says what is right
        only with an answer, or with the remark that the articles do not say. An answer from some
        of the articles says nothing of a question to all of them.
        """
        answers: list[str] = []
        article: str | None = None
        if self.narrowed:
            return None
        if self.liked and not self.answer["refused"]:
            quotes = [cited["quote"] for cited in self.answer["citations"]]
            short = self.answer["short_answer"]
            answers = [short] if short else list(dict.fromkeys([" ".join(quotes), *quotes]))
            article = self.answer["citations"][0]["article_id"] if quotes else None
        elif not self.liked and not self.unanswerable:
            if not self.expected:
                return None
            answers = [self.expected]
        line: dict[str, Any] = {"question": self.question, "answers": answers}
        if article is not None:
            line["article_id"] = article
        if self.reason:
            line["reason"] = self.reason
        return line


def feedback_file(index: IndexAddress) -> Path:
    """Return the file of the votes on an index's answers: beside its folder."""
    return beside(index, "-feedback.sqlite")


class FeedbackStore:
    """Votes in a SQLite file, made with the first of them. Safe for threads."""

    def __init__(self, file: Path) -> None:
        """Keep votes in this file."""
        self._file = SqliteFile(file, _SCHEMA, FeedbackFailure)

    def add(
        self, question: str, answer: Answer, liked: bool, *, narrowed: bool, generation: str
    ) -> int:
        """Keep a vote.

        Returns:
            Its number, for ``explain`` and ``remove``.

        Raises:
            FeedbackFailure: the file cannot be written.
        """
        values = (
            datetime.now(UTC).isoformat(timespec="seconds"),
            question[: 10 * _LONGEST],
            liked,
            narrowed,
            generation,
            json.dumps(answer.to_dict()),
        )
        return self._change(
            "INSERT INTO votes (at, question, liked, narrowed, generation, answer) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )

    def explain(
        self, number: int, reason: str = "", expected: str = "", *, unanswerable: bool = False
    ) -> None:
        """Add to a vote why it was given and what would be right; raises what ``add`` does."""
        self._change(
            "UPDATE votes SET reason = ?, expected = ?, unanswerable = ? WHERE number = ?",
            (reason.strip()[:_LONGEST], expected.strip()[:_LONGEST], unanswerable, number),
        )

    def remove(self, number: int) -> None:
        """Take a vote back; raises what ``add`` does."""
        self._change("DELETE FROM votes WHERE number = ?", (number,))

    def all(self) -> Iterator[Feedback]:
        """Return every vote, the oldest first; none where nobody has voted.

        Raises:
            FeedbackFailure: the file cannot be read.
        """
        columns = ", ".join(field.name for field in fields(Feedback))
        for row in self._file.rows(f"SELECT {columns} FROM votes ORDER BY number"):
            flags = {name: bool(row[name]) for name in _FLAGS}
            try:
                answer = json.loads(row["answer"])
            except ValueError as error:
                raise FeedbackFailure(f"{self._file.path}: cannot be read ({error})") from error
            yield Feedback(**{**row, **flags, "answer": answer})

    def _change(self, statement: str, values: tuple[object, ...]) -> int:
        with self._file.changing() as connection:
            return connection.execute(statement, values).lastrowid or 0
