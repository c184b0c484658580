"""Articles as news agencies and archives exchange them: NITF, NewsML, NewsML-G2, Reuters' RCV1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import lxml.etree

from corpus.formats.boilerplate import without_inserts
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.markup import plain_field

__all__ = ["ROOTS", "drafts_in"]

ROOTS = {"nitf", "newsml", "newsitem", "newsmessage", "newsitems"}
"""Names of the root element, in lower case."""

_TEXTS = ("body.content", "body", "inlinexml", "inlinedata", "datacontent", "text")
_PICTURES = {"media", "media-caption", "note", "figure"}
_HEAD = ("html", "head")
_FULL_TEXT = "full_text"  # of the New York Times, whose documents have the first paragraphs twice


def drafts_in(root: Any) -> Iterator[Draft | BadRecord]:
    """Read the items of a document.

    Args:
        root: its root element, of one of ``ROOTS``; the tree is changed.

    Yields:
        A Draft for each item, or a BadRecord for one without text.
    """
    for element in list(root.iter()):
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2].rpartition(":")[2].lower()
        above = element.getparent()
        if above is not None and (element.tag in _PICTURES or (above.tag, element.tag) == _HEAD):
            above.remove(element)
    items = [one for one in root.iter("newsitem", "nitf") if not _is_inside_item(one)]
    for number, item in enumerate(items, start=1):
        place = f"item {number}"
        text = _text(item)
        if text:
            yield _draft(item, text, number if len(items) > 1 else None, place)
        else:
            yield BadRecord(place, "no text")


def _draft(item: Any, text: str, number: int | None, place: str) -> Draft:
    found = {
        name: _value(item, *paths)
        for name, paths in {
            "title": (".//headline", ".//hl1", ".//hedline", ".//head/title", ".//title"),
            "source": (".//pubdata/@name", ".//provider/name", ".//provider/party/@formalname",
                       ".//distributor", ".//copyrightholder/name", ".//doc.copyright/@holder"),
            "author": (".//byline/person", ".//by", ".//byline", ".//creator/name"),
            "published": (".//firstcreated", ".//date.issue/@norm", ".//contentcreated",
                          ".//pubdata/@date.publication", ".//story.date/@norm", "@date",
                          ".//versioncreated"),
            "updated": (".//versioncreated", ".//thisrevisioncreated"),
            "language": ("@*[local-name()='lang']", ".//language/@tag",
                         "ancestor::*/@*[local-name()='lang']"),
            "url": (".//pubdata/@ex-ref", ".//link[@rel='canonical']/@href"),
            "key": ("@guid", ".//doc-id/@id-string", "@itemid", ".//newsitemid"),
        }.items()
    }  # fmt: skip
    author = found["author"] or ""
    return Draft(
        title=found["title"] or "",
        text=text,
        url=found["url"],
        source=found["source"],
        author=author[3:] if author.lower().startswith("by ") else author or None,
        published=found["published"],
        language=found["language"],
        key=None if number is None else found["key"] or str(number),
        place="" if number is None else place,
        updated=found["updated"],
    )


def _text(item: Any) -> str:
    for name in _TEXTS:
        for holder in item.iter(name):
            whole = [one for one in holder.iter("block") if one.get("class") == _FULL_TEXT]
            source = lxml.etree.tostring((whole or [holder])[0], encoding="unicode", method="html")
            text = plain_field(holder.text or "") if not len(holder) else plain_field(source)
            if text.strip():
                return without_inserts(text.strip())
    return ""


def _value(item: Any, *paths: str) -> str | None:
    """The first of some places in an item that says something."""
    for path in paths:
        for found in item.xpath(path):
            value = found if isinstance(found, str) else " ".join(found.itertext())
            if value.strip():
                return " ".join(value.split())
    return None


def _is_inside_item(element: Any) -> bool:
    return next(element.iterancestors("newsitem", "nitf"), None) is not None
