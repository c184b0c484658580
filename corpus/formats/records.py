"""Records of news dumps: their lines, their field names, and a Draft of each."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft

__all__ = ["FIELDS", "LONGEST_LINE", "TEXT_NAMES", "bounded_lines", "draft_of", "field_of"]

LONGEST_LINE = 32_000_000
"""Characters: the longest article as JSON with six for each; a bomb may be one line."""

TEXT_NAMES = ("text", "body", "content", "maintext")

FIELDS: dict[str, str] = {
    name: field
    for field, names in {
        "title": ("title", "headline"),
        "text": TEXT_NAMES,
        "url": ("url", "link"),
        "published": ("published", "publishedat", "publishdate", "datepublish", "date"),
        "source": ("source", "publisher", "sourcedomain"),
        "author": ("author", "authors"),
        "language": ("language", "lang"),
        "key": ("id",),
    }.items()
    for name in names
}
"""Each known name, as ``_fold`` leaves it, to the field of a Draft; the first of a field wins."""

_ORDER = {name: place for place, name in enumerate(FIELDS)}
_SEPARATORS = re.compile(r"[\s_-]+")


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
    known = sorted((name for name in record if field_of(name)), key=lambda n: _ORDER[_fold(n)])
    values: dict[str, str] = {}
    named = False
    for name in known:
        field = FIELDS[_fold(name)]
        value = record[name]
        if field == "text":
            named = True
            found = _body(name, value)
        else:
            found = _plain(value)
        if found.strip() and field not in values:
            values[field] = found
    if "text" not in values:
        names = f"{', '.join(TEXT_NAMES[:-1])} or {TEXT_NAMES[-1]}"
        raise UnreadableArticle("empty text" if named else f"no text (no {names})")
    return Draft(
        title=values.get("title", ""),
        text=values["text"],
        url=values.get("url"),
        source=values.get("source"),
        author=values.get("author"),
        published=values.get("published"),
        language=values.get("language"),
        key=None if number is None else values.get("key", str(number)),
        place=place,
    )


def _fold(name: str) -> str:
    return _SEPARATORS.sub("", name.casefold())


def _body(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n\n".join(value)  # one string a paragraph
    raise UnreadableArticle(f"{name!r} is not text")


def _plain(value: object) -> str:
    """A value as one string: names of a list joined by commas, the name of an object."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        try:
            return str(value)
        except ValueError:  # Python refuses to print an integer of thousands of digits
            return ""
    if isinstance(value, Mapping):  # NewsAPI: "source": {"id": null, "name": "BBC News"}
        name = value.get("name")
        return name if isinstance(name, str) else ""
    if isinstance(value, list):
        return ", ".join(part for item in value if (part := _name(item)))
    return ""


def _name(item: object) -> str:
    return "" if isinstance(item, list) else _plain(item).strip()
