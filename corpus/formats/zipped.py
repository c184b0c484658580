"""Documents that are ZIP archives of XML files: refused where unpacking would be too much."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import lxml.etree

from corpus.errors import UnreadableArticle

__all__ = ["MOST_ENTRIES", "MOST_MARKUP", "MOST_UNPACKED", "check_archive", "xml_in"]

MOST_ENTRIES = 2_000
"""Files in the archive; a document with a few hundred pictures has fewer."""

MOST_UNPACKED = 100_000_000
"""Bytes of all of them once unpacked, some of which are held in memory."""

MOST_MARKUP = 20_000_000
"""Bytes of those that are not pictures: as a tree, XML takes up to twenty times its length."""

_PICTURES = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF",
    b"\x01\0\0\0", b"\xd7\xcd\xc6\x9a", b"\xd0\xcf\x11\xe0", b"\0\x01\0\0", b"OTTO", b"wOF",
)  # fmt: skip
"""How files begin that cannot be XML: pictures, fonts and old Office documents."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_archive(data: bytes, kind: str, extension: str) -> None:
    """Refuse what is no ZIP archive, or would be too large, before anything of it is unpacked.

    The sizes are those that the archive states; zipfile unpacks no more of an entry than that.

    Args:
        data: the whole file.
        kind: what it should be, for the message: "Word document".
        extension: that of such files.

    Raises:
        UnreadableArticle: it is none, or too large.
    """
    if data.startswith(_OLD_OFFICE):
        raise UnreadableArticle(f"an old {kind}, or one with a password, and no {extension}")
    if not data.startswith(b"PK"):
        raise UnreadableArticle(f"not a {kind}: no ZIP archive")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise UnreadableArticle(f"holds more than {MOST_ENTRIES:,} files")
            sizes = sum(entry.file_size for entry in entries)
            if sizes > MOST_UNPACKED:
                raise UnreadableArticle(f"larger than {MOST_UNPACKED // 1_000_000} MB unpacked")
            if sizes > MOST_MARKUP:
                sizes -= sum(entry.file_size for entry in entries if _is_picture(archive, entry))
            if sizes > MOST_MARKUP:
                raise UnreadableArticle(f"more than {MOST_MARKUP // 1_000_000} MB without pictures")
    except UnreadableArticle:
        raise
    except Exception as error:  # struct.error, NotImplementedError, OverflowError: all are seen
        raise UnreadableArticle("a damaged ZIP archive (cut off?)") from error


def xml_in(archive: zipfile.ZipFile, name: str) -> Any:
    """Parse a file of an archive; entities are not resolved, and nothing is fetched.

    Returns:
        The root element, or None where there is no such file, or no XML in it.
    """
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        return lxml.etree.fromstring(archive.read(name), parser)
    except KeyError:
        return None
    except Exception as error:  # zlib's, zipfile's and lxml's
        raise UnreadableArticle(f"{name[:80]!r} in it is damaged") from error


def _is_picture(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    with archive.open(entry) as file:
        return file.read(8).startswith(_PICTURES)
