"""The records of a web archive: where each begins and ends, and its own headers.

No more is held than one record and a piece; of one that is too large for a page, its beginning.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders

from corpus.formats.warc_stream import MOST_SEARCHED, RECORD, PlainPieces, StretchEnd

__all__ = [
    "LONGEST_HEADER",
    "LONGEST_PAGE",
    "NO_RECORD",
    "Record",
    "after_blank_line",
    "records",
]

LONGEST_HEADER = 65_536
"""Bytes of a record's headers, of HTTP's, and of what may come before the first record."""

LONGEST_PAGE = 20_000_000
"""Bytes of one page, packed and unpacked, as for a page in a file of its own."""

NO_RECORD = "no record begins here"
"""The damage of what is no record."""

_LINE_ENDS = re.compile(rb"[\r\n]*")
_BLANK_LINES = (b"\r\n\r\n", b"\n\n")
_FURTHER_ON = re.compile(rb"\n" + RECORD.pattern)
_MARK = len(b"WARC/1.0")
_BEHIND = 100  # bytes behind a record that show whether it ends there
_NONE_FOUND = f"no record in {MOST_SEARCHED // 1_000_000:,} MB; the rest is left out"
_TOO_SHORT = "cut off before its end, or of a wrong length"


def _no_headers() -> StatusAndHeaders:
    return StatusAndHeaders("", [])


@dataclass(frozen=True)
class Record:
    """A record, or what stands where one should begin.

    Attributes:
        start: where it begins, counted in all that could be unpacked.
        headers: its own, not those of HTTP in its block.
        block: what follows them; the beginning of it where it is too long for a page.
        length: bytes of the whole block.
        damage: why it cannot be read; empty where it can.
        begun: whether it begins as a record does.
    """

    start: int
    headers: StatusAndHeaders = field(default_factory=_no_headers)
    block: bytes = b""
    length: int = 0
    damage: str = ""
    begun: bool = True


def records(pieces: PlainPieces | Iterator[bytes | StretchEnd]) -> Iterator[Record]:
    """Find the records in the pieces of an archive.

    Yields:
        Each record, and for whatever else is more than line ends a Record with the damage. Behind
        a damaged one the next is looked for by how records begin, from where its block does: its
        length may be wrong. Where a packed one is too large to be held, from where that led to.
    """
    return _Records(pieces).all()


def after_blank_line(data: bytes | bytearray, start: int, end: int) -> int:
    """Where the first blank line ends; 0 where there is none."""
    found = [(place + len(line)) for line in _BLANK_LINES
             if (place := data.find(line, start, end)) >= 0]  # fmt: skip
    return min(found, default=0)


class _Records:
    """What is held of the stretch that is read; places are counted from the archive's beginning."""

    def __init__(self, pieces: PlainPieces | Iterator[bytes | StretchEnd]) -> None:
        self._pieces = pieces
        self._held = bytearray()
        self._start = 0  # place of the first byte that is held
        self._ended = False  # the stretch
        self._damage, self._inside = "", False  # what it ended by
        self._finished = False
        self._searched = 0  # since the last good record
        self._most = LONGEST_HEADER  # until one is found: a file of another kind is soon known

    @property
    def _end(self) -> int:
        return self._start + len(self._held)

    def all(self) -> Iterator[Record]:
        while not self._finished:
            self._ended, self._damage, self._inside = False, "", False
            yield from self._stretch()
            self._drop(self._end)

    def _stretch(self) -> Iterator[Record]:
        position, told = self._start, False  # that the damage before the next record is known
        while True:
            something, found = self._look_for_record(position)
            if found is None and self._searched > self._most:
                self._finished = True
                cause = NO_RECORD if self._most < MOST_SEARCHED else _NONE_FOUND
                yield Record(something, damage=cause, begun=False)
                return
            lost = something < (self._end if found is None else found)
            if not told and (lost or (found is None and self._damage)):
                cause = self._damage if found is None else ""
                yield Record(something, damage=cause or NO_RECORD, begun=False)
            if found is None:
                return
            record, position = self._record(found)
            told, self._most = bool(record.damage), MOST_SEARCHED
            if not told:
                self._searched = 0
            self._drop(position)
            yield record

    def _look_for_record(self, position: int) -> tuple[int, int | None]:
        """Where something begins that is no line end, and where the next record does."""
        something = None
        while True:
            self._drop(position)
            if something is None:
                ends = _LINE_ENDS.match(self._held)
                position += 0 if ends is None else ends.end()
                if self._end - position >= _MARK or self._ended:
                    something = position
                    if RECORD.match(self._held, position - self._start):
                        return something, position
            if something is not None:
                found = _FURTHER_ON.search(self._held, position - self._start)
                if found is not None:
                    return something, self._start + found.start() + 1
                position = max(position, self._end - _MARK)
            self._searched += position - self._start
            if self._ended or self._searched > self._most:
                return (position if something is None else something), None
            self._more()

    def _record(self, start: int) -> tuple[Record, int]:
        """The record that begins at a place, and where to look for the next."""
        self._hold(start + LONGEST_HEADER)
        offset = start - self._start
        body = after_blank_line(self._held, offset, offset + LONGEST_HEADER)
        headers, length = _headers(bytes(self._held[offset:body])) if body else (_no_headers(), -1)
        if length < 0:
            cause = (self._ended and self._damage) or "no length that can be read"
            return Record(start, headers, damage=cause), start + 1
        body += self._start
        end = body + length
        if length > LONGEST_HEADER + LONGEST_PAGE:
            self._hold(body + LONGEST_HEADER)
            block = self._copy(body, body + LONGEST_HEADER)
            damage, position = self._go_past(body, end)
        else:
            self._hold(end + _BEHIND)
            damage = self._damage_at(end)
            block = b"" if damage else self._copy(body, end)
            position = body if damage else end
        return Record(start, headers, block, length, damage), position

    def _go_past(self, body: int, end: int) -> tuple[str, int]:
        """Why a record cannot end at a place, and where to look for the next one."""
        if isinstance(self._pieces, PlainPieces):
            damage = _misfit(self._pieces.look(end, _BEHIND))
            if damage:
                return damage, body
            if end > self._end:
                self._pieces.go_to(end)
                self._held.clear()
                self._start = end
            return "", end
        while self._end < end and not self._ended:
            self._drop(self._end)
            self._more()
        self._hold(end + _BEHIND)
        return self._damage_at(end), min(end, self._end)

    def _damage_at(self, end: int) -> str:
        """Why a record cannot end at a place up to which the stretch is held, if it goes so far."""
        behind = None if self._end < end else self._copy(end, end + _BEHIND)
        if behind is None or (self._inside and not behind.strip(b"\r\n")):
            return self._damage or _misfit(behind)  # it is the last one, and a part of it is lost
        return _misfit(behind)

    def _hold(self, end: int) -> None:
        """Read on to a place, or the end of the stretch."""
        while self._end < end and not self._ended:
            self._more()

    def _more(self) -> None:
        piece = next(self._pieces, None)
        if piece is None or isinstance(piece, StretchEnd):
            self._ended, self._finished = True, piece is None
            if piece is not None:
                self._damage, self._inside = piece.damage, piece.inside
        else:
            self._held += piece

    def _copy(self, start: int, end: int) -> bytes:
        return bytes(self._held[start - self._start : end - self._start])

    def _drop(self, place: int) -> None:
        del self._held[: place - self._start]
        self._start = place


def _misfit(behind: bytes | None) -> str:
    """Why a record does not end before some bytes; None where the file ends before."""
    if behind is None:
        return _TOO_SHORT
    following = behind.lstrip(b"\r\n")
    fits = behind.startswith(_BLANK_LINES) or not following or RECORD.match(following)
    return "" if fits else "of a wrong length"


def _headers(lines: bytes) -> tuple[StatusAndHeaders, int]:
    """A record's headers and its length, which is negative where it has none."""
    try:
        record = ArcWarcRecordLoader().parse_record_stream(
            io.BytesIO(lines), known_format="warc", no_record_parse=True
        )
        length = record.rec_headers.get_header("Content-Length")
        return record.rec_headers, int(length) if re.fullmatch(r"\d{1,15}", length or "") else -1
    except Exception:  # warcio's, and whatever else comes of headers that are none
        return _no_headers(), -1
