"""Others' text in the page's HTML: shown whole, and never alive."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.markup import (
    answer_html,
    card_html,
    cards_html,
    escaped,
    message_html,
    notice_html,
    question_html,
    refusal_html,
    safe_link,
)
from bot.composer import Citation
from bot.terminal import clean

TEXT = st.text(st.characters(codec=None), max_size=80) | st.text("<>&\"'`=/[]()!x \n1#;:\u202e\x00")

CITATION = Citation(1, "a", "Title", "https://example.org/x", "Paper", "2024-05-31", "Quote.", 0, 6)


class Seen(HTMLParser):
    """What a browser would make of HTML: its tags with their attributes, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.pieces: list[str] = []
        self.marked = ""
        self._inside = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "mark"
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
        if self._inside:
            self.marked += data

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def handle_comment(self, data: str) -> None:
        self.tags.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.tags.append("an instruction")


@given(TEXT)
@example("<script>alert(1)</script>")
@example('"><img src=x onerror=alert(1)>')
@example("<!-- --><![CDATA[x]]><?php ?>")
@example("\u202eevil\u2066\x1b[31m\x00\ud800")
def test_escaped_text_is_its_own_text_and_no_markup(text: str) -> None:
    seen = Seen(escaped(text))
    assert not seen.tags
    assert seen.text == clean(text)
    assert not set("<>\"'\u202e\u2066\x1b\x00") & set(escaped(text))


@given(TEXT)
def test_whatever_is_asked_said_or_warned_stays_text(text: str) -> None:
    assert Seen(question_html(text)).tags == ["p"]
    assert Seen(question_html(text)).text == clean(text.strip())
    assert Seen(answer_html(text, (), 1)).tags == ["div", "p"]
    assert Seen(answer_html(text, (), 1)).text == clean(text)
    assert set(Seen(refusal_html(text, [text])).tags) == {"div", "p"}
    assert Seen(message_html(text)).tags == ["p"]
    assert set(Seen(notice_html(text, [text])).tags) <= {"div", "p", "pre", "code"}
    assert set(Seen(cards_html("", [(text, "")])).tags) == {
        *("section", "h2", "details", "summary", "bdi")
    }


@given(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
def test_whatever_an_article_says_a_card_shows_it_as_text(
    title: str, url: str, source: str, published: str, before: str, quote: str, after: str
) -> None:
    text = before + quote + after
    start = len(before)
    cited = Citation(3, "a", title, url, source, published, quote, start, start + len(quote))
    seen = Seen(card_html(cited, 2, text))
    assert set(seen.tags) <= {
        *("article", "h3", "span", "bdi", "p", "time", "blockquote", "mark", "a")
    }
    assert {name for name, _ in seen.attributes} <= {
        *("class", "id", "tabindex", "aria-labelledby", "dir", "title", "datetime"),
        *("href", "target", "rel"),
    }
    assert all(
        value.startswith(("http://", "https://"))
        for name, value in seen.attributes
        if name == "href"
    )
    assert clean(" ".join(title.split())) in seen.text
    assert seen.marked == clean(quote)


@given(TEXT, TEXT)
def test_a_short_answer_stands_out_and_nothing_of_it_is_alive(short: str, rest: str) -> None:
    seen = Seen(answer_html(f"{short} — {rest}", [1], 1, short=short, others=[(rest, [2, 3])]))
    assert set(seen.tags) <= {"div", "p", "strong", "a"}
    assert {value for name, value in seen.attributes if name == "href"} <= {
        "#source-1-1",
        "#source-1-2",
        "#source-1-3",
    }
    assert clean(f"{short} — {rest}") in seen.text
    assert f"Or: {clean(rest)} [2] [3]" in seen.text


def test_other_answers_follow_with_markers_of_their_own() -> None:
    markup = answer_html("Fog — “Fog.” [1]", [1], 4, short="Fog", others=[("Ice", [2])])
    assert '<strong class="short">Fog</strong> — “Fog.”' in markup
    assert 'Or: <strong>Ice</strong> <a class="marker" href="#source-4-2"' in markup


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "/relative",
        "https:",
        "https://",
        "https:///path",
        "https://bank.example@evil.example/",
        "https://user:word@evil.example/",
        "https://[::1",
        "https://example.org/a b",
        "https://example.org/\u202egpj.exe",
        "https://example.org/\x00",
        "",
        None,
    ],
)
def test_only_a_plain_web_address_becomes_a_link(url: str | None) -> None:
    assert safe_link(url) is None
    assert "href" not in card_html(replace(CITATION, url=url), 1, None)


def test_a_web_address_is_linked_and_names_its_host() -> None:
    assert safe_link("https://Example.org:8080/a?b=1&c=2#d") == (
        "https://Example.org:8080/a?b=1&c=2#d",
        "example.org",
    )
    seen = Seen(card_html(replace(CITATION, url="https://example.org/a?b=1&c=2"), 1, None))
    assert ("href", "https://example.org/a?b=1&c=2") in seen.attributes
    assert ("rel", "noopener noreferrer nofollow") in seen.attributes


def test_markers_point_to_the_cards_of_their_turn_and_unknown_ones_stay_text() -> None:
    markup = answer_html("One. [1] Two. [2] Said [7] <b>", [1, 2], 4)
    seen = Seen(markup)
    hrefs = [value for name, value in seen.attributes if name == "href"]
    assert hrefs == ["#source-4-1", "#source-4-2"]
    assert seen.text == "One. [1] Two. [2] Said [7] <b>"
    for number in (1, 2):
        card = card_html(replace(CITATION, number=number), 4, None)
        assert ("id", f"source-4-{number}") in Seen(card).attributes


def test_a_quote_that_is_no_longer_in_the_article_stands_alone() -> None:
    for text in (None, "", "Another text altogether."):
        seen = Seen(card_html(CITATION, 1, text))
        assert seen.marked == "Quote."
        assert "Another" not in seen.text


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2019-12-31T14:05:00+00:00", "31 December 2019"),
        ("2024-05-01", "1 May 2024"),
        ("someday", "someday"),
    ],
)
def test_a_date_is_written_out(published: str, shown: str) -> None:
    assert shown in Seen(card_html(replace(CITATION, published=published), 1, None)).text


def test_a_card_without_title_source_date_and_address_is_still_whole() -> None:
    bare = replace(CITATION, title=" \n", source=None, published=None, url=None)
    seen = Seen(card_html(bare, 1, "Quote. More."))
    assert " ".join(" ".join(seen.pieces).split()) == (
        "1 Untitled article Quote. More. characters 0–6"
    )
    assert not {"a", "time"} & set(seen.tags)


def test_a_very_long_question_is_shown_in_part() -> None:
    shown = Seen(question_html("why " * 10_000)).text
    assert 1_000 < len(shown) <= 2_001 and shown.endswith("…")
