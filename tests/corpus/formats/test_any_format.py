"""What holds for every format: bytes of any kind are read or refused, never a crash."""

from __future__ import annotations

import dataclasses
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.registry import FORMATS, format_of
from corpus.loader import load_articles
from tests.corpus.formats import test_docx, test_feed, test_pdf, test_warc

EXTENSIONS = [
    *(".txt", ".md", ".html", ".json", ".jsonl", ".csv", ".tsv"),
    *(".pdf", ".docx", ".rss", ".atom", ".xml", ".warc", ".odt", ".rtf", ".epub", ".pptx"),
    *(".xlsx", ".eml", ".mbox", ".mhtml", ".zip", ".tar", ".wacz"),
]

MARKUP = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<meta charset=", "utf-7", "<table>", "<td>", "<!--", "-->"),
            *("<script>", "</script>"),
            *("{", "}", "[", "]", '"', ":", ",", '"text"', "text", "title", "---\n", "# "),
            *("> ", "- "),
            *("*", "|", "\n", "\r", "\0", "\ud800", "\\ud800", "&#0;", "&#xD800;", "é", "word "),
            *("1", ";", "\t", '{"text": "a"}\n', "text,id\n", "<html lang='x'>"),
            "<?xml version='1.0' encoding='x'?>",
            *("<rss>", "<item>", "</item>", "<title>", "<description>", "<![CDATA[", "]]>"),
            *("<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<content type='xhtml'>"),
            *("<!DOCTYPE a [", "<!ENTITY a 'b'>", "&a;", "x:y", "xmlns:x=''"),
            *("%PDF-1.5\n", "1 0 obj\n", "<< ", ">>", "stream\n", "endstream", "endobj\n", "/Root"),
            *("trailer\n", "startxref\n", "xref\n", "1 0 R ", "PK\x03\x04", "PK\x05\x06"),
            *("WARC/1.0\r\n", "WARC-Type: response\r\n", "Content-Length: 9\r\n", "\r\n\r\n"),
            *("From a\n", "Subject: a\n", "\n\n", "{\\rtf1 ", "\\par ", "\\u8220?", "\\'e9"),
            *("WARC-Target-URI: http://a/b\r\n", "HTTP/1.1 200 OK\r\n"),
        ]
    ),
    max_size=40,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))  # fmt: skip


@pytest.mark.parametrize("extension", EXTENSIONS)
@given(data=st.one_of(st.binary(max_size=200), MARKUP))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_or_refused(extension: str, data: bytes) -> None:
    kind = format_of("a" + extension)
    assert kind is not None
    try:
        found = list(kind.parser()(data, "a" + extension))
    except UnreadableArticle as error:
        assert str(error) and "\n" not in str(error)
    else:
        assert all(isinstance(one, Draft | BadRecord) for one in found)


@pytest.mark.parametrize("extension", sorted(FORMATS))
def test_every_extension_has_a_parser_gzipped_or_not(extension: str) -> None:
    assert callable(FORMATS[extension].parser())
    assert format_of(f"a{extension}".upper()) == format_of(f"a{extension}.gz") == FORMATS[extension]


@pytest.mark.parametrize("name", ["a", ".txt", "a.png", "a.gz", "a.png.gz", "a.txt.rar"])
def test_other_names_have_no_format(name: str) -> None:
    assert format_of(name) is None


@pytest.mark.parametrize(
    ("extension", "data"),
    [
        (".pdf", test_pdf.WHOLE),
        (".docx", test_docx.WHOLE),
        (".rss", test_feed.RSS.encode()),
        (".atom", test_feed.ATOM.encode()),
        (".xml", test_feed.RDF.encode()),
        (".warc", test_warc.WHOLE),
    ],
)
def test_a_gzipped_file_gives_the_same_articles(
    tmp_path: Path, extension: str, data: bytes
) -> None:
    (tmp_path / f"a{extension}").write_bytes(data)
    (tmp_path / f"a{extension}.gz").write_bytes(gzip.compress(data))
    plain, packed = (
        [dataclasses.replace(article, id="") for article in load_articles([tmp_path / name])]
        for name in (f"a{extension}", f"a{extension}.gz")
    )
    assert plain and plain == packed


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip))
@settings(max_examples=100, deadline=None)
def test_the_text_of_a_json_record_comes_back_as_it_was(text: str) -> None:
    for escaped in (True, False):
        data = json.dumps({"text": text}, ensure_ascii=escaped).replace("\ufeff", "\\ufeff")
        if "\\u0000" not in data:
            (draft,) = FORMATS[".json"].parser()(data.encode(), "a.json")
            assert isinstance(draft, Draft) and draft.text == text
