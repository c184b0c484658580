"""Articles and passages as rows of a catalogue, whichever database it is in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from corpus.article import Article, Passage
from corpus.dates import local_seconds
from index.errors import IndexCorrupt
from index.names.records import ArticleName

__all__ = [
    "ARTICLE_COLUMNS",
    "ARTICLE_FIELDS",
    "NAME_COLUMNS",
    "PASSAGE_FIELDS",
    "article_values",
    "name_values",
    "passage_of",
    "whole_article",
]

ARTICLE_FIELDS = "hash, id, title, text, url, source, author, published, language, updated, pages"
"""What ``whole_article`` reads."""

ARTICLE_COLUMNS = f"{ARTICLE_FIELDS}, epoch, source_key, source_path"
"""What ``article_values`` fills."""

PASSAGE_FIELDS = "number, start, end, sentences"
"""What ``passage_of`` reads."""

NAME_COLUMNS = "article, place, key, name, kind, short, spans"
"""What ``name_values`` fills."""


def article_values(article: Article, source_path: str) -> tuple[object, ...]:
    """Return the row of an article that came from a file or address."""
    return (
        article.content_hash,
        article.id,
        article.title,
        article.text,
        article.url,
        article.source,
        article.author,
        article.published,
        article.language,
        article.updated,
        json.dumps([article.pages, article.recognised]) if article.pages else None,
        local_seconds(article.published),
        (article.source or "").casefold(),
        source_path,
    )


def whole_article(row: Sequence[Any], where: object) -> Article:
    """Return the article of a row.

    Args:
        row: its ``ARTICLE_FIELDS``.
        where: the catalogue, for the message.

    Raises:
        IndexCorrupt: it is not what was written.
    """
    digest, *values, pages = row
    try:
        starts, recognised = map(tuple, json.loads(pages or "[[], []]"))
        article = replace(Article(*values), pages=starts, recognised=recognised)
    except (TypeError, ValueError):  # altered: the hash says so
        article = Article(*values)
    if article.content_hash != digest:
        raise IndexCorrupt(f"{where}: the article {article.id!r} was altered since it was indexed")
    return article


def name_values(number: int, names: Sequence[ArticleName]) -> Iterator[tuple[object, ...]]:
    """Return a row for each name of the article of a number."""
    for place, one in enumerate(names):
        yield number, place, one.key, one.name, one.kind, one.short, json.dumps(one.spans)


def passage_of(row: Sequence[Any], article: Article) -> Passage:
    """Return the passage of an article that a row of ``PASSAGE_FIELDS`` describes."""
    number, start, end, sentences = row
    spans = tuple((int(low), int(high)) for low, high in json.loads(sentences))
    return Passage(article.id, number, start, end, article.text[start:end], spans)
