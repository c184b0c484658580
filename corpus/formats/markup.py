"""A piece of HTML made plain text: paragraphs, and nothing that is not read aloud."""

from __future__ import annotations

import re

import lxml.etree
import lxml.html

from corpus.errors import UnreadableArticle
from corpus.formats.tags import check_tags

__all__ = ["plain_text"]

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
