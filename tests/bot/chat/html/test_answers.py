"""Answers as HTML: markers where a sentence ends, and nowhere an article put one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answers import REFUSAL, Alternative, Answer, Citation
from bot.chat.conversation import typed
from bot.chat.html.answers import (
    answer_html,
    growing_html,
    in_words,
    pending_html,
    question_html,
)
from bot.sanitize import clean
from tests.fakes.seen import TEXT, Seen

QUOTE = "The study [2] says so, and [1] does too."
TAGS = {*("div", "p", "blockquote", "a", "span", "button", "strong", "ul", "li")}


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


def hrefs(seen: Seen) -> list[str]:
    return [value for name, value in seen.attributes if name == "href"]


@pytest.mark.parametrize("short", ["so", None])
def test_an_articles_own_marker_stays_text(short: str | None) -> None:
    answer = answered(short, QUOTE, "Others [1] agree.")
    for markup in (answer_html(answer, 4), growing_html(answer.text, answer.citations, 4)):
        seen = Seen(markup)
        assert hrefs(seen) == ["#source-4-1", "#source-4-2"]
        assert QUOTE in seen.text
        assert "Others [1] agree." in seen.text


def test_the_short_answer_stands_apart_from_the_sentence_it_is_from() -> None:
    markup = answer_html(answered("Fog", "Fog closed the port."), 1)
    assert '<p class="short" dir="auto">Fog</p><blockquote class="quote">' in markup
    assert "“Fog closed the port.”&nbsp;<a " in markup


def test_whole_sentences_are_the_answer_and_no_quotation() -> None:
    markup = answer_html(answered(None, "Fog closed it.", "It reopened."), 1)
    assert "blockquote" not in markup and "“" not in markup
    assert hrefs(Seen(markup)) == ["#source-1-1", "#source-1-2"]


def test_other_answers_stand_apart_with_markers_of_their_own() -> None:
    other = Alternative("Ice", 0.55, (cited(2, "Ice."), cited(3, "Ice!")))
    markup = answer_html(answered("Fog", "Fog.", others=(other,)), 4)
    inside = markup[markup.index('<div class="others">') :]
    assert "<strong>Ice</strong>" in inside
    assert hrefs(Seen(inside)) == ["#source-4-2", "#source-4-3"]
    assert "55%" in inside and "83%" in markup


@pytest.mark.parametrize("short", ["Fog and ice", None])
def test_what_has_come_so_far_grows_into_the_answer(short: str | None) -> None:
    answer = answered(short, "Fog and ice closed the port [1].", "It reopened \n on Monday.")
    texts = [
        Seen(growing_html(answer.text[:end], answer.citations, 1)).text.rstrip()
        for end in range(1, len(answer.text) + 1)
    ]
    assert [len(text) for text in texts] == sorted(len(text) for text in texts)
    assert Seen(answer_html(answer, 1)).text.startswith(texts[-1])
    assert hrefs(Seen(growing_html(answer.text[:20], answer.citations, 1))) == []


@given(TEXT, TEXT, TEXT, st.booleans())
def test_nothing_of_an_answer_is_alive(short: str, quote: str, note: str, quoted: bool) -> None:
    other = Alternative(short, 0.5, (cited(2, quote),))
    answer = replace(answered(short if quoted else None, quote, others=(other,)), notes=(note,))
    seen = Seen(answer_html(answer, 1))
    assert set(seen.tags) <= TAGS
    assert set(hrefs(seen)) == {"#source-1-1", "#source-1-2"}
    assert clean(" ".join(quote.split())) in seen.text
    for end in range(0, len(answer.text), 7):
        growing = Seen(growing_html(answer.text[:end], answer.citations, 1))
        assert set(growing.tags) <= TAGS
        assert set(hrefs(growing)) <= {"#source-1-1"}


@given(TEXT, TEXT)
def test_nothing_of_a_refusal_is_alive(title: str, note: str) -> None:
    closest = (cited(1, "Close.", title),)
    refusal = Answer(REFUSAL, None, True, 0.1, (), closest=closest, notes=(note,))
    seen = Seen(answer_html(refusal, 3, note))
    assert set(seen.tags) <= {*("div", "p", "details", "summary", "ul", "li", "button", "bdi")}
    assert ("value", "3/1") in seen.attributes
    assert clean(note) in seen.text


def test_a_refusal_folds_the_closest_articles_away_and_names_no_source() -> None:
    refusal = Answer(REFUSAL, None, True, 0.1, (), closest=(cited(1, "Close.", "Nearby"),))
    markup = answer_html(refusal, 1)
    folded = markup[markup.index("<details") : markup.index("</details>")]
    assert "Nearby" in folded and " open" not in folded
    assert not hrefs(Seen(markup))
    assert "details" not in answer_html(replace(refusal, closest=()), 1)


def test_a_refusal_says_what_the_search_was_narrowed_to() -> None:
    refusal = Answer(REFUSAL, None, True, 0.1, ())
    assert "Only these were asked" not in answer_html(refusal, 1)
    told = Seen(answer_html(refusal, 1, "from 2024-01-01 · 2 articles")).text
    assert "Nothing in the chosen articles answers this" in told
    assert "Only these were asked: from 2024-01-01 · 2 articles." in told


@given(TEXT)
def test_a_question_is_text_and_comes_back_from_its_message_as_it_was(text: str) -> None:
    message = question_html(text)
    assert not Seen(message).tags
    assert Seen(message).text == clean(text.strip())
    assert typed(message) == clean(text.strip())


def test_a_very_long_question_is_shown_in_part() -> None:
    shown = Seen(question_html("why " * 10_000)).text
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


def test_an_answer_on_its_way_is_neither_answer_nor_refusal() -> None:
    assert (
        "answer" not in pending_html().replace("articles", "") and "refusal" not in pending_html()
    )
