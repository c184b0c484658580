"""The reading pane: the article's own text, with what was cited marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answers import REFUSAL, Answer
from bot.chat.filters import SearchFilters
from bot.chat.html.article_view import article_html, gone_html, how_html, merged
from bot.chat.turns import Turn, TurnSources
from bot.sanitize import clean
from corpus.article import Article
from tests.fakes.seen import TEXT, Seen

TEXT_OF_THREE = "First sentence. Second one. Third one."


def test_all_quotes_are_marked_and_the_one_to_scroll_to_is_told_apart() -> None:
    article = Article("a", "Title", TEXT_OF_THREE, source="Paper", author="Ada Byline")
    markup = article_html(article, [(0, 15), (28, 38)], (28, 38))
    assert markup.count("<mark") == 2
    assert '<mark class="here" tabindex="-1">Third one.</mark>' in markup
    assert "<mark>First sentence.</mark>" in markup
    assert "Ada Byline" in Seen(markup).text


@given(TEXT, TEXT, TEXT, TEXT)
def test_nothing_of_an_article_is_alive(title: str, text: str, author: str, url: str) -> None:
    article = Article("a", title, text, url=url, author=author)
    seen = Seen(article_html(article, [(1, 4)], (1, 4)))
    assert set(seen.tags) <= {
        *("section", "button", "h2", "bdi", "p", "div", "mark", "a"),
    }
    assert clean(text[:1]) + clean(text[1:4]) + clean(text[4:]) in seen.text
    assert not Seen(gone_html(title)).tags[3:-1] or "script" not in Seen(gone_html(title)).tags


def test_of_a_very_long_article_the_part_around_the_quote_is_shown() -> None:
    text = "x" * 500_000 + "The quote." + "y" * 500_000
    markup = article_html(Article("a", "T", text), [(500_000, 500_010)], (500_000, 500_010))
    assert "The quote.</mark>" in markup
    assert len(markup) < 202_000
    assert "1,000,010 characters" in markup


@given(st.lists(st.tuples(st.integers(-5, 30), st.integers(-5, 30))), st.integers(0, 20))
def test_merged_spans_ascend_apart_and_cover_the_same_places(
    spans: list[tuple[int, int]], last: int
) -> None:
    joined = merged(spans, 2, last)
    assert all(2 <= start < end <= last for start, end in joined)
    assert all(a[1] <= b[0] for a, b in zip(joined, joined[1:], strict=False))
    covered = {at for start, end in joined for at in range(start, end)}
    assert covered == {at for s, e in spans for at in range(max(2, s), min(last, e))}


@given(TEXT, TEXT)
def test_how_it_was_found_is_told_with_scores_and_times_and_nothing_alive(
    question: str, title: str
) -> None:
    found = (TurnSources("a", title, None, "2024-05-31", 10, 20, 0.875, 0.25, 3.5),)
    answer = Answer(REFUSAL, None, True, 0.12, (), timings={"search": 12.0, "total": 34.0})
    seen = Seen(
        how_html(Turn(1, question, answer, found, SearchFilters(sources=(title,)), "0001-ab"))
    )
    assert "script" not in seen.tags and "img" not in seen.tags
    for told in ("0.875", "0.250", "3.50", "12%", "12 ms", "34 ms", "0001-ab", "10–20"):
        assert told in seen.text
