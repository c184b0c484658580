"""Dates are read whole or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.dates import iso_date


@pytest.mark.parametrize(
    ("given_date", "expected"),
    [
        ("2019-12-31", "2019-12-31T00:00:00+00:00"),
        ("2019-12-31T14:05:00Z", "2019-12-31T14:05:00+00:00"),
        ("2019-12-31T14:05:00.123+05:30", "2019-12-31T08:35:00+00:00"),
        ("2019-12-31 14:05", "2019-12-31T14:05:00+00:00"),
        ("Tue, 31 Dec 2019 14:05:00 GMT", "2019-12-31T14:05:00+00:00"),
        ("Tue, 31 Dec 2019 14:05:00 -0500", "2019-12-31T19:05:00+00:00"),
        ("Dec 31, 2019 9:05 AM EST", "2019-12-31T14:05:00+00:00"),
        ("31 December 2019", "2019-12-31T00:00:00+00:00"),
        ("31/12/2019", "2019-12-31T00:00:00+00:00"),
        ("10.12.2019", "2019-12-10T00:00:00+00:00"),
        ("2019/12/10", "2019-12-10T00:00:00+00:00"),
        ("20191231", "2019-12-31T00:00:00+00:00"),
        ("20191231140500", "2019-12-31T14:05:00+00:00"),
        ("1577801100", "2019-12-31T14:05:00+00:00"),
        ("1577801100.0", "2019-12-31T14:05:00+00:00"),
        ("1577801100000", "2019-12-31T14:05:00+00:00"),
        ("Tue Dec 31 2019 14:05:00 GMT+0100 (CET)", "2019-12-31T13:05:00+00:00"),
        ("1923-01-05", "1923-01-05T00:00:00+00:00"),
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


def test_the_zone_of_the_machine_has_no_part_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert iso_date("Dec 31, 2019 9:05 AM") == "2019-12-31T09:05:00+00:00"
        assert iso_date("1577801100") == "2019-12-31T14:05:00+00:00"
        assert iso_date("Dec 31, 2019 9:05 AM EST") == "2019-12-31T14:05:00+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.one_of(st.text(max_size=40), st.text("0123456789-/.: TZADecMon+", max_size=30)))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = iso_date(text)
    if found is not None:
        assert datetime.fromisoformat(found).utcoffset() == timedelta(0)
        assert iso_date(found) == found
