"""The errors newsbot raises, from the root of the tree down to one unreadable article.

    NewsbotError
    ├── CorpusError                 something about the articles that were brought
    │   └── UnreadableArticle       one file or record that could not be read
    │       ├── FileOutOfReach      a file that the system does not give now, and may give later
    │       └── UnexpectedStatus    what a web server answers in place of a page
    ├── index.errors.IndexFailure     see index/errors.py
    └── bot.errors.BotError         see bot/errors.py

Every message is one line that names the thing and the cause, ready for standard error.
"""

from __future__ import annotations

__all__ = ["CorpusError", "FileOutOfReach", "NewsbotError", "UnexpectedStatus", "UnreadableArticle"]


class NewsbotError(Exception):
    """Base of every error that newsbot raises on purpose; its text is one line for the user."""


class CorpusError(NewsbotError):
    """The paths or articles that were given cannot be used."""


class UnreadableArticle(CorpusError):
    """A file, or one record of it, cannot be read; the text is the cause, without the name."""


class FileOutOfReach(UnreadableArticle):
    """The system refuses a file, or fails to read it: that says nothing of what is in it."""


class UnexpectedStatus(UnreadableArticle):
    """A web server answers with another status than 200, which goes with it."""

    def __init__(self, line: str, status: int, retry_after: str = "") -> None:
        """Take the message, the status and the header ``Retry-After`` as it came."""
        super().__init__(line)
        self.status = status
        self.retry_after = retry_after
