"""The bytes of a gzipped web archive in order, a piece at a time, past whatever is damaged.

Crawlers pack an archive record by record: each is a gzip member of its own. So a damaged member
costs that member: the next one that begins a record is found by how members begin. A whole archive
in one member, and members that cut records in two, are gzip as well, and are read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from corpus.packed import GZIP_MAGIC

__all__ = ["MOST_SEARCHED", "NONE_FOUND", "RECORD", "StretchEnd", "unpacked_pieces"]

RECORD = re.compile(rb"WARC/[01]\.\d")
"""How a record begins."""

MOST_SEARCHED = 1_000_000_000
"""Bytes in which no record begins; after so many the rest of the file is given up."""

NONE_FOUND = f"no record in {MOST_SEARCHED // 1_000_000:,} MB; the rest is left out"

_PIECE = 262_144  # unpacked
_READ = 65_536
_MARK = len(b"WARC/1.0")
_GZIP = 16 + zlib.MAX_WBITS
_MOST_PADDING = 1_048_576
_DEFLATED = GZIP_MAGIC + b"\x08"  # the only method that gzip has
# What a member needs to show how it unpacks, and what a try is counted as: it takes 10 µs or so.
_TRIED = 4_096
# A damaged member may unpack to nonsense, over the beginning of the next, before zlib notices.
_LOOK_BACK = 4_000_000
# Pages are packed to a fifth, text of any kind seldom to a thirtieth, and zeros to a thousandth.
_MEMBER_ALLOWANCE, _MEMBER_RATIO = 100_000_000, 100
_FILE_ALLOWANCE, _FILE_RATIO = 1_000_000_000, 50
_SPENT = "the file unpacks to far more than its size; the rest is left out"


@dataclass(frozen=True)
class StretchEnd:
    """No record reaches over this place: a record begins behind it, or something is lost.

    Attributes:
        damage: why something is lost here; empty where nothing is.
        inside: whether the member that is lost has been given in part, so that what comes just
            before may be damaged as well.
    """

    damage: str = ""
    inside: bool = False


def unpacked_pieces(file: BinaryIO) -> Iterator[bytes | StretchEnd]:
    """Unpack an archive, and go on behind what cannot be unpacked.

    No more is held than one piece and the little that it comes from. Time is bounded too: a member
    that unpacks to a hundred times its size is left, and the file is given up where all that was
    unpacked and searched comes to fifty times of it; small files have an allowance.

    Args:
        file: the packed file, which can be sought in; of the sizes it states nothing is believed.

    Yields:
        Pieces, none of them empty. A ``StretchEnd`` before each member that begins with a record,
        but the first; and one with its cause where a member is damaged, is cut off or is no gzip.
    """
    yield from _Unpacking(file).pieces()


class _Unpacking:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._work = 0  # bytes unpacked and searched
        self._furthest = 0  # bytes of the file seen
        self._member = 0  # where the member that is read begins

    def pieces(self) -> Iterator[bytes | StretchEnd]:
        begin: int | None = 0
        while begin is not None:
            self._file.seek(begin)
            lost = yield from self._members()
            if lost is None:
                return
            yield lost
            if lost.damage == _SPENT:
                return
            begin = yield from self._next_record(self._member + 1)

    def _members(self) -> Generator[bytes | StretchEnd, None, StretchEnd | None]:
        """Unpack one member after the other, to the end of the file or the first one lost."""
        first, packed = True, b""
        while packed := self._without_padding(packed):
            self._member = self._file.tell() - len(packed)
            unpacking = zlib.decompressobj(_GZIP)
            head = b""  # held back until it is long enough to tell what begins here
            unpacked, given, ended = 0, False, False
            while not ended:
                try:
                    piece = unpacking.decompress(packed, _PIECE)
                except zlib.error:
                    return StretchEnd("not valid gzip data", given)
                ended = unpacking.eof
                packed = unpacking.unused_data if ended else unpacking.unconsumed_tail
                unpacked += len(piece)
                if unpacked > _MEMBER_ALLOWANCE + _MEMBER_RATIO * (
                    self._file.tell() - self._member
                ):
                    return StretchEnd(f"unpacks to more than {_MEMBER_RATIO} times its size", given)
                if self._spent(len(piece)):
                    return StretchEnd(_SPENT, given)
                if not given:
                    head += piece
                    given = ended or len(head) >= _MARK
                    if given and not first and RECORD.match(head):
                        yield StretchEnd()
                    piece = head if given else b""
                if piece:
                    yield piece
                elif not packed and not ended and not (packed := self._read()):
                    return StretchEnd("the gzipped data are cut off before their end", given)
            first = False
        return None

    def _without_padding(self, packed: bytes) -> bytes:
        """What comes after a member; zeros may lie between, and count for nothing."""
        packed = packed.lstrip(b"\0")
        for _ in range(_MOST_PADDING // _READ):
            if packed or not (packed := self._read()):
                return packed
            packed = packed.lstrip(b"\0")
        return packed or b"\0"  # which is no gzip

    def _next_record(self, start: int) -> Generator[StretchEnd, None, int | None]:
        """Where the next member begins that begins with a record; None where none does."""
        start = max(start, self._file.tell() - _LOOK_BACK)
        self._file.seek(start)
        searched, data = 0, b""
        while True:
            more = self._read()
            data += more
            searched += len(more)
            place = data.find(_DEFLATED)
            # One near the end of what is held waits for more, unless there is none.
            while 0 <= place and (len(data) - place >= _TRIED or not more):
                if _begins_record(data[place : place + _TRIED]):
                    return start + place
                if self._spent(_TRIED):
                    break
                place = data.find(_DEFLATED, place + 1)
            if self._spent(len(more)) or searched > MOST_SEARCHED:
                yield StretchEnd(NONE_FOUND if searched > MOST_SEARCHED else _SPENT)
                return None
            if not more:
                return None
            kept = place if place >= 0 else max(0, len(data) - len(_DEFLATED) + 1)
            start, data = start + kept, data[kept:]

    def _read(self) -> bytes:
        packed = self._file.read(_READ)
        self._furthest = max(self._furthest, self._file.tell())
        return packed

    def _spent(self, work: int) -> bool:
        self._work += work
        return self._work > _FILE_ALLOWANCE + _FILE_RATIO * self._furthest


def _begins_record(packed: bytes) -> bool:
    try:
        return RECORD.match(zlib.decompressobj(_GZIP).decompress(packed, _MARK)) is not None
    except zlib.error:
        return False
