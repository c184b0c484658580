"""Dates, publishers and articles, as a person types and chooses them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.chat.filters import FilterProblem, SearchFilters


def test_nothing_typed_leaves_nothing_out() -> None:
    for nothing in (None, "", "  "):
        filters = SearchFilters.read(nothing, nothing, [nothing or ""], [])
        assert not filters
        assert str(filters) == ""


def test_dates_and_names_are_read_and_put_in_words() -> None:
    both = SearchFilters.read(
        "2024-05-01", "2024-05-31 00:00:00", [" Paper ", "Post", "Paper"], ["a", "b"], ["Ada"]
    )
    assert both == SearchFilters(
        date(2024, 5, 1), date(2024, 5, 31), ("Paper", "Post"), ("a", "b"), ("Ada",)
    )
    assert str(both) == "2024-05-01 to 2024-05-31 · Paper, Post · Ada · 2 articles"
    assert str(SearchFilters.read("2024-05-01")) == "from 2024-05-01"
    assert str(SearchFilters.read(None, "2024-05-01")) == "until 2024-05-01"
    assert str(SearchFilters.read("2024-05-01", "2024-05-01")) == "2024-05-01"
    assert both.to_dict() == {
        "since": "2024-05-01",
        "until": "2024-05-31",
        "sources": ["Paper", "Post"],
        "articles": ["a", "b"],
        "names": ["Ada"],
    }


@pytest.mark.parametrize("day", ["yesterday", "2024-13-01", "<b>", "31.5.2024"])
def test_text_that_is_no_date_is_refused_with_its_field(day: str) -> None:
    with pytest.raises(FilterProblem, match="“From” is not a date"):
        SearchFilters.read(day, None)
    with pytest.raises(FilterProblem, match="“Until” is not a date"):
        SearchFilters.read(None, day)


def test_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(FilterProblem, match="wrong way round"):
        SearchFilters.read("2024-06-01", "2024-05-01")


def test_too_many_names_are_refused() -> None:
    with pytest.raises(FilterProblem, match="More than 1,000"):
        SearchFilters.read(articles=[str(number) for number in range(1_001)])


def test_keywords_hold_only_what_is_chosen() -> None:
    assert set(SearchFilters.read().keywords().values()) == {None}
    given = SearchFilters.read(sources=["Post"], articles=["a"]).keywords()
    assert (given["source"], given["articles"]) == (("Post",), ("a",))
