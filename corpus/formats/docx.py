"""Word documents (.docx): one article a file, its paragraphs, headings and tables."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import docx
import lxml.etree
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.properties import sensible_author, sensible_title, title_and_text
from corpus.formats.table_rows import TableRows, span_of
from corpus.formats.typography import lowered, raised
from corpus.formats.zipped import check_archive
from corpus.text import normalise

__all__ = ["MOST_NOTES", "parse"]

MOST_NOTES = 5_000
"""Footnotes and endnotes that are read."""

_UNREAD = {qn(name) for name in ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:tblPr", "w:sectPr")}
# A text box is there twice, the second time for programs that do not know the first form.
_UNREAD.add("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
_PARAGRAPH, _RUN, _TEXT, _SYMBOL = (qn(f"w:{name}") for name in ("p", "r", "t", "sym"))
_TABLE, _ROW, _CELL = (qn(f"w:{name}") for name in ("tbl", "tr", "tc"))
_NOTES = {qn(f"w:{kind}Reference"): kind for kind in ("footnote", "endnote")}
_SCRIPTS = {"superscript": raised, "subscript": lowered}
# What Word inserts from its symbol fonts, by their codes; Greek letters stand in their order.
_SYMBOL_FONT = {
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
    **dict(zip(range(0x20, 0x40), " !∀#∃%&∋()∗+,−./0123456789:;<=>?", strict=True)),
    0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓",
    0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠",
    0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xD7: "⋅", 0xE5: "∑", 0xD6: "√",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x76: "❖", 0x9F: "•", 0xA7: "▪", 0xA8: "□", 0xD8: "➢", 0xDF: "←",
    0xE0: "→", 0xE8: "➔", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_SIGNS = {
    qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-",
}  # fmt: skip

logging.getLogger("docx").addHandler(logging.NullHandler())


def parse(data: bytes, name: str) -> Iterator[Draft]:
    """Read a Word document.

    Args:
        data: the whole file.
        name: the file's name; the title where the document has none.

    Yields:
        One Draft. What is deleted, struck out or hidden is left out, insertions are in; footnotes
        and endnotes follow the text. Title and
        author are the document's properties where they are sensible; its dates are those of
        writing and saving, so it has no date of publication.

    Raises:
        UnreadableArticle: the file is no Word document, is too large unpacked, or has no text.
    """
    check_archive(data, "Word document", ".docx")
    yield _read(data, name)


def _read(data: bytes, name: str) -> Draft:
    try:
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
    except Exception as error:  # whatever is missing or wrong in it: KeyError, ValueError, lxml's
        raise UnreadableArticle(
            f"not a Word document, or a damaged one ({type(error).__name__})"
        ) from error
    if body is None:
        raise UnreadableArticle("not a Word document: it has no body")
    try:
        properties = document.core_properties
        title, author = sensible_title(properties.title), sensible_author(properties.author)
        language = properties.language or None
    except Exception:  # the properties are a file of their own, and the text does without it
        title, author, language = "", None, None
    text = normalise("\n\n".join(_Reader(document).blocks())).strip()
    if not text:
        raise UnreadableArticle("no text in it")
    title, text = title_and_text(title, text, name)
    return Draft(title=title, text=text, author=author, language=language)


class _Reader:
    """The paragraphs and tables of a document in the order of the page, and its notes after them.

    ``python-docx`` would leave out insertions and content controls, and counts out every column
    that a cell says it spans, be it a thousand million.
    """

    def __init__(self, document: Any) -> None:
        self._document = document
        self._notes: list[tuple[str, str]] = []  # kind and id, in the order of reference
        self._loaded: dict[str, dict[str | None, Any]] = {}
        self._hidden = {
            style.get(qn("w:styleId"))
            for style in document.styles.element.iterchildren(qn("w:style"))
            if _is_left_out(style.find(qn("w:rPr")))
        }

    def blocks(self) -> Iterator[str]:
        """A table is one block, a row a line; each note begins with its raised number."""
        yield from self._blocks(self._document.element.body)
        for number, (kind, name) in enumerate(self._notes[:MOST_NOTES], start=1):
            note = self._bodies(kind).get(name)
            if note is not None:
                words = " ".join(" ".join(self._blocks(note)).split())
                yield f"{raised(str(number), '')} {words}"

    def _bodies(self, kind: str) -> dict[str | None, Any]:
        if kind not in self._loaded:
            self._loaded[kind] = {}
            for relation in self._document.part.rels.values():
                if not relation.is_external and relation.reltype.endswith(f"/{kind}s"):
                    tree = parse_xml(relation.target_part.blob)
                    for note in tree.iterchildren(qn(f"w:{kind}")):
                        self._loaded[kind][note.get(qn("w:id"))] = note
        return self._loaded[kind]

    def _blocks(self, body: Any) -> Iterator[str]:
        words: list[str] = []  # of the paragraph, or of the whole cell
        table = _Table()
        depth = 0
        script = ""
        walk = lxml.etree.iterwalk(body, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if tag in _UNREAD or self._is_left_out(element):
                    walk.skip_subtree()
                elif tag == _TABLE:
                    if not depth:
                        yield from _take_paragraph(words)
                    depth += 1
                elif tag == _RUN:
                    script = _script(element)
                elif found := self._written(element):
                    before = words[-1] if words else ""
                    words.append(
                        _SCRIPTS[script](found, before) if script and tag == _TEXT else found
                    )
            elif tag == _TABLE:
                depth -= 1
                if not depth:
                    yield from table.take()
                    words.clear()
            elif depth:
                table.end(element, words, nested=depth > 1)
            elif tag == _PARAGRAPH:
                yield from _take_paragraph(words)

    def _written(self, element: Any) -> str:
        """What an element stands for by itself."""
        tag = element.tag
        if tag == _TEXT:
            return element.text or ""
        if tag == _SYMBOL:
            return _symbol(element.get(qn("w:char")) or "", element.get(qn("w:font")) or "")
        if tag in _NOTES:
            self._notes.append((_NOTES[tag], element.get(qn("w:id"))))
            return raised(str(len(self._notes)), "")
        return _SIGNS.get(tag, "")

    def _is_left_out(self, element: Any) -> bool:
        """Whether a run or paragraph is struck out or hidden, or a row is deleted."""
        if element.tag == _RUN:
            properties = element.find(qn("w:rPr"))
            style = None if properties is None else properties.find(qn("w:rStyle"))
        elif element.tag == _PARAGRAPH:
            properties, style = None, element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        elif element.tag == _ROW:
            return element.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None
        else:
            return False
        return _is_left_out(properties) or (
            style is not None and style.get(qn("w:val")) in self._hidden
        )


class _Table:
    """The outermost table that is being read; one in a cell is read as text of the cell."""

    def __init__(self) -> None:
        self._cells: list[str] = []
        self._lines: list[str] = []
        self._rows = TableRows()

    def end(self, element: Any, words: list[str], nested: bool) -> None:
        """Note that an element of it ends; the words are those of the cell."""
        if element.tag == _PARAGRAPH:
            words.append(" ")
        elif element.tag == _CELL and not nested:
            self._cells.append(" ".join("".join(words).split()))
            self._cells += [""] * (_columns(element) - 1)
            words.clear()
        elif element.tag == _ROW and not nested:
            self._lines.append(self._rows.line(self._cells))
            self._cells.clear()

    def take(self) -> list[str]:
        """Return its text as one block, or none without text, and begin anew."""
        block = "\n".join(filter(None, self._lines))
        self._lines.clear()
        self._rows = TableRows()
        return [block] if block else []


def _is_left_out(properties: Any) -> bool:
    """Whether properties of a run strike it out or hide it."""
    if properties is None:
        return False
    found = (properties.find(qn(f"w:{name}")) for name in ("strike", "dstrike", "vanish"))
    return any(
        one is not None and one.get(qn("w:val"), "1") not in ("0", "false", "off") for one in found
    )


def _script(run: Any) -> str:
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return ""
    align, position = (properties.find(qn(f"w:{name}")) for name in ("vertAlign", "position"))
    script = "" if align is None else align.get(qn("w:val"))
    if script in _SCRIPTS or position is None:
        return script if script in _SCRIPTS else ""
    raised_by = position.get(qn("w:val")) or ""  # half points, below the line where negative
    if not raised_by.removeprefix("-").isdigit() or int(raised_by[:6]) == 0:
        return ""
    return "subscript" if raised_by[0] == "-" else "superscript"


def _take_paragraph(words: list[str]) -> list[str]:
    """Return the paragraph as a block, or none without text, and begin anew.

    It goes without the second of two spaces, as a deleted word between them leaves it.
    """
    block = re.sub(" {2,}", " ", "".join(words)).strip()
    words.clear()
    return [block] if block else []


def _columns(cell: Any) -> int:
    """How many columns of the table a cell takes."""
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    return 1 if span is None else span_of(span.get(qn("w:val")))


def _symbol(code: str, font: str) -> str:
    """The character that a code of a symbol font shows, as far as it has one in Unicode."""
    try:
        place = int(code, 16)
    except ValueError:
        return ""
    if 0xF000 <= place <= 0xF0FF:
        table = _WINGDINGS if "ding" in font.lower() else _SYMBOL_FONT
        return table.get(place - 0xF000, " ")
    return chr(place) if 0x20 <= place < 0xD800 else " "
