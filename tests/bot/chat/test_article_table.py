"""The articles of an index as rows: what is found, and how they are sorted."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.chat.article_table import ArticleRow, ArticleTable, matching_rows
from bot.newsbot import NewsBot
from tests.fakes.served import copied

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

ROWS = [
    ArticleRow("a", "Harbour closed", "Post", "2024-05-01T00:00:00+00:00", "Ada Byline"),
    ArticleRow("b", "airport open", "gazette", "2023-05-01T00:00:00+00:00", ""),
    ArticleRow("c", "", "", "", ""),
]


def ids(words: str = "", order: str = "title", descending: bool = False) -> str:
    return "".join(row.id for row in matching_rows(ROWS, words, order, descending))


@pytest.mark.parametrize(
    ("words", "found"),
    [("HARBOUR post", "a"), ("byline", "a"), ("2023", "b"), ("open", "b"), ("harbour gazette", "")],
)
def test_each_word_must_occur_somewhere_in_any_case(words: str, found: str) -> None:
    assert ids(words) == found


@pytest.mark.parametrize("order", ["title", "source", "published"])
def test_rows_are_sorted_either_way_with_the_empty_last(order: str) -> None:
    assert ids(order=order) == "bac"
    assert ids(order=order, descending=True) == "abc"
    assert ids(order="<b>") == ids(order="title")


def test_index_that_has_gone_has_no_rows(
    tmp_path: Path, samples_index: Path, embedder: Embedder
) -> None:
    bot = copied(samples_index, tmp_path / "index", embedder)
    table = ArticleTable(bot)
    assert len(table.rows_or_none()) == 13
    shutil.rmtree(bot.index)
    assert table.rows_or_none() == ()


def test_samples_are_listed_once_with_their_sources(bot: NewsBot) -> None:
    table = ArticleTable(bot)
    assert len(table.rows()) == 13
    assert table.rows() is table.rows()
    assert table.sources() == sorted(set(table.sources()), key=str.casefold)
    assert "Merrowford Courier" in table.sources()
