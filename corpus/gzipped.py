"""Gzipped data, unpacked no further than they are wanted."""

from __future__ import annotations

import gzip
import zlib
from typing import BinaryIO

from corpus.errors import UnreadableArticle

__all__ = ["GZIP_MAGIC", "read_gzipped"]

GZIP_MAGIC = b"\x1f\x8b"
"""What gzipped data begin with."""


def read_gzipped(file: BinaryIO, most: int) -> bytes:
    """Unpack the beginning of a gzipped file.

    Args:
        file: the packed file; of what it says of its own size nothing is believed.
        most: bytes to unpack; no more than these are ever held.

    Returns:
        The first ``most`` bytes, or all where there are fewer.

    Raises:
        UnreadableArticle: the data are cut off, or are not gzipped.
    """
    try:
        with gzip.open(file, "rb") as unpacked:
            return bytes(unpacked.read(most))
    except EOFError as error:
        raise UnreadableArticle("the gzipped data are cut off before their end") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableArticle("not valid gzip data") from error
