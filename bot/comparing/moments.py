"""Days and times that a sentence names, resolved against the day of its article.

Read here and not by dateparser, which takes "Tuesday" in an article of a Tuesday for the week
before, and finds no "in the early hours of Sunday".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.comparing.cues import EXPECTED, WAS_EXPECTED
from bot.comparing.reports import Report
from bot.comparing.tokens import Kind, Token, folded, tokenize
from corpus.dates import WEEKDAYS

__all__ = ["Days", "Moment", "days_named", "event_days", "moment_of", "moments_agree"]

Days = tuple[date, date]
"""First and last day of a period."""


@dataclass(frozen=True)
class Moment:
    """When something was, as exactly as it is said.

    Attributes:
        days: the periods that may be meant; empty where only a time of day is said.
        minutes: the times of day that may be meant, from midnight; empty where none is said.
        slack: minutes by which the time of day may be off.
        text: the characters, white space made single.
    """

    days: tuple[Days, ...]
    minutes: tuple[int, ...]
    slack: int
    text: str

    @property
    def is_exact(self) -> bool:
        """Whether it is one time of day or one date with its year, and not about."""
        return not self.slack and len(self.days or self.minutes) == 1


_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:[.:h](?P<minute>[0-5]\d))?(?![\d:,]|\.\d)"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?|\s?o'clock|(?P<hours>\s(?:hours|local time)\b))?",
    re.IGNORECASE,
)
_NAMED_TIMES = {"noon": 720, "midday": 720, "midnight": 0}
_ROUGH = re.compile(
    r"\b(?:about|around|shortly|just|some|nearly|almost|towards?|before|after|past|roughly)\b",
    re.IGNORECASE,
)
_RELATIVE = {
    "yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1,
    "this morning": 0, "this afternoon": 0, "this evening": 0, "last night": -1,
}  # fmt: skip
_RELATIVE_DAY = re.compile(rf"\b(?:{'|'.join(_RELATIVE)})\b", re.IGNORECASE)
_PERIOD = re.compile(r"\b(last|this|next) (year|month|week)\b", re.IGNORECASE)
_AGO = re.compile(
    r"\b(a|an|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) (day|week|month|year)s? "
    r"(?:ago|earlier|before)\b",
    re.IGNORECASE,
)
_NUMBERS = "a an one two three four five six seven eight nine ten".split()
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11)}
_SEASON_OF_YEAR = re.compile(r"\b(spring|summer|autumn) (?:of )?(\d{4})\b", re.IGNORECASE)
_TO_COME = re.compile(
    r"\b(?:next|coming|until|(?:stays?|remains?) (?:closed|shut|open)|"
    r"(?:opens|reopens|begins|starts|meets|returns|resumes) (?:again )?(?:on|at)\b|"
    r"(?:from|for) (?:early )?(?=(?-i:\d+ [A-Z])|\w+day\b))",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r", ((?:which|who|where)\b[^,]*),|[;:]|, and\b| and (?=(?:[\w'-]+ )?(?:will|may|is|are|was|"
    r"were|has|have|had)\b)|,? (?:but|which|who|while|whereas|because|though|although)\b"
)
_SAID_OR_COUNTED = re.compile(
    r"\b(?:said|says|told|added|wrote|confirmed)\b(?: [\w.-]+){0,4}? (?:(?:on|late|early|last) )*"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|week|month)\b"
    r"|\b\w+ (?:day|week|month|year)s? (?:earlier|before|later|after)\b"
    r"|\bsince\b[^,.;]*?\b\d{4}\b",
    re.IGNORECASE,
)


def moment_of(report: Report) -> Moment | None:
    """Return when a report's span says; None where it names no day, year or time of day."""
    text = folded(report.text)
    days = tuple(days_named(text, report.day, folded(report.quote)))
    minutes, slack = _minutes(text if not days else _without_dates(text), report)
    return Moment(days, minutes, slack, " ".join(report.text.split())) if days or minutes else None


def moments_agree(one: Moment, other: Moment) -> bool | None:
    """Return whether two moments can be the same; None where one is a day and one a time."""
    agreed: list[bool] = []
    if one.days and other.days:
        agreed.append(any(a[0] <= b[1] and b[0] <= a[1] for a in one.days for b in other.days))
    if one.minutes and other.minutes:
        slack = one.slack + other.slack
        agreed.append(any(abs(a - b) <= slack for a in one.minutes for b in other.minutes))
    return all(agreed) if agreed else None


def days_named(text: str, day: date | None, sentence: str = "") -> Iterator[Days]:
    """Yield the periods that a text may mean.

    Args:
        text: as ``folded`` returns it.
        day: of the article; without it only dates with a year are read.
        sentence: around the text, which shows whether a weekday is to come.
    """
    season = _SEASON_OF_YEAR.search(text)
    if season:
        first, last = _SEASONS[season[1].lower()]
        yield date(int(season[2]), first, 1), _month_end(int(season[2]), last)
        return
    for token in tokenize(text):
        if token.kind is Kind.DATE:
            found = list(_resolved(token, day, sentence or text))
            if found:
                yield from found
                return
    if day is None:
        return
    if relative := _RELATIVE_DAY.search(text):
        that = day + timedelta(days=_RELATIVE[relative[0].lower()])
        yield that, that
    elif ago := _AGO.search(text):
        yield from _ago(ago, day)
    elif relative := _PERIOD.search(text):
        yield _period(relative, day)


