"""Dates as news files give them, made ISO 8601 with the offset of their place, or nothing.

python-dateutil reads them and not dateparser: dateparser counts "yesterday", a weekday or a month
without a day back from today, which is a guess. dateutil fills what is missing from a default,
which can be caught: a date is taken only where two defaults that differ in year, month and day
lead to the same result.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

__all__ = [
    "DAYS_AND_MONTHS",
    "FIRST_YEAR",
    "LAST_YEAR",
    "LONGEST_DATE",
    "MONTHS",
    "WEEKDAYS",
    "epoch_seconds",
    "iso_date",
    "local_seconds",
    "published_and_updated",
]

WEEKDAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
"""Names of the days in their order, in lower case."""

MONTHS = tuple(
    "january february march april may june july august september october november december".split()
)
"""Names of the months in their order, in lower case."""

DAYS_AND_MONTHS = frozenset((*WEEKDAYS, *MONTHS))
"""Words with a capital that name nobody and no place, in lower case."""

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
_ZONES = {  # hours east of Greenwich; of names that stand for several zones, the likeliest in news
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "NST": -3.5, "NDT": -2.5, "BRT": -3, "ART": -3,
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3,
    "SAST": 2, "EAT": 3, "WAT": 1, "CAT": 2, "MSK": 3, "PKT": 5, "NPT": 5.75, "WIB": 7, "SGT": 8,
    "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13,
}  # fmt: skip
_AMERICAN = {"ET": "EST5EDT", "CT": "CST6CDT", "MT": "MST7MDT", "PT": "PST8PDT"}
"""Zones whose offset the date decides, with their names in standard and in summer time."""

_MONTHS = {
    name: english
    for english, names in {
        "Jan": "janvier enero januar januari gennaio janeiro janv",
        "Feb": "février fevrier febrero februar februari febbraio fevereiro févr",
        "Mar": "mars marzo märz maart março mrz",
        "Apr": "avril abril aprile avr",
        "May": "mai mayo maggio maio mei maj",
        "Jun": "juin junio juni giugno junho",
        "Jul": "juillet julio juli luglio julho juil",
        "Aug": "août aout agosto augustus augusti",
        "Sep": "septembre septiembre settembre setembro sept",
        "Oct": "octobre octubre oktober ottobre outubro okt",
        "Nov": "novembre noviembre novembro",
        "Dec": "décembre decembre diciembre dezember dicembre dezembro december dez déc",
    }.items()
    for name in names.split()
}
_MONTHS |= {"eastern": "ET", "central": "CT", "mountain": "MT", "pacific": "PT"}
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = set(
    "de del di le il el op den der am um om à a kl uhr uur h time veröffentlicht erschienen publié "
    "publicado pubblicato geplaatst gepubliceerd lundi mardi mercredi jeudi vendredi samedi "
    "dimanche montag dienstag mittwoch donnerstag freitag samstag sonntag".split()
)
"""Words around the parts of a date in the languages of these months."""

_LABEL = re.compile(
    r"\s*(?:(?:first |originally )?(?:published|posted|issued|filed|created|released)|date|on)\b"
    r"\s*(?:on|at|date)?\s*:?\s*",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(?:last |was )*(?:updated|modified|revised|corrected|edited|changed)\b"
    r"(?:\s*(?:on|at)\b)?\s*:?",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(
    r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号]"
    r"(?:\D{0,5}?(\d{1,2})\s*[:：时時]\s*(\d{2}))?.*"
)
_HALF_DAY = re.compile(r"(?<![^\W\d])([ap])\.?\s?m\b\.?", re.IGNORECASE)
_DOTTED_TIME = re.compile(r"(?<![\d.])([01]?\d|2[0-3])[.h]([0-5]\d)(?![\d.])")
_ORDINAL = re.compile(r"(?<=\d)(?:er|[ºª])(?=\s)|(?<=\d)\.(?=\s)")
_MARKS = re.compile(r"[|·•—–]|(?<=\s)-(?=\s)|\s/\s")


def epoch_seconds(published: str | None) -> int | None:
    """Convert an article's date into seconds since 1970, or None where there is none."""
    return None if published is None else int(datetime.fromisoformat(published).timestamp())


def local_seconds(published: str | None) -> int | None:
    """Convert an article's date to seconds since 1970 by the clock of its place.

    Two articles of one day, each in its own place, are of one day by these.
    """
    if published is None:
        return None
    return int(datetime.fromisoformat(published).replace(tzinfo=UTC).timestamp())


def published_and_updated(line: str) -> tuple[str, str]:
    """Split a line such as ``Published 1 May 2024, updated 2 May 2024``; either may be empty."""
    label = _UPDATED.search(line)
    if label is None:
        return line.strip(), ""
    return line[: label.start()].strip(" ,;|·•(—–-"), line[label.end() :].strip(" ,;|·•)—–-")


def iso_date(value: str | None) -> str | None:
    """Read a date.

    Args:
        value: a date with year, month and day, with or without a time, in figures or in words;
            or seconds or milliseconds since 1970 in digits.

    Returns:
        ``2019-12-31T14:05:00+01:00``: the day and the clock of the place that it names. A time
        without a zone, or with one that is not known, is taken as UTC. None where a part
        of the date is missing (``March 2020``), impossible (``2020-02-30``), ambiguous
        (``01/02/2020``, a year of two digits), relative (``yesterday``) or outside the years
        1600 to 2100.
    """
    text = (value or "").strip()
    if not text or len(text) > LONGEST_DATE:
        return None
    try:
        moment = _epoch(text) or _read(_LABEL.sub("", text, count=1))
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        offset = moment.utcoffset() or timedelta()
        if offset % timedelta(minutes=1):
            moment, offset = moment.astimezone(UTC), timedelta()
        return moment.replace(microsecond=0, tzinfo=timezone(offset)).isoformat()
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
    east_asian = _EAST_ASIAN.fullmatch(text)
    if east_asian is not None:
        year, month, day, hour, minute = map(int, east_asian.groups(default="0"))
        return datetime(year, month, day, hour, minute)
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

    words = _in_english(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {
            parse(words, default=default, dayfirst=day_first, tzinfos=_zone)
            for default in _DEFAULTS
            for day_first in orders
        }
    return found.pop() if len(found) == 1 else None


def _in_english(text: str) -> str:
    """A date in words as dateutil reads it: English months, a colon in the time, no remarks."""
    text = _GREENWICH.sub("", _ZONE_NOTE.sub("", text))
    if not _DOTTED.match(text):
        text = _ORDINAL.sub("", _DOTTED_TIME.sub(r"\1:\2", text))
    text = _MARKS.sub(" ", _HALF_DAY.sub(r"\1m", text))
    return _WORD.sub(lambda word: _english(word[0]), text)


def _english(word: str) -> str:
    folded = word.casefold()
    return "" if folded in _BETWEEN else _MONTHS.get(folded, word)


def _zone(name: str | None, offset: int | None) -> tzinfo:
    """Resolve a zone for dateutil, which would otherwise ask the machine for its own."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    zone = (name or "").upper()
    if zone in _AMERICAN:
        from dateutil.tz import tzstr

        return tzstr(f"{_AMERICAN[zone]},M3.2.0,M11.1.0")  # summer time as it is since 2007
    return timezone(timedelta(hours=_ZONES.get(zone, 0)))
