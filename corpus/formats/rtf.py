"""RTF documents: one article a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.properties import sensible_author, sensible_title, title_and_text
from corpus.formats.typography import lowered, raised
from corpus.text import normalise

__all__ = ["parse"]

_NOTE = re.compile(rb"\{(?:\\\*)?\\footnote(?![a-z])")
_NOTE_NUMBER = re.compile(rb"\\chftn(?![a-z]) ?")
_BRACE = re.compile(rb"\\[{}\\]|[{}]")
# A group without others in it, of text that is left out; and one that is raised or lowered.
_LEFT_OUT = re.compile(rb"\{[^{}\\]{0,20}(?:\\[a-z]+-?\d* ?){0,20}?"
                       rb"\\(?:strike|striked1|v|deleted)(?![a-z0-9])[^{}]*\}")  # fmt: skip
_SCRIPT = re.compile(rb"\{((?:\\[a-z]+-?\d* ?){0,20}?)\\(super|sub)(?![a-z]) ?"
                     rb"((?:\\[a-z]+-?\d* ?){0,20})([\w+-]{1,20})\}")  # fmt: skip


def parse(data: bytes, name: str) -> Iterator[Draft]:
    """Read an RTF document.

    Args:
        data: the whole file.
        name: the file's name; the title where the document has none.

    Yields:
        One Draft. Text that is struck out or hidden is left out, footnotes follow the text. Title
        and author are those of the document's information where they are sensible.

    Raises:
        UnreadableArticle: the file is no RTF, or has no text.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise UnreadableArticle("not an RTF document")
    title = sensible_title(_property(data, b"title"))
    author = sensible_author(_property(data, b"author"))
    source = _SCRIPT.sub(_shifted, _notes_last(_LEFT_OUT.sub(b"", data))).decode("latin-1")
    try:
        plain = rtf_to_text(source, errors="replace")
    except Exception as error:  # striprtf promises none, and several come out of it
        raise UnreadableArticle(f"a damaged RTF document ({type(error).__name__})") from error
    text = normalise("\n\n".join(_blocks(plain))).strip()
    if not text:
        raise UnreadableArticle("no text in it")
    title, text = title_and_text(title, text, name)
    yield Draft(title=title, text=text, author=author)


def _notes_last(data: bytes) -> bytes:
    """Number the footnotes, and move them behind the text."""
    parts: list[bytes] = []
    notes: list[bytes] = []
    end = 0
    for found in _NOTE.finditer(data):
        if found.start() >= end:
            notes.append(b"\\par {\\super %d} {" % (len(notes) + 1))
            parts += [data[end : found.start()], b"{\\super %d}" % len(notes)]
            end = _end_of_group(data, found.start())
            notes[-1] += data[found.end() : end]
    if not notes:
        return data
    text = _NOTE_NUMBER.sub(b"", b"".join([*parts, data[end:]]))
    last = text.rfind(b"}")
    return text[:last] + _NOTE_NUMBER.sub(b"", b"".join(notes)) + text[last:]


def _end_of_group(data: bytes, start: int) -> int:
    depth = 0
    for brace in _BRACE.finditer(data, start):
        depth += {b"{": 1, b"}": -1}.get(brace[0], 0)
        if not depth:
            return brace.end()
    return len(data)


def _blocks(plain: str) -> Iterator[str]:
    """Paragraphs, and tables of rows, in which striprtf writes a bar after each cell."""
    rows: list[str] = []
    for line in [*plain.split("\n"), ""]:
        words = " ".join(line.split())
        if words.endswith("|"):
            rows.append(" | ".join(cell.strip() for cell in words[:-1].split("|")))
            continue
        if rows:
            yield "\n".join(rows)
            rows.clear()
        if words:
            yield words


def _property(data: bytes, field: bytes) -> str:
    found = re.search(rb"\{\\%s ([^{}]{0,1000})\}" % field, data[:100_000])
    if found is None:
        return ""
    try:
        return str(rtf_to_text("{\\rtf1 " + found[1].decode("latin-1") + "}", errors="replace"))
    except Exception:  # as above; the text does without it
        return ""


def _shifted(script: re.Match[bytes]) -> bytes:
    text = script[4].decode("ascii", "replace")
    written = (raised if script[2] == b"super" else lowered)(text, "0")
    codes = "".join(char if char.isascii() else f"\\u{ord(char)}?" for char in written)
    look = (script[1] + script[3]).rstrip()
    return b"{%s%s%s}" % (look, b" " if look else b"", codes.encode())
