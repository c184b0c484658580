"""A file that a walk has found, and the articles in it.

It is looked at by its size before it is opened, read whole, and parsed by the module of its format.
A web archive may have any size: it is read record by record.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.errors import FileOutOfReach, UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.registry import MEGABYTE, Format, format_of
from corpus.packed import read_packed, split_packing
from corpus.walk import FoundFile, cause_of

__all__ = ["drafts_in"]


def drafts_in(found_file: FoundFile) -> Iterator[Draft | BadRecord]:
    """Read a file of any format, gzipped or not.

    Raises:
        FileOutOfReach: the system does not give it, or not to its end.
        UnreadableArticle: it cannot be read, or not to its end; what was yielded before stands.
    """
    kind = format_of(found_file.path.name)
    assert kind is not None, "the walk takes files of known formats only"
    try:
        name, packing = split_packing(found_file.path.name)
        if packing in kind.streamed:
            with open(found_file.path, "rb") as file:
                yield from kind.stream_parser()(file, found_file.path.name)
            return
        data = _read(found_file, kind, packing)
    except OSError as error:
        raise FileOutOfReach(cause_of(error)) from error
    yield from kind.parse(data, name)


def _read(found_file: FoundFile, kind: Format, packing: str) -> bytes:
    too_large = f"larger than {kind.limit // MEGABYTE} MB"
    if found_file.size > kind.limit:
        raise UnreadableArticle(f"{too_large} ({found_file.size / MEGABYTE:,.0f} MB)")
    with open(found_file.path, "rb") as file:
        limit = kind.limit + 1  # unpacks no more than this
        data = read_packed(file, packing, limit) if packing else file.read(limit)
    if len(data) > kind.limit:
        raise UnreadableArticle(f"{too_large}{' once unpacked' if packing else ''}")
    if not data:
        raise UnreadableArticle("empty")
    return data
