"""Changed answers as an Atom feed (RFC 4287)."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from bot.sanitize import clean, one_line
from bot.watching.questions import AnswerChange, quotes_of

__all__ = ["atom_feed"]

_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = "1970-01-01T00:00:00+00:00"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom_feed(changes: Sequence[AnswerChange], name: str, address: str) -> bytes:
    """Return a feed of changes.

    Args:
        changes: the latest first.
        name: tells this feed from others; nobody sees it.
        address: of the feed itself.
    """
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    _add(feed, "title", "newsbot: answers that changed")
    _add(feed, "id", f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}")
    _add(feed, "updated", changes[0].at if changes else _NEVER)
    _add(feed, "link", "", rel="self", href=address, type="application/atom+xml")
    _add(_add(feed, "author", ""), "name", "newsbot")
    for change in changes:
        entry = _add(feed, "entry", "")
        _add(entry, "title", one_line(change.text))
        _add(entry, "id", f"urn:uuid:{change.id}")
        _add(entry, "updated", change.at)
        shown = f"<p>Before:</p>{_answer(change.old)}<p>Now:</p>{_answer(change.new)}"
        _add(entry, "content", shown, type="html")
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _answer(answer: Mapping[str, Any]) -> str:
    said = html.escape(clean(answer["short_answer"] or answer["text"]))
    quotes = "".join(
        f"<blockquote>{html.escape(clean(cited['quote']))}<br>"
        f"{html.escape(one_line(cited['title']))}</blockquote>"
        for cited in quotes_of(answer)
    )
    return f"<p><b>{said}</b></p>{quotes}"


def _add(parent: ElementTree.Element, name: str, text: str, **more: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", more)
    made.text = _NO_XML.sub("\ufffd", text) or None
    return made
