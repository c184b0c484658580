"""Which module reads which file, by the file's extension."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO, cast

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.time_limit import LONGEST_WAIT, parse_with_limit, seconds_for
from corpus.packed import read_packed, split_packing

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
        streamed: how the files may be packed that the module reads by ``parse_stream``, which
            takes the open file as it is; empty for not at all. Then the limit is for what was
            fetched or packed in another way; a file may have any size, because what is held is
            bounded by a record, and the time by the file.
        megabyte: seconds of processor time that each megabyte may take, beside what any file may.
        wait: most seconds on the clock; more where another program reads pictures of text.
        quick: whether no file can take long, so that it needs no process of its own.
    """

    module: str
    limit: int
    streamed: tuple[str, ...] = ()
    megabyte: float = 0.0
    wait: float = LONGEST_WAIT
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
        seconds = seconds_for(len(data), self.megabyte)
        module = f"corpus.formats.{self.module}"
        return iter(parse_with_limit(module, data, name, options, seconds, self.wait))

    def read(self, file: BinaryIO, name: str) -> Iterator[Draft | BadRecord]:
        """Parse an open file of this format, which may be packed as its name says.

        Raises:
            UnreadableArticle: it cannot be read, or not to its end; what was yielded before stands.
        """
        plain, packing = split_packing(name)
        if packing in self.streamed:
            yield from self.stream_parser()(file, name)
            return
        most = self.limit + 1  # no more than this is unpacked
        data = read_packed(file, packing, most) if packing else file.read(most)
        if len(data) > self.limit:
            once = " once unpacked" if packing else ""
            raise UnreadableArticle(f"larger than {self.limit // MEGABYTE} MB{once}")
        if not data:
            raise UnreadableArticle("empty")
        yield from self.parse(data, plain)

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
    **{
        extension: Format("html", _ONE)
        for extension in (".php", ".shtml", ".asp", ".aspx", ".jsp", ".cfm")
    },
    ".mhtml": Format("mhtml", _PICTURED),
    ".mht": Format("mhtml", _PICTURED),
    ".json": Format("json", _DOCUMENT, quick=True),
    ".jsonl": Format("json", _MANY, quick=True),
    ".ndjson": Format("json", _MANY, quick=True),
    ".csv": Format("csv", _MANY, quick=True),
    ".tsv": Format("csv", _MANY, quick=True),
    ".pdf": Format("pdf", _PICTURED, megabyte=25.0, wait=600),
    ".docx": Format("docx", _PICTURED),
    ".odt": Format("odt", _PICTURED),
    ".rtf": Format("rtf", _ONE),
    ".epub": Format("epub", _PICTURED),
    ".pptx": Format("pptx", _PICTURED),
    ".xlsx": Format("xlsx", _PICTURED, megabyte=10.0),
    ".eml": Format("mail", _PICTURED),
    ".mbox": Format("mail", _MANY, megabyte=2.0),
    **{
        extension: Format("feed", _FEED)
        for extension in (".rss", ".atom", ".rdf", ".xml", ".nitf", ".newsml")
    },
    ".warc": Format("warc", _MANY, streamed=("", ".gz"), quick=True),
    ".zip": Format("archive", _MANY, streamed=("",), quick=True),
    ".wacz": Format("archive", _MANY, streamed=("",), quick=True),
    **{
        extension: Format("archive", _MANY, streamed=("", ".gz", ".bz2", ".xz"), quick=True)
        for extension in (".tar", ".tgz", ".tbz2", ".txz")
    },
}


def format_of(name: str) -> Format | None:
    """Find the format of a file by its name; an extension of packing does not count.

    Nor does what a program that saves pages keeps of a question: ``index.php?id=3``.
    """
    lowered = split_packing(name.lower())[0].partition("?")[0]
    dot = lowered.rfind(".")
    return FORMATS.get(lowered[dot:]) if dot > 0 else None
