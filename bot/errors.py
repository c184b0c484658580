"""The errors of the bot's own rooms.

corpus.errors.NewsbotError
└── BotError
    ├── FeedbackFailure         what people said of answers cannot be kept or read
    ├── SettingsError           the environment holds a setting newsbot cannot use
    ├── NotServed               the chat page cannot be served as was asked
    ├── PortBusy                the chat page cannot have the port it was given
    ├── QuestionsUnreadable     a file of questions to evaluate with has a line that does not fit
    ├── ReaderError             a reader, or what it is trained on, is missing or not whole
    ├── Refused                 a server's visitor asks for too much, or for what may not be
    ├── UnknownArticle          no article of that id is in the index
    └── UsersFailure            the file of users, or what is to be written into it, will not do

Every message is one line that names the thing and says what to do, ready for standard error.
"""

from __future__ import annotations

from corpus.errors import NewsbotError

__all__ = [
    "BotError",
    "FeedbackFailure",
    "NotServed",
    "PortBusy",
    "QuestionsUnreadable",
    "ReaderError",
    "RequestRefused",
    "SettingsError",
    "UnknownArticle",
    "UsersFailure",
]


class BotError(NewsbotError):
    """Base of what goes wrong between a question and its answer on the page or the terminal."""


class FeedbackFailure(BotError):
    """The file of what people said of answers cannot be read or written."""


class NotServed(BotError):
    """The chat page is to be served in a way that is not safe, or that is not installed."""


class PortBusy(BotError):
    """Another program already listens on the port that the chat page was to use."""


class QuestionsUnreadable(BotError):
    """A file of questions for ``newsbot eval`` is missing, or has a line that does not fit."""


class ReaderError(BotError):
    """A reader, or what it is to be trained on, is missing or cannot be read."""


class RequestRefused(BotError):
    """What a server's visitor wants is too much, is not allowed, or is not what it should be."""


class SettingsError(BotError):
    """A ``NEWSBOT_…`` variable is unknown or has a value that cannot be used."""


class UnknownArticle(BotError):
    """The index holds no article of the id that was asked for."""


class UsersFailure(BotError):
    """A file of users is damaged or cannot be written, or a name or password will not do."""