def event_days(sentence: str, day: date | None) -> tuple[Days, bool] | None:
    """Return the day or period of which a sentence tells, and whether what happens is expected.

    Neither the day on which somebody spoke of it is meant ("police said on Tuesday"), nor one that
    is counted from another event ("two days later"), nor one since when something is so. What is
    planned, may happen, or was to have happened is expected, and so is what is after the article.

    Args:
        sentence: any text.
        day: of the article.

    Returns:
        None if it names no day.
    """
    text = _SAID_OR_COUNTED.sub(" ", folded(sentence))
    for clause in filter(None, _CLAUSE.split(text)):
        found = list(days_named(clause, day))
        if found:
            later = [one for one in found if day is None or one[0] >= day]
            days = min(later) if later and _is_to_come(clause) else found[0]
            is_expected = bool(EXPECTED.search(clause) or WAS_EXPECTED.search(clause))
            return days, is_expected or (day is not None and days[0] > day)
    return None


def _is_to_come(text: str) -> bool:
    return bool(_TO_COME.search(text) or EXPECTED.search(text))


def _weekday(token: Token, day: date, said: str) -> Iterator[Days]:
    back = (day.weekday() - WEEKDAYS.index(token.word)) % 7
    last, week = day - timedelta(days=back), timedelta(days=7)
    if token.before == "next":  # of two Fridays, said on a Wednesday
        yield last + week, last + (2 * week if back else week)
    elif token.before == "last" and not back:
        yield last - week, last - week
    elif _is_to_come(said):
        yield last, last
        yield last + week, last + week
    elif WAS_EXPECTED.search(said):  # the last one or the next one
        yield last, last + (week if back else timedelta())
    else:
        yield last, last
        if not back:  # "on Tuesday" of a Tuesday may be a week ago
            yield last - week, last - week


def _resolved(token: Token, day: date | None, said: str) -> Iterator[Days]:
    value = token.value
    if value[0] == "day" and day is not None and token.word in WEEKDAYS:
        yield from _weekday(token, day, said)
    if value[0] != "date":
        return
    _, year, month, number = value
    years = [year] if year else [] if day is None else [day.year - 1, day.year, day.year + 1]
    found = []
    for one in years:
        assert isinstance(one, int)
        try:
            if month is None:
                found.append((date(one, 1, 1), date(one, 12, 31)))
            elif number is None:
                found.append((date(one, int(str(month)), 1), _month_end(one, int(str(month)))))
            else:
                that = date(one, int(str(month)), int(str(number)))
                found.append((that, that))
        except ValueError:
            continue
    if year or day is None:
        yield from found
    elif found:
        later = [period for period in found if period[1] >= day and _is_to_come(said)]
        yield min(later or found, key=lambda period: abs((period[0] - day).days))


def _ago(match: re.Match[str], day: date) -> Iterator[Days]:
    word = match[1].lower()
    count = int(word) if word.isdigit() else max(1, _NUMBERS.index(word) - 1)
    unit = match[2].lower()
    length = {"day": 1, "week": 7, "month": 30, "year": 365}[unit]
    slack = {"day": 0, "week": 3, "month": 20, "year": 200}[unit]
    try:
        that = day - timedelta(days=count * length)
        yield that - timedelta(days=slack), that + timedelta(days=slack)
    except OverflowError:
        return


def _period(match: re.Match[str], day: date) -> Days:
    step = {"last": -1, "this": 0, "next": 1}[match[1].lower()]
    if match[2].lower() == "week":
        monday = day + timedelta(days=7 * step - day.weekday())
        return monday, monday + timedelta(days=6)
    if match[2].lower() == "year":
        return date(day.year + step, 1, 1), date(day.year + step, 12, 31)
    month = day.year * 12 + day.month - 1 + step
    year, month = divmod(month, 12)
    return date(year, month + 1, 1), _month_end(year, month + 1)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _without_dates(text: str) -> str:
    for token in reversed([one for one in tokenize(text) if one.kind is Kind.DATE]):
        text = text[: token.start] + " " + text[token.end :]
    return text


def _minutes(text: str, report: Report) -> tuple[tuple[int, ...], int]:
    """Return the times of day that a text may mean, and how rough it is, in minutes."""
    slack = 45 if _ROUGH.search(text) or _ROUGH.search(folded(report.parts[0])[-25:]) else 0
    for name, minute in _NAMED_TIMES.items():
        if re.search(rf"\b{name}\b", text, re.IGNORECASE):
            return (minute, minute + 1440 if not minute else minute), slack
    # "a.m" may have lost its full stop, and what follows the span says which half of the day.
    text = (
        f"{text}{folded(report.parts[2])[:5]}" if text.rstrip().endswith(("a.m", "p.m")) else text
    )
    found = _CLOCK.search(text)
    if found is None or not (found["minute"] or found["half"] or "o'clock" in found[0]):
        return (), 0
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
        return (60 * hour + minute,), slack
    both = 0 < hour < 12 and not found["hour"].startswith("0")
    return (60 * hour + minute, *([60 * (hour + 12) + minute] if both else [])), slack
