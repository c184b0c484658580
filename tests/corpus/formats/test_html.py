"""Saved web pages."""

from __future__ import annotations

import pytest

from corpus.errors import UnreadableArticle
from tests.corpus.formats.conftest import ReadOne

BODY = """
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Flood in Aldmoor</h1>
<p>The river rose by two metres on Tuesday, the mayor of Aldmoor said in a statement.</p>
<p>“It is over,” she added, and thanked the people who had carried sandbags through the night.</p>
</article><footer>Copyright 2019 Aldmoor Post. Last week we wrote about 3 May 2018.</footer>
"""


def page(head: str = "", body: str = BODY) -> str:
    return (
        f"<!DOCTYPE html><html lang='en-GB'><head><title>Flood in Aldmoor</title>{head}</head>"
        f"<body>{body}</body></html>"
    )


def test_page_gives_its_article_and_metadata(read_one: ReadOne) -> None:
    draft = read_one(
        page(
            '<meta property="og:site_name" content="Aldmoor Post">'
            '<meta name="author" content="Ann Lee">'
            '<meta property="article:published_time" content="2019-12-31T14:05:00+01:00">'
            '<link rel="canonical" href="https://example.com/flood">'
        ),
        "a.html",
    )
    assert draft.title == "Flood in Aldmoor"
    assert "“It is over,” she added" in draft.text
    assert "Sport" not in draft.text
    assert draft.published == "2019-12-31T14:05:00+01:00"
    assert (draft.source, draft.author, draft.url, draft.language) == (
        "Aldmoor Post", "Ann Lee", "https://example.com/flood", "en-GB",
    )  # fmt: skip


def test_article_data_gives_the_date_before_other_data(read_one: ReadOne) -> None:
    data = (
        '<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "datePublished": '
        '"2001-01-01"}, {"@type": ["NewsArticle"], "datePublished": "2019-12-31"}]}</script>'
    )
    assert read_one(page(data), "a.html").published == "2019-12-31"


def test_marked_time_is_a_date_and_other_times_are_not(read_one: ReadOne) -> None:
    marked = BODY.replace(
        "<p>", '<time itemprop="datePublished" datetime="2019-12-31">x</time><p>', 1
    )
    assert read_one(page(body=marked), "a.html").published == "2019-12-31"
    other = BODY.replace("on Tuesday", 'on <time datetime="2018-05-03">3 May</time>', 1)
    assert read_one(page(body=other), "a.html").published is None


def test_a_page_without_a_declared_date_has_none(read_one: ReadOne) -> None:
    draft = read_one(page('<meta property="og:updated_time" content="2020-01-01">'), "a.html")
    assert draft.published is None


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "iso-8859-5", "utf-8"])
def test_the_encoding_that_a_page_declares_is_used(read_one: ReadOne, encoding: str) -> None:
    sentence = "Река поднялась на два метра, сообщил мэр города во вторник вечером."
    source = page(f'<meta charset="{encoding}">', f"<article><p>{sentence * 3}</p></article>")
    assert sentence in read_one(source.encode(encoding), "a.html").text


def test_utf8_is_believed_before_a_wrong_declaration(read_one: ReadOne) -> None:
    assert "“It is over,”" in read_one(page('<meta charset="iso-8859-1">'), "a.html").text


def test_an_xhtml_page_with_a_declaration_is_read(read_one: ReadOne) -> None:
    source = "<?xml version='1.0' encoding='UTF-8'?>\n" + page()
    assert "two metres" in read_one(source, "a.xhtml").text


@pytest.mark.parametrize(
    "source", ["", " \n", "<html></html>", "<!-- only this -->", "<div>" * 5_000]
)
def test_a_page_without_an_article_is_refused(read_one: ReadOne, source: str) -> None:
    with pytest.raises(UnreadableArticle, match="empty|not HTML|no article"):
        read_one(source, "a.html")


def test_an_address_that_no_page_may_link_to_is_left_out(read_one: ReadOne) -> None:
    head = '<link rel="canonical" href="javascript:alert(1)">'
    assert read_one(page(head), "a.html").url is None
