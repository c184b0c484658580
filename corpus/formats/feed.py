"""XML of news: feeds that are saved (RSS, Atom, RDF), an article an entry, and NITF and NewsML."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import feedparser

from corpus.errors import UnreadableArticle
from corpus.formats import news_xml
from corpus.formats.boilerplate import without_inserts
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.feed_tree import clean_feed, local_name, parse_xml
from corpus.formats.markup import plain_field, plain_text

__all__ = ["parse"]

_HEADERS = {"content-type": "application/xml; charset=utf-8"}

logging.getLogger("feedparser").addHandler(logging.NullHandler())


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read a feed.

    Args:
        data: the whole file.
        name: the file's name, without ``.gz``.

    Yields:
        A Draft for each entry, or a BadRecord for one without text. The text is the entry's full
        content where the feed has it, else its summary. The source is that which the entry names,
        else the feed's title.

    Raises:
        UnreadableArticle: the file is no feed, has no entries, or is larger than a feed should be.
    """
    root, whole = parse_xml(data)
    if local_name(root) in news_xml.ROOTS:
        yield from news_xml.drafts_in(root)
    else:
        yield from _read(root, whole)


def _read(root: Any, whole: bool) -> Iterator[Draft | BadRecord]:
    try:
        cleaned = clean_feed(root)
        # Given as a file: of a string feedparser would make an address, and fetch it.
        found = feedparser.parse(
            io.BytesIO(cleaned),
            response_headers=_HEADERS,
            resolve_relative_uris=False,
            sanitize_html=False,  # all of its markup is taken away below
        )
    except UnreadableArticle:
        raise
    except Exception as error:  # the libraries promise none, and many come out of them
        raise UnreadableArticle(f"the feed cannot be parsed ({type(error).__name__})") from error
    if not found.entries:
        raise UnreadableArticle("a feed without entries")
    for number, entry in enumerate(found.entries, start=1):
        place = f"entry {number}"
        if number == len(found.entries) and not whole:
            yield BadRecord(place, "cut off before its end")
            continue
        draft = _draft(entry, found.feed, number, place)
        yield draft if draft.text else BadRecord(place, "no text (neither content nor a summary)")


def _draft(entry: Mapping[str, Any], feed: Mapping[str, Any], number: int, place: str) -> Draft:
    contents = entry.get("content")
    texts = contents if isinstance(contents, list) else []
    text = max((_text(found) for found in texts), key=len, default="")
    text = without_inserts(text or _text(_detail(entry, "summary")))
    origin = entry.get("source")
    named = _text(_detail(origin, "title")) if isinstance(origin, Mapping) else ""
    return Draft(
        title=_text(_detail(entry, "title")),
        text=text,
        url=_word(entry.get("link")),
        source=named or _text(_detail(feed, "title")) or None,
        author=_authors(entry),
        # Not .get("published") of feedparser's own kind of dict, which answers with others.
        published=_word(dict(entry).get("published")),
        updated=_word(dict(entry).get("updated")),
        language=_language(entry) or _word(feed.get("language")),
        key=_word(entry.get("id")) or str(number),
        place=place,
        in_feed=True,
    )


def _detail(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A text of an entry or feed with its type; as plain text where feedparser tells none."""
    detail = holder.get(f"{name}_detail")
    if isinstance(detail, Mapping) and detail.get("value"):
        return detail
    return {"value": holder.get(name), "type": "text/html"}


def _text(detail: Mapping[str, Any]) -> str:
    value = detail.get("value")
    if not isinstance(value, str):
        return ""
    return plain_field(value).strip() if detail.get("type") == "text/plain" else plain_text(value)


def _authors(entry: Mapping[str, Any]) -> str | None:
    authors = entry.get("authors")
    people = authors if isinstance(authors, list) else []
    names = [_word(one.get("name")) for one in people if isinstance(one, Mapping)]
    return ", ".join(name for name in names if name) or _word(entry.get("author"))


def _language(entry: Mapping[str, Any]) -> str | None:
    contents = entry.get("content")
    details = [*(contents if isinstance(contents, list) else []), entry.get("summary_detail")]
    found = (_word(one.get("language")) for one in details if isinstance(one, Mapping))
    return next((language for language in found if language), None)


def _word(value: object) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None
