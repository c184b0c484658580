"""Feeds that are saved."""

from __future__ import annotations

import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.feed import parse
from corpus.formats.feed_tree import DEEPEST, MOST_ELEMENTS
from tests.corpus.formats.conftest import ReadAll, ReadOne

HTML = "<p>The river rose by two metres.</p><p>“It is over,” she added.</p>"
TEXT = "The river rose by two metres.\n\n“It is over,” she added."

RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Aldmoor Post</title><link>https://example.com/</link><language>en-gb</language>
<lastBuildDate>Thu, 02 Jan 2020 10:00:00 GMT</lastBuildDate>
<item><title>Flood in Aldmoor</title><link>https://example.com/flood?a=1&amp;b=2</link>
<guid isPermaLink="false">post-17</guid><dc:creator>Ann Lee</dc:creator>
<pubDate>Tue, 31 Dec 2019 14:05:00 +0100</pubDate><description>Short.</description>
<media:description>A picture</media:description>
<content:encoded><![CDATA[{HTML}<script>alert(1)</script>]]></content:encoded></item>
<item><title>AT&T &amp; others &ndash; news</title><description>&lt;b&gt;Q&amp;amp;A&lt;/b&gt;
 of the day</description></item>
<item><title>Nothing said</title><link>https://example.com/nothing</link></item>
</channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title type="html">Aldmoor &amp;amp; Co</title>
<entry><id>urn:a</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Flood in
 <em>Aldmoor</em></div></title><link rel="alternate" href="https://example.com/flood"/>
