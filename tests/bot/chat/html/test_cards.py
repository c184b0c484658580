"""A source as a card: what it says is text, and its quote is marked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from bot.answering.answers import Citation
from bot.chat.html.cards import card_html, cards_html
from bot.sanitize import clean
from tests.fakes.seen import TEXT, Seen

CITATION = Citation(1, "a", "Title", "https://example.org/x", "Paper", "2024-05-31", "Quote.", 0, 6)


@given(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
def test_whatever_an_article_says_a_card_shows_it_as_text(
    title: str, url: str, source: str, published: str, before: str, quote: str, after: str
) -> None:
    text = before + quote + after
    start = len(before)
    cited = Citation(3, "a", title, url, source, published, quote, start, start + len(quote))
    seen = Seen(card_html(cited, 2, text))
    assert set(seen.tags) <= {
        *("article", "h3", "span", "bdi", "p", "time", "blockquote", "mark", "a", "button")
    }
    assert {name for name, _ in seen.attributes} <= {
        *("class", "id", "tabindex", "aria-labelledby", "dir", "title", "datetime"),
        *("href", "target", "rel", "type", "name", "value", "aria-label"),
    }
    assert ("value", "2/3") in seen.attributes
    assert all(
        value.startswith(("http://", "https://"))
        for name, value in seen.attributes
        if name == "href"
    )
    assert clean(" ".join(title.split())) in seen.text
    assert seen.marked == clean(quote)


@given(TEXT)
def test_a_question_over_folded_sources_stays_text(text: str) -> None:
    assert set(Seen(cards_html("", [(text, "")])).tags) == {
        *("section", "h2", "details", "summary", "bdi")
    }


def test_a_quote_that_is_no_longer_in_the_article_stands_alone() -> None:
    for text in (None, "", "Another text altogether."):
        seen = Seen(card_html(CITATION, 1, text))
        assert seen.marked == "Quote."
        assert "Another" not in seen.text


def test_a_card_without_title_source_date_and_address_is_still_whole() -> None:
    bare = replace(CITATION, title=" \n", source=None, published=None, url=None)
    seen = Seen(card_html(bare, 1, "Quote. More."))
    assert " ".join(" ".join(seen.pieces).split()) == (
        "1 Untitled article Quote. More. Read the article Ask only this one characters 0–6"
    )
    assert not {"a", "time"} & set(seen.tags)
