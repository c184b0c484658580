"""Packed files (.gz, .bz2, .xz, .zst), unpacked no further than they are wanted."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from typing import Any, BinaryIO, cast

from corpus.errors import UnreadableArticle

__all__ = ["GZIP_MAGIC", "PACKINGS", "read_packed", "split_packing"]

GZIP_MAGIC = b"\x1f\x8b"
"""What gzipped data begin with."""

PACKINGS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}
"""Extensions of packed files to the names of what they are packed with."""

_MOST_MEMORY = 128 * 1_024 * 1_024  # that a file may ask for to be unpacked


def split_packing(name: str) -> tuple[str, str]:
    """Split a file's name into the name it has unpacked and the extension of its packing."""
    for extension in PACKINGS:
        if name.lower().endswith(extension):
            return name[: -len(extension)], extension
    return name, ""


def read_packed(file: BinaryIO, extension: str, most: int) -> bytes:
    """Unpack the beginning of a file.

    Args:
        file: the packed file; of what it says of its own size nothing is believed.
        extension: one of ``PACKINGS``.
        most: bytes to unpack; no more than these are ever held.

    Returns:
        The first ``most`` bytes, or all where there are fewer.

    Raises:
        UnreadableArticle: the data are cut off, or are not packed so.
    """
    kind = PACKINGS[extension]
    cut_off = f"the {'gzipped' if extension == '.gz' else kind} data are cut off before their end"
    try:
        with _opened(file, extension) as unpacked:
            data = unpacked.read(most)
    except EOFError as error:
        raise UnreadableArticle(cut_off) from error
    except (gzip.BadGzipFile, zlib.error, lzma.LZMAError, ValueError) as error:
        raise UnreadableArticle(f"not valid {kind} data") from error
    except OSError as error:
        if error.errno is not None or extension == ".gz":
            raise  # of the file, not of what is in it
        raise UnreadableArticle(f"not valid {kind} data") from error
    return bytes(data)


def _opened(file: BinaryIO, extension: str) -> BinaryIO:
    if extension == ".gz":
        return cast(BinaryIO, gzip.open(file, "rb"))
    if extension == ".bz2":
        return cast(BinaryIO, bz2.open(file, "rb"))
    if extension == ".xz":
        return cast(BinaryIO, lzma.open(file, "rb"))
    try:
        import zstandard
    except ImportError:
        raise UnreadableArticle(
            "packed with zstd, which needs pip install 'newsbot-qa[formats]'"
        ) from None
    unpacking = zstandard.ZstdDecompressor(max_window_size=_MOST_MEMORY)
    return cast(BinaryIO, _Frames(unpacking.stream_reader(file, read_across_frames=True)))


class _Frames:
    """A reader of zstd whose errors are those of Python's own readers."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def __enter__(self) -> _Frames:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def read(self, most: int) -> bytes:
        import zstandard

        parts = []
        try:
            while most > 0 and (part := self._reader.read(most)):
                parts.append(part)
                most -= len(part)
        except zstandard.ZstdError as error:
            raise ValueError from error
        return b"".join(parts)
