"""What the reports say, as rows and as a chart: nothing of theirs is markup."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answers import RELATIONS, Answer, View
from bot.chat.html.answers import answer_html
from bot.chat.html.views import chart_html, views_html
from tests.fakes.parsed_html import ANY_TEXT, ParsedHtml
from tests.fakes.reports import view_of

GROWTH = (view_of(1, "1,417 houses", "2024-03-09"), view_of(2, "Two", "2024-03-01"))


def test_rows_have_value_day_sources_and_marker() -> None:
    seen = ParsedHtml(views_html(GROWTH, 4))
    for said in ("1,417 houses", "9 March 2024", "Post 1", "“It was Two.”", RELATIONS["growth"]):
        assert said in seen.text
    assert ("href", "#source-4-2") in seen.attributes


def test_chart_names_its_numbers_by_day() -> None:
    seen = ParsedHtml(chart_html(GROWTH))
    assert ("aria-label", "2024-03-01: 2; 2024-03-09: 1,417") in seen.attributes
    assert "svg" in seen.tags


@pytest.mark.parametrize(
    "views",
    [
        tuple(replace(one, relation="claims") for one in GROWTH),
        (GROWTH[0], replace(GROWTH[1], first=None)),
        (GROWTH[0], replace(GROWTH[1], value="Ina Roos")),
        (GROWTH[0], replace(GROWTH[1], value="two hours and ten minutes")),
        (GROWTH[0], replace(GROWTH[1], first="2024-03-09")),
    ],
)
def test_no_chart_of_what_are_no_dated_numbers(views: tuple[View, ...]) -> None:
    assert chart_html(views) == ""


def test_claims_have_no_confidence_and_no_short_answer() -> None:
    views = tuple(replace(one, relation="claims") for one in GROWTH)
    cited = tuple(cited for one in views for cited in one.citations)
    seen = ParsedHtml(answer_html(Answer("x", None, False, 0.9, cited, views=views), 1))
    assert seen.text.startswith("The reports differ.")
    assert "ikely" not in seen.text


@given(ANY_TEXT, ANY_TEXT, st.sampled_from(sorted(RELATIONS)))
def test_hostile_text_stays_text(value: str, source: str, relation: str) -> None:
    hostile = replace(view_of(1, f"<b>{value}", "2024-03-01", relation), sources=(f"<i>{source}",))
    seen = ParsedHtml(views_html((hostile, GROWTH[1]), 1))
    assert not {"b", "i", "script"} & set(seen.tags)
