"""Others' text, dates and links in the page's HTML: shown whole, and never alive."""

from __future__ import annotations

import pytest
from hypothesis import example, given

from bot.chat.html.markup import (
    also_in,
    byline,
    date_html,
    escaped,
    message_html,
    notice_html,
    original_html,
    safe_link,
    title_html,
)
from bot.sanitize import clean
from index.results import DuplicateRef
from tests.fakes.parsed_html import ANY_TEXT, ParsedHtml


@given(ANY_TEXT)
@example("<script>alert(1)</script>")
@example('"><img src=x onerror=alert(1)>')
@example("<!-- --><![CDATA[x]]><?php ?>")
@example("\u202eevil\u2066\x1b[31m\x00\ud800")
def test_escaped_text_is_its_own_text_and_no_markup(text: str) -> None:
    seen = ParsedHtml(escaped(text))
    assert not seen.tags
    assert seen.text == clean(text)
    assert not set("<>\"'\u202e\u2066\x1b\x00") & set(escaped(text))


@given(ANY_TEXT)
def test_text_of_notices_and_bylines_stays_text(text: str) -> None:
    assert ParsedHtml(message_html(text)).tags == ["p"]
    assert set(ParsedHtml(notice_html(text, [text])).tags) <= {"div", "p", "pre", "code"}
    assert not ParsedHtml(title_html(text)).tags
    assert set(ParsedHtml(byline(text, text, text, text)).tags) <= {"p", "bdi", "time"}
    assert set(ParsedHtml(date_html(text)).tags) <= {"bdi", "time"}


@given(ANY_TEXT, ANY_TEXT)
def test_copy_is_linked_only_if_its_address_may_be(title: str, url: str) -> None:
    seen = ParsedHtml(also_in([DuplicateRef("a", title, url, None, None)]))
    assert set(seen.tags) <= {"p", "bdi", "a"}
    assert ("a" in seen.tags) is (safe_link(url) is not None)


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
    assert "href" not in original_html(url)


def test_web_address_is_linked_and_names_its_host() -> None:
    assert safe_link("https://Example.org:8080/a?b=1&c=2#d") == (
        "https://Example.org:8080/a?b=1&c=2#d",
        "example.org",
    )
    seen = ParsedHtml(original_html("https://example.org/a?b=1&c=2"))
    assert ("href", "https://example.org/a?b=1&c=2") in seen.attributes
    assert ("rel", "noopener noreferrer nofollow") in seen.attributes


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2019-12-31T14:05:00+00:00", "31 December 2019"),
        ("2024-05-01", "1 May 2024"),
        ("someday", "someday"),
    ],
)
def test_date_is_written_out(published: str, shown: str) -> None:
    assert shown in ParsedHtml(date_html(published)).text
