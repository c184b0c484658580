"""PDF: one article a file, its lines made paragraphs again."""

from __future__ import annotations

import io
import logging
import math
import re
from collections.abc import Iterator
from typing import Any

import lxml.etree
import pypdf
import pypdf.errors

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.print_lines import PrintedLine, paragraphs_of, without_running_lines
from corpus.formats.properties import sensible_author, sensible_title, title_and_text
from corpus.text import normalise

__all__ = ["MOST_PAGES", "MOST_STREAM", "MOST_TOKENS", "parse"]

MOST_PAGES = 1_000
"""Pages of a file; the longest newspapers and reports have fewer."""

MOST_STREAM = 8_000_000
"""Bytes of one stream once unpacked: a page full of text has a hundredth of it."""

MOST_TOKENS = 200_000
"""Operators and operands of a page: as many as make a second or two of parsing."""

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_SOFT_HYPHEN_INSIDE = re.compile("\u00ad(?!$)")
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_PRISM = re.compile(r"\{http://prismstandard\.org/namespaces/basic/\d\.\d/\}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_]\w+)*")

# It reports whatever it puts up with in a damaged file.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


def parse(data: bytes, name: str) -> Iterator[Draft]:
    """Read a PDF.

    Args:
        data: the whole file.
        name: the file's name; the title where the document has none.

    Yields:
        One Draft. Title and author are those of the document's information where they are
        sensible. The date is only what the XMP metadata declare as the date of publication: the
        dates that every PDF has are those of its making.

    Raises:
        UnreadableArticle: the file is no PDF, is encrypted, has no text (as a scan has not), or
            is larger or takes longer than a file should.
    """
    if b"%PDF-" not in data[:1024]:
        raise UnreadableArticle("not a PDF")
    yield _read(data, name)


def _read(data: bytes, name: str) -> Draft:
    limits: dict[str, Any] = {
        f"{kind}_maximum_output_length": MOST_STREAM
        for kind in ("array_based_stream", "lzw", "run_length", "zlib", "brotli")
    }
    with pypdf.apply_configuration(
        **limits,
        zlib_maximum_recovery_input_length=1_000_000,
        stream_decoding_work_maximum_length=5 * MOST_STREAM,
        stream_parsing_work_maximum_count=MOST_TOKENS,
        xform_maximum_invocations_per_extraction=500,
        jbig2dec_binary=None,  # a program that would be run
    ):
        reader = _opened(data)
        pages = _pages(reader)
        about = _declared(reader)
    text = "\n\n".join(paragraphs_of(without_running_lines(pages)))
    text = normalise(text.translate(_LIGATURES)).strip()
    if not text:
        raise UnreadableArticle("no text in it: a scan?")
    title, text = title_and_text(about.pop("title"), text, name)
    return Draft(title=title, text=text, **about)


def _opened(data: bytes) -> pypdf.PdfReader:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        # Many are encrypted with an empty password, to forbid printing or copying.
        locked = reader.is_encrypted and reader.decrypt("") == pypdf.PasswordType.NOT_DECRYPTED
    except (pypdf.errors.DependencyError, NotImplementedError) as error:
        raise UnreadableArticle("encrypted in a way that is not read here") from error
    except Exception as error:  # pypdf promises its own errors, and many others come out of it
        raise UnreadableArticle(f"a damaged PDF ({type(error).__name__})") from error
    if locked:
        raise UnreadableArticle("encrypted with a password")
    return reader


def _pages(reader: pypdf.PdfReader) -> list[list[PrintedLine]]:
    number = 0
    pages = []
    try:
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableArticle(f"more than {MOST_PAGES:,} pages")
        for page in reader.pages:
            number += 1
            lines = _Lines()
            page.extract_text(visitor_text=lines.take)
            pages.append(lines.finished())
    except UnreadableArticle:
        raise
    except pypdf.errors.DependencyError as error:
        raise UnreadableArticle("encrypted in a way that is not read here") from error
    except pypdf.errors.LimitReachedError as error:
        raise UnreadableArticle(f"page {number}: too large to be read") from error
    except Exception as error:  # as above
        place = f"page {number} cannot be read" if number else "a damaged PDF"
        raise UnreadableArticle(f"{place} ({type(error).__name__})") from error
    return pages


class _Lines:
    """Puts the pieces that pypdf finds on a page together to lines."""

    def __init__(self) -> None:
        self._lines: list[PrintedLine] = []
        self._held: list[str] = []
        self._place = (0.0, 0.0, 0.0)

    def take(self, text: str, page: Any, matrix: Any, font: Any, size: float) -> None:
        """Take a piece, as pypdf gives it to a ``visitor_text``."""
        for number, piece in enumerate(text.split("\n")):
            if number:
                self._end()
            if piece.strip() and not any(held.strip() for held in self._held):
                x = matrix[4] * page[0] + matrix[5] * page[2] + page[4]
                y = matrix[4] * page[1] + matrix[5] * page[3] + page[5]
                scale = math.hypot(*matrix[2:4]) * math.hypot(*page[2:4])
                self._place = (x, y, abs(size * scale))
                self._held.clear()
            self._held.append(piece)

    def finished(self) -> list[PrintedLine]:
        self._end()
        return self._lines

    def _end(self) -> None:
        text = " ".join("".join(self._held).split())
        if text:
            self._lines.append(PrintedLine(_SOFT_HYPHEN_INSIDE.sub("", text), *self._place))
        self._held.clear()


def _declared(reader: pypdf.PdfReader) -> dict[str, Any]:
    """What the document says of itself; ``title`` is empty where that is nothing sensible."""
    about: dict[str, Any] = {"title": ""}
    try:
        information: Any = reader.metadata or {}
        about["title"] = sensible_title(_plain(information.get("/Title")))
        about["author"] = sensible_author(_plain(information.get("/Author")))
        language = _plain(reader.root_object.get("/Lang"))
        about["language"] = language if _LANGUAGE.fullmatch(language) else None
        metadata = reader.root_object.get("/Metadata")
        if metadata is not None:
            about.update(_published(metadata.get_object().get_data()))
    except Exception:  # as above; the text does without it
        pass
    return about


def _plain(value: Any) -> str:
    value = value.get_object() if value is not None else None
    return str(value) if isinstance(value, str) else ""


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
