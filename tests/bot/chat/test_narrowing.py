"""Dates and a publisher, as a person types them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.chat.narrowing import BadNarrowing, Narrowing


def test_nothing_typed_leaves_nothing_out() -> None:
    for nothing in (None, "", "  "):
        narrowing = Narrowing.read(nothing, nothing, nothing)
        assert not narrowing
        assert str(narrowing) == ""


def test_dates_and_source_are_read_and_put_in_words() -> None:
    both = Narrowing.read("2024-05-01", "2024-05-31 00:00:00", " Paper ")
    assert both == Narrowing(date(2024, 5, 1), date(2024, 5, 31), "Paper")
    assert str(both) == "2024-05-01 to 2024-05-31 · Paper"
    assert str(Narrowing.read("2024-05-01", None, None)) == "from 2024-05-01"
    assert str(Narrowing.read(None, "2024-05-01", None)) == "until 2024-05-01"
    assert str(Narrowing.read("2024-05-01", "2024-05-01", None)) == "2024-05-01"
    assert both.to_dict() == {"since": "2024-05-01", "until": "2024-05-31", "source": "Paper"}


@pytest.mark.parametrize("day", ["yesterday", "2024-13-01", "<b>", "31.5.2024"])
def test_what_is_no_date_is_told_with_its_field(day: str) -> None:
    with pytest.raises(BadNarrowing, match="“From” is not a date"):
        Narrowing.read(day, None, None)
    with pytest.raises(BadNarrowing, match="“Until” is not a date"):
        Narrowing.read(None, day, None)


def test_dates_the_wrong_way_round_are_told() -> None:
    with pytest.raises(BadNarrowing, match="wrong way round"):
        Narrowing.read("2024-06-01", "2024-05-01", None)