<link rel="self" href="https://example.com/flood.atom"/>
<author><name>Ann Lee</name></author><author><name>Bo Ray</name></author>
<published>2019-12-31T14:05:00Z</published><updated>2020-01-02T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{HTML}<style>p {{}}</style></div>
</content></entry>
<entry><id>urn:b</id><title>Later</title><updated>2020-01-02T00:00:00Z</updated>
<summary>a &lt; b
is so</summary></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://example.com/"><title>Aldmoor Post</title></channel>
<item rdf:about="https://example.com/flood"><title>Flood</title>
<link>https://example.com/flood</link><description>It rose.</description>
<dc:date>2019-12-31T14:05:00Z</dc:date></item></rdf:RDF>"""


def rss(items: str, head: str = "") -> str:
    return f"{head}<rss version='2.0'><channel><title>Post</title>{items}</channel></rss>"


def item(text: str) -> str:
    return f"<item><title>a</title><description>{text}</description></item>"


def test_an_item_of_rss_gives_what_it_says_of_itself(read_all: ReadAll) -> None:
    first, second, third = read_all(RSS, "a.rss")
    assert first == Draft(
        title="Flood in Aldmoor",
        text=TEXT,
        url="https://example.com/flood?a=1&b=2",
        source="Aldmoor Post",
        author="Ann Lee",
        published="Tue, 31 Dec 2019 14:05:00 +0100",
        language="en-gb",
        key="post-17",
        in_feed=True,
        place="entry 1",
    )
    assert isinstance(second, Draft)
    assert (second.title, second.text) == ("AT&T & others – news", "Q&A of the day")
    assert (second.key, second.published, second.url) == ("2", None, None)
    assert third == BadRecord("entry 3", "no text (neither content nor a summary)")


def test_an_entry_of_atom_is_read_and_its_last_change_is_no_date(read_all: ReadAll) -> None:
    first, second = read_all(ATOM, "a.atom")
    assert isinstance(first, Draft) and isinstance(second, Draft)
    assert (first.title, first.text) == ("Flood in Aldmoor", TEXT)
    assert (first.url, first.author) == ("https://example.com/flood", "Ann Lee, Bo Ray")
    assert (first.published, first.source) == ("2019-12-31T14:05:00Z", "Aldmoor & Co")
    assert (first.language, first.key) == ("en", "urn:a")
    assert (second.published, second.text.split()) == (None, ["a", "<", "b", "is", "so"])


def test_an_item_of_rdf_is_read_with_its_date(read_one: ReadOne) -> None:
    draft = read_one(RDF, "a.xml")
    assert (draft.title, draft.text, draft.source) == ("Flood", "It rose.", "Aldmoor Post")
    assert (draft.published, draft.url) == ("2019-12-31T14:05:00Z", "https://example.com/flood")


def test_the_source_that_an_item_names_comes_before_the_feed(read_one: ReadOne) -> None:
    named = item("Text.").replace(
        "<title>", '<source url="https://example.com">BBC</source><title>'
    )
    assert read_one(rss(named), "a.rss").source == "BBC"


def test_markup_becomes_paragraphs_lines_and_rows(read_one: ReadOne) -> None:
    source = (
        "One<br/>two<ul>\n <li>a</li>\n <li><p>b</p></li></ul><table> <tr>\n<td>1 </td>\n"
        "<td>2</td></tr><tr><th>3</th><td/></tr></table><!-- no -->end <iframe>x</iframe>"
        "<pre>a\nb</pre>   of   it<br><br>all"
    )
    draft = read_one(rss(item(f"<![CDATA[{source}]]>")), "a.rss")
    assert draft.text == ("One\ntwo\n\na\n\nb\n\n1 | 2\n3 |\n\nend\n\na\nb\n\nof it\n\nall")


def test_lines_that_a_site_adds_to_its_entries_are_left_out(read_one: ReadOne) -> None:
    source = (
        "<p>It rose 4<sup>2</sup> m.</p><p>The post <a>Flood</a> appeared first on <a>Post</a>.</p>"
    )
    assert read_one(rss(item(f"<![CDATA[{source}]]>")), "a.rss").text == "It rose 4² m."


BODY = "<p>The river rose by two metres.</p><media><media-caption>The river</media-caption></media>"
NITF = f"""<!DOCTYPE nitf SYSTEM "nitf-3-5.dtd"><nitf xml:lang="en"><head><docdata>
<doc-id id-string="d1"/><date.issue norm="20191231T140500Z"/></docdata>
<pubdata name="Aldmoor Post" ex-ref="https://example.com/flood"/></head><body><body.head><hedline>
<hl1>Flood in Aldmoor</hl1></hedline><byline>By Ann Lee</byline></body.head><body.content>
<block class="full_text">{BODY}</block></body.content></body></nitf>"""
G2 = f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:d1" xml:lang="en">
<itemMeta><provider><name>Aldmoor Post</name></provider>
<firstCreated>20191231T140500Z</firstCreated></itemMeta><contentMeta>
<headline>Flood in Aldmoor</headline><by>Ann Lee</by></contentMeta><contentSet><inlineXML>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{BODY}</body></html>
</inlineXML></contentSet></newsItem>"""
RCV1 = f"""<newsitem itemid="1" date="20191231T140500Z" xml:lang="en"><title>A: Flood</title>
<headline>Flood in Aldmoor</headline><byline>Ann Lee</byline><text>{BODY}</text></newsitem>"""


@pytest.mark.parametrize("source", [NITF, G2, RCV1])
def test_exchange_formats_of_agencies_are_read(read_one: ReadOne, source: str) -> None:
    draft = read_one(source, "a.xml")
    assert (draft.title, draft.text) == ("Flood in Aldmoor", "The river rose by two metres.")
    assert (draft.author, draft.published) == ("Ann Lee", "20191231T140500Z")
    assert (draft.language, draft.key) == ("en", None)
    assert draft.source == (None if source == RCV1 else "Aldmoor Post")


def test_message_of_several_items_gives_an_article_each(read_all: ReadAll) -> None:
    second = G2.replace("urn:d1", "urn:d2").replace(BODY, "")
    found = read_all(f"<newsMessage><itemSet>{G2}{second}</itemSet></newsMessage>", "a.xml")
    assert isinstance(found[0], Draft) and found[0].key == "urn:d1"
    assert found[1] == BadRecord("item 2", "no text")


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "utf-16"])
def test_the_encoding_that_is_declared_is_used(read_one: ReadOne, encoding: str) -> None:
    text = "Река поднялась на два метра, сообщил мэр города."
    source = rss(item(text), f'<?xml version="1.0" encoding="{encoding}"?>')
    assert read_one(source.encode(encoding), "a.xml").text == text


