"""Records of news dumps: their lines, their field names, and a Draft of each."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from corpus.errors import UnreadableArticle
from corpus.formats.boilerplate import without_inserts
from corpus.formats.draft import Draft
from corpus.formats.markup import plain_field

__all__ = [
    "FIELDS",
    "LONGEST_LINE",
    "TEXT_HINT",
    "TEXT_NAMES",
    "bounded_lines",
    "draft_of",
    "field_of",
    "is_full_text",
]

LONGEST_LINE = 32_000_000
"""Characters: the longest article as JSON with six for each; a bomb may be one line."""

TEXT_NAMES = (
    "text", "body", "content", "maintext", "articlebody", "fulltext", "bodytext", "articletext",
    "article", "storytext", "story", "contenttext", "contenthtml", "bodyhtml", "contents", "html",
    "cleantext", "plaintext", "articlecontent", "document", "leadparagraph", "abstract", "snippet",
    "description", "summary",
)  # fmt: skip
"""Names of the text, the fuller ones first."""

_FULL_TEXTS = frozenset(TEXT_NAMES[: TEXT_NAMES.index("leadparagraph")])

TEXT_HINT = "text, body, content, article or the like"
"""What a message about a missing text says of these names."""

FIELDS: dict[str, str] = {
    name: field
    for field, names in {
        "title": "title headline webtitle articletitle newstitle posttitle displaytitle heading",
        "text": " ".join(TEXT_NAMES),
        "url": "url link weburl canonicalurl permalink articleurl pageurl mainentityofpage uri "
        "sourceurl",
        "published": "published publishedat publishdate datepublish datepublished pubdate "
        "publicationdate publisheddate publishedon publishtime webpublicationdate "
        "firstpublicationdate firstpublished date datetime posted postedat dateline issued "
        "releasedate datecreated timestamp",
        "updated": "updated updatedat datemodified modified modifiedat lastmodified lastupdated "
        "dateupdated updateddate modifieddate lastmod",
        "source": "source publisher sourcedomain publication sourcename sitename newspaper outlet "
        "provider domain website",
        "author": "author authors byline creator authorname writer",
        "language": "language lang inlanguage languagecode",
        "key": "id articleid docid uuid guid",
    }.items()
    for name in names.split()
}
"""Each known name, as ``_fold`` leaves it, to the field of a Draft; the first of a field wins."""

_NESTED = ("content", "story", "_source", "fields", "attributes", "article", "doc", "document",
           "node", "post")  # fmt: skip
"""Objects in which APIs and databases wrap the fields of a record."""

_TEXTS_TOO = {"content", "story"}  # which may also be nothing but a record's text

_VALUES = (
    "name", "rendered", "main", "original", "value", "text", "html", "content", "#text", "_text",
    "@value", "$date", "$oid", "$numberLong", "$numberInt", "fullname", "displayname", "title",
    "@id", "url",
)  # fmt: skip
"""Names under which an object holds the one value that it stands for."""

_CUT_OFF = re.compile(r"\s*\[\+\d+ chars\]\s*$")  # NewsAPI's note at the end of half a text
_DEEPEST = 5
_NO_TEXT = {"image", "photo", "video", "byline", "date", "title", "kicker", "author_info", "deck"}
"""Types of parts of a text that are not text, in the dumps that give the parts a type."""

_ORDER = {name: place for place, name in enumerate(FIELDS)}
_SEPARATORS = re.compile(r"[\s_.:-]+")
_BY = re.compile(r"by[:\s]+(?=\S)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def bounded_lines(
    data: bytes, encoding: str, errors: str, *, newline: str, longest: int = LONGEST_LINE
) -> Iterator[str | None]:
    r"""Decode a file line by line.

    Args:
        data: the whole file.
        encoding: Python's name of its encoding.
        errors: what to do with bytes that are not valid in it, as ``bytes.decode`` takes it.
        newline: which line ends there are, as ``io.TextIOWrapper`` takes it.
        longest: most characters of a line that is given.

    Yields:
        Each line with its end, or None in place of one that is longer; it is never held whole.
    """
    file = io.TextIOWrapper(io.BytesIO(data), encoding, errors, newline)
    while line := file.readline(longest + 1):
        if len(line) <= longest:
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = file.readline(longest + 1)
        yield None


def field_of(name: str) -> str | None:
    """Return the Draft's field for a name; case, ``_``, ``-`` and spaces do not count."""
    return FIELDS.get(_fold(name))


