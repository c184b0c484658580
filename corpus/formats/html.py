"""HTML: one article a page, found by trafilatura, which never asks the network here."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import lxml.etree
import trafilatura

from corpus.address import clean_address
from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.markup import plain_field, tree_of
from corpus.formats.page_data import page_data
from corpus.formats.page_text import page_text
from corpus.formats.text import title_from_name
from corpus.text import decode_declared, normalise

__all__ = ["declared_encoding", "parse", "read_page"]

_DECLARED = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
# Both explain themselves in the log, on standard error if nobody set one up.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


def parse(
    data: bytes, name: str, *, address: str | None = None, encoding: str | None = None
) -> Iterator[Draft]:
    """Read a web page that was saved.

    Args:
        data: the whole file.
        name: the file's name; the title where the page has none.
        address: where it was found; used where the page does not tell its own address.
        encoding: what the server said that it is in, before what the page says.

    Yields:
        One Draft. The date is what the page declares as that of publication, in its data or in
        its byline: trafilatura's search would take the first of a month for a month.

    Raises:
        UnreadableArticle: the file is not text, there is no article in the page, or it is larger
            or takes longer than a page should.
    """
    yield read_page(data, title_from_name(name), address=address, encoding=encoding)


def read_page(
    data: bytes, title: str, *, address: str | None = None, encoding: str | None = None
) -> Draft:
    """Read a web page.

    Args:
        data: the whole page.
        title: its title where it has none.
        address: where it was found; used where the page does not tell its own address.
        encoding: what the server said that it is in, before what the page says.

    Returns:
        The article in the page; see ``parse``.

    Raises:
        UnreadableArticle: the page is not text, there is no article in it, or it has more tags
            or attributes than a page should.
    """
    source = normalise(decode_declared(data, encoding, declared_encoding(data))).lstrip()
    declaration = _XML_DECLARATION.match(source)
    if declaration is not None:  # lxml refuses a string that names an encoding
        source = source[declaration.end() :]
    if not source.strip():
        raise UnreadableArticle("empty")
    try:
        tree = tree_of(source)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableArticle("not HTML") from error
    declared, language = page_data(tree), tree.get("lang")
    address = declared.address or clean_address(address)
    try:
        about = trafilatura.extract_metadata(tree, default_url=address, extensive=False)
    except Exception as error:  # a third party's parser on anybody's page: all kinds are seen
        raise UnreadableArticle(f"the page cannot be parsed ({type(error).__name__})") from error
    headline = plain_field(about.title or "")
    try:
        text = page_text(tree, headline, len(source))
    except UnreadableArticle:
        text = plain_field(declared.body).strip()
        if not text:
            raise
    return Draft(
        title=headline or title,
        text=text,
        url=address,
        source=about.sitename,
        author=(about.author or "").replace("; ", ", ") or declared.author,
        published=declared.published,
        updated=declared.updated,
        language=language,
    )


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that a page names at its beginning, as it stands there."""
    declared = _DECLARED.search(data[:4096])
    return None if declared is None else declared[1].decode("ascii", "replace")
