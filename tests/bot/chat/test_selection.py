"""Several articles to be removed: what a browser may send, and what is asked before."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.chat.article_table import ArticleRow
from bot.chat.selection import chosen_rows, question_html
from tests.fakes.seen import TEXT, Seen

ROWS = [ArticleRow(one, f"Title {one}", "", "", "") for one in "abc"]


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        (["c", "a", "a", "gone"], "ac"),
        (["a", 1, None, ["b"], {"b": 1}], "a"),
        ([], ""),
        ("abc", ""),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_only_what_is_listed_is_asked_about_whatever_was_sent(ids: object, found: str) -> None:
    assert "".join(row.id for row in chosen_rows(ROWS, ids)) == found


def test_what_is_to_be_removed_is_counted_and_named_as_far_as_there_is_room() -> None:
    assert "Remove 3 articles from the index?" in Seen(question_html(ROWS)).text
    assert "Title b" in Seen(question_html(ROWS)).text
    many = Seen(question_html(ROWS * 500))
    assert "Remove 1,500 articles" in many.text and "and 1,488 more" in many.text
    assert many.tags.count("li") == 13
    assert question_html([]) == ""


@given(TEXT)
def test_nothing_of_a_title_is_alive(text: str) -> None:
    seen = Seen(question_html([ArticleRow(text, text, "", "", "")]))
    assert set(seen.tags) == {"p", "strong", "ul", "li", "bdi"}
