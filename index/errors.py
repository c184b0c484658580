"""What can be wrong with an index or a search of it.

    NewsbotError (corpus.errors)
    ├── IndexFailure
    │   ├── IndexMissing        nothing there yet
    │   ├── IndexCorrupt        there, but not whole
    │   ├── IndexForeign        made by something else or by another version
    │   ├── EmbedderMismatch    built with another embedding model
    │   └── IndexBusy           another process is writing to it
    ├── EmbedderFailure         the embedding model cannot be loaded
    ├── NamesFailure            no such name, or what was merged cannot be kept
    ├── SearchFailure
    │   ├── EmptyQuestion       nothing was asked
    │   └── BadFilter           a date filter that is not a date
    └── WatchFailure            a folder cannot be watched

Every message is one line that says what is wrong and, where something helps, what to run.
"""

from __future__ import annotations

from corpus.errors import NewsbotError

__all__ = [
    "BadFilter",
    "EmbedderFailure",
    "EmbedderMismatch",
    "EmptyQuestion",
    "IndexBusy",
    "IndexCorrupt",
    "IndexFailure",
    "IndexForeign",
    "IndexMissing",
    "NamesFailure",
    "SearchFailure",
    "WatchFailure",
    "one_line",
]


class IndexFailure(NewsbotError):
    """The index cannot be opened or written."""


class IndexMissing(IndexFailure):
    """There is no index in that folder."""


class IndexCorrupt(IndexFailure):
    """Files of the index are missing, cut short or altered."""


class IndexForeign(IndexFailure):
    """The folder holds something that this version of newsbot did not make."""


class EmbedderMismatch(IndexFailure):
    """The index was built with another embedding model than the one asked for."""


class IndexBusy(IndexFailure):
    """Another process holds the writer's lock."""


class NamesFailure(NewsbotError):
    """No article has a name, or the file of merged names cannot be read or written."""


class EmbedderFailure(NewsbotError):
    """The embedding model is not on this machine, or is not the one that was expected."""


class SearchFailure(NewsbotError):
    """The question or its filters cannot be searched for."""


class EmptyQuestion(SearchFailure):
    """The question is blank."""


class BadFilter(SearchFailure):
    """A ``since`` or ``until`` that is not a date."""


class WatchFailure(NewsbotError):
    """A folder that is to be watched is not one, or the system does not watch it."""


def one_line(told: object) -> str:
    """Return what a library says of its failure, as it may stand in one of these messages."""
    return " ".join(str(told).split())[:200]
