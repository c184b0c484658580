"""The errors of the bot package. Each message is one line that names the thing and the remedy.

corpus.errors.NewsbotError
└── BotError
    ├── ChatModelError
    ├── FeedFailure
    ├── FeedbackFailure
    ├── NotServed
    ├── NotifyFailure
    ├── PermalinkFailure
    ├── PortBusy
    ├── QuestionsFailure
    ├── QuestionsUnreadable
    ├── ReaderError
    ├── RequestRefused
    ├── SettingsError
    ├── UnknownArticle
    └── UsersFailure
"""

from __future__ import annotations

from corpus.errors import NewsbotError

__all__ = [
    "BotError",
    "ChatModelError",
    "FeedFailure",
    "FeedbackFailure",
    "NotServed",
    "NotifyFailure",
    "PermalinkFailure",
    "PortBusy",
    "QuestionsFailure",
    "QuestionsUnreadable",
    "ReaderError",
    "RequestRefused",
    "SettingsError",
    "UnknownArticle",
    "UsersFailure",
]


class BotError(NewsbotError):
    """Base of the errors of the bot package."""


class ChatModelError(BotError):
    """A chat model is not known, is not installed, or does not answer."""


class FeedFailure(BotError):
    """A feed cannot be watched, or the file of feeds cannot be read or written."""


class FeedbackFailure(BotError):
    """The file of votes on answers cannot be read or written."""


class NotServed(BotError):
    """The chat page cannot be served so: it would not be safe, or a package is missing."""


class PermalinkFailure(BotError):
    """An answer cannot be kept under an address, or its file cannot be read."""


class NotifyFailure(BotError):
    """A changed answer cannot be sent to whoever is to be told."""


class PortBusy(BotError):
    """Another program listens on the port of the chat page."""


class QuestionsFailure(BotError):
    """A standing question cannot be taken, or the file of them cannot be read or written."""


class QuestionsUnreadable(BotError):
    """A file of questions for ``newsbot eval`` is missing or has an invalid line."""


class ReaderError(BotError):
    """A reader, or its training data, is missing or cannot be read."""


class RequestRefused(BotError):
    """A request to the server is too much, not allowed, or invalid."""


class SettingsError(BotError):
    """A ``NEWSBOT_…`` variable is unknown or has an invalid value."""


class UnknownArticle(BotError):
    """No article of that id is in the index."""


class UsersFailure(BotError):
    """A file of users is damaged or cannot be written, or a name or password is invalid."""
