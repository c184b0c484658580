"""Plain text: one article a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.formats.draft import Draft
from corpus.text import decode, normalise

__all__ = ["LONGEST_TITLE", "parse", "split_title", "title_from_name"]

LONGEST_TITLE = 250
"""Characters; a longer first line is a paragraph, and taking it away would lose it."""


def parse(data: bytes, name: str) -> Iterator[Draft]:
    """Read a text file; its first line is the title where a blank line follows it.

    Args:
        data: the whole file, in any encoding that ``corpus.text`` tells.
        name: the file's name; the title where the text has none.

    Yields:
        One Draft; its text is empty if the file's is.

    Raises:
        UnreadableArticle: the file is not text.
    """
    title, text = split_title(normalise(decode(data)).strip(), name)
    yield Draft(title=title, text=text)


def split_title(text: str, name: str) -> tuple[str, str]:
    """Take the title off a text that has no other.

    Args:
        text: the whole of it, without white space around it.
        name: the file's name.

    Returns:
        The first line and the rest, where a blank line follows it and it is no paragraph; else a
        title made of the name, and all of the text.
    """
    first, _, rest = text.partition("\n")
    after, _, _ = rest.partition("\n")
    if rest.strip() and not after.strip() and len(first) <= LONGEST_TITLE:
        return first, rest.strip()
    return title_from_name(name), text


def title_from_name(name: str) -> str:
    """Make a readable title of a file's name: ``floods-in_aldmoor.txt``, Floods in aldmoor."""
    stem = name.rpartition("/")[2]
    stem = stem.rpartition(".")[0] or stem
    words = re.sub(r"[\s_-]+", " ", stem).strip()
    return words[:1].upper() + words[1:]