def is_full_text(name: str) -> bool:
    """Return whether a name stands for a whole text, not for a description of one."""
    return _fold(name) in _FULL_TEXTS


def draft_of(record: Mapping[str, object], number: int | None, place: str = "") -> Draft:
    """Make a Draft of one record.

    Args:
        record: names to values, strings or what JSON has.
        number: 1-based place in the file, the key of a record without an id; None where the file
            is one article.
        place: where in the file the record is, for a message about it.

    Returns:
        The Draft; the first of several names for a field that has a value is used.

    Raises:
        UnreadableArticle: the record has no text, or its text is no string.
    """
    record = _unwrapped(record)
    known = sorted((name for name in record if field_of(name)), key=lambda n: _ORDER[_fold(n)])
    values: dict[str, str] = {}
    named = False
    for name in known:
        field = FIELDS[_fold(name)]
        value = record[name]
        if field == "text":
            named = True
            found = "" if "text" in values else _body(name, value, 0)
        else:
            found = _plain(value, 0)
        if field == "source" and _ADDRESS.fullmatch(found.strip()):
            field = "url"
        if found.strip() and field not in values:
            values[field] = found
    if "text" not in values:
        raise UnreadableArticle("empty text" if named else f"no text (no {TEXT_HINT})")
    return Draft(
        title=plain_field(values.get("title", "")),
        text=values["text"],
        url=values.get("url"),
        source=plain_field(values["source"]) if "source" in values else None,
        author=_BY.sub("", plain_field(values["author"]), 1) if "author" in values else None,
        published=values.get("published"),
        updated=values.get("updated"),
        language=values.get("language"),
        key=None if number is None else values.get("key", str(number)),
        place=place,
    )


def _unwrapped(record: Mapping[str, object]) -> Mapping[str, object]:
    for name in _NESTED:
        inner = record.get(name)
        if not isinstance(inner, Mapping):
            continue
        known = {field_of(str(key)) for key in inner}
        if known & {"title", "url"} or (name not in _TEXTS_TOO and known - {None}):
            record = {**{key: value for key, value in record.items() if key != name}, **inner}
    return record


def _fold(name: str) -> str:
    return _SEPARATORS.sub("", name.casefold())


def _body(name: str, value: object, depth: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = plain_field(_CUT_OFF.sub("", value))
        return without_inserts(text) if text is not value and "<" in value else text
    if isinstance(value, list) and depth < _DEEPEST:  # one string or object a paragraph
        return "\n\n".join(filter(None, (_part(name, part, depth + 1) for part in value)))
    if isinstance(value, Mapping) and depth < _DEEPEST:
        for key in ("rendered", "text", "content", "html", "value", "#text", "blocks", "data"):
            if key in value:
                return _body(name, value[key], depth + 1)
    raise UnreadableArticle(f"{name!r} is not text")


def _part(name: str, part: object, depth: int) -> str:
    if isinstance(part, Mapping):
        if part.get("type") in _NO_TEXT:
            return ""
        if not {"rendered", "text", "content", "html", "value", "data"} & part.keys():
            return ""
    return _body(name, part, depth)


def _plain(value: object, depth: int) -> str:
    """A value as one string: names of a list joined by commas, the name of an object."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or depth > _DEEPEST:
        return ""
    if isinstance(value, int | float):
        try:
            return str(value)
        except ValueError:  # Python refuses to print an integer of thousands of digits
            return ""
    if isinstance(value, Mapping):  # NewsAPI: "source": {"id": null, "name": "BBC News"}
        found = (_plain(value[name], depth + 1) for name in _VALUES if name in value)
        return next(filter(None, found), "")
    if isinstance(value, list):
        parts = (_plain(item, depth + 1).strip() for item in value if not isinstance(item, list))
        return ", ".join(filter(None, parts))
    return ""
