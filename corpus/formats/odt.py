"""OpenDocument text (.odt): one article a file, its paragraphs, headings and tables."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.properties import sensible_author, sensible_title, title_and_text
from corpus.formats.table_rows import TableRows, span_of
from corpus.formats.typography import lowered, raised
from corpus.formats.zipped import check_archive, xml_in
from corpus.text import normalise

__all__ = ["MOST_SPACES", "parse"]

MOST_SPACES = 1_000
"""Spaces that one element stands for."""

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_DRAWING = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_UNREAD = {
    f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}note-citation",
    f"{_OFFICE}annotation-end", f"{_TEXT}sequence-decls", f"{_TEXT}table-of-content",
    f"{_DRAWING}object", f"{_TEXT}bibliography",
}  # fmt: skip


def parse(data: bytes, name: str) -> Iterator[Draft]:
    """Read an OpenDocument text.

    Args:
        data: the whole file.
        name: the file's name; the title where the document has none.

    Yields:
        One Draft. What is deleted, struck out or hidden is left out; notes follow the text. Title
        and author are the document's properties where they are sensible.

    Raises:
        UnreadableArticle: the file is no OpenDocument text, is too large unpacked, or is empty.
    """
    check_archive(data, "OpenDocument text", ".odt")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content, meta = xml_in(archive, "content.xml"), xml_in(archive, "meta.xml")
        styles = xml_in(archive, "styles.xml")
    body = None if content is None else content.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise UnreadableArticle("not an OpenDocument text, or an encrypted one")
    reader = _Reader(content, styles)
    text = normalise("\n\n".join(reader.blocks(body))).strip()
    if not text:
        raise UnreadableArticle("no text in it")
    title, text = title_and_text(sensible_title(_named(meta, "title")), text, name)
    author = sensible_author(_named(meta, "initial-creator", _META) or _named(meta, "creator"))
    language = _named(meta, "language") or None
    yield Draft(title=title, text=text, author=author, language=language)


def _named(meta: Any, name: str, namespace: str = _DUBLIN_CORE) -> str:
    found = None if meta is None else next(meta.iter(f"{namespace}{name}"), None)
    return "" if found is None else (found.text or "")


class _Reader:
    def __init__(self, *trees: Any) -> None:
        self._shown: dict[str, str] = {}  # names of styles to what they do to their text
        for tree in trees:
            for style in () if tree is None else tree.iter(f"{_STYLE}style"):
                properties = style.find(f"{_STYLE}text-properties")
                if properties is not None:
                    self._shown[style.get(f"{_STYLE}name")] = _effect(properties)
        self._notes: list[Any] = []

    def blocks(self, body: Any) -> Iterator[str]:
        yield from self._blocks(body)
        for number, note in enumerate(self._notes, start=1):
            words = " ".join(" ".join(self._blocks(note)).split())
            yield f"{raised(str(number), '')} {words}"

    def _blocks(self, parent: Any) -> Iterator[str]:
        for element in parent:
            tag = element.tag
            if tag in _UNREAD or not isinstance(tag, str):
                continue
            if tag in (f"{_TEXT}p", f"{_TEXT}h"):
                if words := self._words(element).strip():
                    yield words
            elif tag == f"{_TABLE}table":
                if block := "\n".join(self._rows(element)):
                    yield block
            else:
                yield from self._blocks(element)

    def _rows(self, table: Any) -> Iterator[str]:
        rows = TableRows()
        for row in table.iter(f"{_TABLE}table-row"):
            cells: list[str] = []
            for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                text = " ".join(" ".join(self._blocks(cell)).split())
                cells += [text] * span_of(cell.get(f"{_TABLE}number-columns-repeated"))
            if any(cells):
                yield rows.line(cells)

    def _words(self, element: Any) -> str:
        effect = self._shown.get(element.get(f"{_TEXT}style-name") or "", "")
        if effect == "none":
            return ""
        words = element.text or ""
        for child in element:
            words += self._inside(child, words) + (child.tail or "")
        return words

    def _inside(self, child: Any, before: str) -> str:
        tag = child.tag
        if tag in _UNREAD or not isinstance(tag, str):
            return ""
        if tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c") or "1"
            return " " * min(int(count) if count.isdecimal() else 1, MOST_SPACES)
        if tag == f"{_TEXT}tab":
            return "\t"
        if tag == f"{_TEXT}line-break":
            return "\n"
        if tag == f"{_TEXT}note":
            body = child.find(f"{_TEXT}note-body")
            if body is not None:
                self._notes.append(body)
            return raised(str(len(self._notes)), "")
        words = self._words(child)
        effect = self._shown.get(child.get(f"{_TEXT}style-name") or "", "")
        if effect == "raised":
            return raised(words, before)
        return lowered(words, before) if effect == "lowered" else words


def _effect(properties: Any) -> str:
    """What a style does: "none" for text that is not to be read, "raised", "lowered" or nothing."""
    values = {str(key).rpartition("}")[2]: value for key, value in properties.attrib.items()}
    if values.get("text-line-through-style", "none") != "none":
        return "none"
    if values.get("display") == "none":
        return "none"
    position = (values.get("text-position") or "").split(" ")[0]
    if position.startswith("super") or (position[:1].isdigit() and position.strip("0%")):
        return "raised"
    return "lowered" if position.startswith(("sub", "-")) else ""
