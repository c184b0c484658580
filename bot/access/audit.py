"""The audit log: who asked, added, removed and watched what, and when, as JSON lines."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from bot.access.policy import Visitor
from bot.errors import NotServed
from index.address import IndexAddress, beside

__all__ = ["AuditLog", "Record", "audit_beside", "no_record"]

_MOST_BYTES = 10_000_000  # of a file; then it is rotated
_MOST_FILES = 5  # earlier ones that are kept
_LONGEST_QUESTION = 2_000  # code points that are kept

Record = Callable[..., None]
"""Writes an action and its details down: ``record("remove", articles=[…])``."""


def audit_beside(index: IndexAddress) -> Path:
    """Return the audit log that belongs to an index."""
    return beside(index, "-audit.jsonl")


def no_record(action: str, **details: Any) -> None:
    """Write nothing down."""


class _PrivateFileHandler(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return open(descriptor, "a", encoding="utf-8")


class AuditLog:
    """A file of JSON lines that only its owner reads, rotated at 10 MB. Safe for threads."""

    def __init__(
        self, file: Path, visitor: Callable[[], Visitor], *, keep_questions: bool = True
    ) -> None:
        """Append to a file.

        Args:
            file: of the log.
            visitor: returns who sent the request that is being served.
            keep_questions: whether the texts of questions are written down.

        Raises:
            NotServed: it cannot be written.
        """
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handler = _PrivateFileHandler(
                file, maxBytes=_MOST_BYTES, backupCount=_MOST_FILES, encoding="utf-8"
            )
        except OSError as error:
            raise NotServed(f"cannot write {file}: {error.strerror or error}") from error
        self._logger = logging.Logger("newsbot.audit")  # its own: in no tree, so nowhere else
        self._logger.addHandler(handler)
        self._handler = handler
        self._visitor = visitor
        self._keep_questions = keep_questions

    def record(self, action: str, **details: Any) -> None:
        """Write down what a visitor did; empty details, and questions not to be kept, are none."""
        question = details.pop("question", "")[:_LONGEST_QUESTION]
        if self._keep_questions:
            details["question"] = question
        visitor = self._visitor()
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "user": visitor.name,
            "client": visitor.client,
            "action": action,
            **{name: value for name, value in details.items() if value != ""},
        }
        # JSON escapes line ends and control characters: one record is one line, whatever is asked.
        self._logger.info(json.dumps(line))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()
