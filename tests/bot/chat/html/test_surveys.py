"""A list and a timeline on the page: nothing of theirs is markup."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from bot.chat.html.answers import answer_html
from bot.chat.html.surveys import events_html, listing_html
from tests.fakes.parsed_html import ANY_TEXT, ParsedHtml
from tests.fakes.reports import surveyed_answer


def test_list_has_answers_quotes_and_how_much_was_read() -> None:
    listing = surveyed_answer().listing
    assert listing is not None
    seen = ParsedHtml(listing_html(listing, 4))
    for said in ("2 answers in 2 of 5 articles that were read. There may be more.", "Elm", "Oak"):
        assert said in seen.text
    assert ("href", "#source-4-2") in seen.attributes


def test_timeline_has_days_and_how_they_are_known() -> None:
    told, named = surveyed_answer().events
    seen = ParsedHtml(events_html((told, replace(named, is_expected=True)), 4))
    assert seen.text.index("5 March 2024") < seen.text.index("May 2024")
    assert seen.text.count("published") == seen.text.count("expected") == 1


def test_answer_with_a_list_has_no_confidence() -> None:
    answer = surveyed_answer()
    assert "ikely" not in ParsedHtml(answer_html(answer, 1)).text
    assert ("value", "1") in ParsedHtml(answer_html(answer, 1)).attributes


def test_answer_offers_its_timeline_unless_it_has_one() -> None:
    answer = replace(surveyed_answer(), listing=None)
    assert ("name", "timeline") not in ParsedHtml(answer_html(answer, 1)).attributes
    without = replace(answer, events=())
    assert ("name", "timeline") in ParsedHtml(answer_html(without, 1)).attributes


@given(ANY_TEXT, ANY_TEXT)
def test_hostile_text_stays_text(said: str, name: str) -> None:
    answer = surveyed_answer(f"<b>{said}", name=f"<i>{name}")
    seen = ParsedHtml(answer_html(answer, 1))
    assert not {"b", "i", "script"} & set(seen.tags)
