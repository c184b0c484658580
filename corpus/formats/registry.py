"""Which module reads which file, by the file's extension."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO, cast

from corpus.formats.draft import BadRecord, Draft
from corpus.formats.time_limit import parse_with_limit

__all__ = ["FORMATS", "MEGABYTE", "Format", "Parser", "StreamParser", "format_of"]

Parser = Callable[[bytes, str], Iterator[Draft | BadRecord]]
StreamParser = Callable[[BinaryIO, str], Iterator[Draft | BadRecord]]

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Format:
    """A way to read files.

    Attributes:
        module: name of the module of this package that has ``parse``.
        limit: most bytes that are held in memory to be parsed, unpacked where they are gzipped.
        streamed: whether the module has ``parse_stream`` as well, which takes the open file as it
            is, packed or not. Then the limit is for what was fetched; a file may have any size,
            because what is held is bounded by a record, and the time by the file.
        quick: whether no file can take long, so that it needs no process of its own.
    """

    module: str
    limit: int
    streamed: bool = False
    quick: bool = False

    def parse(self, data: bytes, name: str, **options: str | None) -> Iterator[Draft | BadRecord]:
        """Parse a file, in a limited time where its format needs that.

        Args:
            data: the whole file.
            name: its name, without ``.gz``.
            options: what the format's ``parse`` takes besides.

        Raises:
            UnreadableArticle: it cannot be read; what was yielded before stands.
        """
        if self.quick:
            return self.parser()(data, name)
        return iter(parse_with_limit(f"corpus.formats.{self.module}", data, name, options))

    def parser(self) -> Parser:
        """Import the module and return its ``parse``.

        Only now: trafilatura takes a third of a second to import, and a folder of plain text
        shall not pay for it.
        """
        return cast(Parser, import_module(f"corpus.formats.{self.module}").parse)

    def stream_parser(self) -> StreamParser:
        """Import the module of a streamed format and return its ``parse_stream``."""
        return cast(StreamParser, import_module(f"corpus.formats.{self.module}").parse_stream)


# One article never fills 20 MB, and Markdown takes 2 to 3 seconds a megabyte; a dump is held in
# memory while it is read, and a JSON document as a whole: with one emoji in it, at four times its
# size, and its values beside it.
_ONE, _MARKDOWN, _MANY, _DOCUMENT = (megabytes * MEGABYTE for megabytes in (20, 5, 256, 100))
# Most of a document are its pictures, which are not read. A feed has a few dozen entries, and its
# parser is slow.
_PICTURED, _FEED = 50 * MEGABYTE, 10 * MEGABYTE

FORMATS: dict[str, Format] = {
    ".txt": Format("text", _ONE, quick=True),
    ".text": Format("text", _ONE, quick=True),
    ".md": Format("markdown", _MARKDOWN),
    ".markdown": Format("markdown", _MARKDOWN),
    ".html": Format("html", _ONE),
    ".htm": Format("html", _ONE),
    ".xhtml": Format("html", _ONE),
    ".json": Format("json", _DOCUMENT, quick=True),
    ".jsonl": Format("json", _MANY, quick=True),
    ".ndjson": Format("json", _MANY, quick=True),
    ".csv": Format("csv", _MANY, quick=True),
    ".tsv": Format("csv", _MANY, quick=True),
    ".pdf": Format("pdf", _PICTURED),
    ".docx": Format("docx", _PICTURED),
    ".rss": Format("feed", _FEED),
    ".atom": Format("feed", _FEED),
    ".xml": Format("feed", _FEED),
    ".warc": Format("warc", _MANY, streamed=True, quick=True),
}


def format_of(name: str) -> Format | None:
    """Find the format of a file by its name; ``.gz`` after the extension does not count."""
    lowered = name.lower().removesuffix(".gz")
    dot = lowered.rfind(".")
    return FORMATS.get(lowered[dot:]) if dot > 0 else None
