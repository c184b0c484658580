"""Dates as news files give them, made ISO 8601 in UTC, or nothing.

python-dateutil reads them and not dateparser: dateparser counts "yesterday", a weekday or a month
without a day back from today, which is a guess. dateutil fills what is missing from a default,
which can be caught: a date is taken only where two defaults that differ in year, month and day
lead to the same result.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

__all__ = ["FIRST_YEAR", "LAST_YEAR", "LONGEST_DATE", "epoch_seconds", "iso_date"]

FIRST_YEAR, LAST_YEAR = 1600, 2100
"""Newspapers begin in 1605; a date outside is a mistake or a number that is no date."""

LONGEST_DATE = 100
"""Characters; no date is longer, and dateutil is slow on long input."""

_DEFAULTS = (datetime(1904, 1, 1), datetime(1908, 5, 17))
_SECONDS = re.compile(r"\d{9,10}(\.\d+)?")
_MILLISECONDS = re.compile(r"\d{12,13}(\.\d+)?")
_FOUR_DIGITS = re.compile(r"\d{4}")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
_ZONE_NOTE = re.compile(r"\s*\([^()]*\)\s*$")
_GREENWICH = re.compile(r"\b(GMT|UTC)(?=[+-]\d)")  # of GMT+0100 dateutil makes an hour behind
_ZONES = {  # hours east of Greenwich; the American ones are RFC 822's
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9,
}  # fmt: skip


def epoch_seconds(published: str | None) -> int | None:
    """Convert an article's date into seconds since 1970, or None where there is none."""
    return None if published is None else int(datetime.fromisoformat(published).timestamp())


def iso_date(value: str | None) -> str | None:
    """Read a date.

    Args:
        value: a date with year, month and day, with or without a time; or seconds or
            milliseconds since 1970 in digits.

    Returns:
        ``2019-12-31T14:05:00+00:00``, always in UTC, so that the strings sort as the moments do.
        A time without a zone, or with one that is not known, is taken as UTC. None where a part
        of the date is missing (``March 2020``), impossible (``2020-02-30``), ambiguous
        (``01/02/2020``, a year of two digits), relative (``yesterday``) or outside the years
        1600 to 2100.
    """
    text = (value or "").strip()
    if not text or len(text) > LONGEST_DATE:
        return None
    try:
        moment = _epoch(text) or _read(_GREENWICH.sub("", _ZONE_NOTE.sub("", text)))
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, ArithmeticError, TypeError, IndexError, AttributeError):
        # dateutil is documented to raise ValueError and OverflowError; odd input has been seen to
        # get the others out of it, and none of them makes the article unreadable.
        return None


def _epoch(text: str) -> datetime | None:
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(float(text) / 1000, UTC)
    return None


def _read(text: str) -> datetime | None:
    year_first = _YEAR_FIRST.match(text)
    if year_first:
        date(int(year_first[1]), int(year_first[3]), int(year_first[4]))  # ValueError if impossible
    elif not _FOUR_DIGITS.search(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if year_first:
        orders: tuple[bool, ...] = (False,)
    elif _DOTTED.match(text):  # dots are written where the day comes first
        orders = (True,)
    else:
        orders = (False, True)
    from dateutil.parser import parse  # late: ISO dates, the most of them, do without

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {
            parse(text, default=default, dayfirst=day_first, tzinfos=_zone)
            for default in _DEFAULTS
            for day_first in orders
        }
    return found.pop() if len(found) == 1 else None


def _zone(name: str | None, offset: int | None) -> tzinfo:
    """Resolve a zone for dateutil, which would otherwise ask the machine for its own."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    return timezone(timedelta(hours=_ZONES.get((name or "").upper(), 0)))
