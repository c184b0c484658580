"""A feed's XML made small and well-formed, so that feedparser's slow paths are never taken.

feedparser gives a feed that is not well-formed to a parser of its own, in which a crafted file
takes hours; it reads every date and address with patterns that long strings are slow in, and puts
inline XHTML together piece by piece. What it gets here is XML that expat takes, without the parts
that nobody asks for.
"""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import Any

import lxml.etree

from corpus.errors import UnreadableArticle
from corpus.text import decode_declared, normalise

__all__ = ["DEEPEST", "MOST_ELEMENTS", "clean_feed", "local_name", "parse_xml"]

MOST_ELEMENTS = 100_000
"""Elements of a feed; one of a thousand entries has some twenty thousand."""

DEEPEST = 200
"""Elements inside each other."""

_LONGEST_FIELD, _LONGEST_DATE = 2_000, 100
_CHUNK = 65_536

_ATOM, _DC = "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/"
_TERMS, _CONTENT = "http://purl.org/dc/terms/", "http://purl.org/rss/1.0/modules/content/"
_RDF, _XHTML = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/1999/xhtml"
_XML = "http://www.w3.org/XML/1998/namespace"
_PREFIXES = {"atom": _ATOM, "dc": _DC, "dcterms": _TERMS, "content": _CONTENT, "rdf": _RDF}
"""What a prefix means in a feed that forgot to say so."""
_UNKNOWN = "{unknown}element"

_READ = {
    "", _ATOM, _DC, _TERMS, _CONTENT, _RDF, _XHTML, "http://purl.org/atom/ns#",
    "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/rss2",
}  # fmt: skip
"""Vocabularies that an entry's fields are in; the others are for pictures, podcasts and maps."""

_TEXTS = {"title", "description", "summary", "content", "encoded", "body", "tagline", "subtitle",
          "fullitem"}  # fmt: skip
_DATES = {"pubdate", "date", "published", "updated", "issued", "modified", "created",
          "lastbuilddate", "expirationdate", "available", "valid"}  # fmt: skip
_ROOTS = {"rss", "feed", "rdf", "channel"}

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_VERBATIM = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_AMPERSAND = re.compile(r"&(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z]\w{1,30};)?")
_LONG_SPACE = re.compile(r"[ \t\n]{50,}")


def parse_xml(data: bytes) -> tuple[Any, bool]:
    """Parse XML of any kind, forgivingly.

    Args:
        data: the whole file.

    Returns:
        Its root, and whether the file is whole: what is cut off is closed wherever it ends.

    Raises:
        UnreadableArticle: it is not text, not XML, or larger than a feed should be.
    """
    declared = _DECLARED.search(data[:1024])
    name = declared[1].decode("ascii", "replace") if declared is not None else None
    source = _well_formed(normalise(decode_declared(data, name)))
    if not source.strip():
        raise UnreadableArticle("empty")
    return _parsed(source)


