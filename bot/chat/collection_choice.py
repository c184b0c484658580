"""The collections that one server answers from, and the one that a page is of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

__all__ = ["CollectionChoice", "collection_path"]


def collection_path(name: str) -> str:
    """Return the path below which the page of a collection other than the first lies."""
    return f"/c/{quote(name, safe='')}"


@dataclass(frozen=True)
class CollectionChoice:
    """What a page offers to go to.

    Attributes:
        names: of the collections, the first of which is at the root; none where there is no choice.
        current: the one that the page is of.
        root_path: the prefix of a proxy, or its whole address.
    """

    names: tuple[str, ...] = ()
    current: str = ""
    root_path: str = ""

    @property
    def prefix(self) -> str:
        """What stands before the paths of the page: nothing, or as ``root_path``."""
        below = collection_path(self.current) if self.current in self.names[1:] else ""
        return self.root_path.rstrip("/") + below

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield each collection's name and the path of its page; nothing for one or none."""
        if len(self.names) < 2:
            return
        root = urlsplit(self.root_path).path.rstrip("/")
        for number, name in enumerate(self.names):
            yield name, f"{root}{collection_path(name) if number else ''}/"
