"""A page of the table of articles as HTML, and the question before some are removed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from bot.chat.article_table import ArticleRow
from bot.chat.html.table import PAGE, removal_html, table_html
from tests.fakes.parsed_html import ANY_TEXT, ParsedHtml

ROW = ArticleRow("a", "Harbour closed", "Post", "2024-05-01T00:00:00+00:00", "Ada Byline")
TAGS = {
    *("p", "table", "thead", "tbody", "tr", "th", "td", "button", "span", "bdi", "time", "input")
}


def test_sorted_heading_says_so() -> None:
    seen = ParsedHtml(table_html([ROW], 0, "source", True, 3))
    assert ("aria-sort", "descending") in seen.attributes
    assert [name for name, _ in seen.attributes].count("aria-sort") == 1


@pytest.mark.parametrize(("page", "first"), [(-3, 0), (0, 0), (1, 50), (2, 100), (99, 100)])
def test_page_has_fifty_rows_and_the_last_is_the_end(page: int, first: int) -> None:
    rows = [replace(ROW, id=f"{number:03}") for number in range(2 * PAGE + 1)]
    seen = ParsedHtml(table_html(rows, page, "title", False, 500))
    shown = [value for name, value in seen.attributes if name == "value" and value.isdigit()]
    assert f"{first:03}" in shown
    assert f"Page {first // PAGE + 1} of 3" in seen.text
    assert "101 of 500 articles" in seen.text


@given(ANY_TEXT)
def test_text_of_a_row_stays_text_and_its_id_is_whole(text: str) -> None:
    row = ArticleRow(text, text, text, text, text)
    seen = ParsedHtml(table_html([row], 0, "title", False, 1, removal=True))
    assert set(seen.tags) <= TAGS
    if text not in ("", "select", "select-page") and not set(text) & set("\r\x00"):
        assert seen.attributes.count(("value", text)) == 2  # of the box and of the title
    assert ("aria-labelledby", "article-0") in seen.attributes
    assert ("id", "article-0") in seen.attributes


@pytest.mark.parametrize("may_remove", [True, False])
def test_reader_may_select_articles_and_not_remove_them(may_remove: bool) -> None:
    seen = ParsedHtml(table_html([ROW], 0, "title", False, 3, removal=may_remove))
    assert ("name", "select") in seen.attributes and ("name", "ask-selected") in seen.attributes
    assert (("name", "remove-selected") in seen.attributes) == may_remove


def test_removal_names_as_many_articles_as_there_is_room_for() -> None:
    assert "Remove 3 articles from the index?" in ParsedHtml(removal_html([ROW] * 3)).text
    many = ParsedHtml(removal_html([ROW] * 1_500))
    assert "Remove 1,500 articles" in many.text and "and 1,488 more" in many.text
    assert many.tags.count("li") == 13
    assert removal_html([]) == ""


@given(ANY_TEXT)
def test_text_of_a_removal_stays_text(text: str) -> None:
    seen = ParsedHtml(removal_html([ArticleRow(text, text, "", "", "")]))
    assert set(seen.tags) == {"p", "strong", "ul", "li", "bdi"}
