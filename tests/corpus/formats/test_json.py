"""JSON, JSON Lines and the field names of news dumps."""

from __future__ import annotations

import json

import pytest

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from tests.corpus.formats.conftest import ReadAll, ReadOne

NEWSAPI = {
    "source": {"id": "bbc", "name": "BBC News"},
    "author": "Ann Lee",
    "title": "Flood",
    "url": "https://example.com/flood",
    "publishedAt": "2019-12-31T14:05:00Z",
    "content": "The river rose.",
    "urlToImage": None,
}
NEWS_PLEASE = {
    "authors": ["Ann Lee", "Bo Ray"],
    "date_publish": "2019-12-31 14:05:00",
    "language": "en",
    "maintext": "The river rose.",
    "source_domain": "example.com",
    "Title": "Flood",
    "date_download": "2020-02-02",
    "text": None,
}


def test_an_object_with_the_names_of_newsapi_is_one_article(read_one: ReadOne) -> None:
    assert read_one(json.dumps(NEWSAPI), "a.json") == Draft(
        "Flood", "The river rose.", "https://example.com/flood", "BBC News", "Ann Lee",
        "2019-12-31T14:05:00Z", None, None,
    )  # fmt: skip


def test_news_please_records_have_numbers_for_keys(read_one: ReadOne) -> None:
    assert read_one(json.dumps([NEWS_PLEASE]), "a.json") == Draft(
        "Flood", "The river rose.", None, "example.com", "Ann Lee, Bo Ray",
        "2019-12-31 14:05:00", "en", "1", "record 1",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["articles", "items", "results", "Docs", "@graph"])
def test_an_object_may_hold_the_list(read_all: ReadAll, name: str) -> None:
    found = read_all(json.dumps({"status": "ok", name: [NEWSAPI, {**NEWSAPI, "id": 7}]}), "a.json")
    assert [draft.key for draft in found if isinstance(draft, Draft)] == ["1", "7"]


TEXT = "The river rose by two metres."


@pytest.mark.parametrize(
    "document",
    [
        {"@type": "NewsArticle", "headline": "Flood", "articleBody": TEXT,
         "datePublished": "2019-12-31"},
        {"title": "Flood", "full_text": TEXT, "pub_date": "2019-12-31"},
        [{"title": {"rendered": "Flood"}, "content": {"rendered": f"<p>{TEXT}</p>"},
          "date": "2019-12-31"}],
        {"version": "https://jsonfeed.org/version/1.1", "title": "Post", "description": "News",
         "items": [{"title": "Flood", "content_html": f"<p>{TEXT}</p>",
                    "date_published": "2019-12-31"}]},
        {"response": {"results": [{"webTitle": "Flood", "webPublicationDate": "2019-12-31",
                                   "fields": {"bodyText": TEXT}}]}},
        {"response": {"docs": [{"headline": {"main": "Flood"}, "lead_paragraph": TEXT,
                                "pub_date": "2019-12-31"}]}},
        {"response": {"content": {"webTitle": "Flood", "webPublicationDate": "2019-12-31",
                                  "fields": {"body": f"<p>{TEXT}</p>"}}}},
        {"story": {"headline": "Flood", "body": TEXT, "date": "2019-12-31"}},
        {"articles": [{"title": "Flood", "content": f"{TEXT} [+2345 chars]",
                       "publishedAt": "2019-12-31"}]},
        {"hits": {"total": 1, "hits": [{"_id": "x", "_source": {"title": "Flood", "body": TEXT,
                                                            "date": "2019-12-31"}}]}},
        [{"_id": {"$oid": "5e"}, "title": "Flood", "text": TEXT,
          "date": {"$date": "2019-12-31"}}],
        {"title": "Flood", "date": "2019-12-31", "contents": [
            {"type": "byline", "content": "Ann Lee"}, {"type": "sanitized_html", "content": TEXT}]},
    ],
)  # fmt: skip
def test_fields_of_common_dumps_are_known(read_one: ReadOne, document: object) -> None:
    draft = read_one(json.dumps(document), "a.json")
    assert (draft.title, draft.text, draft.published) == ("Flood", TEXT, "2019-12-31")


def test_fields_of_an_api_are_read_through(read_one: ReadOne) -> None:
    record = {
        "article": TEXT,
        "publication": "Aldmoor Post",
        "byline": {"original": "By Ann Lee"},
        "web_url": "https://example.com/flood",
        "date": {"$date": {"$numberLong": "1577801100000"}},
        "dateModified": "2020-01-02",
        "inLanguage": "en",
    }
    assert read_one(json.dumps(record), "a.json") == Draft(
        "", TEXT, "https://example.com/flood", "Aldmoor Post", "Ann Lee", "1577801100000", "en",
        updated="2020-01-02",
    )  # fmt: skip


