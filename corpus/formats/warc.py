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
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from warcio.bufferedreaders import ChunkedDataReader
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft, within
from corpus.formats.registry import FORMATS
from corpus.formats.warc_records import (
    BLANK_LINE,
    LONGEST_HEADER,
    LONGEST_PAGE,
    NO_RECORD,
    Record,
    records,
)

__all__ = ["MOST_DAMAGED", "parse", "parse_stream"]

MOST_DAMAGED = 1_000
"""Damaged records in a row; after so many the rest of the file is given up."""

_KINDS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/x-pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/epub+zip": ".epub",
}
_UNTOLD = {"", "application/octet-stream", "binary/octet-stream"}
# What a page is made of, and no article.
_PARTS = re.compile(r"(image|audio|video|font)/|.*(javascript|ecmascript|css|font)|text/dns")
_GZIP = {"gzip", "x-gzip", "deflate"}
_BEGINNINGS = {
    ".html": re.compile(rb"\s{0,100}<(?:!doctype\s+html|html)\b", re.IGNORECASE),
    ".pdf": re.compile(rb"%PDF-"),
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_MOST_NAMED = 6

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
        A Draft for each response with status 200 that is HTML, a PDF or a document: its
        address is the page's own or the one it was fetched from, and its date only what the page
        declares, never the crawl's. A BadRecord for each page and record that cannot be read; the
        next record is looked for by how records begin. One more, which is ``passed_over``, counts
        the other documents by their types; what pages are made of is none.

    Raises:
        UnreadableArticle: the file is no web archive, or holds no page.
        OSError: the file cannot be read on.
    """
    begun, found, damaged = False, False, 0
    early: list[BadRecord] = []  # until it is known that this is a web archive
    others: Counter[str] = Counter()
    for number, record in enumerate(records(file, name), start=1):
        place = f"record {number} (byte {record.start:,})"
        read: list[Draft | BadRecord]
        try:
            read = _page(record, place, others)
        except UnreadableArticle as error:
            read = [BadRecord(place, str(error))]
        damaged = damaged + 1 if record.damage else 0
        begun = begun or record.begun
        if not begun and read and isinstance(read[0], BadRecord):
            early += [one for one in read if isinstance(one, BadRecord)]
        elif read:
            found = True
            yield from early
            early.clear()
            yield from read
        if damaged == MOST_DAMAGED:
            break
    if not begun:
        cause = early[0].cause if early else "empty"
        raise UnreadableArticle("not a web archive (WARC)" if cause == NO_RECORD else cause)
    yield from early
    if others:
        yield BadRecord("other records", _counted(others), passed_over=True)
    if damaged == MOST_DAMAGED:
        yield BadRecord(place, "too many in a row are damaged; the rest is left out")
    elif not found and not early:
        raise UnreadableArticle("holds no page (no response of HTML with status 200)")


def _page(record: Record, place: str, others: Counter[str]) -> list[Draft | BadRecord]:
    """What a record holds; nothing where it is no page, or one of a kind that is only counted."""
    if record.damage:
        raise UnreadableArticle(record.damage)
    answer = BLANK_LINE.search(record.data, record.block, record.block + LONGEST_HEADER)
    try:
        loader = ArcWarcRecordLoader(verify_http=False)
        read = loader.parse_record_stream(
            io.BytesIO(record.data), known_format="warc", no_record_parse=answer is None
        )
    except Exception as error:  # warcio's, and whatever else comes of headers that are none
        raise UnreadableArticle("its headers cannot be read") from error
    address = (read.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    if read.rec_type != "response" or not address.lower().startswith(("http:", "https:")):
        return []
    if answer is None or not record.data.startswith(b"HTTP/", record.block):
        raise UnreadableArticle("its answer has no HTTP header")
    if read.http_headers.get_statuscode() != "200":
        return []
    kind, _, parameters = (read.http_headers.get_header("Content-Type") or "").partition(";")
    kind = kind.strip().lower()
    if kind not in _KINDS and kind not in _UNTOLD:
        if not _PARTS.match(kind):
            others[kind] += 1
        return []
    if record.length + record.block - answer.end() > LONGEST_PAGE:
        raise UnreadableArticle(f"a page larger than {LONGEST_PAGE // 1_000_000} MB")
    page = _unpacked(read)
    extension = _KINDS.get(kind) or _told_by(page)
    if extension is None:
        others[kind or "an unknown type"] += 1
        return []
    path = unquote(urlsplit(address).path.rstrip("/")).rpartition("/")[2]
    format = FORMATS[extension]
    options: dict[str, str | None] = {}
    if format.module == "html":
        charset = _CHARSET.search(parameters)
        options = {"address": address, "encoding": charset[1] if charset is not None else None}
    return [_at(address, place, one) for one in format.parse(page, path, **options)]


def _at(address: str, place: str, one: Draft | BadRecord) -> Draft | BadRecord:
    """What was read at an address, which is an article's own where it is the only one there."""
    if isinstance(one, Draft) and one.key is None:
        one = dataclasses.replace(one, url=one.url or address)
    return within(one, address, place)


def _told_by(page: bytes) -> str | None:
    """The extension of what a record holds whose type the server did not tell."""
    return next((name for name, begins in _BEGINNINGS.items() if begins.match(page)), None)


def _unpacked(read: ArcWarcRecord) -> bytes:
    """Undo the chunks and the packing that HTTP names, where they have not been undone before.

    Crawlers often keep the headers as they came and the page as it reads.
    """
    body = bytes(read.raw_stream.read())
    headers = read.http_headers
    if (headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        body = ChunkedDataReader(io.BytesIO(body)).read()
    packing = (headers.get_header("Content-Encoding") or "").strip().lower()
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


def _counted(others: Counter[str]) -> str:
    named = [f"{count:,} of {kind[:60]}" for kind, count in others.most_common(_MOST_NAMED)]
    more = ", ..." if len(others) > _MOST_NAMED else ""
    return f"{others.total():,} of formats that are not read here: {', '.join(named)}{more}"
