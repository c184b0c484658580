"""PDF: one article a file, its lines made paragraphs again. PDFium finds the characters."""

from __future__ import annotations

import ctypes
import math
import re
import subprocess
import time
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Any

import lxml.etree
import pypdfium2
import pypdfium2.raw as pdfium

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.pdf_layout import Glyph, Stroke, lines_of, without_struck
from corpus.formats.print_lines import PAGE_MARK, PrintedLine, text_of, without_running_lines
from corpus.formats.properties import sensible_author, sensible_title, title_and_text
from corpus.formats.recognition import NOT_INSTALLED, is_scan, recognised, tesseract
from corpus.text import normalise

__all__ = ["MOST_CHARACTERS", "MOST_PAGES", "parse"]

MOST_PAGES = 1_000
"""Pages of a file; the longest newspapers and reports have fewer."""

MOST_CHARACTERS = 200_000
"""Characters of a page; a newspaper's has a tenth of it."""

_RECOGNISING_SECONDS = 400  # on the clock, for a document
_MOST_NAMED = 10  # pages
_MOST_PATHS = 5_000  # of a page that are looked at; maps and diagrams have more
_THICKEST_STROKE = 8.0  # points
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_LINE_END_HYPHEN = "\x02"  # PDFium's sign for a hyphen at which a word is broken
_NO_CHARACTERS = re.compile("[\x00\ufdd0-\ufdef\ufffe\uffff]")
_SOFT_HYPHEN_INSIDE = re.compile("\u00ad(?!$)")
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_PRISM = re.compile(r"\{http://prismstandard\.org/namespaces/basic/\d\.\d/\}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_]\w+)*")
_XMP = re.compile(rb"<x:xmpmeta\b.{0,1000000}?</x:xmpmeta>", re.DOTALL)


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read a PDF.

    Args:
        data: the whole file.
        name: the file's name; the title where the document has none.

    Yields:
        One Draft, with the places where its pages begin, and a BadRecord for scanned pages that
        were not read. Title and author are those of the
        document's information where they are sensible. The date is only what the XMP metadata
        declare as the date of publication: the dates that every PDF has are those of its making.

    Raises:
        UnreadableArticle: the file is no PDF, is encrypted, has no text (as a scan has not,
            where tesseract is not installed), or is larger than a file should be.
    """
    if b"%PDF-" not in data[:1024]:
        raise UnreadableArticle("not a PDF")
    document = _opened(data)
    try:
        pages = [_lines(document, number) for number in range(_page_count(document))]
        scans = _Scans(document, pages)
        about = _declared(document, data)
    finally:
        document.close()
    pages = without_running_lines(pages)
    text = normalise(text_of(pages).translate(_LIGATURES)).strip()
    if not text.strip(PAGE_MARK + "\n "):
        why_not = f" ({scans.cause})" if scans.cause else ""
        raise UnreadableArticle(f"no text in it: a scan?{why_not}")
    title, text = title_and_text(about.pop("title"), text, name)
    text, starts = _without_marks(text)
    before = next(number for number, lines in enumerate(pages) if lines)
    after = len(pages) - before - len(starts)
    starts = (*[0] * before, *starts, *[len(text)] * after)
    yield Draft(
        title=title.replace(PAGE_MARK, ""),
        text=text,
        pages=starts,
        recognised=tuple(scans.read),
        **about,
    )
    if scans.unread:
        numbers = ", ".join(map(str, scans.unread[:_MOST_NAMED]))
        more = f" and {len(scans.unread) - _MOST_NAMED:,} more" * (len(scans.unread) > _MOST_NAMED)
        yield BadRecord(f"page {numbers}{more}", f"a scan: {scans.cause}", passed_over=True)


class _Scans:
    """The pages of a document that are pictures of text; their lines are added to ``pages``.

    Attributes:
        read: numbers of those that were recognised, from 1.
        unread: numbers of those that were not.
        cause: why not; empty where there are none.
    """

    def __init__(self, document: pypdfium2.PdfDocument, pages: list[list[PrintedLine]]) -> None:
        self.read: list[int] = []
        self.unread: list[int] = []
        self.cause = ""
        program, end = tesseract(), time.monotonic() + _RECOGNISING_SECONDS
        for number in [number for number, lines in enumerate(pages) if not lines]:
            page = document[number]
            if is_scan(page):
                cause = "" if program else NOT_INSTALLED
                if time.monotonic() > end:
                    cause = f"tesseract takes more than {_RECOGNISING_SECONDS} seconds for the file"
                try:
                    if program and not cause:
                        pages[number] = recognised(page, program)
                except (OSError, subprocess.SubprocessError):
                    cause = "tesseract cannot read it"
                (self.unread if cause else self.read).append(number + 1)
                self.cause = cause or self.cause
            page.close()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
            raise UnreadableArticle("encrypted with a password") from error
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_SECURITY:
            raise UnreadableArticle("encrypted in a way that is not read here") from error
        raise UnreadableArticle("a damaged PDF") from error


def _page_count(document: pypdfium2.PdfDocument) -> int:
    if len(document) > MOST_PAGES:
        raise UnreadableArticle(f"more than {MOST_PAGES:,} pages")
    return len(document)


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[PrintedLine]:
    try:
        page = document[number]
        found = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise UnreadableArticle(f"page {number + 1} cannot be read") from error
    try:
        if found.count_chars() > MOST_CHARACTERS:
            raise UnreadableArticle(f"page {number + 1}: too large to be read")
        glyphs = list(_glyphs(found.raw, found.count_chars()))
        lines = lines_of(without_struck(glyphs, list(_strokes(page))))
    finally:
        found.close()
        page.close()
    cleaned = [_SOFT_HYPHEN_INSIDE.sub("", " ".join(line.text.split())) for line in lines]
    return [
        PrintedLine(text, line.x, line.y, line.size, line.row)
        for text, line in zip(cleaned, lines, strict=True)
        if text
    ]


def _strokes(page: pypdfium2.PdfPage) -> Iterator[Stroke]:
    """The thin lines that are drawn across a page."""
    paths = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=1)
    for path in islice(paths, _MOST_PATHS):
        left, bottom, right, top = path.get_bounds()
        if top - bottom < min(_THICKEST_STROKE, right - left):
            yield Stroke(left, right, bottom, top)


def _glyphs(page: Any, count: int) -> Iterator[Glyph]:
    """The characters of a page, turned so that most of its lines run from left to right."""
    matrix = pdfium.FS_MATRIX()
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    origin = (ctypes.byref(x), ctypes.byref(y))
    turned: dict[int, list[Glyph]] = {}
    quarter, size, last = 0, 1.0, None
    for place in range(count):
        char = chr(pdfium.FPDFText_GetUnicode(page, place))
        if not char.isspace():
            pdfium.FPDFText_GetCharOrigin(page, place, *origin)
            if last != (x.value, y.value)[quarter % 2 == 0]:
                # Another line, or a script: only then can size and direction be others.
                pdfium.FPDFText_GetMatrix(page, place, ctypes.byref(matrix))
                scale = math.hypot(matrix.c, matrix.d)
                size = max(1.0, pdfium.FPDFText_GetFontSize(page, place) * scale)
                angle = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
                quarter = round(angle) % 4 if abs(angle - round(angle)) < 0.05 else -1
                last = (x.value, y.value)[quarter % 2 == 0]
            pdfium.FPDFText_GetLooseCharBox(page, place, ctypes.byref(box))
        if quarter < 0:
            continue
        char = "-" if char == _LINE_END_HYPHEN else _NO_CHARACTERS.sub("", char)
        if char:
            across, up = _turned(quarter, x.value, y.value)
            one, other = (
                _turned(quarter, *c) for c in ((box.left, box.bottom), (box.right, box.top))
            )
            glyph = Glyph(char, across, up, min(one[0], other[0]), max(one[0], other[0]), size)
            turned.setdefault(quarter, []).append(glyph)
    most = max(turned, key=lambda one: len(turned[one]), default=0)
    return iter(turned.get(most, []))


def _turned(quarter: int, x: float, y: float) -> tuple[float, float]:
    return ((x, y), (y, -x), (-x, -y), (-y, x))[quarter]


def _without_marks(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without the marks, and where each page begins in it."""
    parts = text.split(PAGE_MARK)
    return "".join(parts), (0, *accumulate(len(part) for part in parts[:-1]))


