"""Markdown with front matter: one article a file, its body as prose without the marks."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from corpus.errors import UnreadableArticle
from corpus.formats.draft import Draft
from corpus.formats.markup import plain_text
from corpus.formats.records import draft_of, field_of
from corpus.formats.text import title_from_name
from corpus.text import decode, normalise

__all__ = ["LONGEST_FRONT_MATTER", "parse"]

LONGEST_FRONT_MATTER = 50_000
"""Characters; what is longer is no list of a headline, a date and a name."""

_YAML = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)(?:^|\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"^[A-Za-z_][\w -]*:", re.MULTILINE)
_NOTHING = {"null", "~"}

# Obsidian's comments, and the short codes of Hugo and Jekyll.
_UNREAD = re.compile(r"(?<!\S)%%.*?%%(?!\S)|\{\{[<%].*?[%>]\}\}|\{%.*?%\}", re.DOTALL)
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]|#^\\]*)(?:[#^][^\[\]|\\]*)?(?:\\?\|([^\[\]]*))?\]\]")
_CALLOUT = re.compile(r"\[![\w|-]+\][+-]?[ \t]*")
_TASK = re.compile(r"\[[ xX/-]\][ \t]+")
_BLOCK_NAME = re.compile(r"(?:^|\s+)\^[A-Za-z0-9-]+$|\s*\{#[^{}]*\}$")
_HIGHLIGHT = re.compile(r"(?<![\w=])==(?=[^\s=]|$)|(?<=[^\s=])==(?![\w=])|^==(?!=)")
_FOOTNOTE_FRAME = {
    "footnote_block_open",
    "footnote_block_close",
    "footnote_close",
    "footnote_anchor",
}
_SHIFTED = re.compile(r"\^([^\s^~\[\]]{1,20})\^|(?<!~)~([^\s^~]{1,20})~(?!~)")


def parse(data: bytes, name: str) -> Iterator[Draft]:
    """Read a Markdown file, with what Obsidian, web clippers and site generators add to it.

    Args:
        data: the whole file.
        name: the file's name; the title where neither the front matter nor a heading gives one.

    Yields:
        One Draft. Front matter (YAML, TOML or JSON) gives the fields, by the names that dumps
        use; without a title there the first heading is the title, and leaves the text.

    Raises:
        UnreadableArticle: the file is not text, its front matter is not valid, or it takes longer
            than a file should.
    """
    yield _read(data, name)


def _read(data: bytes, name: str) -> Draft:
    source = normalise(decode(data)).lstrip("\n")
    fields, body = _front_matter(source)
    title = fields.pop("title", fields.pop("headline", ""))
    title = title.strip() if isinstance(title, str) else ""
    tokens = _reader().parse(_UNREAD.sub("", body))
    start = next((n for n, token in enumerate(tokens) if token.type == "heading_open"), None)
    heading = "" if start is None else _prose(tokens[start : start + 3])
    if start is not None and (
        not title or (title.split() == heading.split() and not _prose(tokens[:start]))
    ):
        title = heading
        tokens = tokens[:start] + tokens[start + 3 :]
    text = _prose(tokens)
    if not text:
        raise UnreadableArticle("empty: no text but its heading" if heading else "empty")
    draft = draft_of({**fields, "title": title or title_from_name(name), "text": "-"}, None)
    return replace(draft, text=text)


def _front_matter(source: str) -> tuple[dict[str, object], str]:
    found = _loaded(source)
    if found is None:
        return {}, source
    loaded, end = found
    fields = {
        str(key).strip().lower(): _value(value)
        for key, value in loaded.items()
        if field_of(str(key)) != "text"
        and not (isinstance(value, str) and value.lower() in _NOTHING)
    }
    return fields, source[end:]


def _loaded(source: str) -> tuple[Mapping[str, object], int] | None:
    """What the front matter says, and where it ends; None where there is none."""
    if source.startswith("{"):
        try:
            loaded, end = json.JSONDecoder().raw_decode(source)
        except (ValueError, RecursionError):
            return None
        return (loaded, end) if any(map(field_of, loaded)) else None
    match = _YAML.match(source) or _TOML.match(source)
    if match is None or (source[0] == "-" and not _KEY.search(match[1])):
        return None  # three dashes are also a line across the page
    if len(match[1]) > LONGEST_FRONT_MATTER:
        raise UnreadableArticle(f"front matter longer than {LONGEST_FRONT_MATTER:,} characters")
    if source[0] == "+":
        try:
            return tomllib.loads(match[1]), match.end()
        except (ValueError, RecursionError) as error:
            raise UnreadableArticle("front matter is not valid TOML") from error
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
    return (loaded, match.end()) if isinstance(loaded, dict) else None


def _value(value: object) -> object:
    if isinstance(value, list):  # not what is in a list of lists: aliases may multiply it
        return [_single(one) for one in value]
    return _single(value)


def _single(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return _WIKI_LINK.sub(_linked, value) if isinstance(value, str) else value


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    reader.use(footnote_plugin)
    reader.core.ruler.push("newsbot", _read_marks)
    return reader


def _prose(tokens: Sequence[Token]) -> str:
    reader = _reader()
    return plain_text(reader.renderer.render(tokens, reader.options, {}))


def _read_marks(state: StateCore) -> None:
    """Turn what CommonMark does not know into HTML, or take it away."""
    tokens = [token for token in state.tokens if token.type not in _FOOTNOTE_FRAME]
    state.tokens = tokens
    for number, token in enumerate(tokens):
        if token.type == "footnote_open":
            token.type, token.content = "html_block", f"<p><sup>{token.meta['id'] + 1}</sup> "
            if tokens[number + 1].type == "paragraph_open":
                tokens[number + 1].hidden = True
        children = token.children if token.type == "inline" else None
        if not children:
            continue
        if children[0].type == "text":
            _read_beginning(children, tokens[max(0, number - 2)].type)
        if children[-1].type == "text":
            children[-1].content = _BLOCK_NAME.sub("", children[-1].content)
        texts = [child for child in children if child.type == "text"]
        if sum(len(_HIGHLIGHT.findall(text.content)) for text in texts) % 2 == 0:
            for text in texts:
                text.content = _HIGHLIGHT.sub("", text.content)
        token.children = [part for child in children for part in _parts(child)]


def _read_beginning(children: list[Token], around: str) -> None:
    """Take away what marks a paragraph as a task of a list or as the title of a callout."""
    first = children[0]
    if around == "list_item_open":
        task = _TASK.match(first.content)
        first.content = first.content[task.end() :] if task else first.content
    elif around == "blockquote_open" and (callout := _CALLOUT.match(first.content)):
        first.content = first.content[callout.end() :]
        if len(children) > 1 and children[1].type == "softbreak":
            children[1].type, children[1].content = "html_inline", "<br><br>"


def _parts(token: Token) -> Iterator[Token]:
    """A text with wiki links resolved, and what is raised or lowered as elements."""
    if token.type == "footnote_ref":
        yield _html(f"<sup>{token.meta['id'] + 1}</sup>")
        return
    if token.type != "text":
        yield token
        return
    end = 0
    content = _WIKI_LINK.sub(_linked, token.content)
    for found in _SHIFTED.finditer(content):
        name = "sup" if found[1] else "sub"
        yield _text(content[end : found.start()])
        yield _html(f"<{name}>")
        yield _text(found[1] or found[2])
        yield _html(f"</{name}>")
        end = found.end()
    yield _text(content[end:])


def _linked(link: re.Match[str]) -> str:
    """What a wiki link shows; nothing for a picture or note that it embeds."""
    return "" if link[1] else link[3] or link[2]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)
