"""A file that a walk has found, and the articles in it.

It is looked at by its size before it is opened, read whole, and parsed by the module of its format.
A web archive may have any size: it is read record by record.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.errors import FileOutOfReach, UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.registry import MEGABYTE, Format, format_of
from corpus.gzipped import read_gzipped
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
        if kind.streamed:
            with open(found_file.path, "rb") as file:
                yield from kind.stream_parser()(file, found_file.path.name)
            return
        packed = found_file.path.name.lower().endswith(".gz")
        data = _read(found_file, kind, packed=packed)
    except OSError as error:
        raise FileOutOfReach(cause_of(error)) from error
    name = found_file.path.name[:-3] if packed else found_file.path.name
    yield from kind.parse(data, name)


def _read(found_file: FoundFile, kind: Format, *, packed: bool) -> bytes:
    too_large = f"larger than {kind.limit // MEGABYTE} MB"
    if found_file.size > kind.limit:
        raise UnreadableArticle(f"{too_large} ({found_file.size / MEGABYTE:,.0f} MB)")
    with open(found_file.path, "rb") as file:
        limit = kind.limit + 1  # unpacks no more than this
        data = read_gzipped(file, limit) if packed else file.read(limit)
    if len(data) > kind.limit:
        raise UnreadableArticle(f"{too_large}{' once unpacked' if packed else ''}")
    if not data:
        raise UnreadableArticle("empty")
    return data