def clean_feed(root: Any) -> bytes:
    """Write a feed out again for feedparser.

    Args:
        root: of the feed; the tree is changed.

    Returns:
        XML in UTF-8 without a document type, in which inline markup is escaped, dates are short,
        and only elements that an article's fields are read from are left. ``dc:date`` is written
        as ``dcterms:issued``: feedparser takes the former for the date of the last change.

    Raises:
        UnreadableArticle: it is no feed.
    """
    if local_name(root) not in _ROOTS:
        raise UnreadableArticle(f"XML, but no feed of news: its root is {local_name(root)[:40]!r}")
    for element in list(root.iter()):
        _clean(element, root)
    lxml.etree.cleanup_namespaces(root)
    return bytes(lxml.etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _well_formed(text: str) -> str:
    """Take declarations away, and write as XML does what feeds often have as HTML does."""
    text = text.lstrip("\ufeff \t\n")
    declaration = _DECLARATION.match(text)
    if declaration is not None:
        text = text[declaration.end() :]
    start = text.find("<!DOCTYPE")
    if start >= 0 and not re.search(r"<\w", text[:start]):
        doctype = _DOCTYPE.match(text, start)
        if doctype is None:
            raise UnreadableArticle("not valid XML: its document type has no end")
        text = text[doctype.end() :]
    parts = _VERBATIM.split(text)
    parts[::2] = [_AMPERSAND.sub(_reference, part) for part in parts[::2]]
    return "".join(parts)


def _reference(match: re.Match[str]) -> str:
    reference = match[1]
    if reference is None:
        return "&amp;"
    if reference[0] == "#" or reference in ("amp;", "lt;", "gt;", "quot;", "apos;"):
        return match[0]
    known = html5.get(reference)  # of HTML, which XML does not know
    return html.escape(known) if known is not None else f"&amp;{reference}"


def _parsed(source: str) -> tuple[Any, bool]:
    """Parse piece by piece, stop where it becomes too much, and tell whether all is closed."""
    parser = lxml.etree.XMLPullParser(
        events=("start", "end", "start-ns"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    elements = depth = prefixes = 0
    data = source.encode("utf-8")
    root: Any = None
    try:
        for place in range(0, len(data), _CHUNK):
            parser.feed(data[place : place + _CHUNK])
            for event, element in parser.read_events():
                if event == "end":
                    depth -= 1
                elif event == "start":
                    elements, depth = elements + 1, depth + 1
                    root = element if root is None else root
                else:
                    prefixes += 1
                if elements > MOST_ELEMENTS or depth > DEEPEST or prefixes > MOST_ELEMENTS:
                    raise UnreadableArticle("more elements, or deeper ones, than a feed has")
        parser.close()
    except lxml.etree.LxmlError as error:
        if root is None:
            raise UnreadableArticle("not XML") from error
    if root is None:
        raise UnreadableArticle("not XML")
    return root, depth == 0


def _clean(element: Any, root: Any) -> None:
    parent = element.getparent()
    if parent is None and element is not root:
        return  # went with what it is in
    if not isinstance(element.tag, str):
        _remove(element, parent)
        return
    _declare_prefix(element)
    namespace = _namespace(element.tag)
    name = local_name(element)
    if namespace not in _READ and not namespace.startswith("http://backend.userland.com/rss"):
        if parent is not None:
            _remove(element, parent)
        return
    for key in list(element.attrib):
        foreign = ":" in key.rpartition("}")[2] or _namespace(key) not in ("", _RDF, _XML)
        if foreign or len(element.get(key)) > _LONGEST_FIELD:
            del element.attrib[key]
    if name == "date" and namespace == _DC:
        element.tag = f"{{{_TERMS}}}issued"
    if name in _TEXTS:
        _escape(element)
    elif element.text:
        element.text = element.text[: _LONGEST_DATE if name in _DATES else _LONGEST_FIELD]
    if element.text:
        element.text = _LONG_SPACE.sub("\n\n", element.text)
    element.tail = None


def _declare_prefix(element: Any) -> None:
    prefix, colon, name = element.tag.partition(":") if element.tag[:1] != "{" else ("", "", "")
    if colon:
        known = _PREFIXES.get(prefix.lower())
        try:
            element.tag = f"{{{known}}}{name}" if known else _UNKNOWN
        except ValueError:  # no name follows the colon, or two colons do
            element.tag = _UNKNOWN


def _escape(element: Any) -> None:
    """Make markup that stands in a text as elements a string, as most feeds have it."""
    if not len(element):
        return
    inner = [html.escape(element.text or "", quote=False)]
    for child in list(element):
        inner.append(lxml.etree.tostring(child, encoding="unicode", method="html"))
        element.remove(child)
    element.text = "".join(inner)
    element.set("type", "html")
    element.attrib.pop("mode", None)


def _remove(element: Any, parent: Any) -> None:
    if parent is not None:
        parent.remove(element)  # with what follows it, which is no text of the parent's field


def local_name(element: Any) -> str:
    """Return an element's name without its prefix, in lower case."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _namespace(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""
