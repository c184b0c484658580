"""A piece of HTML made plain text: paragraphs, and nothing that is not read aloud."""

from __future__ import annotations

import re

import lxml.etree
import lxml.html

from corpus.errors import UnreadableArticle

__all__ = ["MOST_ATTRIBUTES", "MOST_TAGS", "check_tags", "plain_text"]

MOST_TAGS = 300_000
"""Tags of a page; the longest have a tenth. A tree of them is held several times over."""

MOST_ATTRIBUTES = 5_000
"""Attributes of one tag. libxml2 looks through all of them for each that it adds to a tree: a
megabyte of them takes it ten seconds, in which nothing can stop it."""

_HARMLESS = 50_000  # characters: too few for what takes long

_UNREAD = frozenset(
    "script style head template noscript iframe object svg math audio video canvas select button "
    "textarea".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html main nav ol p pre section summary "
    "table ul".split()
)
_LINES = frozenset(("li", "tr", "caption"))
_CELLS = frozenset(("td", "th"))
_ROWS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th"))
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_NEW_LINE = "\v"
"""The end of an item or row: one, however many end there, and none beside a paragraph's."""


def plain_text(source: str) -> str:
    """Read a piece of HTML.

    Args:
        source: the piece, well-formed or not.

    Returns:
        Its text: paragraphs with blank lines between them, items, rows and lines that are broken
        off on lines of their own, the cells of a row with ``|`` between them. Empty where it
        cannot be parsed at all, or is larger than a page should be.
    """
    if "<" not in source and "&" not in source:
        return _tidy(_SPACE.sub(" ", source))
    try:
        check_tags(source)
        tree = lxml.html.document_fromstring(f"<body>{source}")
    except (lxml.etree.LxmlError, ValueError, AssertionError, UnreadableArticle):
        return ""
    parts: list[str] = []
    verbatim = cells = 0
    walk = lxml.etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag.rpartition(":")[2] if isinstance(element.tag, str) else ""
        if event == "start" and tag in _UNREAD:
            walk.skip_subtree()
            continue
        if tag in _BLOCKS:
            parts.append("\n\n")
        elif tag in _LINES:
            parts.append(_NEW_LINE)
        if tag == "pre":
            verbatim += 1 if event == "start" else -1
        elif tag == "tr":
            cells = 0
        elif event == "start" and tag in _CELLS:
            parts.append(" | " if cells else "")
            cells += 1
        elif event == "start" and tag == "br":
            parts.append("\n")
        words = element.text if event == "start" else element.tail
        if words and not (tag in _ROWS and words.isspace()):
            parts.append(words if verbatim else _SPACE.sub(" ", words))
    return _tidy("".join(parts))


def _tidy(text: str) -> str:
    """Make one of the spaces and line ends that come together; each pattern takes linear time."""
    text = re.sub(" ?\v[ \v]*", _NEW_LINE, re.sub(" {2,}", " ", text))
    text = re.sub(r"[ \v]?(?:\n[ \v]?){2,}", "\n\n", text)
    return re.sub(r"[ \v]?\n[ \v]?|\v", "\n", text).strip()


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
