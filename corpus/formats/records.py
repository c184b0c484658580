"""The field names that news dumps use, and a record of them made a Draft."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft

__all__ = ["FIELDS", "TEXT_NAMES", "draft_of", "field_of"]

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


def field_of(name: str) -> str | None:
    """Tell the Draft's field that a name stands for; case, ``_``, ``-`` and spaces do not count."""
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
