"""The reading pane: the article's own text, with what was cited marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answers import REFUSAL, Answer
from bot.chat.filters import SearchFilters
from bot.chat.html.article_view import article_html, gone_html, how_html, merged
from bot.chat.turns import Turn, TurnSource
from bot.sanitize import clean
from corpus.article import Article
from tests.fakes.parsed_html import ANY_TEXT, ParsedHtml

THREE_SENTENCES = "First sentence. Second one. Third one."


def test_quotes_are_marked_and_one_of_them_is_here() -> None:
    article = Article("a", "Title", THREE_SENTENCES, source="Paper", author="Ada Byline")
    markup = article_html(article, [(0, 15), (28, 38)], (28, 38))
    assert markup.count("<mark") == 2
    assert '<mark class="here" tabindex="-1">Third one.</mark>' in markup
    assert "<mark>First sentence.</mark>" in markup
    assert "Ada Byline" in ParsedHtml(markup).text


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_text_of_an_article_stays_text(title: str, text: str, author: str, url: str) -> None:
    article = Article("a", title, text, url=url, author=author)
    seen = ParsedHtml(article_html(article, [(1, 4)], (1, 4)))
    assert set(seen.tags) <= {*("section", "button", "h2", "bdi", "p", "div", "mark", "a")}
    assert clean(text[:1]) + clean(text[1:4]) + clean(text[4:]) in seen.text
    assert ParsedHtml(gone_html(title)).tags == ["section", "button", "h2", "bdi", "p"]


def test_very_long_article_is_shown_around_the_quote() -> None:
    text = "x" * 500_000 + "The quote." + "y" * 500_000
    markup = article_html(Article("a", "T", text), [(500_000, 500_010)], (500_000, 500_010))
    assert "The quote.</mark>" in markup
    assert len(markup) < 202_000
    assert "1,000,010 characters" in markup


@given(st.lists(st.tuples(st.integers(-5, 30), st.integers(-5, 30))), st.integers(0, 20))
def test_merged_spans_ascend_and_cover_the_same_places(
    spans: list[tuple[int, int]], last: int
) -> None:
    joined = merged(spans, 2, last)
    assert all(2 <= start < end <= last for start, end in joined)
    assert all(a[1] <= b[0] for a, b in zip(joined, joined[1:], strict=False))
    covered = {at for start, end in joined for at in range(start, end)}
    assert covered == {at for s, e in spans for at in range(max(2, s), min(last, e))}


@given(ANY_TEXT, ANY_TEXT)
def test_how_an_answer_was_found_shows_scores_and_times(question: str, title: str) -> None:
    found = (TurnSource("a", title, None, "2024-05-31", 10, 20, 0.875, 0.25, 3.5),)
    answer = Answer(REFUSAL, None, True, 0.12, (), timings={"search": 12.0, "total": 34.0})
    seen = ParsedHtml(
        how_html(Turn(1, question, answer, found, SearchFilters(sources=(title,)), "0001-ab"))
    )
    assert "script" not in seen.tags and "img" not in seen.tags
    for told in ("0.875", "0.250", "3.50", "12%", "12 ms", "34 ms", "0001-ab", "10–20"):
        assert told in seen.text
