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
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from warcio.bufferedreaders import ChunkedDataReader
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.html import read_page
from corpus.formats.patience import within
from corpus.formats.text import title_from_name

__all__ = ["LONGEST_PAGE", "MOST_DAMAGED", "parse"]

LONGEST_PAGE = 20_000_000
"""Bytes of one page, packed and unpacked, as for a page in a file of its own."""

MOST_DAMAGED = 1_000
"""Damaged records in a row; after so many the rest of the file is given up."""

_LONGEST_HEADER = 65_536
_NOTHING = StatusAndHeaders("", [])
_HTML = {"text/html", "application/xhtml+xml"}
_GZIP = {"gzip", "x-gzip", "deflate"}
_LINE_ENDS = re.compile(rb"[\r\n]*")
_BLANK_LINES = (b"\r\n\r\n", b"\n\n")
_RECORD = re.compile(rb"^WARC/[01]\.\d", re.MULTILINE)
_BEGINS_AS_HTML = re.compile(rb"\s{0,100}<(?:!doctype\s+html|html)\b", re.IGNORECASE)

logging.getLogger("warcio").addHandler(logging.NullHandler())


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read the pages of a web archive.

    Args:
        data: the whole file, unpacked.
        name: the file's name, without ``.gz``.

    Yields:
        A Draft for each response with status 200 that is HTML: its address is the page's own or
        the one it was fetched from, and its date only what the page declares, never the crawl's.
        A BadRecord for each page and record that cannot be read; the next record is looked for
        by how records begin. What is no page is passed over.

    Raises:
        UnreadableArticle: the file is no web archive, or holds no page.
    """
    if not _RECORD.search(data, 0, _LONGEST_HEADER):
        raise UnreadableArticle("empty" if not data.strip() else "not a web archive (WARC)")
    found = False
    damaged = 0
    for number, record in enumerate(_records(data), start=1):
        place = f"record {number} (byte {record.start:,})"
        try:
            draft = _page(data, record, place)
        except UnreadableArticle as error:
            found = True
            yield BadRecord(place, str(error))
            damaged = damaged + 1 if record.damage else 0
            if damaged == MOST_DAMAGED:
                yield BadRecord(place, "too many in a row are damaged; the rest is left out")
                return
        else:
            damaged = 0
            if draft is not None:
                found = True
                yield draft
    if not found:
        raise UnreadableArticle("holds no page (no response of HTML with status 200)")


@dataclass(frozen=True)
class _Record:
    """Where a record lies, and its own headers; ``damage`` is why it cannot be read, or empty."""

    start: int
    body: int
    end: int
    headers: StatusAndHeaders
    damage: str = ""


def _records(data: bytes) -> Iterator[_Record]:
    position = 0
    told = False  # that what lies before the next record is damaged
    while (found := _RECORD.search(data, position)) is not None:
        start = found.start()
        if not told:
            yield from _between(data, position, start)
        body = _after_blank_line(data, start, start + _LONGEST_HEADER)
        headers, length = _headers(data[start:body]) if body else (_NOTHING, -1)
        if length < 0:
            told, position = True, found.end()
            yield _Record(start, start, start, headers, "no length that can be read")
            continue
        damage = _damage(data, body + length)
        told, position = bool(damage), body if damage else body + length
        yield _Record(start, body, body + length, headers, damage)
    if not told:
        yield from _between(data, position, len(data))


def _between(data: bytes, start: int, end: int) -> Iterator[_Record]:
    """What lies between two records, if that is more than line ends."""
    ends = _LINE_ENDS.match(data, start, end)
    if ends is not None and ends.end() < end:
        start = ends.end()
        yield _Record(start, start, start, _NOTHING, "no record begins here")


def _after_blank_line(data: bytes, start: int, end: int) -> int:
    """Where the first blank line ends; 0 where there is none."""
    found = [(place + len(line)) for line in _BLANK_LINES
             if (place := data.find(line, start, end)) >= 0]  # fmt: skip
    return min(found, default=0)


def _damage(data: bytes, end: int) -> str:
    """Why a record cannot end at a place; empty where it can."""
    if end > len(data):
        return "cut off before its end, or of a wrong length"
    following = data[end : end + 100].lstrip(b"\r\n")
    ends = data.startswith(_BLANK_LINES, end)
    return "" if ends or not following or _RECORD.match(following) else "of a wrong length"


def _headers(lines: bytes) -> tuple[StatusAndHeaders, int]:
    """A record's headers and its length, which is negative where it has none."""
    try:
        record = ArcWarcRecordLoader().parse_record_stream(
            io.BytesIO(lines), known_format="warc", no_record_parse=True
        )
        length = record.rec_headers.get_header("Content-Length")
        return record.rec_headers, int(length) if re.fullmatch(r"\d{1,15}", length or "") else -1
    except Exception:  # warcio's, and whatever else comes of headers that are none
        return _NOTHING, -1


def _page(data: bytes, record: _Record, place: str) -> Draft | None:
    """The article in a record; None where it is no page."""
    if record.damage:
        raise UnreadableArticle(record.damage)
    if (record.headers.get_header("WARC-Type") or "").strip().lower() != "response":
        return None
    address = (record.headers.get_header("WARC-Target-URI") or "").strip("<> ")
    if not address.lower().startswith(("http:", "https:")):
        return None
    start = _after_blank_line(data, record.body, min(record.body + _LONGEST_HEADER, record.end))
    if not start or not data.startswith(b"HTTP/", record.body):
        raise UnreadableArticle("its answer has no HTTP header")
    try:
        parser = StatusAndHeadersParser(["HTTP/"], verify=False)
        answer = parser.parse(io.BytesIO(data[record.body : start]))
    except Exception as error:  # as above
        raise UnreadableArticle("its HTTP header cannot be read") from error
    if answer.get_statuscode() != "200":
        return None
    kind, _, parameters = (answer.get_header("Content-Type") or "").partition(";")
    kind = kind.strip().lower()
    if kind and kind not in _HTML:
        return None
    if record.end - start > LONGEST_PAGE:
        raise UnreadableArticle(f"a page larger than {LONGEST_PAGE // 1_000_000} MB")
    page = _unpacked(data[start : record.end], answer)
    if not kind and not _BEGINS_AS_HTML.match(page):
        return None
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", parameters, re.IGNORECASE)
    title = title_from_name(unquote(urlsplit(address).path.rstrip("/")))
    draft = within(
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
