"""Plain text: one article a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.formats.draft import Draft
from corpus.text import decode, normalise

__all__ = ["LONGEST_TITLE", "parse", "split_title", "title_from_name", "without_line_hyphens"]

LONGEST_TITLE = 250
"""Characters; a longer first line is a paragraph, and taking it away would lose it."""

_MOST_TITLE_WORDS = 14  # of a title that ends as a sentence does
_ENDS = (".", "!", "?", ".”", '."')
_BROKEN_WORD = re.compile(r"(\S*[^\W\d_])([-\u2010\u00ad])\n[ \t]*([^\W\d_A-Z]\S*)[ \t]*\n?")
_HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_LETTERS = re.compile(r"[^\W\d_]+")
_NARROWEST = 30
"""Characters of a line that is wrapped; a shorter one may end in a dash of its own."""

_COMPOUND_PARTS = set(
    "well self ex half mid so high low full part long short two three four five six seven eight "
    "nine ten first second third year old".split()
)
"""What is written with a hyphen more often than as the beginning of a longer word."""

_SUSPENDED = {"and", "or", "to", "und", "oder", "et", "ou", "y", "o"}  # "pre- and post-war"


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
    title, text = split_title(without_line_hyphens(normalise(decode(data))).strip(), name)
    yield Draft(title=title, text=text)


def split_title(text: str, name: str) -> tuple[str, str]:
    """Take the title off a text that has no other.

    Args:
        text: the whole of it, without white space around it.
        name: the file's name.

    Returns:
        The first line and the rest, where a blank line follows it and it is no sentence; else a
        title made of the name, and all of the text.
    """
    first, _, rest = text.partition("\n")
    after, _, _ = rest.partition("\n")
    prose = len(first.split()) > _MOST_TITLE_WORDS and first.endswith(_ENDS)
    if rest.strip() and not after.strip() and len(first) <= LONGEST_TITLE and not prose:
        return first, rest.strip()
    return title_from_name(name), text


def title_from_name(name: str) -> str:
    """Make a readable title of a file's name: ``floods-in_aldmoor.txt``, Floods in aldmoor."""
    stem = name.rpartition("/")[2]
    stem = stem.rpartition(".")[0] or stem
    words = re.sub(r"[\s_-]+", " ", stem).strip()
    return words[:1].upper() + words[1:]


def without_line_hyphens(text: str) -> str:
    """Join the words that a wrapped text breaks at the ends of its lines.

    Args:
        text: the whole of it, normalised; how it hyphenates elsewhere counts.

    Returns:
        The same with each such word whole on the line it begins on. A compound that is written
        with its hyphen elsewhere in the text, or has another one (``47-year-old``), keeps it.
    """
    compounds = {word.casefold() for word in _HYPHENATED.findall(text)}

    def joined(broken: re.Match[str]) -> str:
        start, hyphen, rest = broken.groups()
        first, last = _LETTERS.findall(start)[-1], _LETTERS.match(rest)
        assert last is not None, "the pattern asks for a letter"
        line = broken.end(2) - (text.rfind("\n", 0, broken.start()) + 1)
        if last[0] in _SUSPENDED or line < _NARROWEST:
            return broken[0]
        compound = (
            "-" in start
            or first.casefold() in _COMPOUND_PARTS
            or f"{first}-{last[0]}".casefold() in compounds
        )
        return f"{start}{hyphen if compound else ''}{rest}\n"

    return _BROKEN_WORD.sub(joined, text)
