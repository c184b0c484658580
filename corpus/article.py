"""The records that everything else is made of: an Article, and a Passage of it."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, fields
from functools import cached_property

__all__ = ["Article", "Passage", "Span"]

Span = tuple[int, int]
"""Start (inclusive) and end (exclusive), in code points of ``Article.text``."""


@dataclass(frozen=True)
class Article:
    r"""A news article as indexed. Its ``text`` is normalised once and is what all offsets count in.

    Attributes:
        id: stable name, from the URL where known, else from the path relative to the folder given.
        title: headline, one line; may be empty.
        text: body, Unicode NFC, ``\n`` line ends, no NUL, no byte order mark, no lone surrogates.
        url: where it was published, or None.
        source: publisher, or None.
        author: author line as given, or None.
        published: timezone-aware ISO 8601 (``2019-12-31T14:05:00+01:00``) with the offset of the
            place where it was published, so that its day is the day there; or None, never guessed.
        language: ISO 639-1 code, of the text where that shows it, else as the file says; or None.
        updated: when it was last changed, in the form of ``published``, if that was later.
        pages: where each of its pages begins in the text; empty where it has none.
        recognised: numbers of the pages, from 1, that are scans and were recognised as text.
    """

    id: str
    title: str
    text: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None
    language: str | None = None
    updated: str | None = None
    pages: tuple[int, ...] = ()
    recognised: tuple[int, ...] = ()

    def page_at(self, place: int) -> int | None:
        """Return the number of the page on which a place in the text stands; None without pages."""
        return bisect_right(self.pages, place) or None

    def is_recognised(self, start: int, end: int) -> bool:
        """Return whether a part is on a scanned page: its letters may have been misread."""
        return not {self.page_at(start), self.page_at(end - 1)}.isdisjoint(self.recognised)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (64 hex digits) over every field but the id: differs when the article changed."""
        digest = hashlib.sha256()
        for name in _HASHED:
            value = getattr(self, name)
            given = "\0" if value is None else f"={value}"
            digest.update(f"{name}{given}\0".encode())
        return digest.hexdigest()


_HASHED = sorted(field.name for field in fields(Article) if field.name != "id")


@dataclass(frozen=True)
class Passage:
    """Whole sentences of one article: ``article.text[start:end] == text``, always.

    Attributes:
        article_id: the article it is of.
        number: 0-based place among the article's passages.
        start: first code point in the article's text.
        end: one past the last.
        text: the characters themselves.
        sentences: spans of its sentences in the article's text, ascending.
    """

    article_id: str
    number: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
