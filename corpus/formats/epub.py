"""EPUB: each of its documents an article, in the order in which they are read."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.markup import plain_text
from corpus.formats.text import title_from_name
from corpus.formats.zipped import check_archive, xml_in
from corpus.text import decode_declared, normalise

__all__ = ["FEWEST_WORDS", "parse"]

FEWEST_WORDS = 20
"""Words of a document; covers, title pages and the like have fewer."""

_SENTENCE = re.compile(r"\w \w[^\n]*[.!?…。！？][\"'”’»)]*$", re.MULTILINE)
_LONGEST_STYLE = 200_000

_CONTAINER = "META-INF/container.xml"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"


def parse(data: bytes, name: str) -> Iterator[Draft | BadRecord]:
    """Read an EPUB.

    Args:
        data: the whole file.
        name: the file's name.

    Yields:
        A Draft for each document that has a sentence or ``FEWEST_WORDS`` words; its title is its
        first heading, its source the title of the whole. The contents of the book are none.

    Raises:
        UnreadableArticle: the file is no EPUB, is too large unpacked, or has no text.
    """
    check_archive(data, "EPUB", ".epub")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        container = xml_in(archive, _CONTAINER)
        root = None if container is None else next(container.iter("{*}rootfile"), None)
        place = "" if root is None else root.get("full-path") or ""
        package = xml_in(archive, place) if place else None
        if package is None:
            raise UnreadableArticle("not an EPUB")
        if "META-INF/encryption.xml" in archive.namelist() and "META-INF/rights.xml" in (
            archive.namelist()
        ):
            raise UnreadableArticle("encrypted")
        found = False
        style = _style(archive)
        for number, file in enumerate(_reading_order(package, posixpath.dirname(place)), start=1):
            one = _document(archive, file, package, number, style)
            if one is not None:
                found = True
                yield one
    if not found:
        raise UnreadableArticle("no text in it")


def _reading_order(package: Any, folder: str) -> Iterator[str]:
    items = {item.get("id"): item for item in package.iter("{*}item")}
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        if (item.get("media-type") or "") in ("application/xhtml+xml", "text/html"):
            yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))


def _style(archive: zipfile.ZipFile) -> str:
    """The style sheets of the book, one after the other."""
    names = [name for name in archive.namelist() if name.lower().endswith(".css")]
    try:
        sheets = [archive.read(name)[:_LONGEST_STYLE].decode("utf-8", "replace") for name in names]
    except Exception:  # zlib's and zipfile's; the text does without them
        return ""
    return "\n".join(sheets)[:_LONGEST_STYLE].replace("<", "")


def _document(
    archive: zipfile.ZipFile, file: str, package: Any, number: int, style: str
) -> Draft | BadRecord | None:
    place = f"document {number}"
    try:
        source = normalise(decode_declared(archive.read(file)))
    except KeyError:
        return BadRecord(place, f"{file[:80]!r} is not in the file")
    except Exception as error:  # zlib's and zipfile's
        return BadRecord(place, f"{file[:80]!r} in it is damaged ({type(error).__name__})")
    text = plain_text(f"<style>{style}</style>{source}").strip()
    if len(text.split()) < FEWEST_WORDS and not _SENTENCE.search(text):
        return None
    first, _, rest = text.partition("\n\n")
    title, body = (first, rest) if _is_heading(first, source) else ("", text)
    return Draft(
        title=title or title_from_name(posixpath.basename(file)),
        text=body,
        source=_named(package, "title"),
        author=_named(package, "creator"),
        published=_named(package, "date"),
        language=_named(package, "language"),
        key=file,
        place=place,
    )


def _is_heading(first: str, source: str) -> bool:
    heading = source.lower().find("<h")
    return heading >= 0 and len(first) < 200 and "\n" not in first and not first.endswith(".")


def _named(package: Any, name: str) -> str | None:
    found = next(package.iter(f"{_DUBLIN_CORE}{name}"), None)
    return None if found is None else (found.text or "").strip() or None
