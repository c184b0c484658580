"""What a search is narrowed to: from what the caller gives to ``Filters``, and who passes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

from corpus.article import Article
from corpus.dates import local_seconds
from index.errors import BadFilter
from index.names.records import name_key

__all__ = ["EVERYTHING", "Filters", "Names", "admits", "filters_of"]

Names = str | Iterable[str]
"""One name, or several."""


@dataclass(frozen=True)
class Filters:
    """What a passage's article must be, to be searched at all.

    Attributes:
        since: earliest time of publication, seconds since 1970, included; None for no limit.
        until: latest one, likewise.
        sources: publishers, case-folded; None for any.
        articles: their ids; None for any.
        names: keys of the people, organisations and places that it has to name: one of each set.
        typed_names: those, as somebody wrote them.
    """

    since: int | None = None
    until: int | None = None
    sources: frozenset[str] | None = None
    articles: frozenset[str] | None = None
    names: tuple[frozenset[str], ...] = ()
    typed_names: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is filtered out."""
        return self != EVERYTHING


EVERYTHING = Filters()
"""Lets every article pass."""


def filters_of(
    since: str | date | None = None,
    until: str | date | None = None,
    source: Names | None = None,
    articles: Names | None = None,
    name: Names | None = None,
) -> Filters:
    """Return the filters that a caller means.

    Args:
        since: earliest date of publication, included; ISO 8601 or a date. Days and hours are
            those of the place of publication, whatever zone is given with them.
        until: latest one; a date without a time means the whole day.
        source: publisher or publishers, without regard to case.
        articles: id or ids of the only articles that pass; of none, no article does.
        name: person, organisation or place that an article has to name, or several, all of them.

    Raises:
        BadFilter: ``since`` or ``until`` is not a date.
    """
    sources = None if source is None else frozenset(map(str.casefold, _names(source)))
    ids = None if articles is None else frozenset(_names(articles))
    typed = () if name is None else tuple(_names(name))
    keys = tuple(frozenset({name_key(one)}) for one in typed)
    return Filters(_moment(since, False), _moment(until, True), sources, ids, keys, typed)


def admits(filters: Filters, article: Article, names: Collection[str] = ()) -> bool:
    """Whether an article passes, which has the names of these keys."""
    if not all(keys.intersection(names) for keys in filters.names):
        return False
    if filters.articles is not None and article.id not in filters.articles:
        return False
    if filters.sources is not None and (article.source or "").casefold() not in filters.sources:
        return False
    if filters.since is None and filters.until is None:
        return True
    epoch = local_seconds(article.published)
    if epoch is None:
        return False
    return (filters.since is None or epoch >= filters.since) and (
        filters.until is None or epoch <= filters.until
    )


def _names(given: Names) -> Iterable[str]:
    some = (given,) if isinstance(given, str) else given
    return (name.encode("utf-8", "replace").decode() for name in some)  # a surrogate is no name


def _moment(given: str | date | None, whole_day: bool) -> int | None:
    """Turn a filter's date into seconds since 1970; a day without a time is its start or end."""
    if given is None:
        return None
    try:
        if isinstance(given, str):
            text = given.strip()
            given = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        if not isinstance(given, datetime):
            given = datetime.combine(given, clock(), UTC)
            if whole_day:
                given += timedelta(days=1) - timedelta(seconds=1)
        if given.tzinfo is None:
            given = given.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise BadFilter(f"not a date: {given!r}; write it as 2024-05-31") from error
    return local_seconds(given.isoformat())
