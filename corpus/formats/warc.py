"""Web archives (WARC), as crawlers such as Common Crawl's CC-News write them: an article a page.

warcio reads the headers and takes chunks apart. Its iterator over a whole archive is not used: it
stops at the first damaged record, writes to standard error, and unpacks a page without a limit.
"""

from __future__ import annotations

import dataclasses
import io
import logging
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.html import read_page
from corpus.formats.text import title_from_name
from corpus.formats.time_limit import time_limit
from corpus.formats.warc_records import (
    LONGEST_HEADER,
    LONGEST_PAGE,
    NO_RECORD,
    Record,
    after_blank_line,
    records,
)
from corpus.formats.warc_stream import RECORD, PlainPieces, StretchEnd, packed_pieces
from corpus.gzipped import GZIP_MAGIC

__all__ = ["MOST_DAMAGED", "parse", "parse_stream"]

MOST_DAMAGED = 1_000
"""Damaged records in a row; after so many the rest of the file is given up."""

_HTML = {"text/html", "application/xhtml+xml"}
_GZIP = {"gzip", "x-gzip", "deflate"}
_BEGINS_AS_HTML = re.compile(rb"\s{0,100}<(?:!doctype\s+html|html)\b", re.IGNORECASE)

logging.getLogger("warcio").addHandler(logging.NullHandler())


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read the pages of a web archive that is in memory; see ``parse_stream``."""
    return parse_stream(io.BytesIO(data), name)


def parse_stream(file: BinaryIO, name: str) -> Iterator[Draft | BadRecord]:
    """Read the pages of a web archive of any size; one record is held at a time.

    Args:
        file: the whole file, plain or gzipped; it is sought in.
        name: the file's name.

    Yields:
        A Draft for each response with status 200 that is HTML: its address is the page's own or
        the one it was fetched from, and its date only what the page declares, never the crawl's.
        A BadRecord for each page and record that cannot be read; the next record is looked for
        by how records begin. What is no page is passed over.

    Raises:
        UnreadableArticle: the file is no web archive, or holds no page.
        OSError: the file cannot be read on.
    """
    begun, found, damaged = False, False, 0
    early: list[BadRecord] = []  # until it is known that this is a web archive
    for number, record in enumerate(records(_pieces(file, name)), start=1):
        place = f"record {number} (byte {record.start:,})"
        one: Draft | BadRecord | None
        try:
            one = _page(record, place)
        except UnreadableArticle as error:
            one = BadRecord(place, str(error))
        damaged = damaged + 1 if record.damage else 0
        begun = begun or record.begun
        if not begun and isinstance(one, BadRecord):
            early.append(one)
        elif one is not None:
            found = True
            yield from early
            early.clear()
            yield one
        if damaged == MOST_DAMAGED:
            break
    if not begun:
        cause = early[0].cause if early else "empty"
        raise UnreadableArticle("not a web archive (WARC)" if cause == NO_RECORD else cause)
    yield from early
    if damaged == MOST_DAMAGED:
        yield BadRecord(place, "too many in a row are damaged; the rest is left out")
    elif not found and not early:
        raise UnreadableArticle("holds no page (no response of HTML with status 200)")


def _pieces(file: BinaryIO, name: str) -> PlainPieces | Iterator[bytes | StretchEnd]:
    """What the file begins with tells whether it is packed; where that is damaged, its name."""
    head = file.read(8)
    packed = head.startswith(GZIP_MAGIC)
    if not packed and head and name.lower().endswith(".gz"):
        packed = RECORD.match(head) is None
    return packed_pieces(file) if packed else PlainPieces(file)


def _page(record: Record, place: str) -> Draft | None:
    """The article in a record; None where it is no page."""
    if record.damage:
        raise UnreadableArticle(record.damage)
    if (record.headers.get_header("WARC-Type") or "").strip().lower() != "response":
        return None
    address = (record.headers.get_header("WARC-Target-URI") or "").strip("<> ")
    if not address.lower().startswith(("http:", "https:")):
        return None
    start = after_blank_line(record.block, 0, LONGEST_HEADER)
    if not start or not record.block.startswith(b"HTTP/"):
        raise UnreadableArticle("its answer has no HTTP header")
    try:
        parser = StatusAndHeadersParser(["HTTP/"], verify=False)
        answer = parser.parse(io.BytesIO(record.block[:start]))
    except Exception as error:  # as above
        raise UnreadableArticle("its HTTP header cannot be read") from error
    if answer.get_statuscode() != "200":
        return None
    kind, _, parameters = (answer.get_header("Content-Type") or "").partition(";")
    kind = kind.strip().lower()
    if kind and kind not in _HTML:
        return None
    if record.length - start > LONGEST_PAGE:
        raise UnreadableArticle(f"a page larger than {LONGEST_PAGE // 1_000_000} MB")
    page = _unpacked(record.block[start:], answer)
    if not kind and not _BEGINS_AS_HTML.match(page):
        return None
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", parameters, re.IGNORECASE)
    title = title_from_name(unquote(urlsplit(address).path.rstrip("/")))
    draft = time_limit(
        lambda: read_page(
            page, title, address=address, encoding=charset[1] if charset is not None else None
        )
    )
    return dataclasses.replace(draft, key=address, place=place)


def _unpacked(body: bytes, answer: StatusAndHeaders) -> bytes:
    """Undo the chunks and the packing that HTTP names, where they have not been undone before.

    Crawlers often keep the headers as they came and the page as it reads.
    """
    if (answer.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        body = ChunkedDataReader(io.BytesIO(body)).read()
    packing = (answer.get_header("Content-Encoding") or "").strip().lower()
    if packing not in _GZIP:
        if packing and b"<" not in body[:1_000]:
            raise UnreadableArticle(f"a page packed with {packing[:20]!r}, which is not read")
        return body
    for window in (32 + zlib.MAX_WBITS, -zlib.MAX_WBITS):  # with a header, and without one
        unpacking = zlib.decompressobj(window)
        try:
            page = unpacking.decompress(body, LONGEST_PAGE + 1)
        except zlib.error:
            continue
        if len(page) > LONGEST_PAGE:
            raise UnreadableArticle(f"a page larger than {LONGEST_PAGE // 1_000_000} MB unpacked")
        if not unpacking.eof:
            raise UnreadableArticle("a packed page that is cut off before its end")
        return page
    return body
