"""Markdown with front matter: one article a file, its body as prose without the marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.records import draft_of, field_of
from corpus.formats.text import title_from_name
from corpus.text import decode, normalise

__all__ = ["LONGEST_FRONT_MATTER", "parse"]

LONGEST_FRONT_MATTER = 50_000
"""Characters; what is longer is no list of a headline, a date and a name."""

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"^[A-Za-z_][\w -]*:", re.MULTILINE)
_UNREAD_HTML = re.compile(r"<!--.*?(-->|\Z)|<(script|style)\b.*?(</\2\s*>|\Z)", re.DOTALL | re.I)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_NOTHING = {"null", "~"}


def parse(data: bytes, name: str) -> Iterator[Draft]:
    """Read a Markdown file.

    Args:
        data: the whole file.
        name: the file's name; the title where neither the front matter nor a heading gives one.

    Yields:
        One Draft. Front matter gives the fields, by the names that dumps use; without a title
        there the first heading is the title, and leaves the text.

    Raises:
        UnreadableArticle: the file is not text, its front matter is not YAML, or it takes longer
            than a file should.
    """
    yield _read(data, name)


def _read(data: bytes, name: str) -> Draft:
    source = normalise(decode(data)).lstrip("\n")
    fields, body = _front_matter(source)
    title = fields.pop("title", fields.pop("headline", ""))
    blocks = _blocks(body)
    text = _joined(blocks)
    if not isinstance(title, str) or not title.strip():
        heading = next((place for place, block in enumerate(blocks) if block[0] == "heading"), None)
        if heading is None:
            title = title_from_name(name)
        else:
            title = blocks[heading][1]
            text = _joined(blocks[:heading] + blocks[heading + 1 :])
    elif blocks and blocks[0][0] == "heading" and blocks[0][1].split() == title.split():
        text = _joined(blocks[1:])
    if not text.strip():
        raise UnreadableArticle("empty: no text but its heading" if blocks else "empty")
    return draft_of({**fields, "title": title, "text": text}, None)


def _front_matter(source: str) -> tuple[dict[str, object], str]:
    match = _FRONT_MATTER.match(source)
    if match is None or not _KEY.search(match[1]):
        return {}, source  # three dashes are also a line across the page
    if len(match[1]) > LONGEST_FRONT_MATTER:
        raise UnreadableArticle(f"front matter longer than {LONGEST_FRONT_MATTER:,} characters")
    try:
        # BaseLoader makes strings, lists and mappings only: it runs nothing, and an impossible
        # date stays a string for corpus.dates to refuse, where SafeLoader would raise.
        loaded = yaml.load(match[1], Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 2}" if mark is not None else ""
        raise UnreadableArticle(f"front matter is not valid YAML{place}") from error
    except (RecursionError, ValueError) as error:
        raise UnreadableArticle("front matter is not valid YAML") from error
    if not isinstance(loaded, dict):
        return {}, source
    fields: dict[str, object] = {
        str(key).strip().lower(): value
        for key, value in loaded.items()
        if field_of(str(key)) != "text"
        and not (isinstance(value, str) and value.lower() in _NOTHING)
    }
    return fields, source[match.end() :]


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").enable("strikethrough")


def _blocks(body: str) -> list[tuple[str, str]]:
    """The blocks of a text in order, as (kind, prose); a kind is heading, row, item or text."""
    blocks: list[tuple[str, str]] = []
    cells: list[str] | None = None
    kind = "text"
    for token in _reader().parse(body):
        if token.type == "heading_open":
            kind = "heading"
        elif token.type == "paragraph_open":
            kind = "item" if token.hidden else "text"
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            blocks.append(("row", " | ".join(cells)))
            cells = None
        elif token.type == "inline":
            prose = _prose(token.children or []).strip()
            if cells is not None:
                cells.append(prose)
            else:
                blocks.append((kind, prose))
        elif token.type in ("fence", "code_block"):
            blocks.append(("text", token.content.strip("\n")))
        elif token.type == "html_block":
            blocks.append(("text", _TAG.sub("", _UNREAD_HTML.sub("", token.content)).strip()))
    return [block for block in blocks if block[1].strip()]


def _prose(tokens: Sequence[Token]) -> str:
    """Inline tokens as they would be read aloud: no marks, no addresses, no pictures."""
    parts: list[str] = []
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
        elif token.type == "softbreak":  # a line end in the source is no end of a sentence
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
    return "".join(parts)


def _joined(blocks: Sequence[tuple[str, str]]) -> str:
    parts: list[str] = []
    before = ""
    for kind, prose in blocks:
        if parts:
            parts.append("\n" if kind == before and kind in ("item", "row") else "\n\n")
        parts.append(prose)
        before = kind
    return "".join(parts)
