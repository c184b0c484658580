"""The name, and so the format, of what a server gives."""

from __future__ import annotations

import pytest

from corpus.formats.registry import format_of
from corpus.web.media_types import charset_of, file_name, media_type


@pytest.mark.parametrize(
    ("header", "path", "name"),
    [
        ("text/html; charset=utf-8", "/news/flood", "flood.html"),
        ("TEXT/HTML", "/news/flood.htm", "flood.htm"),
        ("text/html", "/news/flood.php", "flood.php"),
        ("text/html", "/", "page.html"),
        ("text/html", "/report.pdf", "report.pdf.html"),
        ("", "/news/flood", "flood.html"),
        ("", "/news/flood.json", "flood.json"),
        ("text/plain", "/README.md", "README.md"),
        ("text/plain", "/notes", "notes.txt"),
        ("application/octet-stream", "/dump.jsonl", "dump.jsonl"),
        ("application/gzip", "/dump.jsonl.gz", "dump.jsonl.gz"),
        ("application/json", "/api/articles", "articles.json"),
        ("application/x-ndjson", "/api/all", "all.jsonl"),
        ("text/csv", "/a%20b.csv", "a b.csv"),
        ("application/octet-stream", "/setup.exe", None),
        ("image/png", "/a.html", None),
        ("nonsense", "/a.html", None),
    ],
)
def test_the_type_counts_and_the_extension_where_it_says_little(
    header: str, path: str, name: str | None
) -> None:
    assert file_name(media_type(header), path) == name
    assert name is None or format_of(name) is not None


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/html; charset=windows-1251", "windows-1251"),
        ('text/html;x=y; Charset="ISO-8859-1"', "ISO-8859-1"),
        ("text/html", None),
        ("text/html; charset=", None),
    ],
)
def test_the_charset_is_taken_from_the_header(header: str, charset: str | None) -> None:
    assert charset_of(header) == charset
