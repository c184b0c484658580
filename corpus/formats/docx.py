"""Word documents (.docx): one article a file, its paragraphs, headings and tables."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
import lxml.etree
from docx.oxml.ns import qn

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.properties import sensible_author, sensible_title, title_and_text
from corpus.text import normalise

__all__ = ["MOST_ENTRIES", "MOST_MARKUP", "MOST_UNPACKED", "parse"]

MOST_ENTRIES = 2_000
"""Files in the document's ZIP archive; one with a few hundred pictures has fewer."""

MOST_UNPACKED = 100_000_000
"""Bytes of all of them once unpacked, which python-docx holds in memory."""

MOST_MARKUP = 20_000_000
"""Bytes of those that are not pictures: as a tree, XML takes up to twenty times its length."""

_PICTURES = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF",
    b"\x01\0\0\0", b"\xd7\xcd\xc6\x9a", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
"""How files begin that cannot be XML: pictures, and old Office documents that are embedded."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNREAD = {qn(name) for name in ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:tblPr", "w:sectPr")}
# A text box is there twice, the second time for programs that do not know the first form.
_UNREAD.add("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
_PARAGRAPH, _TEXT, _TABLE, _ROW, _CELL = (qn(f"w:{name}") for name in ("p", "t", "tbl", "tr", "tc"))
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
        One Draft. Deletions that are still marked are left out, insertions are in. Title and
        author are the document's properties where they are sensible; its dates are those of
        writing and saving, so it has no date of publication.

    Raises:
        UnreadableArticle: the file is no Word document, is too large unpacked, or has no text.
    """
    _check_archive(data)
    yield _read(data, name)


def _check_archive(data: bytes) -> None:
    """Refuse what is no ZIP archive, or would be too large, before anything of it is unpacked.

    The sizes are those that the archive states; zipfile unpacks no more of an entry than that.
    """
    if data.startswith(_OLD_OFFICE):
        raise UnreadableArticle("an old Word document, or one with a password, and no .docx")
    if not data.startswith(b"PK"):
        raise UnreadableArticle("not a Word document: no ZIP archive")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise UnreadableArticle(f"holds more than {MOST_ENTRIES:,} files")
            sizes = sum(entry.file_size for entry in entries)
            if sizes > MOST_UNPACKED:
                raise UnreadableArticle(f"larger than {MOST_UNPACKED // 1_000_000} MB unpacked")
            if sizes > MOST_MARKUP:
                sizes -= sum(entry.file_size for entry in entries if _is_picture(archive, entry))
            if sizes > MOST_MARKUP:
                raise UnreadableArticle(f"more than {MOST_MARKUP // 1_000_000} MB without pictures")
    except UnreadableArticle:
        raise
    except Exception as error:  # struct.error, NotImplementedError, OverflowError: all are seen
        raise UnreadableArticle("a damaged ZIP archive (cut off?)") from error


def _is_picture(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    with archive.open(entry) as file:
        return file.read(8).startswith(_PICTURES)


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
    text = normalise("\n\n".join(_blocks(body))).strip()
    if not text:
        raise UnreadableArticle("no text in it")
    title, text = title_and_text(title, text, name)
    return Draft(title=title, text=text, author=author, language=language)


def _blocks(body: Any) -> Iterator[str]:
    """The paragraphs and tables in the order of the page; a table is one block, a row a line.

    ``python-docx`` would leave out insertions and content controls, and counts out every column
    that a cell says it spans, be it a thousand million.
    """
    words: list[str] = []  # of the paragraph, or of the whole cell
    cells: list[str] = []
    rows: list[str] = []
    tables = 0  # a table in a cell is read as text of the cell
    walk = lxml.etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _UNREAD:
                walk.skip_subtree()
            elif tag == _TABLE:
                if not tables and (block := "".join(words).strip()):
                    yield block
                    words.clear()
                tables += 1
            elif tag == _TEXT:
                words.append(element.text or "")
            elif tag in _SIGNS:
                words.append(_SIGNS[tag])
        elif tag == _PARAGRAPH:
            if tables:
                words.append(" ")
            elif block := "".join(words).strip():
                yield block
            if not tables:
                words.clear()
        elif tag == _CELL and tables == 1:
            cells.append(" ".join("".join(words).split()))
            words.clear()
        elif tag == _ROW and tables == 1:
            rows.append(" | ".join(cells) if any(cells) else "")
            cells.clear()
        elif tag == _TABLE:
            tables -= 1
            if not tables:
                if block := "\n".join(row for row in rows if row):
                    yield block
                rows.clear()
                words.clear()
