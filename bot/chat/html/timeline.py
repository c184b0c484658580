"""When the found articles were published, as bars by day, week, month or year.

The bars are buttons, so that the keyboard reaches them as the mouse does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from dateutil.relativedelta import relativedelta

from bot.citing.answered import day_of
from bot.sanitize import counted

if TYPE_CHECKING:
    from bot.chat.turns import TurnSource

__all__ = ["Bin", "Unit", "timeline", "timeline_html"]

Unit = Literal["day", "week", "month", "year"]
"""What a bar stands for."""

_STEPS: dict[Unit, relativedelta] = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "year": relativedelta(years=1),
}
_MOST_BARS = 48
_MOST_YEARS = 400  # before the last; a date that is further back is a mistake


@dataclass(frozen=True)
class Bin:
    """A span of days, both included, and the number of articles published in it."""

    since: date
    until: date
    count: int


def timeline(days: Iterable[date]) -> tuple[Unit, list[Bin]]:
    """Count articles by the finest unit that needs at most 48 bars (years may need more).

    Returns:
        The unit, and its bins from the first day to the last without a gap; none for no days.
    """
    given = sorted(days)
    if not given:
        return "day", []
    given = [day for day in given if day.year > given[-1].year - _MOST_YEARS]
    for unit in _STEPS:
        bins = _bins(given, unit)
        if len(bins) <= _MOST_BARS:
            break
    return unit, bins


def timeline_html(found: Sequence[TurnSource]) -> str:
    """Show when what was found was published; empty if it was all in one span or undated."""
    published = {one.article_id: day_of(one.published) for one in found}
    days = [day for day in published.values() if day is not None]
    unit, bins = timeline(days)
    if len(bins) < 2:
        return ""
    most = max(one.count for one in bins)
    bars = "".join(_bar(one, unit, most) for one in bins)
    undated = len(published) - len(days)
    more = f"; {undated} without a date" if undated else ""
    return (
        '<figure class="timeline"><figcaption>Published, by '
        f"{unit} <span>({counted(len(days), 'article')} found{more}; a copy counts once)</span>"
        "</figcaption>"
        f'<ol class="bars">{bars}</ol>'
        f'<p class="axis"><span>{_named(bins[0], unit)}</span>'
        f"<span>{_named(bins[-1], unit)}</span></p></figure>"
    )


def _bar(one: Bin, unit: Unit, most: int) -> str:
    if not one.count:
        return "<li></li>"
    words = f"{_named(one, unit)}: {counted(one.count, 'article')}"
    return (
        f'<li><button type="button" name="narrow" value="{one.since}/{one.until}" title="{words}" '
        f'aria-label="{words}. Ask only these"><span style="height:{100 * one.count // most}%">'
        "</span></button></li>"
    )


def _named(one: Bin, unit: Unit) -> str:
    day = one.since
    if unit == "year":
        return f"{day.year}"
    if unit == "month":
        return f"{day:%B} {day.year}"
    return f"{'week of ' if unit == 'week' else ''}{day.day} {day:%B} {day.year}"


def _bins(days: Sequence[date], unit: Unit) -> list[Bin]:
    counts = Counter(_start(day, unit) for day in days)
    bins: list[Bin] = []
    start: date | None = _start(days[0], unit)
    while start and start <= days[-1] and (unit == "year" or len(bins) <= _MOST_BARS):
        following = _following(start, unit)
        end = following - timedelta(days=1) if following else date.max
        bins.append(Bin(start, end, counts[start]))
        start = following
    return bins


def _start(day: date, unit: Unit) -> date:
    if unit == "week":
        return date.fromordinal(max(1, day.toordinal() - day.weekday()))
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _following(day: date, unit: Unit) -> date | None:
    try:
        return day + _STEPS[unit]
    except (OverflowError, ValueError):
        return None  # the calendar ends there
