"""What a format's ``parse`` yields: an article as its file has it, before it has an id."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["BadRecord", "Draft", "within"]


@dataclass(frozen=True)
class Draft:
    """Fields as the file gives them; the loader normalises them and makes the Article.

    Attributes:
        title: headline or empty.
        text: body.
        url: address or None.
        source: publisher or None.
        author: author line or None.
        published: date in whatever form the file has, or None.
        language: language code or None.
        key: what tells this record from the others of its file (its own id, else its number), or
            None where a file is one article.
        place: where in the file, as ``line 7`` or ``record 3``; empty where a file is one article.
        updated: date of the last change in whatever form the file has, or None.
        in_feed: whether its file is a feed, which forgets its older entries.
        pages: where each page begins in the text, where the file has pages.
        recognised: numbers of the pages, from 1, that are scans and were recognised as text.
    """

    title: str
    text: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None
    language: str | None = None
    key: str | None = None
    place: str = ""
    updated: str | None = None
    in_feed: bool = False
    pages: tuple[int, ...] = ()
    recognised: tuple[int, ...] = ()


@dataclass(frozen=True)
class BadRecord:
    """One record of a file that cannot be read, while the file's others can.

    Attributes:
        place: where in the file, as ``line 7`` or ``record 3``.
        cause: why, in a few words.
        passed_over: whether it is left out on purpose, and not because something is wrong with it.
    """

    place: str
    cause: str
    passed_over: bool = False


def within(one: Draft | BadRecord, file: str, place: str) -> Draft | BadRecord:
    """What was read in a file that lies in another one, by its place there.

    Args:
        one: as the file's own format gives it.
        file: the file's name in the other one.
        place: where it is, for a message about it.
    """
    inside = f"{place} {one.place}".strip()
    if isinstance(one, BadRecord):
        return replace(one, place=inside)
    return replace(one, key=file if one.key is None else f"{file}#{one.key}", place=inside)
