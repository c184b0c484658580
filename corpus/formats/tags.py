"""A look at HTML before it is made a tree, which takes much more memory and time than it does."""

from __future__ import annotations

import lxml.etree

from corpus.errors import UnreadableArticle

__all__ = ["MOST_ATTRIBUTES", "MOST_TAGS", "check_tags"]

MOST_TAGS = 300_000
"""Tags of a page; the longest have a tenth. A tree of them is held several times over."""

MOST_ATTRIBUTES = 5_000
"""Attributes of one tag. libxml2 looks through all of them for each that it adds to a tree: a
megabyte of them takes it ten seconds, in which nothing can stop it."""

_HARMLESS = 50_000  # characters: too few for what takes long


def check_tags(source: str) -> None:
    """Refuse HTML of which no tree should be made.

    Args:
        source: the page, or the piece.

    Raises:
        UnreadableArticle: it has too many tags, or one of them too many attributes.
    """
    if source.count("<") > MOST_TAGS:
        raise UnreadableArticle(f"more than {MOST_TAGS:,} tags")
    if len(source) > _HARMLESS:
        try:
            lxml.etree.fromstring(source, lxml.etree.HTMLParser(target=_Target()))
        except (lxml.etree.LxmlError, ValueError, AssertionError):
            pass  # the one who makes the tree will say so


class _Target:
    """Told of each tag while libxml2 reads: no tree is made, and the time is linear."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(attributes) > MOST_ATTRIBUTES:
            raise UnreadableArticle(f"a tag with more than {MOST_ATTRIBUTES:,} attributes")

    def end(self, tag: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass
