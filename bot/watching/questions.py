"""Standing questions, which are asked again after each change of the index, and their changes.

A SQLite file beside the index holds each question with its latest answer and the generation that
gave it. A newer answer, the change it makes and the generation are written in one transaction that
asks for the earlier generation: a process that is killed before it asks again, and of two processes
that ask at once only one writes. So each change is recorded once.
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import QuestionsFailure
from bot.watching.feeds import now_iso
from index.address import IndexAddress, beside
from index.sqlite_file import SqliteFile

if TYPE_CHECKING:
    from bot.answering.answers import Answer

__all__ = ["AnswerChange", "QuestionStore", "StandingQuestion", "questions_beside", "quotes_of"]

_MOST_QUESTIONS = 200
_LONGEST = 2_000  # code points of a question
_CLAIM = 300.0  # seconds after which a change is told again by another process
_SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, question TEXT NOT NULL, filters TEXT NOT NULL,
    added TEXT NOT NULL, generation TEXT NOT NULL DEFAULT '', asked TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '', UNIQUE (question, filters));
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, question INTEGER NOT NULL, id TEXT NOT NULL,
    at TEXT NOT NULL, generation TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0, claimed REAL NOT NULL DEFAULT 0);
"""


@dataclass(frozen=True)
class StandingQuestion:
    """A question that is asked again and again.

    Attributes:
        number: of it.
        question: as it is asked.
        filters: ``since``, ``until``, ``source``, ``articles`` and ``name``, as ``NewsBot.answer``
            takes them; only those that are set.
        added: when it was added, in ISO 8601, as all times here.
        generation: of the index that it was asked of last; empty before the first time.
        asked: when that was.
        answer: ``Answer.to_dict()`` of then; empty before the first time.
    """

    number: int
    question: str
    filters: Mapping[str, Any]
    added: str
    generation: str
    asked: str
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class AnswerChange:
    """How an answer changed.

    Attributes:
        number: of the change.
        id: a UUID, by which a receiver knows a change that is sent twice.
        question: number of the question.
        text: the question.
        at: when the new answer was found.
        generation: of the index that gave it.
        old: ``Answer.to_dict()`` of the answer before.
        new: of the one since.
    """

    number: int
    id: str
    question: int
    text: str
    at: str
    generation: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values, with the quotes of both answers."""
        return {
            "id": self.id,
            "question": self.text,
            "at": self.at,
            "generation": self.generation,
            "old": {"text": self.old["text"], "quotes": quotes_of(self.old)},
            "new": {"text": self.new["text"], "quotes": quotes_of(self.new)},
        }


def questions_beside(index: IndexAddress) -> QuestionStore:
    """Return the standing questions that belong to an index."""
    return QuestionStore(beside(index, "-questions.sqlite"))


def quotes_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sentences that an answer rests on, each with where it stands."""
    kept = ("quote", "article_id", "title", "source", "published", "url", "start", "end")
    return [{name: cited.get(name) for name in kept} for cited in answer["citations"]]


