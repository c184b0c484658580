"""What a web server says an answer is, as the file name that the formats go by."""

from __future__ import annotations

import re
from urllib.parse import unquote

from corpus.formats.registry import format_of

__all__ = ["charset_of", "file_name", "media_type"]

_EXTENSIONS: dict[str, tuple[str, ...]] = {
    name: extensions
    for names, extensions in {
        ("text/html",): (".html",),
        ("application/xhtml+xml",): (".xhtml",),
        ("text/plain",): (".txt",),
        ("text/markdown", "text/x-markdown"): (".md",),
        ("application/json", "application/feed+json", "text/json"): (".json",),
        (
            "application/jsonl",
            "application/jsonlines",
            "application/ndjson",
            "application/x-jsonlines",
            "application/x-ndjson",
        ): (".jsonl",),
        ("text/csv", "application/csv"): (".csv",),
        ("text/tab-separated-values",): (".tsv",),
        ("application/rss+xml",): (".rss", ".xml"),
        ("application/atom+xml",): (".atom", ".xml"),
        ("application/rdf+xml",): (".rdf", ".rss", ".xml"),
        ("application/xml", "text/xml"): (".xml", ".rss"),
        ("application/pdf", "application/x-pdf"): (".pdf",),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",): (".docx",),
        ("application/vnd.oasis.opendocument.text",): (".odt",),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation",): (".pptx",),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",): (".xlsx",),
        ("application/rtf", "text/rtf"): (".rtf",),
        ("application/epub+zip",): (".epub",),
        ("message/rfc822",): (".eml",),
        ("multipart/related", "application/x-mimearchive"): (".mhtml",),
        ("application/zip", "application/x-zip-compressed"): (".zip",),
        ("application/x-tar",): (".tar",),
        ("application/warc",): (".warc",),
    }.items()
    for name in names
}
"""Media types to the extensions of their format; the first that a format is known for counts."""

_VAGUE = {
    "",
    "text/plain",  # what many servers call Markdown, CSV and JSON lines
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
    "application/x-download",
    "binary/octet-stream",
}
"""Types that say less than the extension of the address does."""

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:+-]{2,40})", re.IGNORECASE)
_LONGEST_NAME = 200


def media_type(header: str) -> str:
    """Return the type that a ``Content-Type`` header names, in lower case; empty where none."""
    return header.partition(";")[0].strip().lower()


def charset_of(header: str) -> str | None:
    """Return the encoding that a ``Content-Type`` header names, as it stands there."""
    found = _CHARSET.search(header)
    return found[1] if found else None


def file_name(kind: str, path: str) -> str | None:
    """Name what was fetched so that ``format_of`` knows its format.

    Args:
        kind: media type, as ``media_type`` gives it.
        path: path of the address.

    Returns:
        The last part of the path, with the extension of the type where it has not one of that
        format; None for a type that no format is known for.
    """
    last = unquote(path.rstrip("/").rpartition("/")[2])[-_LONGEST_NAME:] or "page"
    if kind in _VAGUE and format_of(last) is not None:
        return last
    if kind == "":
        return f"{last}.html"  # what a server is asked for that says nothing is a page
    for extension in _EXTENSIONS.get(kind, ()):
        named = format_of(f"page{extension}")
        if named is not None:
            return last if format_of(last) == named else f"{last}{extension}"
    return None
