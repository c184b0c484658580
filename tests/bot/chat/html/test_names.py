"""Names as HTML: buttons by kind, and a name's quotes; whatever a name is, it stays text."""

from __future__ import annotations

from hypothesis import given

from bot.chat.html.names import entry_html, name_page_html, names_html
from corpus.article import Article
from index.name_directory import NameEntry, NameQuote
from index.names.records import NameCount
from tests.fakes.parsed_html import ANY_TEXT, ParsedHtml

TAGS = {
    *("details", "summary", "dl", "dt", "dd", "button", "bdi", "span", "section", "h2", "p", "ol"),
    *("li", "blockquote", "mark", "time", "a"),
}
PAGE_TAGS = {
    "a declaration",
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "main",
    "h1",
    "ul",
    "cite",
}
MERKEL = NameCount("angela merkel", "Angela Merkel", "person", 12)
GENEVA = NameCount("geneva", "Geneva", "place", 3)


def test_names_stand_under_their_kinds_and_show_what_is_chosen() -> None:
    seen = ParsedHtml(names_html([GENEVA, MERKEL], ["Geneva"]))
    assert seen.text.index("People") < seen.text.index("Merkel") < seen.text.index("Places")
    assert "Organisations" not in seen.text
    pressed = [value for name, value in seen.attributes if name == "aria-pressed"]
    assert pressed == ["false", "true"]
    assert "aria-pressed" not in names_html([MERKEL])
    assert names_html([]) == ""


@given(ANY_TEXT)
def test_text_of_names_and_quotes_stays_text(text: str) -> None:
    article = Article(text, text, f"{text} said.", None, text, None, "2024-05-01T00:00:00+00:00")
    quote = NameQuote(article, 0, len(article.text), ((0, len(text)),))
    entry = NameEntry(text, "person", 1, (text,), (quote,))
    shown = entry_html(entry, "Back") + names_html([NameCount(text, text, "person", 1)])
    assert set(ParsedHtml(shown).tags) <= TAGS
    assert set(ParsedHtml(name_page_html(entry)).tags) <= TAGS | PAGE_TAGS