def _declared(document: pypdfium2.PdfDocument, data: bytes) -> dict[str, Any]:
    """What the document says of itself; ``title`` is empty where that is nothing sensible."""
    about: dict[str, Any] = {"title": sensible_title(document.get_metadata_value("Title"))}
    about["author"] = sensible_author(document.get_metadata_value("Author"))
    size = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFCatalog_GetLanguage(
        document, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size
    )
    language = buffer.raw.decode("utf-16-le", "replace").strip("\0")
    about["language"] = language if _LANGUAGE.fullmatch(language) else None
    packets = _XMP.findall(data)  # stands unpacked in the file, so that any program finds it
    if packets:
        try:
            about.update(_published(packets[-1]))
        except Exception:  # lxml's and others; the text does without it
            pass
    return about


def _published(xmp: bytes) -> dict[str, str]:
    """The date of publication and the publisher in XMP metadata, if they are there."""
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    tree = lxml.etree.fromstring(xmp.strip(b"\0 \t\r\n"), parser)
    prism: dict[str, str] = {}
    for element in tree.iter("{*}*"):
        values = [*element.attrib.items(), (element.tag, element.text)]
        for key, value in values:
            if _PRISM.match(key):
                prism.setdefault(key.rpartition("}")[2], (value or "").strip())
    # Several dates are the history of the document, and none of them need be of publication.
    dates = [
        date
        for found in tree.iter(f"{_DUBLIN_CORE}date")
        for date in "\n".join(found.itertext()).split("\n")
    ]
    dates = [date.strip() for date in dates if date.strip()]
    date = prism.get("publicationDate") or (dates[0] if len(dates) == 1 else "")
    publisher = next(map(_words, tree.iter(f"{_DUBLIN_CORE}publisher")), "")
    found = {"published": date, "source": prism.get("publicationName") or publisher}
    return {field: value for field, value in found.items() if value}


def _words(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())
