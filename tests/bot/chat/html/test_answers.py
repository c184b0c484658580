"""Answers as HTML: markers where a sentence ends, and nowhere an article put one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answers import REFUSAL, Alternative, Answer, Citation, Statement
from bot.chat.conversation import typed
from bot.chat.html.answers import answer_html, growing_html, in_words, pending_html, question_html
from bot.sanitize import clean
from tests.fakes.parsed_html import ANY_TEXT, ParsedHtml

QUOTE = "The study [2] says so, and [1] does too."
TAGS = {*("div", "p", "blockquote", "a", "span", "button", "strong", "ul", "li")} | {
    *("details", "summary")
}


def cited(number: int, quote: str, title: str = "Title") -> Citation:
    return Citation(number, "a", title, None, None, None, quote, 0, len(quote))


def answered(short: str | None, *quotes: str, others: tuple[Alternative, ...] = ()) -> Answer:
    """An answer as ``bot.answering.composing`` words it."""
    citations = tuple(cited(number, quote) for number, quote in enumerate(quotes, 1))
    plain = [" ".join(quote.split()) for quote in quotes]
    if short is None:
        text = " ".join(f"{quote} [{number}]" for number, quote in enumerate(plain, 1))
    else:
        quoted = " ".join(f"“{quote}” [{number}]" for number, quote in enumerate(plain, 1))
        text = f"{' '.join(short.split())} — {quoted}"
    return Answer(text, short, False, 0.83, citations, others)


def test_written_answer_shows_statements_and_what_was_left_out() -> None:
    statements = (Statement("So <b>says</b> the study.", (1, 2)), Statement("It rained.", (2,)))
    written = replace(
        answered(None, QUOTE, "It rained."),
        text=" ".join(map(str, statements)),
        statements=statements,
        answered_by="ollama:<i>x",
        dropped=("its source does not have one of its names",),
    )
    seen = ParsedHtml(answer_html(written, 4))
    assert [value for name, value in seen.attributes if name == "href"] == [
        *("#source-4-1", "#source-4-2", "#source-4-2")
    ]
    for said in ("So <b>says</b> the study.", "Written by ollama:<i>x", "Left out: its source"):
        assert said in seen.text
    assert "b" not in seen.tags and "i" not in seen.tags
    growing = ParsedHtml(growing_html(written.text, [], 4))
    assert growing.text.strip() == written.text and "b" not in growing.tags


def hrefs(seen: ParsedHtml) -> list[str]:
    return [value for name, value in seen.attributes if name == "href"]


def test_reading_of_a_follow_up_stays_text() -> None:
    hostile = "Who is <b>he</b>'\"?"
    read = replace(answered("so", QUOTE), question_read_as=hostile)
    refused = Answer(REFUSAL, None, True, 0.1, (), question_read_as=hostile)
    for answer in (read, refused):
        seen = ParsedHtml(answer_html(answer, 4))
        assert hostile in seen.text
        assert {tag for tag in seen.tags} <= TAGS | {"bdi"}
        assert ("value", "4") in seen.attributes and ("name", "alone") in seen.attributes


@pytest.mark.parametrize("short", ["so", None])
def test_own_marker_of_an_article_stays_text(short: str | None) -> None:
    answer = answered(short, QUOTE, "Others [1] agree.")
    for markup in (answer_html(answer, 4), growing_html(answer.text, answer.citations, 4)):
        seen = ParsedHtml(markup)
        assert hrefs(seen) == ["#source-4-1", "#source-4-2"]
        assert QUOTE in seen.text
        assert "Others [1] agree." in seen.text


def test_short_answer_stands_apart_from_its_sentence() -> None:
    markup = answer_html(answered("Fog", "Fog closed the port."), 1)
    assert '<p class="short" dir="auto">Fog</p><blockquote class="quote">' in markup
    assert "“Fog closed the port.”&nbsp;<a " in markup


def test_whole_sentences_are_the_answer_and_no_quotation() -> None:
    markup = answer_html(answered(None, "Fog closed it.", "It reopened."), 1)
    assert "blockquote" not in markup and "“" not in markup
    assert hrefs(ParsedHtml(markup)) == ["#source-1-1", "#source-1-2"]


def test_alternatives_have_markers_of_their_own() -> None:
    other = Alternative("Ice", 0.55, (cited(2, "Ice."), cited(3, "Ice!")))
    markup = answer_html(answered("Fog", "Fog.", others=(other,)), 4)
    inside = markup[markup.index('<div class="others">') :]
    assert "<strong>Ice</strong>" in inside
    assert hrefs(ParsedHtml(inside)) == ["#source-4-2", "#source-4-3"]
    assert "55%" in inside and "83%" in markup


@pytest.mark.parametrize("short", ["Fog and ice", None])
def test_streamed_text_grows_into_the_answer(short: str | None) -> None:
    answer = answered(short, "Fog and ice closed the port [1].", "It reopened \n on Monday.")
    texts = [
        ParsedHtml(growing_html(answer.text[:end], answer.citations, 1)).text.rstrip()
        for end in range(1, len(answer.text) + 1)
    ]
    assert [len(text) for text in texts] == sorted(len(text) for text in texts)
    assert ParsedHtml(answer_html(answer, 1)).text.startswith(texts[-1])
    assert hrefs(ParsedHtml(growing_html(answer.text[:20], answer.citations, 1))) == []


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, st.booleans())
def test_text_of_an_answer_stays_text(short: str, quote: str, note: str, quoted: bool) -> None:
    other = Alternative(short, 0.5, (cited(2, quote),))
    answer = replace(answered(short if quoted else None, quote, others=(other,)), notes=(note,))
    seen = ParsedHtml(answer_html(answer, 1))
    assert set(seen.tags) <= TAGS
    assert set(hrefs(seen)) == {"#source-1-1", "#source-1-2"}
    assert clean(" ".join(quote.split())) in seen.text
    for end in range(0, len(answer.text), 7):
        growing = ParsedHtml(growing_html(answer.text[:end], answer.citations, 1))
        assert set(growing.tags) <= TAGS
        assert set(hrefs(growing)) <= {"#source-1-1"}


@given(ANY_TEXT, ANY_TEXT)
def test_text_of_a_refusal_stays_text(title: str, note: str) -> None:
    closest = (cited(1, "Close.", title),)
    refusal = Answer(REFUSAL, None, True, 0.1, (), closest=closest, notes=(note,))
    seen = ParsedHtml(answer_html(refusal, 3, note))
    assert set(seen.tags) <= {"div", "p", "blockquote", "button", "bdi"}
    assert ("value", "3/1") in seen.attributes
    assert clean(note) in seen.text


def test_refusal_quotes_the_closest_sentence_as_no_answer() -> None:
    refusal = Answer(REFUSAL, None, True, 0.1, (), closest=(cited(1, "Close.", "Nearby"),))
    markup = answer_html(refusal, 1)
    seen = ParsedHtml(markup)
    assert "Closest, but no sure answer:Close.Nearby" in seen.text
    assert not hrefs(seen)
    assert "Closest" not in answer_html(replace(refusal, closest=()), 1)


def test_refusal_names_the_filters() -> None:
    refusal = Answer(REFUSAL, None, True, 0.1, ())
    assert "Only these were asked" not in answer_html(refusal, 1)
    told = ParsedHtml(answer_html(refusal, 1, "from 2024-01-01 · 2 articles")).text
    assert "Nothing in the chosen articles answers this" in told
    assert "Only these were asked: from 2024-01-01 · 2 articles." in told


@given(ANY_TEXT)
def test_question_comes_back_from_its_message_unchanged(text: str) -> None:
    message = question_html(text)
    assert not ParsedHtml(message).tags
    assert ParsedHtml(message).text == clean(text.strip())
    assert typed(message) == clean(text.strip())


def test_very_long_question_is_shown_in_part() -> None:
    shown = ParsedHtml(question_html("why " * 10_000)).text
    assert 1_000 < len(shown) <= 2_001 and shown.endswith("…")


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "Very likely right"),
        (0.9, "Very likely right"),
        (0.7, "Likely right"),
        (0.5, "More likely right than not"),
        (0.49, "Uncertain"),
        (0.0, "Uncertain"),
    ],
)
def test_confidence_has_words(confidence: float, words: str) -> None:
    assert in_words(confidence) == words


def test_pending_answer_is_neither_answer_nor_refusal() -> None:
    assert ParsedHtml(pending_html()).attributes == [("class", "pending")]
