"""A source as a card: what it says is text, and its quote is marked in an excerpt."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from bot.answering.answers import Citation
from bot.chat.html.cards import card_html, cards_html, excerpt
from bot.sanitize import clean, one_line
from tests.fakes.parsed_html import ANY_TEXT, ParsedHtml

SENTENCES = st.text("ab.!? \n”)漢", max_size=900)
CITATION = Citation(1, "a", "Title", "https://example.org/x", "Paper", "2024-05-31", "Quote.", 0, 6)


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_text_of_a_card_stays_text(
    title: str, url: str, source: str, published: str, before: str, quote: str, after: str
) -> None:
    text = before + quote + after
    start = len(before)
    cited = Citation(3, "a", title, url, source, published, quote, start, start + len(quote))
    seen = ParsedHtml(card_html(cited, 2, text))
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
    assert one_line(title) in seen.text
    assert seen.marked == clean(quote)


@given(ANY_TEXT)
def test_question_over_folded_sources_stays_text(text: str) -> None:
    assert set(ParsedHtml(cards_html("", [(text, "")])).tags) == {
        *("section", "h2", "details", "summary", "bdi")
    }


def test_quote_that_left_its_article_stands_alone() -> None:
    for text in (None, "", "Another text altogether."):
        seen = ParsedHtml(card_html(CITATION, 1, text))
        assert seen.marked == "Quote."
        assert "Another" not in seen.text


def test_card_without_title_source_date_and_url_is_whole() -> None:
    bare = replace(CITATION, title=" \n", source=None, published=None, url=None)
    seen = ParsedHtml(card_html(bare, 1, "Quote. More."))
    for words in ("Untitled article", "Quote. More.", "Ask only this article", "characters 0–6"):
        assert words in seen.text
    assert not {"a", "time"} & set(seen.tags)
    assert {"a", "time"} <= set(ParsedHtml(card_html(CITATION, 1, "Quote.")).tags)


@given(st.text(max_size=300), st.integers(0, 300), st.integers(0, 300))
@example("x" * 300, 150, 151)
def test_excerpt_has_the_quote_and_bounded_context(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    first, last = excerpt(text, start, end)
    assert max(0, start - 240) <= first <= start
    assert end <= last <= min(len(text), end + 240)


@given(SENTENCES, SENTENCES)
def test_excerpt_is_cut_between_words(before: str, after: str) -> None:
    text = f"{before} QUOTE {after}"
    start = len(before) + 1
    first, last = excerpt(text, start, start + 5)
    if first and any(mark.isspace() for mark in text[start - 240 : start]):
        assert text[first - 1].isspace()
    if last < len(text) and any(mark.isspace() for mark in text[start + 5 : start + 245]):
        assert text[last].isspace()


def test_excerpt_prefers_whole_sentences() -> None:
    filler = "One two three four five six seven eight nine ten. "
    text = filler * 10 + "Here it is." + (" " + filler.strip()) * 10
    start = text.index("Here")
    first, last = excerpt(text, start, start + 11)
    assert text[first:].startswith("One two") and text[:last].endswith("nine ten.")
    assert first > 0 and last < len(text)
