"""Dates are read whole or not at all."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.dates import epoch_seconds, iso_date, local_seconds, published_and_updated


@pytest.mark.parametrize(
    ("given_date", "expected"),
    [
        ("2019-12-31", "2019-12-31T00:00:00+00:00"),
        ("2019-12-31T14:05:00Z", "2019-12-31T14:05:00+00:00"),
        ("2019-12-31T14:05:00.123+05:30", "2019-12-31T14:05:00+05:30"),
        ("2019-12-31 14:05", "2019-12-31T14:05:00+00:00"),
        ("Tue, 31 Dec 2019 14:05:00 GMT", "2019-12-31T14:05:00+00:00"),
        ("Tue, 31 Dec 2019 14:05:00 -0500", "2019-12-31T14:05:00-05:00"),
        ("Dec 31, 2019 9:05 AM EST", "2019-12-31T09:05:00-05:00"),
        ("31 December 2019", "2019-12-31T00:00:00+00:00"),
        ("31/12/2019", "2019-12-31T00:00:00+00:00"),
        ("10.12.2019", "2019-12-10T00:00:00+00:00"),
        ("2019/12/10", "2019-12-10T00:00:00+00:00"),
        ("20191231", "2019-12-31T00:00:00+00:00"),
        ("20191231140500", "2019-12-31T14:05:00+00:00"),
        ("1577801100", "2019-12-31T14:05:00+00:00"),
        ("1577801100.0", "2019-12-31T14:05:00+00:00"),
        ("1577801100000", "2019-12-31T14:05:00+00:00"),
        ("Tue Dec 31 2019 14:05:00 GMT+0100 (CET)", "2019-12-31T14:05:00+01:00"),
        ("1923-01-05", "1923-01-05T00:00:00+00:00"),
        ("March 4, 2021 at 7:40 p.m. ET", "2021-03-04T19:40:00-05:00"),
        ("July 4, 2021, 7:40 a.m. Pacific Time", "2021-07-04T07:40:00-07:00"),
        ("Sunday 4 July 2021 07.40 BST", "2021-07-04T07:40:00+01:00"),
        ("4 Jul 2021 | 07:40 AEST", "2021-07-04T07:40:00+10:00"),
        ("Published on 4 July 2021", "2021-07-04T00:00:00+00:00"),
        ("20210704T074000Z", "2021-07-04T07:40:00+00:00"),
        ("Aug. 3rd, 2021", "2021-08-03T00:00:00+00:00"),
        ("2021年7月4日 7:40", "2021-07-04T07:40:00+00:00"),
        ("le 1er août 2021 à 7h40", "2021-08-01T07:40:00+00:00"),
        ("3 de enero de 2021", "2021-01-03T00:00:00+00:00"),
        ("3. Oktober 2021, 19:05 Uhr", "2021-10-03T19:05:00+00:00"),
    ],
)
def test_a_whole_date_is_read(given_date: str, expected: str) -> None:
    assert iso_date(given_date) == expected


@pytest.mark.parametrize(
    "given_date",
    [
        None, "", " ", "2020", "March 2020", "2020-03", "31 December", "Monday", "14:05", "today",
        "yesterday", "2 hours ago", "2020-02-30", "2020-13-05", "2019-12-31 25:00", "01/02/2020",
        "01-02-03", "Dec 31, 19", "0", "5", "-1", "0000-01-01", "9999-12-31T23:59:59-12:00",
        "1402-01-01", "99999999999999999999", "null", "N/A", "2019-12-31" * 50, "nan", "1e10",
        "2020-01-01T00:00:00+99:99", "٢٠٢٠-٠١",
    ],
)  # fmt: skip
def test_what_is_no_whole_date_is_none_and_never_guessed(given_date: str | None) -> None:
    assert iso_date(given_date) is None


@pytest.mark.parametrize(
    ("line", "published", "updated"),
    [
        ("Published 4 July 2021 | Updated: 5 July 2021", "Published 4 July 2021", "5 July 2021"),
        ("4 July 2021 (last modified on 5 July 2021)", "4 July 2021", "5 July 2021"),
        ("Updated 5 July 2021, 10:00", "", "5 July 2021, 10:00"),
        ("4 July 2021", "4 July 2021", ""),
    ],
)
def test_line_gives_its_two_dates(line: str, published: str, updated: str) -> None:
    assert published_and_updated(line) == (published, updated)
    assert iso_date("Updated 5 July 2021") is None


def test_local_seconds_are_by_the_clock_of_the_place() -> None:
    east, west = "2024-03-01T00:30:00+01:00", "2024-03-01T00:30:00-08:00"
    assert local_seconds(east) == local_seconds(west) == epoch_seconds("2024-03-01T00:30:00+00:00")
    assert epoch_seconds(west) - epoch_seconds(east) == 9 * 3600
    assert local_seconds(None) is None


def test_the_zone_of_the_machine_has_no_part_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert iso_date("Dec 31, 2019 9:05 AM") == "2019-12-31T09:05:00+00:00"
        assert iso_date("1577801100") == "2019-12-31T14:05:00+00:00"
        assert iso_date("Dec 31, 2019 9:05 AM EST") == "2019-12-31T09:05:00-05:00"
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.one_of(st.text(max_size=40), st.text("0123456789-/.: TZADecMon+", max_size=30)))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = iso_date(text)
    if found is not None:
        assert datetime.fromisoformat(found).tzinfo is not None
        assert iso_date(found) == found
