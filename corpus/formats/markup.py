"""HTML as plain text: paragraphs of what a browser prints."""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import Any

import lxml.etree
import lxml.html

from corpus.errors import UnreadableArticle
from corpus.formats.table_rows import TableRows, span_of
from corpus.formats.typography import write_typography
from corpus.formats.visibility import remove, remove_unseen

__all__ = [
    "HOLDERS",
    "MOST_ATTRIBUTES",
    "MOST_TAGS",
    "check_tags",
    "clean",
    "is_data_table",
    "plain_field",
    "plain_text",
    "rendered",
    "tree_of",
    "words_of",
]

MOST_TAGS = 300_000
"""Tags of a page; the longest have a tenth. A tree of them is held several times over."""

MOST_ATTRIBUTES = 5_000
"""Attributes of one tag. libxml2 looks through all of them for each that it adds to a tree: a
megabyte of them takes it ten seconds, in which nothing can stop it."""

_LONG_CELL = 60  # characters of a paragraph in a cell, of which a table of data has one at most
_HARMLESS = 50_000  # characters: too few for what takes long

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html main nav ol p pre section summary "
    "table ul".split()
)
_LINES = frozenset(("li", "tr", "caption"))
_CELLS = frozenset(("td", "th"))
_ROWS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th"))
HOLDERS = _BLOCKS | _LINES | _ROWS
"""Elements that hold text of their own lines."""

_BREAKS = _BLOCKS | _LINES | _CELLS | {"br"}
_SPACE = re.compile(r"[ \t\n\r\f\v\xa0\u202f]+")
_UNPRINTED = re.compile("[\u00ad\u200b]")  # where a word may be broken
_NEW_LINE = "\v"
"""The end of an item or row: one, however many end there, and none beside a paragraph's."""