class QuestionStore:
    """The standing questions of one index, in a file made with the first. Safe for threads."""

    def __init__(self, file: Path) -> None:
        """Keep questions in this file."""
        self.file = file
        self._stored = SqliteFile(file, _SCHEMA, QuestionsFailure)

    def add(self, question: str, filters: Mapping[str, Any] | None = None) -> int:
        """Add a question and return its number; one that is asked already keeps its number.

        Raises:
            QuestionsFailure: it is blank or too long, there are too many, or the file cannot be
                written.
        """
        text = " ".join(question.split())
        if not text or len(text) > _LONGEST:
            raise QuestionsFailure(f"a standing question has 1 to {_LONGEST:,} characters")
        kept = json.dumps({k: v for k, v in sorted((filters or {}).items()) if v}, default=str)
        with self._stored.changing() as connection:
            known = connection.execute(
                "SELECT number FROM questions WHERE question = ? AND filters = ?", (text, kept)
            ).fetchone()
            if known is not None:
                return int(known["number"])
            if (
                connection.execute("SELECT count(*) FROM questions").fetchone()[0]
                >= _MOST_QUESTIONS
            ):
                raise QuestionsFailure(f"{_MOST_QUESTIONS} questions stand already: remove one")
            made = connection.execute(
                "INSERT INTO questions (question, filters, added) VALUES (?, ?, ?)",
                (text, kept, now_iso()),
            )
            return made.lastrowid or 0

    def remove(self, question: str | int) -> None:
        """Stop asking a question, and delete its changes.

        Args:
            question: its number, or its text.

        Raises:
            QuestionsFailure: it is not asked, or the file cannot be written.
        """
        found = [one for one in self.all() if question in (one.number, one.question)]
        if not found:
            raise QuestionsFailure(f"no standing question {question!r}")
        with self._stored.changing() as connection:
            for one in found:
                connection.execute("DELETE FROM changes WHERE question = ?", (one.number,))
                connection.execute("DELETE FROM questions WHERE number = ?", (one.number,))

    def all(self) -> list[StandingQuestion]:
        """Return the questions in the order they were added; raises ``QuestionsFailure``."""
        return [
            StandingQuestion(
                row["number"],
                row["question"],
                json.loads(row["filters"]),
                row["added"],
                row["generation"],
                row["asked"],
                json.loads(row["answer"] or "{}"),
            )
            for row in self._stored.rows("SELECT * FROM questions ORDER BY number")
        ]

    def changes(self, most: int = -1) -> list[AnswerChange]:
        """Return how answers changed, the latest first; raises ``QuestionsFailure``."""
        query = (
            "SELECT changes.*, questions.question AS text FROM changes "
            "JOIN questions ON questions.number = changes.question "
            "ORDER BY changes.number DESC LIMIT ?"
        )
        return [_change(row) for row in self._stored.rows(query, (most,))]

    def settle(self, question: StandingQuestion, generation: str, answer: Answer) -> bool:
        """Record the answer to a question, and the change that it makes.

        Args:
            question: as it was when it was asked.
            generation: of the index that answered.
            answer: the answer.

        Returns:
            Whether the answer changed. False where somebody else has asked meanwhile.

        Raises:
            QuestionsFailure: the file cannot be written.
        """
        # Late: it loads what reads answers, and most commands that change an index ask nothing.
        from bot.watching.answer_changes import has_changed

        new, now = answer.to_dict(), now_iso()
        changed = bool(question.answer) and has_changed(question.question, question.answer, new)
        # An answer that only reads differently does not take the old one's place: wordings that
        # drift, each near the one before, would end far from what was told.
        keeps = bool(question.answer) and not changed
        kept = question.answer if keeps else new
        with self._stored.changing() as connection:
            done = connection.execute(
                "UPDATE questions SET generation = ?, asked = ?, answer = ? "
                "WHERE number = ? AND generation = ?",
                (generation, now, json.dumps(kept), question.number, question.generation),
            )
            if not done.rowcount or not changed:
                return False
            connection.execute(
                "INSERT INTO changes (question, id, at, generation, old, new) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    *(question.number, str(uuid.uuid4()), now, generation),
                    *(json.dumps(question.answer), json.dumps(new)),
                ),
            )
        return True

    def claim(self) -> AnswerChange | None:
        """Reserve the earliest change that was not reported yet for this process, and return it.

        A change that was reserved by a process that was killed is returned again after minutes.
        """
        if not self.file.exists():
            return None
        with self._stored.changing() as connection:
            row = connection.execute(
                "SELECT changes.*, questions.question AS text FROM changes "
                "JOIN questions ON questions.number = changes.question "
                "WHERE told = 0 AND claimed < ? ORDER BY changes.number LIMIT 1",
                (time.time() - _CLAIM,),
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                "UPDATE changes SET claimed = ? WHERE number = ?", (time.time(), row["number"])
            )
            return _change(row)

    def mark_told(self, change: AnswerChange) -> None:
        """Record that a change was reported."""
        with self._stored.changing() as connection:
            connection.execute("UPDATE changes SET told = 1 WHERE number = ?", (change.number,))


def _change(row: sqlite3.Row) -> AnswerChange:
    return AnswerChange(
        *(row["number"], row["id"], row["question"], row["text"], row["at"], row["generation"]),
        old=json.loads(row["old"]),
        new=json.loads(row["new"]),
    )
