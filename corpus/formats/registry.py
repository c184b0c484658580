"""Which module reads which file, by the file's extension."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from corpus.formats.draft import BadRecord, Draft

__all__ = ["FORMATS", "MEGABYTE", "Format", "Parser", "format_of"]

Parser = Callable[[bytes, str], Iterator[Draft | BadRecord]]

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Format:
    """A way to read files.

    Attributes:
        module: name of the module of this package that has ``parse``.
        limit: most bytes of a file, unpacked where it is gzipped.
        advice: what to do about a file that is larger.
    """

    module: str
    limit: int
    advice: str = ""

    def parser(self) -> Parser:
        """Import the module and return its ``parse``.

        Only now: trafilatura takes a third of a second to import, and a folder of plain text
        shall not pay for it.
        """
        return cast(Parser, import_module(f"corpus.formats.{self.module}").parse)


# One article never fills 20 MB, and Markdown takes 2 to 3 seconds a megabyte; a dump is held in
# memory while it is read.
_ONE, _MARKDOWN, _MANY = 20 * MEGABYTE, 5 * MEGABYTE, 256 * MEGABYTE
# Most of a document are its pictures, which are not read. A feed has a few dozen entries, and its
# parser is slow.
_PICTURED, _FEED = 50 * MEGABYTE, 10 * MEGABYTE

FORMATS: dict[str, Format] = {
    ".txt": Format("text", _ONE),
    ".text": Format("text", _ONE),
    ".md": Format("markdown", _MARKDOWN),
    ".markdown": Format("markdown", _MARKDOWN),
    ".html": Format("html", _ONE),
    ".htm": Format("html", _ONE),
    ".xhtml": Format("html", _ONE),
    ".json": Format("json", _MANY),
    ".jsonl": Format("json", _MANY),
    ".ndjson": Format("json", _MANY),
    ".csv": Format("csv", _MANY),
    ".tsv": Format("csv", _MANY),
    ".pdf": Format("pdf", _PICTURED),
    ".docx": Format("docx", _PICTURED),
    ".rss": Format("feed", _FEED),
    ".atom": Format("feed", _FEED),
    ".xml": Format("feed", _FEED),
    ".warc": Format("warc", _MANY, "divide it into smaller WARC files"),
}


def format_of(name: str) -> Format | None:
    """Find the format of a file by its name; ``.gz`` after the extension does not count."""
    lowered = name.lower().removesuffix(".gz")
    dot = lowered.rfind(".")
    return FORMATS.get(lowered[dot:]) if dot > 0 else None