def test_addresses_given_as_source_are_addresses(read_one: ReadOne) -> None:
    draft = read_one('{"text": "a", "source": "https://example.com/flood"}', "a.json")
    assert (draft.url, draft.source) == ("https://example.com/flood", None)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>It <b>rose</b>.</p><p>It&nbsp;fell.</p><script>x()</script>", "It rose.\n\nIt fell."),
        ("It rose.\nIt <em>fell</em>.\n\nSo.", "It rose.\nIt fell.\n\nSo."),
        ("<h2>Flood</h2>\nIt rose\nby 2 m.\n\nIt fell.", "Flood\n\nIt rose by 2 m.\n\nIt fell."),
        ("Lee &amp; Ray didn&#8217;t pay.", "Lee & Ray didn’t pay."),
        ("&lt;p&gt;It rose.&lt;/p&gt;", "It rose."),
        ("<p>It rose.</p><p>READ ALSO: Bridge closed</p>", "It rose."),
        ("a < b & c > d, a<b and c>d, R&D;", "a < b & c > d, a<b and c>d, R&D;"),
        ("The <p> tag opens a paragraph.\nIt does.", "The <p> tag opens a paragraph.\nIt does."),
        ("I <3 you,  AT&T &c.\t", "I <3 you,  AT&T &c.\t"),
    ],
)
def test_markup_in_a_text_is_read_and_prose_kept(
    read_one: ReadOne, source: str, expected: str
) -> None:
    assert read_one(json.dumps({"title": source, "text": source}), "a.json").text == expected


def test_paragraphs_given_as_a_list_may_hold_markup(read_one: ReadOne) -> None:
    source = json.dumps({"body": ["<p>One.</p>", "Two &amp; three."]})
    assert read_one(source, "a.json").text == "One.\n\nTwo & three."


def test_json_lines_report_bad_lines_with_their_number_and_go_on(read_all: ReadAll) -> None:
    lines = [
        b'\xef\xbb\xbf{"id": "a", "headline": "T", "body": "One."}',
        b"",
        b'{"id": "b", "text": "cut of',
        b"[1]",
        b'{"title": "no text"}',
        b'{"text": " "}',
        b'{"text": {"a": 1}}',
        b'{"text": "\xd0\xd0"}',
        '{"text": ["Один.", "Два."], "date": 1577801100}'.encode(),
        b'{"text": ' + b"[" * 100_000,
        b'{"text": "x", "id": ' + b"1" * 5_000 + b"}",
    ]
    found = read_all(b"\r\n".join(lines), "a.jsonl")
    drafts = [one for one in found if isinstance(one, Draft)]
    assert [(one.key, one.text, one.published) for one in drafts] == [
        ("a", "One.", None),
        ("9", "Один.\n\nДва.", "1577801100"),
    ]
    bad = {one.place: one.cause for one in found if isinstance(one, BadRecord)}
    assert list(bad) == [f"line {n}" for n in (3, 4, 5, 6, 7, 8, 10, 11)]
    assert "cut off" in bad["line 3"]
    assert bad["line 4"] == "not an object"
    assert "no text" in bad["line 5"]
    assert bad["line 6"] == "empty text"
    assert bad["line 8"] == "not valid UTF-8"
    assert "deep" in bad["line 10"]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251"])
def test_json_lines_in_other_encodings_are_read(read_all: ReadAll, encoding: str) -> None:
    text = "Президент заявил, что реформа будет принята летом."
    lines = "\n".join(json.dumps({"text": text}, ensure_ascii=False) for _ in range(3))
    found = read_all(lines.encode(encoding), "a.ndjson")
    assert [one.text for one in found if isinstance(one, Draft)] == [text] * 3


def test_json_lines_called_json_are_recognised(read_all: ReadAll) -> None:
    found = read_all('{"text": "One."}\n{"text": "Two."}\n', "a.json")
    assert [one.text for one in found if isinstance(one, Draft)] == ["One.", "Two."]


def test_a_lone_surrogate_in_json_is_no_error(read_one: ReadOne) -> None:
    assert read_one('{"text": "a\\ud800"}', "a.json").text == "a\ud800"


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("", "empty"),
        ('[{"text": "One."}, {"text": "Tw', "cut off before its end"),
        ('[{"text": "One."},', "cut off before its end"),
        ('{"text": One}', "not valid JSON at column 10"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "empty list"),
        ("3", "no article"),
        ('{"name": "x"}', "none of text"),
        ('{"title": "x"}', "no text"),
        ('{"id": ' + "1" * 5_000 + "}", "number is too long"),
    ],
)
def test_bad_json_is_refused_with_its_cause(read_one: ReadOne, source: str, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_one(source, "a.json")
