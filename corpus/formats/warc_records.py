"""The records of a web archive: where each begins and ends, also behind damaged ones.

No more is held than one record and a piece; of one that is too large for a page, its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from corpus.formats.warc_members import (
    MOST_SEARCHED,
    NONE_FOUND,
    RECORD,
    StretchEnd,
    unpacked_pieces,
)
from corpus.packed import GZIP_MAGIC

__all__ = ["BLANK_LINE", "LONGEST_HEADER", "LONGEST_PAGE", "NO_RECORD", "Record", "records"]

LONGEST_HEADER = 65_536
"""Bytes of a record's headers, of HTTP's, and of what may come before the first record."""

LONGEST_PAGE = 20_000_000
"""Bytes of one page, packed and unpacked, as for a page in a file of its own."""

NO_RECORD = "no record begins here"
"""The damage of what is no record."""

_PIECE = 262_144
_FURTHER_ON = re.compile(rb"\n" + RECORD.pattern)
BLANK_LINE = re.compile(rb"\r?\n\r?\n")
"""What ends the headers of a record, and those of HTTP."""

_LENGTH = re.compile(rb"\nContent-Length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?\n", re.IGNORECASE)
_MARK = len(b"WARC/1.0")
_BEHIND = 100  # bytes behind a record that show whether it ends there


@dataclass(frozen=True)
class Record:
    """A record, or what stands where one should begin.

    Attributes:
        start: where it begins, counted in all that could be unpacked.
        data: its headers and its block; of a block that is too long for a page, the beginning.
        block: where its block begins in the data.
        length: bytes of the whole block.
        damage: why it cannot be read; empty where it can.
        begun: whether it begins as a record does.
    """

    start: int
    data: bytes = b""
    block: int = 0
    length: int = 0
    damage: str = ""
    begun: bool = True


def records(file: BinaryIO, name: str) -> Iterator[Record]:
    """Find the records of an archive.

    Args:
        file: the archive, packed or not; it is sought in.
        name: the file's name, which says whether it is packed where its beginning is damaged.

    Yields:
        Each record, and for whatever else is more than line ends a Record with the damage. Behind
        a damaged one the next is looked for by how records begin, from where its block does: its
        length may be wrong. Where a packed one is too large to be held, from where that led to.
    """
    head = file.read(_MARK)
    packed = head.startswith(GZIP_MAGIC)
    if not packed and head and name.lower().endswith(".gz"):
        packed = RECORD.match(head) is None
    file.seek(0)
    return _Records(file, packed=packed).all()


class _Records:
    """What is held begins where the next record is looked for."""

    def __init__(self, file: BinaryIO, *, packed: bool) -> None:
        self._file = None if packed else file
        self._pieces = unpacked_pieces(file) if packed else iter(lambda: file.read(_PIECE), b"")
        self._held = bytearray()
        self._start = 0  # place of the first byte that is held
        self._end = StretchEnd()  # what the stretch ended by
        self._ended = False  # the stretch
        self._finished = False
        self._searched = 0  # bytes since the last good record
        self._most = LONGEST_HEADER  # until one is found: a file of another kind is soon known

    def all(self) -> Iterator[Record]:
        while not self._finished:
            self._ended, self._end = False, StretchEnd()
            yield from self._stretch()
            self._drop(len(self._held))

    def _stretch(self) -> Iterator[Record]:
        told = False  # whether the damage before the next record is known
        while True:
            self._skip_line_ends()
            start = self._start
            found = self._find_record()
            if not found and self._searched > self._most:
                self._finished = True
                cause = NO_RECORD if self._most < MOST_SEARCHED else NONE_FOUND
                yield Record(start, damage=cause, begun=False)
                return
            lost = start < self._start or (not found and bool(self._held))
            if not told and (lost or (not found and self._end.damage)):
                cause = NO_RECORD if found else self._end.damage or NO_RECORD
                yield Record(start, damage=cause, begun=False)
            if not found:
                return
            record = self._record()
            told, self._most = bool(record.damage), MOST_SEARCHED
            if not told:
                self._searched = 0
            yield record

    def _skip_line_ends(self) -> None:
        while True:
            before = len(self._held)
            stripped = self._held.lstrip(b"\r\n")
            self._searched += before - len(stripped)
            self._drop(before - len(stripped))
            if len(self._held) >= _MARK or self._ended or self._searched > self._most:
                return
            self._more()

    def _find_record(self) -> bool:
        """Drop what comes before the next record; False where there is none."""
        if RECORD.match(self._held):
            return True
        while True:
            found = _FURTHER_ON.search(self._held)
            if found is not None:
                self._drop(found.start() + 1)
                return True
            passed = max(0, len(self._held) - _MARK)
            self._searched += passed
            self._drop(passed)
            if self._ended or self._searched > self._most:
                return False
            self._more()

    def _record(self) -> Record:
        """Read the record that begins here, and go on to where the next may begin."""
        start = self._start
        self._hold(LONGEST_HEADER)
        blank = BLANK_LINE.search(self._held, 0, LONGEST_HEADER)
        stated = None if blank is None else _LENGTH.search(self._held, 0, blank.end())
        if blank is None or stated is None:
            self._drop(1)
            cause = self._ended and self._end.damage
            return Record(start, damage=cause or "no length that can be read")
        body, end = blank.end(), blank.end() + int(stated[1])
        if end - body > LONGEST_HEADER + LONGEST_PAGE:
            data = bytes(self._held[: body + LONGEST_HEADER])
            damage = self._pass_over(start + body, start + end)
        else:
            self._hold(end + _BEHIND)
            damage = self._damage_at(end)
            data = b"" if damage else bytes(self._held[:end])
            self._drop(body if damage else end)
        return Record(start, data, body, end - body, damage)

    def _pass_over(self, body: int, end: int) -> str:
        """Go past a record that is too long to be held; return why it cannot end there."""
        while self._start + len(self._held) < end and not self._ended:
            self._drop(len(self._held))
            self._more()
        self._drop(min(end - self._start, len(self._held)))
        self._hold(_BEHIND)
        damage = self._damage_at(end - self._start)
        if damage and self._file is not None:
            self._file.seek(body)
            self._held.clear()
            self._start, self._ended, self._finished = body, False, False
        return damage

    def _damage_at(self, end: int) -> str:
        """Why a record cannot end at a place up to which the stretch is held, if it goes so far."""
        behind = None if len(self._held) < end else bytes(self._held[end : end + _BEHIND])
        if behind is None:
            return self._end.damage or "cut off before its end, or of a wrong length"
        following = behind.lstrip(b"\r\n")
        if self._end.inside and not following:
            return self._end.damage  # it is the last one, and a part of it is lost
        fits = BLANK_LINE.match(behind) or not following or RECORD.match(following)
        return "" if fits else "of a wrong length"

    def _hold(self, count: int) -> None:
        """Read on until so many bytes are held, or to the end of the stretch."""
        while len(self._held) < count and not self._ended:
            self._more()

    def _more(self) -> None:
        piece = next(self._pieces, None)
        if isinstance(piece, bytes):
            self._held += piece
        else:
            self._ended, self._finished = True, piece is None
            self._end = piece or StretchEnd()

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self._start += count
