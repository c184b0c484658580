"""ZIP and tar archives, WACZ among them: each file in them as if it lay in a folder."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft, within
from corpus.formats.registry import Format, format_of

__all__ = ["MOST_FILES", "parse", "parse_stream"]

MOST_FILES = 100_000
"""Files of an archive; the rest of them is left out."""

# All that is unpacked may come to a hundred times the archive, and to a gigabyte for small ones.
_ALLOWANCE, _RATIO = 1_000_000_000, 100
_DAMAGE = (  # zipfile and tarfile let through what their own parts raise
    zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, struct.error, ValueError,
    LookupError, OverflowError, NotImplementedError,
)  # fmt: skip
_Entry = tuple[str, int, Callable[[], Any]]
"""Name, size as the archive states it, and what opens it."""


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read an archive that is in memory; see ``parse_stream``."""
    return parse_stream(io.BytesIO(data), name)


def parse_stream(file: BinaryIO, name: str) -> Iterator[Draft | BadRecord]:
    """Read the files of known formats in an archive of any size, one after the other.

    Args:
        file: the whole archive; it is sought in.
        name: its name. Of a ``.wacz`` only the web archives in it are read.

    Yields:
        What each file holds; its key is the file's path in the archive, before its own key. What
        is hidden, of another format, or an archive itself is counted, and passed over.

    Raises:
        UnreadableArticle: the file is no archive, or holds no file of a known format.
    """
    found, names = False, 0
    skipped: Counter[str] = Counter()
    spent, most = 0, _ALLOWANCE + _RATIO * file.seek(0, io.SEEK_END)
    file.seek(0)
    try:
        for path, size, opened in _entries(file, name):
            names += 1
            spent += size
            if names > MOST_FILES or spent > most:
                cause = "unpacks to far more than its size" if spent > most else "too many files"
                yield BadRecord(path, f"{cause}; the rest is left out")
                return
            kind = _kind(path, name)
            if isinstance(kind, str):
                skipped[kind] += 1
                continue
            found = True
            yield from _read(path, kind, opened)
    except _DAMAGE as error:
        if not found:
            raise UnreadableArticle("not an archive, or a damaged one") from error
        yield BadRecord("", "the archive is damaged; the rest is left out")
        return
    if skipped:
        counted = ", ".join(f"{count:,} {cause}" for cause, count in skipped.most_common())
        yield BadRecord("other files", counted, passed_over=True)
    if not found:
        raise UnreadableArticle("holds no file of a format that is read here")


def _kind(path: str, name: str) -> Format | str:
    """The format of a file of an archive, or why it is not read."""
    parts = path.split("/")
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return "hidden"
    kind = format_of(parts[-1])
    if kind is not None and kind.module == "archive":
        return "archives in the archive"
    if kind is None or (name.lower().endswith(".wacz") and kind.module != "warc"):
        return "of other formats"
    return kind


def _read(path: str, kind: Format, opened: Callable[[], Any]) -> Iterator[Draft | BadRecord]:
    try:
        with opened() as stream:
            for one in kind.read(stream, path.rpartition("/")[2]):
                yield within(one, path, path)
    except UnreadableArticle as error:
        yield BadRecord(path, str(error))
    except (OSError, RuntimeError, NotImplementedError, zlib.error, zipfile.BadZipFile) as error:
        encrypted = isinstance(error, RuntimeError) and "encrypted" in str(error)
        cause = "encrypted with a password" if encrypted else "damaged in the archive"
        yield BadRecord(path, cause)


def _entries(file: BinaryIO, name: str) -> Iterator[_Entry]:
    if name.lower().endswith((".zip", ".wacz")):
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, info.file_size, partial(archive.open, info)
        return
    with tarfile.open(fileobj=file, mode="r:*") as tape:
        while (member := tape.next()) is not None:
            if member.isfile():
                yield member.name.removeprefix("./"), member.size, partial(tape.extractfile, member)
            tape.members = []  # type: ignore[attr-defined]  # or all of them are held
