"""Days and times, resolved against the day of the article: 12 March 2024 is a Tuesday."""

from __future__ import annotations

from datetime import date

import pytest

from bot.comparing.moments import Moment, days_named, event_days, moment_of, moments_agree
from tests.fakes.reports import report_of


def moment(said: str, day: str = "2024-03-12") -> Moment:
    found = moment_of(report_of("When was it?", said, day=day))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on Tuesday", "2024-03-12", "2024-03-12"),
        ("on Sunday", "2024-03-10", "2024-03-10"),
        ("yesterday", "2024-03-11", "2024-03-11"),
        ("on 9 March", "2024-03-09", "2024-03-09"),
        ("on December 30", "2023-12-30", "2023-12-30"),
        ("in May 2019", "2019-05-01", "2019-05-31"),
        ("in 1924", "1924-01-01", "1924-12-31"),
        ("last month", "2024-02-01", "2024-02-29"),
        ("last year", "2023-01-01", "2023-12-31"),
        ("in the summer of 2021", "2021-06-01", "2021-08-31"),
        ("two days ago", "2024-03-10", "2024-03-10"),
    ],
)
def test_period_is_resolved_against_the_article(text: str, first: str, last: str) -> None:
    found = next(days_named(text, date(2024, 3, 12)))
    assert (found[0].isoformat(), found[1].isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text", ["on 31 February 2024", "the 45th", "no day", "two million years ago"]
)
def test_what_is_no_date_names_no_day(text: str) -> None:
    assert list(days_named(text, date(2024, 3, 12))) == []


def test_weekday_without_a_date_of_the_article_is_unknown() -> None:
    assert list(days_named("on Sunday", None)) == []


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("It was [on Saturday].", "It was [9 March 2024].", True),
        ("It was [in March 2024].", "It was [9 March 2024].", True),
        ("It was [in 1924].", "It was [in 1931].", False),
        ("It was [7.05 p.m.] then.", "It was [19.05] then.", True),
        ("It was [7.05] then.", "It was [19.05] then.", True),
        ("It was [about 7 p.m.] then.", "It was [19.05] then.", True),
        ("It begins at [19.05] then.", "It begins at [20.05] then.", False),
        ("It broke [early on Sunday].", "It broke at [3.47 a.m.] then.", None),
        ("It was [noon] then.", "It was [12.00] then.", True),
    ],
)
def test_moments_agree_by_granularity(one: str, other: str, verdict: bool | None) -> None:
    assert moments_agree(moment(one), moment(other)) is verdict


def test_span_without_day_and_time_is_no_moment() -> None:
    assert moment_of(report_of("When was it?", "It was [long] ago.")) is None


@pytest.mark.parametrize(
    ("sentence", "first"),
    [
        ("The bridge fell on Sunday.", "2024-03-10"),
        ("The bridge will open on Friday.", "2024-03-15"),
        ("It expects to open the bridge on Sunday evening.", "2024-03-17"),
        ("Schools in the lower town stay closed on Monday.", "2024-03-18"),
        ("The theatre reopens on Saturday.", "2024-03-16"),
        ("It flew again from Friday.", "2024-03-15"),
        ("Flights fell out on Thursday because of ash from Tessel.", "2024-03-07"),
        ("The bridge fell on 9 March, police said on Monday.", "2024-03-09"),
        ("The bridge is safe, police said on Monday.", None),
        ("He went two days later.", None),
        ("It was the highest level since measurements began in 1958.", None),
        ("Nobody came.", None),
    ],
)
def test_event_has_the_day_on_which_it_happened(sentence: str, first: str | None) -> None:
    told = event_days(sentence, date(2024, 3, 12))
    assert (told and told[0][0].isoformat()) == first


@pytest.mark.parametrize(
    ("sentence", "first", "last", "is_expected"),
    [
        ("The tower may collapse next Friday.", "2024-03-15", "2024-03-22", True),
        ("The tower may collapse next Wednesday.", "2024-03-20", "2024-03-20", True),
        ("The judge is expected to rule next week.", "2024-03-18", "2024-03-24", True),
        ("It was to have been finished in November.", "2023-11-01", "2023-11-30", True),
        ("The museum plans to reopen on 3 May.", "2024-05-03", "2024-05-03", True),
        ("It had planned to open on 1 February.", "2024-02-01", "2024-02-01", True),
        ("The ferry was due to sail on Monday.", "2024-03-11", "2024-03-18", True),
        ("He said on Monday that it would open on Friday.", "2024-03-15", "2024-03-15", True),
        ("The match, scheduled for Sunday, was called off.", "2024-03-17", "2024-03-17", True),
        ("The council votes on 20 March.", "2024-03-20", "2024-03-20", True),
        ("They agreed last Wednesday.", "2024-03-06", "2024-03-06", False),
        ("The bridge, which will be rebuilt, fell on Sunday.", "2024-03-10", "2024-03-10", False),
        ("It shut on Monday and will open in May.", "2024-03-11", "2024-03-11", False),
        ("The planned demolition began on Monday.", "2024-03-11", "2024-03-11", False),
        ("The delay was due to rain on Monday.", "2024-03-11", "2024-03-11", False),
        ("Smoke could be seen on Sunday.", "2024-03-10", "2024-03-10", False),
        ("A fair was set on fire on Monday.", "2024-03-11", "2024-03-11", False),
    ],
)
def test_event_that_is_planned_or_may_happen_is_expected(
    sentence: str, first: str, last: str, is_expected: bool
) -> None:
    told = event_days(sentence, date(2024, 3, 13))
    assert told and (*map(date.isoformat, told[0]), told[1]) == (first, last, is_expected)
