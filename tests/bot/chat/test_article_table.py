"""The table of the articles: what it finds, how it sorts, and that it stays text."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from bot.chat.article_table import PAGE, ArticleRow, ArticleTable, chosen, table_html
from bot.newsbot import NewsBot
from index.builder import build_index
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader
from tests.fakes.reports import FLOOD
from tests.fakes.seen import TEXT, Seen

ROWS = [
    ArticleRow("a", "Harbour closed", "Post", "2024-05-01T00:00:00+00:00", "Ada Byline"),
    ArticleRow("b", "airport open", "gazette", "2023-05-01T00:00:00+00:00", ""),
    ArticleRow("c", "", "", "", ""),
]


def ids(words: str = "", order: str = "title", falling: bool = False) -> str:
    return "".join(row.id for row in chosen(ROWS, words, order, falling))


def test_each_word_must_occur_somewhere_without_regard_to_case() -> None:
    assert ids("HARBOUR post") == "a"
    assert ids("byline") == "a"
    assert ids("2023") == "b"
    assert ids("open") == "b"
    assert ids("harbour gazette") == ""


@pytest.mark.parametrize(
    ("order", "rising", "falling"),
    [("title", "bac", "abc"), ("source", "bac", "abc"), ("published", "bac", "abc")],
)
def test_rows_are_sorted_either_way_with_the_empty_last(
    order: str, rising: str, falling: str
) -> None:
    assert ids(order=order) == rising
    assert ids(order=order, falling=True) == falling
    assert ids(order="<b>") == ids(order="title")


def test_the_sorted_heading_says_so() -> None:
    seen = Seen(table_html(ROWS, 0, "source", True, 3))
    assert ("aria-sort", "descending") in seen.attributes
    assert [name for name, _ in seen.attributes].count("aria-sort") == 1


@pytest.mark.parametrize(("page", "first"), [(-3, 0), (0, 0), (1, 50), (2, 100), (99, 100)])
def test_pages_hold_fifty_and_end_where_the_rows_do(page: int, first: int) -> None:
    rows = [replace(ROWS[0], id=f"{number:03}") for number in range(2 * PAGE + 1)]
    seen = Seen(table_html(rows, page, "title", False, 500))
    shown = [value for name, value in seen.attributes if name == "value" and value.isdigit()]
    assert f"{first:03}" in shown
    assert f"Page {first // PAGE + 1} of 3" in seen.text
    assert "101 of 500 articles" in seen.text


@given(TEXT)
def test_nothing_of_a_row_is_alive_and_its_id_is_whole(text: str) -> None:
    seen = Seen(table_html([ArticleRow(text, text, text, text, text)], 0, "title", False, 1))
    assert set(seen.tags) <= {
        *("p", "table", "thead", "tbody", "tr", "th", "td", "button", "span", "bdi", "time"),
        "input",
    }
    assert ("value", text) in seen.attributes or "\r" in text or "\x00" in text


@given(TEXT)
def test_a_box_has_the_id_of_its_row_and_is_named_by_its_title(text: str) -> None:
    seen = Seen(
        table_html([ArticleRow(text, text, "", "", "")], 0, "title", False, 1, removal=True)
    )
    assert set(seen.tags) <= {
        *("p", "table", "thead", "tbody", "tr", "th", "td", "button", "span", "bdi", "input"),
    }
    whole = text not in ("", "choose", "choose-all") and not set(text) & set("\r\x00")
    if whole:
        assert seen.attributes.count(("value", text)) == 2
    assert ("aria-labelledby", "article-0") in seen.attributes
    assert ("id", "article-0") in seen.attributes


def test_whoever_may_only_read_may_choose_and_not_remove() -> None:
    for may in (True, False):
        seen = Seen(table_html(ROWS, 0, "title", False, 3, removal=may))
        assert ("name", "choose") in seen.attributes and ("name", "ask-chosen") in seen.attributes
        assert (("name", "remove-chosen") in seen.attributes) == may


def test_of_an_index_that_has_gone_nothing_is_at_hand(tmp_path: Path) -> None:
    (tmp_path / "flood.txt").write_text(f"Flood\n\n{FLOOD}")
    build_index([tmp_path / "flood.txt"], tmp_path / "index", embedder=HashedEmbedder())
    bot = NewsBot(tmp_path / "index", embedder=HashedEmbedder(), reader=PhraseReader("410 people"))
    listing = ArticleTable(bot)
    assert [row.title for row in listing.at_hand()] == ["Flood"]
    shutil.rmtree(tmp_path / "index")
    assert listing.at_hand() == ()


def test_the_samples_are_listed_with_their_sources(bot: NewsBot) -> None:
    listing = ArticleTable(bot)
    assert len(listing.rows()) == 13
    assert listing.rows() is listing.rows()
    assert listing.sources() == sorted(set(listing.sources()), key=str.casefold)
    assert "Merrowford Courier" in listing.sources()