def test_a_feed_that_forgot_its_prefixes_is_read(read_one: ReadOne) -> None:
    source = RSS.replace('xmlns:dc="http://purl.org/dc/elements/1.1/"', "").replace(
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"', ""
    )
    first, *_ = parse(source.encode(), "a.rss")
    assert isinstance(first, Draft) and (first.author, first.text) == ("Ann Lee", TEXT)


@pytest.mark.parametrize("name", ["dc:", "dc:1", "dc:a:b", ":a", "x:y"])
def test_a_name_that_is_none_does_no_harm(read_one: ReadOne, name: str) -> None:
    source = rss(item("It rose.").replace("<title>", f"<{name}>1</{name}><title>"))
    assert read_one(source, "a.rss").text == "It rose."


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("", "empty"),
        ("Flood in Aldmoor", "not XML"),
        ("<html><body><p>Flood</p></body></html>", "XML, but no feed of news: its root is 'html'"),
        ("<note><to>Ann</to></note>", "XML, but no feed of news: its root is 'note'"),
        ("<rss version='2.0'><channel><title>Post</title></channel></rss>", "without entries"),
        ("\x89PNG\r\n\x1a\n\0\0\0", "binary"),
        ("<!DOCTYPE rss [ <!ENTITY", "its document type has no end"),
    ],
)
def test_what_is_no_feed_is_refused(read_all: ReadAll, source: str, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_all(source.encode("latin-1"), "a.xml")


def test_the_entry_in_which_a_file_is_cut_off_is_left_out(read_all: ReadAll) -> None:
    source = rss(item("The river rose.") + item("It fell slowly, the mayor said on Tuesday."))
    first, second = read_all(source[: source.index("slowly")], "a.rss")
    assert isinstance(first, Draft) and first.text == "The river rose."
    assert second == BadRecord("entry 2", "cut off before its end")


def test_entities_are_neither_multiplied_nor_fetched(
    read_one: ReadOne, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("a feed asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    entities = "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    head = (
        f"<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>{entities}"
        "<!ENTITY f SYSTEM 'file:///etc/passwd'><!ENTITY h SYSTEM 'http://example.com/'>]>"
    )
    draft = read_one(rss(item("It rose. &j; &f; &h;"), head), "a.rss")
    assert draft.text == "It rose. &j; &f; &h;"


@pytest.mark.parametrize(
    "source",
    [
        rss("<item><a/></item>" * (MOST_ELEMENTS // 2)),
        rss("<a>" * (DEEPEST + 1)),
        "<rss " + " ".join(f"xmlns:a{n}='b{n}'" for n in range(MOST_ELEMENTS + 1)) + "/>",
    ],
)
def test_more_than_a_feed_has_is_refused(read_all: ReadAll, source: str) -> None:
    with pytest.raises(UnreadableArticle, match="more elements|not XML|cannot be parsed|entries"):
        read_all(source, "a.xml")


@pytest.mark.parametrize(
    "field",
    [
        "<pubDate>" + "1 Jan " * 100_000 + "</pubDate>",
        "<author>" + "a.a-" * 100_000 + "@</author>",
        "<description>" + "<b>" * 100_000 + "</description>",
        "<description>" + "&lt;b &amp;" * 100_000 + "</description>",
        "<description><div>" + "\n" * 300_000 + "</div></description>",
        "<title>" + "<![CDATA[" * 50_000 + "</title>",
        "<link>" + "&a;" * 200_000 + "</link>",
    ],
)
def test_fields_that_are_made_to_be_slow_are_not(field: str) -> None:
    began = time.thread_time()
    try:
        list(parse(rss(f"<item>{field}</item>" + item("Text.")).encode(), "a.rss"))
    except UnreadableArticle:
        pass
    assert time.thread_time() - began < 4


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_feed_is_read_or_refused(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([RSS, ATOM, RDF])).encode()
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=5)):
        if place < len(damaged):
            damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        found = list(parse(bytes(damaged), "a.xml"))
    except UnreadableArticle as error:
        assert "\n" not in str(error)
    else:
        assert found and all(isinstance(one, Draft | BadRecord) for one in found)
