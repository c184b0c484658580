"""What a page says of its article apart from the text: its dates, its author, its address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.address import clean_address
from corpus.dates import iso_date, published_and_updated

__all__ = ["PageData", "is_date_line", "page_data"]

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review)$")
_PAGE = re.compile(r"Page$")
_DEEPEST_DATA = 20
_JSON_NOISE = re.compile(
    r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|//[^\n]*|<!--|-->|<!\[CDATA\[|\]\]>|,(?=\s*[}\]])|;\s*$',
    re.DOTALL,
)

_PUBLISHED_NAMES = (
    "article:published_time", "datepublished", "og:published_time", "parsely-pub-date",
    "publishdate", "publish-date", "publish_date", "pubdate", "publication_date", "sailthru.date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date",
    "dcterms.date", "citation_publication_date", "cxenseparse:recs:publishtime", "date",
)  # fmt: skip
_UPDATED_NAMES = (
    "article:modified_time", "datemodified", "og:updated_time", "dcterms.modified",
    "dc.date.modified", "last-modified", "lastmod", "revised",
)  # fmt: skip

_DATED = re.compile(
    r"(?:^|[-_\s])(?:byline|dateline|date|time|timestamp|meta|published?|posted|pubdate|info)"
    r"(?:$|[-_\s])",
    re.IGNORECASE,
)
_CHANGED = re.compile(r"updat|modif|revis", re.IGNORECASE)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|janv|févr|fév|avr|mai|juin|juil|août|"
    r"déc|ene|abr|ago|dic|mär|okt|dez|gen|mag|giu|lug|set|ott|fev|out)[^\W\d_]*\.?"
)
_IN_WORDS = re.compile(
    r"(?:\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\.?)?\s*(?:[A-Z]{2,5})?,?\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s+(?:de\s+)?{_MONTH},?\s+(?:de\s+)?\d{{4}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}"
    r"|\d{4}年\d{1,2}月\d{1,2}日)"
    r"(?:[,\s]*(?:at|um|om|à|kl\.?|[-–|·•])?\s*\d{1,2}[:.h]\d{2}(?::\d{2})?\s*"
    r"(?:[ap]\.?m\.?)?(?:\s*\(?[A-Z]{2,5}\b)?)?",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:(?:first |originally )?(?:published|posted)|veröffentlicht|publié|publicado|pubblicato"
    r"|geplaatst|gepubliceerd)\b(?:\s*(?:on|am|le|el|il|op)\b)?\s*:?",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:by|from|words|text|le|am|el|il|op|den)\b|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:[Ww]ords |[Tt]ext |[Rr]eporting |[Ww]ritten )?[Bb][Yy]:?\s+"
    r"([^\W\d_a-z][\w.’'-]+(?:\s+(?:(?:and|de|van|von|der|la)\s+)?[^\W\d_a-z][\w.’'-]*){1,5})"
)
_LONGEST_BYLINE = 200
_LONG_PARAGRAPH = 60


@dataclass(frozen=True)
class PageData:
    """What a page declares.

    Attributes:
        address: canonical, or None.
        published: date of publication as the page has it, or None.
        updated: date of the last change, likewise.
        author: of the byline, or None.
        body: text of the article as its data have it, HTML perhaps; empty where they have none.
    """

    address: str | None
    published: str | None
    updated: str | None
    author: str | None
    body: str


def page_data(tree: Any) -> PageData:
    """Read what a page declares: in JSON-LD, in ``meta``, in marked elements, in its byline.

    Args:
        tree: of the page as it came, scripts and all.
    """
    articles, pages = _linked_data(tree)
    found = [*articles, *pages]
    published = [str(one["datePublished"]) for one in found if one.get("datePublished")]
    updated = [str(one["dateModified"]) for one in found[:1] if one.get("dateModified")]
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        key = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        metas.setdefault(key.strip().lower(), (meta.get("content") or "").strip())
    published += [metas[name] for name in _PUBLISHED_NAMES if metas.get(name)]
    updated += [metas[name] for name in _UPDATED_NAMES if metas.get(name)]
    for element in tree.xpath("//*[@itemprop='datePublished' or (self::time and @pubdate)]"):
        published.append(_date_of(element))
    updated += [_date_of(one) for one in tree.xpath("//*[@itemprop='dateModified']")]
    byline = _byline(tree)
    published.append(byline[0])
    updated.append(byline[1])
    bodies = (one.get("articleBody") for one in articles)
    return PageData(
        _address(tree),
        next((date for date in published if iso_date(date)), None),
        next((date for date in updated if iso_date(date)), None),
        byline[2] or None,
        next((body for body in bodies if isinstance(body, str)), ""),
    )


def is_date_line(text: str) -> bool:
    """Return whether a line only says when something was published or changed."""
    if len(text) > _LONGEST_BYLINE:
        return False
    lines = [_LABELLED.sub("", line).strip(" :") for line in published_and_updated(text)]
    return any(lines) and all(
        not line or ((date := _IN_WORDS.search(line)) is not None and _is_alone(line, date))
        for line in lines
    )


def _address(tree: Any) -> str | None:
    found = tree.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    return next((address for item in found if (address := clean_address(str(item)))), None)


def _linked_data(tree: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The objects of schema.org's data: the articles, and the pages."""
    articles: list[dict[str, Any]] = []
    pages: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if not (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            continue
        for one in _objects(_loaded(script.text or ""), 0):
            kinds = one.get("@type")
            names = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
            if any(map(_ARTICLE.search, names)):
                articles.append(one)
            elif any(map(_PAGE.search, names)):
                pages.append(one)
    return articles, pages


def _loaded(text: str) -> object:
    """JSON as browsers take it: in comments, with commas too many, with raw line ends."""
    cleaned = _JSON_NOISE.sub(lambda noise: noise[0] if noise[0][0] == '"' else " ", text)
    try:
        return json.loads(cleaned, strict=False)
    except (ValueError, RecursionError):
        return None


def _objects(data: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST_DATA:
        return
    if isinstance(data, list):
        for one in data:
            yield from _objects(one, depth + 1)
    elif isinstance(data, dict):
        yield data
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(data.get(name), depth + 1)


def _date_of(element: Any) -> str:
    value = element.get("datetime") or element.get("content") or element.text_content()
    return str(value).strip()


def _byline(tree: Any) -> tuple[str, str, str]:
    """The dates and the name between the headline and the text, or marked as the article's.

    Returns:
        When it was published, when it was changed, and by whom; each may be empty.
    """
    lines: tuple[list[str], list[str]] = ([], [])
    author = ""
    scope = _scope(tree)
    below = scope.tag in ("article", "main") or next(scope.iter("h1"), None) is None
    begun = False
    for element in scope.iter("h1", "time", "p", "div", "span", "li", "small", "address"):
        below = below or element.tag == "h1"
        if not below or _is_apart(element, scope):
            continue
        marked = _DATED.search(_names(element)) is not None
        if element.tag == "time":
            if not begun or marked or _DATED.search(_names(element.getparent())):
                changed = _CHANGED.search(f"{_names(element)} {_text_before(element)}")
                lines[changed is not None].append(_date_of(element))
            continue
        if (len(element) and element.tag in ("div", "li")) or element.getparent().tag == "time":
            continue
        text = " ".join(element.text_content().split())
        is_date = is_date_line(text)
        if element.tag == "p" and len(text) >= _LONG_PARAGRAPH and not (marked or is_date):
            begun = True
            continue
        dated = next(element.iter("time"), None) is not None
        name = None if begun or author else _NAME.match(element.text or "" if dated else text)
        author = name[1] if name else author
        if dated or len(text) > _LONGEST_BYLINE:
            continue
        if marked or _LABELLED.match(text) or (is_date and not begun):
            for line, kept in zip(published_and_updated(text), lines, strict=True):
                kept += [date[0] for date in _IN_WORDS.finditer(line)][:1]
    published, updated = (next((one for one in kept if iso_date(one)), "") for kept in lines)
    return published, updated, author


def _is_apart(element: Any, scope: Any) -> bool:
    """Whether an element belongs to another article, to a post, a picture or a list of links."""
    for above in element.iterancestors():
        if above is scope:
            return False
        if above.tag in ("article", "aside", "nav", "figure"):
            return True
        if above.tag == "li" and next(above.iter("p"), None) is not None:
            return True
    return False


def _scope(tree: Any) -> Any:
    """The element in which the article stands with its headline and byline."""
    for name in ("article", "main"):
        for element in tree.iter(name):
            if next(element.iter("h1"), None) is not None:
                return element
    for name in ("article", "main", "body"):
        for element in tree.iter(name):
            return element
    return tree


def _names(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _text_before(element: Any) -> str:
    """The text that leads to an element within its line."""
    previous = element.getprevious()
    if previous is None:
        return element.getparent().text or ""
    return (
        f"{previous.text_content() if isinstance(previous.tag, str) else ''}{previous.tail or ''}"
    )


def _is_alone(line: str, date: re.Match[str]) -> bool:
    """Whether a line is a date with no more than a name and a remark about it."""
    rest = f"{line[: date.start()]} {line[date.end() :]}".strip(" ,|·•–—-")
    return len(rest) < _LONG_PARAGRAPH and (not rest or _BY.match(rest) is not None)