_NAMES = (
    "a abbr article aside b big blockquote body br center cite code dd del div dl dt em figcaption "
    "figure font footer form h[1-6] head header hr html i iframe img ins li link main mark meta "
    "nav ol p picture pre q s script section small source span strike strong style sub sup svg "
    "table tbody td tfoot th thead time title tr tt u ul video wbr"
).replace(" ", "|")
_TAG = re.compile(rf"<(/?)({_NAMES})(?:\s[^<>]*)?/?>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_ALONE = {"br", "hr", "img", "wbr", ""}
_BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|table|blockquote|section|article|pre)\b", re.IGNORECASE
)
_PARAGRAPH_TAG = re.compile(r"<(?:p|br|pre)\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
_NUMBERED = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def plain_field(value: str) -> str:
    """Read a field of a record, which may be HTML; plain prose comes back as it is.

    Args:
        value: a text or title. ``<`` and ``&`` that make no tag and no reference are prose.

    Returns:
        Its paragraphs. The line ends of a value without tags of blocks are kept.
    """
    if _is_markup(value):
        if not _BLOCK_TAG.search(value):
            value = value.replace("\n", "<br>")
        elif not _PARAGRAPH_TAG.search(value):
            value = _BLANK_LINE.sub("<br><br>", value)
        return plain_text(value)
    if not _REFERENCE.search(value):
        return value
    read = _REFERENCE.sub(_character, value)
    escaped_twice = "&lt;" in value and read.lstrip().startswith("<") and _is_markup(read)
    return plain_text(read) if escaped_twice else read


def plain_text(source: str) -> str:
    """Read a piece of HTML.

    Args:
        source: the piece, well-formed or not.

    Returns:
        Its text: paragraphs with blank lines between them, items, rows and lines that are broken
        off on lines of their own, the cells of a row with ``|`` between them. Raised and lowered
        characters stay apart from what is before them; what is struck or hidden is left out, and
        the captions of pictures and the page's title.
        Empty where it cannot be parsed at all, or is larger than a page should be.
    """
    if "<" not in source and "&" not in source:
        return _tidy(_SPACE.sub(" ", source))
    try:
        tree = tree_of(f"<body>{source}")
    except (lxml.etree.LxmlError, ValueError, AssertionError, UnreadableArticle):
        return ""
    clean(tree)
    for unprinted in list(tree.iter("figcaption", "title")):
        remove(unprinted)
    return rendered(tree)


def clean(tree: Any) -> None:
    """Reduce a tree to what a browser prints, all of it as characters."""
    remove_unseen(tree)
    write_typography(tree, _BREAKS)


def rendered(tree: Any, kept: set[Any] | None = None) -> str:
    """Write a clean tree as text; see ``plain_text``.

    Args:
        tree: the tree, or a part of it.
        kept: the blocks and tables of data to write, each without the blocks in it; all of them
            where None.
    """
    writer = _Writer(kept)
    walk = lxml.etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if writer.begin(element):
                writer.write(element.text, element)
            else:
                walk.skip_subtree()
        else:
            writer.end(element)
            if element is not tree:
                writer.write(element.tail, element.getparent())
    return _tidy(_UNPRINTED.sub("", "".join(writer.parts)))


class _Writer:
    """Writes elements in the order of the page, and knows which of them it is in."""

    def __init__(self, kept: set[Any] | None) -> None:
        self.parts: list[str] = []
        self._kept = kept
        self._shown = [kept is None]
        self._data_tables = 0
        self._verbatim = 0
        self._rows = TableRows()
        self._row: list[str] = []
        self._spanned: dict[int, int] = {}  # columns to the rows that a cell above still takes

    def begin(self, element: Any) -> bool:
        """Write what an element begins with; return whether what is in it is to be written."""
        tag = _name(element)
        self._break(tag)
        if tag == "table" and is_data_table(element):
            self._data_tables += 1
            self._spanned.clear()
            self._rows = TableRows()
            self._show(element)
            return self._shown[-1]
        if self._data_tables and tag in _CELLS:
            if self._shown[-1]:
                self._cell(element)
            return False
        if tag in HOLDERS and not self._data_tables:
            self._show(element)
        if tag == "pre":
            self._verbatim += 1
        elif tag == "br" and self._shown[-1]:
            self.parts.append("\n")
        return True

    def _cell(self, element: Any) -> None:
        """Write a cell, with empty ones before it where cells of earlier rows stand."""
        self._add_spanned()
        across, down = (span_of(element.get(name)) for name in ("colspan", "rowspan"))
        for number in range(across):
            self._spanned[len(self._row)] = down - 1
            self._row.append("" if number else words_of(element))

    def _add_spanned(self) -> None:
        while self._spanned.get(len(self._row), 0):
            self._spanned[len(self._row)] -= 1
            self._row.append("")

    def _end_row(self) -> None:
        self._add_spanned()
        self.parts.append(self._rows.line(self._row))
        self._row.clear()

    def end(self, element: Any) -> None:
        """Write what an element ends with."""
        tag = _name(element)
        if tag == "tr" and self._data_tables:
            self._end_row()
        if tag == "table" and self._data_tables:
            self._data_tables -= 1
            self._shown.pop()
        elif tag in HOLDERS and not self._data_tables:
            self._shown.pop()
        if tag == "pre":
            self._verbatim -= 1
        self._break(tag)

    def write(self, words: str | None, holder: Any) -> None:
        """Write a text that stands in an element, if that is among those to be written."""
        if words and self._shown[-1] and not (_name(holder) in _ROWS and words.isspace()):
            self.parts.append(words if self._verbatim else _SPACE.sub(" ", words))

    def _show(self, element: Any) -> None:
        self._shown.append(self._kept is None or element in self._kept)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS or (tag in _CELLS and not self._data_tables):
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append(_NEW_LINE)


def words_of(element: Any) -> str:
    """The text inside an element of a clean tree on one line, ``;`` between items of a list."""
    parts: list[str] = []
    for event, inner in lxml.etree.iterwalk(element, events=("start", "end")):
        tag = _name(inner)
        if tag == "li":
            parts.append(_NEW_LINE)
        elif tag in _BREAKS:
            parts.append(" ")
        if inner is not element or event == "start":
            parts.append((inner.text if event == "start" else inner.tail) or "")
    lines = _UNPRINTED.sub("", "".join(parts)).split(_NEW_LINE)
    return "; ".join(line for line in (" ".join(line.split()) for line in lines) if line)


def tree_of(source: str) -> Any:
    """Parse HTML, without the characters that lxml reads into a tree and refuses to write.

    Raises:
        UnreadableArticle: it has too many tags, or one of them too many attributes.
        lxml.etree.LxmlError, ValueError, AssertionError: it is no HTML.
    """
    check_tags(source)
    source = _UNWRITABLE.sub("", _NUMBERED.sub(_written, source))
    return lxml.html.document_fromstring(source)


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


def _is_markup(value: str) -> bool:
    """Whether a text has tags that belong together, and not only ``<`` in prose."""
    opened: dict[str, int] = {}
    closed: set[str] = set()
    for tag in _TAG.finditer(value):
        name = (tag[2] or "").lower()
        if tag[1]:
            closed.add(name)
        else:
            opened[name] = opened.get(name, 0) + 1
        if name in _ALONE or (name in closed and name in opened) or opened.get("p", 0) > 1:
            return True
    return False


def _written(reference: re.Match[str]) -> str:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits[-8:], base) if len(digits.lstrip("0")) <= 8 else 0
    allowed = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return reference[0] if allowed or 0x10000 <= code < 0x110000 else ""


def _character(reference: re.Match[str]) -> str:
    if reference[0][1] != "#" and reference[0][1:] not in html5:
        return reference[0]
    return html.unescape(reference[0]).replace("\xa0", " ")


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition(":")[2] if isinstance(tag, str) else ""


def is_data_table(table: Any) -> bool:
    """Return whether a table has data, and does not only place paragraphs or other tables."""
    if next(table.iterdescendants("table", "h1", "h2", "h3"), None) is not None:
        return False
    return not any(
        sum(len(paragraph.text_content()) > _LONG_CELL for paragraph in cell.iter("p")) > 1
        for cell in table.iter("td")
    )


def _tidy(text: str) -> str:
    """Make one of the spaces and line ends that come together; each pattern takes linear time."""
    text = re.sub(" ?\v[ \v]*", _NEW_LINE, re.sub(" {2,}", " ", text))
    text = re.sub(r"[ \v]?(?:\n[ \v]?){2,}", "\n\n", text)
    return re.sub(r"[ \v]?\n[ \v]?|\v", "\n", text).strip()
