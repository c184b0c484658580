"""Names of people, organisations and places, as an index keeps them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.article import Span

__all__ = ["DOTTED", "KINDS", "WELL_KNOWN", "ArticleName", "NameCount", "name_key"]

KINDS = ("person", "organisation", "place")
"""What a name can be of."""

WELL_KNOWN = {
    "us": "United States",
    "usa": "United States",
    "uk": "United Kingdom",
    "un": "United Nations",
    "eu": "European Union",
}
"""Names by the keys of the short forms that need no explanation."""

DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?")
"""Initials with dots."""

_THE = re.compile(r"^the\s+", re.IGNORECASE)


@dataclass(frozen=True)
class ArticleName:
    """A name in an article.

    Attributes:
        name: in full.
        kind: one of ``KINDS``.
        spans: where it or a short form of it stands in the article's text, ascending.
        short: key of the short form that the article gives in brackets; empty without one.
    """

    name: str
    kind: str
    spans: tuple[Span, ...]
    short: str = ""

    @property
    def key(self) -> str:
        """The same for all spellings of the name."""
        return name_key(self.name)


@dataclass(frozen=True)
class NameCount:
    """A name over many articles.

    Attributes:
        key: the same for all spellings, those merged by hand too.
        name: in full.
        kind: one of ``KINDS``, the most frequent.
        articles: how many have it.
    """

    key: str
    name: str
    kind: str
    articles: int


def name_key(name: str) -> str:
    """Return what the spellings of a name have in common: not case, dots of initials, "the"."""
    plain = _THE.sub("", " ".join(name.replace("’", "'").split()))
    return (plain.replace(".", "") if DOTTED.fullmatch(plain) else plain).casefold()
