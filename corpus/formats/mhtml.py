"""MHTML, as browsers save a page in one file: its HTML, without the pictures."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.errors import UnreadableArticle
from corpus.formats import html
from corpus.formats.draft import Draft
from corpus.formats.mail import message_in

__all__ = ["parse"]


def parse(data: bytes, name: str) -> Iterator[Draft]:
    """Read a page that was saved as MHTML.

    Args:
        data: the whole file.
        name: the file's name; the title where the page has none.

    Yields:
        One Draft; its address is the page's own, or the one it was saved from.

    Raises:
        UnreadableArticle: the file is no MHTML, or there is no article in the page.
    """
    message = message_in(data)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            break
    else:
        raise UnreadableArticle("no page in it")
    address = part.get("Content-Location") or message.get("Snapshot-Content-Location")
    page = part.get_payload(decode=True)
    yield from html.parse(
        page if isinstance(page, bytes) else b"",
        name,
        address=None if address is None else str(address),
        encoding=part.get_content_charset(),
    )
