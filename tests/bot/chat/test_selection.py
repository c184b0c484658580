"""Selected articles: what a browser may send."""

from __future__ import annotations

import pytest

from bot.chat.article_table import ArticleRow
from bot.chat.selection import selected_rows

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
def test_only_listed_articles_are_selected_whatever_was_sent(ids: object, found: str) -> None:
    assert "".join(row.id for row in selected_rows(ROWS, ids)) == found
