"""When something was published, counted by a unit that fits."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.html.timeline import timeline, timeline_html
from bot.chat.turns import TurnSource
from tests.fakes.parsed_html import ParsedHtml

FOUND = TurnSource("a", "Title", None, None, 0, 1, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("last", "unit", "bars"),
    [
        (date(2024, 1, 1), "day", 1),
        (date(2024, 1, 31), "day", 31),
        (date(2024, 6, 30), "week", 26),
        (date(2026, 12, 1), "month", 36),
        (date(2040, 1, 1), "year", 17),
    ],
)
def test_unit_is_the_finest_that_fits(last: date, unit: str, bars: int) -> None:
    found, bins = timeline([last, date(2024, 1, 1)])
    assert (found, len(bins)) == (unit, bars)


@given(st.lists(st.dates(date(1700, 1, 1)), max_size=20))
def test_bins_have_every_day_and_no_gap(days: list[date]) -> None:
    given_days = [day for day in days if day.year > max(days).year - 400]
    unit, bins = timeline(given_days)
    assert sum(one.count for one in bins) == len(given_days)
    for one in bins:
        assert one.count == sum(one.since <= day <= one.until for day in given_days)
    for before, after in zip(bins, bins[1:], strict=False):
        assert after.since - before.until == timedelta(days=1)
    assert Counter(type(one.since) for one in bins).keys() <= {date}
    assert unit == "year" or len(bins) <= 48


def test_dates_at_the_ends_of_the_calendar_are_counted() -> None:
    assert timeline([date.max])[1][-1].until == date.max
    assert timeline([date.min, date.max])[1][-1].count == 1


def test_bar_is_a_button_with_its_days_and_articles() -> None:
    found = [
        replace(FOUND, article_id=name, published=day)
        for name, day in [
            ("a", "2024-05-30T12:00:00+00:00"),
            ("a", "2024-05-30T12:00:00+00:00"),
            ("b", "2024-06-01"),
            ("c", None),
        ]
    ]
    seen = ParsedHtml(timeline_html(found))
    assert [value for name, value in seen.attributes if name == "value"] == [
        "2024-05-30/2024-05-30",
        "2024-06-01/2024-06-01",
    ]
    assert ("title", "30 May 2024: 1 article") in seen.attributes
    assert "2 articles found; 1 without a date" in seen.text
    assert seen.tags.count("li") == 3


def test_timeline_of_one_span_or_no_dates_is_empty() -> None:
    assert timeline_html([]) == ""
    assert timeline_html([FOUND]) == ""
    assert timeline_html([replace(FOUND, published="2024-05-30")]) == ""
    assert timeline_html([replace(FOUND, published="<b>someday</b>")]) == ""
