"""JSON and JSON Lines: an article, a list of them, or an object that holds such a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.records import TEXT_HINT, bounded_lines, draft_of, field_of, is_full_text
from corpus.text import decode, detect_encoding

__all__ = ["LIST_NAMES", "MOST_MARKS", "parse"]

LIST_NAMES = (
    "articles", "data", "items", "results", "docs", "hits", "entries", "records", "posts", "news",
    "stories", "documents", "rows", "@graph",
)  # fmt: skip
"""Names, in any case, under which an object holds its articles, or an object that holds them."""

_WRAPPERS = ("response", "result", "feed", "channel", "hits", "data", "payload")
_DEEPEST = 4

MOST_MARKS = 6_000_000
"""Commas, colons and opening brackets of a document, those in its texts too: each may stand for a
value, and a list or object of three characters takes a hundred bytes and more once it is read."""

_MARKS = ",:[{"
_DAMAGED = re.compile("[\udc80-\udcff]")


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read a JSON file, or JSON Lines where the name ends in ``.jsonl`` or ``.ndjson``.

    JSON Lines in a file that is called ``.json`` are recognised.

    Args:
        data: the whole file.
        name: the file's name, without ``.gz``.

    Yields:
        A Draft for each article, without a key where the file is one article; a BadRecord for
        each record that cannot be read.

    Raises:
        UnreadableArticle: the file is not JSON, or holds no article.
    """
    if name.lower().endswith((".jsonl", ".ndjson")):
        return _lines(data)
    return _document(data)


def _document(data: bytes) -> Iterator[Draft | BadRecord]:
    try:
        document = _load(decode(data))
    except _NotJson as error:
        if error.extra and _first_line_is_a_record(data):
            yield from _lines(data)
            return
        raise
    records = _records(document, 0)
    if records is None:
        if not isinstance(document, dict):
            raise UnreadableArticle("holds no article: neither an object nor a list")
        yield draft_of(document, None)
        return
    if not records:
        raise UnreadableArticle("holds an empty list of articles")
    in_feed, source = _feed(document)
    for number, record in enumerate(records, start=1):
        found = _read(record, number, f"record {number}")
        if isinstance(found, Draft) and in_feed:
            found = replace(found, source=found.source or source, in_feed=True)
        yield found


def _lines(data: bytes) -> Iterator[Draft | BadRecord]:
    encoding, sound = detect_encoding(data)
    # Only damaged UTF-8 is read with escapes: the lines that hold one are then told apart.
    errors = "strict" if sound else "surrogateescape"
    found = False
    lines = bounded_lines(data, encoding, errors, newline="\n")
    for number, line in enumerate(lines, start=1):
        place = f"line {number}"
        if line is None:
            found = True
            yield BadRecord(place, "longer than an article can be")
            continue
        if not line.strip("\ufeff\0 \t\r\n"):
            continue
        found = True
        if _DAMAGED.search(line):
            yield BadRecord(place, "not valid UTF-8")
            continue
        try:
            record = _load(line)
        except UnreadableArticle as error:
            yield BadRecord(place, str(error))
            continue
        yield _read(record, number, place)
    if not found:
        raise UnreadableArticle("empty")


def _read(record: object, number: int, place: str) -> Draft | BadRecord:
    if not isinstance(record, dict):
        return BadRecord(place, "not an object")
    try:
        return draft_of(record, number, place)
    except UnreadableArticle as error:
        return BadRecord(place, str(error))


def _records(document: object, depth: int) -> list[object] | None:
    """The list of records in a document; None if it is an article itself, or nothing known."""
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return None
    named = {name.lower(): value for name, value in document.items()}
    lists = [named[name] for name in LIST_NAMES if isinstance(named.get(name), list)]
    if any(is_full_text(name) and value for name, value in document.items()):
        return None
    if lists:
        return _articles_of(lists[0])
    if depth < _DEEPEST:
        for name in _WRAPPERS:
            if isinstance(named.get(name), dict):
                inner = _records(named[name], depth + 1)
                return [named[name]] if inner is None else inner
    if not any(field_of(name) for name in document) and not _holds_text(document):
        raise UnreadableArticle(f"holds no article (none of {TEXT_HINT}, {', '.join(LIST_NAMES)})")
    return None


def _articles_of(records: list[object]) -> list[object]:
    """The records without those that schema.org calls something else, such as a person."""
    typed = [one for one in records if isinstance(one, dict) and "@type" in one]
    if len(typed) < len(records):
        return records
    return [one for one in typed if any(field_of(name) == "text" for name in one)]


def _holds_text(document: dict[str, object]) -> bool:
    """Whether a value of a document is an object with fields that are known."""
    return any(isinstance(value, dict) and any(map(field_of, value)) for value in document.values())


def _feed(document: object) -> tuple[bool, str | None]:
    """Whether a document is a JSON Feed, of which each item is an article; and its title."""
    if isinstance(document, dict) and "jsonfeed.org" in str(document.get("version")):
        return True, str(document.get("title") or "") or None
    return False, None


class _NotJson(UnreadableArticle):
    def __init__(self, cause: str, *, extra: bool = False) -> None:
        super().__init__(cause)
        self.extra = extra


def _load(text: str) -> object:
    text = text.replace("\ufeff", "").strip("\0 \t\r\n")
    if not text:
        raise UnreadableArticle("empty")
    if sum(map(text.count, _MARKS)) > MOST_MARKS:
        raise UnreadableArticle("more values than can be held in memory")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text) or error.msg.startswith("Unterminated string"):
            raise _NotJson("not valid JSON: it is cut off before its end") from error
        place = (
            f"line {error.lineno} column {error.colno}"
            if error.lineno > 1
            else (f"column {error.colno}")
        )
        extra = error.msg == "Extra data"
        raise _NotJson(f"not valid JSON at {place}: {error.msg}", extra=extra) from error
    except RecursionError as error:
        raise UnreadableArticle("JSON nested too deeply") from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise UnreadableArticle("not valid JSON: a number is too long") from error


def _first_line_is_a_record(data: bytes) -> bool:
    first = decode(data).lstrip().partition("\n")[0]
    try:
        return isinstance(_load(first), dict)
    except UnreadableArticle:
        return False
