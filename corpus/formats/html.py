"""HTML: one article a page, found by trafilatura, which never asks the network here."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import lxml.etree
import lxml.html
import trafilatura

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.markup import check_tags
from corpus.formats.text import title_from_name
from corpus.text import decode_declared, normalise
from corpus.web.address import clean_address

__all__ = ["THOROUGH_LIMIT", "declared_encoding", "parse", "read_page"]

THOROUGH_LIMIT = 2_000_000
"""Characters; on a longer page trafilatura's slower second opinions are left out."""

_DECLARED = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
_DATE_NAMES = (
    "article:published_time", "datepublished", "og:published_time", "parsely-pub-date",
    "publishdate", "publish-date", "publish_date", "pubdate", "publication_date", "sailthru.date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date",
    "dcterms.date", "citation_publication_date", "date",
)  # fmt: skip
_ARTICLE_TYPE = re.compile(r"(Article|Posting|Report|Review)$")
_DEEPEST_DATA = 20

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
        One Draft. The date is only what the page's own data declare as the date of publication:
        trafilatura's search would take the first of the month for a month, and a date in the text.

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
    check_tags(source)
    try:
        tree = lxml.html.document_fromstring(source)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableArticle("not HTML") from error
    address = _address(tree) or clean_address(address)
    language, published = tree.get("lang"), _published(tree)
    try:
        page = trafilatura.bare_extraction(
            tree,
            url=address,
            fast=len(source) > THOROUGH_LIMIT,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except Exception as error:  # a third party's parser on anybody's page: all kinds are seen
        raise UnreadableArticle(f"the page cannot be parsed ({type(error).__name__})") from error
    if page is None or isinstance(page, dict) or not (page.text or "").strip():
        raise UnreadableArticle("no article found in the page")
    return Draft(
        title=page.title or title,
        text=_without_title(page.text or "", page.title or ""),
        url=address,
        source=page.sitename,
        author=page.author,
        published=published,
        language=language,
    )


def _without_title(text: str, title: str) -> str:
    """Leave out the headline where trafilatura has kept it as the first line of the body."""
    first, _, rest = text.partition("\n")
    return rest if rest.strip() and first.split() == title.split() else text


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that a page names at its beginning, as it stands there."""
    declared = _DECLARED.search(data[:4096])
    return None if declared is None else declared[1].decode("ascii", "replace")


def _address(tree: Any) -> str | None:
    found = tree.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    return next((address for item in found if (address := clean_address(str(item)))), None)


def _published(tree: Any) -> str | None:
    for block in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            found = _declared_date(json.loads(str(block)), 0)
        except (ValueError, RecursionError):
            continue
        if found:
            return found
    declared: dict[str, str] = {}
    for meta in tree.iter("meta"):
        key = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        declared.setdefault(key.strip().lower(), meta.get("content") or "")
    for name in _DATE_NAMES:
        if declared.get(name, "").strip():
            return declared[name]
    marked = tree.xpath("//*[@itemprop='datePublished' or (self::time and @pubdate)]")
    for element in marked:
        value = element.get("datetime") or element.get("content") or element.text_content()
        if value.strip():
            return str(value)
    return None


def _declared_date(data: object, depth: int) -> str | None:
    """The date of publication of the first article in schema.org's data."""
    if depth > _DEEPEST_DATA:
        return None
    if isinstance(data, list):
        members: list[object] = data
    elif isinstance(data, dict):
        kinds = data.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        date = data.get("datePublished")
        if isinstance(date, str) and any(_ARTICLE_TYPE.search(str(kind)) for kind in kinds):
            return date
        graph = data.get("@graph", data.get("mainEntity"))
        members = graph if isinstance(graph, list) else [graph] if graph else []
    else:
        return None
    return next((date for one in members if (date := _declared_date(one, depth + 1))), None)
